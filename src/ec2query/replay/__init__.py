"""Recording and replaying exchanges with EC2: real answers for tests, without a network and without secrets.

    Recorder, RecordingTransport   keep what passes through any httpx transport, redacted
    Replay, ReplayTransport        answer a client from what was kept, strictly
    add_routes                     the same as routes of respx
    load, save                     exchanges as files that people can read and diff

Loading this loads no httpx; the names that need it come when asked for.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from .errors import MalformedExchange, ReplayError, UnexpectedRequest, UnusedExchanges
from .exchange import Exchange
from .expectation import expectation, outcome
from .folder import load, save
from .format_reader import read_exchange
from .format_writer import write_exchange
from .recorder import Recorder
from .redaction import Redaction
from .replay import Replay

if TYPE_CHECKING:
    from .recording_transport import RecordingTransport
    from .replay_transport import ReplayTransport
    from .respx_routes import add_routes

__all__ = [
    "Exchange",
    "MalformedExchange",
    "Recorder",
    "RecordingTransport",
    "Redaction",
    "Replay",
    "ReplayError",
    "ReplayTransport",
    "UnexpectedRequest",
    "UnusedExchanges",
    "add_routes",
    "expectation",
    "load",
    "outcome",
    "read_exchange",
    "save",
    "write_exchange",
]

_LAZY = {
    "RecordingTransport": "recording_transport",
    "ReplayTransport": "replay_transport",
    "add_routes": "respx_routes",
}


def __getattr__(name: str) -> object:
    if name not in _LAZY:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(f".{_LAZY[name]}", __name__), name)
