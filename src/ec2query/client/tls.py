"""One SSLContext for each CA bundle and process, built in a thread and shared by all clients.

Loading a CA bundle takes some 20 ms and releases the GIL: `prepare` starts it early, so that it
overlaps the imports that the first call needs, and off the event loop. Nothing is built on import.
Contexts are safe to share between threads: https://docs.python.org/3/library/ssl.html#ssl.SSLContext
"""

from __future__ import annotations

import threading
from concurrent.futures import Future
from typing import TYPE_CHECKING

from ..errors import ConfigurationError

if TYPE_CHECKING:
    import ssl

__all__ = ["prepare", "shared_context"]

_contexts: dict[str | None, Future[ssl.SSLContext]] = {}
_lock = threading.Lock()


def prepare(ca_bundle: str | None = None) -> Future[ssl.SSLContext]:
    """Begin to build the context for a CA bundle (None: certifi's), unless that has been done.

    The future may hold a ConfigurationError; a failure is not kept, so the next call tries anew.
    """
    with _lock:
        future = _contexts.get(ca_bundle)
        if future is None:
            future = _contexts[ca_bundle] = Future()
            threading.Thread(
                target=_build, args=(ca_bundle, future), name="ec2query-tls", daemon=True
            ).start()
        return future


def shared_context(ca_bundle: str | None = None) -> ssl.SSLContext:
    """Wait for the context. Raises: ConfigurationError where the bundle cannot be used."""
    return prepare(ca_bundle).result()


def _build(ca_bundle: str | None, future: Future[ssl.SSLContext]) -> None:
    try:
        context = _context(ca_bundle)
    except Exception as error:
        with _lock:
            del _contexts[ca_bundle]
        future.set_exception(_unusable(ca_bundle, error))
    else:
        future.set_result(context)


def _context(ca_bundle: str | None) -> ssl.SSLContext:
    import os
    import ssl

    if ca_bundle is None:
        import certifi

        context = ssl.create_default_context(cafile=certifi.where())
    elif os.path.isdir(ca_bundle):
        context = ssl.create_default_context(capath=ca_bundle)
    else:
        context = ssl.create_default_context(cafile=ca_bundle)
    context.set_alpn_protocols(["http/1.1"])
    return context


def _unusable(ca_bundle: str | None, error: Exception) -> ConfigurationError:
    which = "certifi's" if ca_bundle is None else repr(ca_bundle)
    reason = getattr(error, "strerror", None) or type(error).__name__
    refusal = ConfigurationError(
        f"CA bundle {which}: expected a readable file of PEM certificates, got: {reason};"
        " check the path (AWS_CA_BUNDLE) or leave it out"
    )
    refusal.__cause__ = error
    return refusal
