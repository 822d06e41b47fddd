"""Which transport a client gets that was given none: lanes, or httpx's own where a proxy applies."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..protocol.proxy import proxy_for
from .caller import Caller

if TYPE_CHECKING:
    import httpx

__all__ = ["async_transport", "blocking_transport"]


def async_transport(caller: Caller) -> httpx.AsyncBaseTransport:
    """Make the transport of an AsyncClient."""
    ca_bundle, proxy = _settings(caller)
    if proxy is None:
        from .transport import LaneTransport

        return LaneTransport(ca_bundle=ca_bundle)
    import httpx

    from .tls import shared_context

    return httpx.AsyncHTTPTransport(verify=shared_context(ca_bundle), proxy=proxy)


def blocking_transport(caller: Caller) -> httpx.BaseTransport:
    """Make the transport of a Client."""
    ca_bundle, proxy = _settings(caller)
    if proxy is None:
        from .blocking_transport import BlockingLaneTransport

        return BlockingLaneTransport(ca_bundle=ca_bundle)
    import httpx

    from .tls import shared_context

    return httpx.HTTPTransport(verify=shared_context(ca_bundle), proxy=proxy)


def _settings(caller: Caller) -> tuple[str | None, str | None]:
    environ = caller.world.environ
    ca_bundle = caller.options.get("ca_bundle") or environ.get("AWS_CA_BUNDLE") or None
    return ca_bundle, proxy_for(caller.endpoint().endpoint.url, environ)
