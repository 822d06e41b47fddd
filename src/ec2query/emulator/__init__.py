"""An EC2 Query endpoint for BYOASN and BYOIP, to try and to test against: no account, no network.

    Emulator             the endpoint: HTTP request in, HTTP response out
    EmulatorTransport    it, as an httpx transport in process
    EmulatorApplication  it, as an ASGI application
    example_state        an account to begin with
    running_emulator     it, as an HTTP server in a thread; `serve` does not return

Loading this loads neither httpx nor uvicorn; the names that need them come when asked for.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from .clock import ManualClock
from .endpoint import EXAMPLE_CREDENTIALS, Emulator
from .example import example_state
from .fault import EMPTY_500, HTML_503, MALFORMED, TRUNCATED, Fault, error
from .perform import ACTIONS, perform
from .state import Setting, State

if TYPE_CHECKING:
    from .asgi import EmulatorApplication
    from .server import running_emulator, serve
    from .transport import EmulatorTransport

__all__ = [
    "ACTIONS",
    "EMPTY_500",
    "EXAMPLE_CREDENTIALS",
    "HTML_503",
    "MALFORMED",
    "TRUNCATED",
    "Emulator",
    "EmulatorApplication",
    "EmulatorTransport",
    "Fault",
    "ManualClock",
    "Setting",
    "State",
    "error",
    "example_state",
    "perform",
    "running_emulator",
    "serve",
]

_LAZY = {
    "EmulatorApplication": "asgi",
    "EmulatorTransport": "transport",
    "running_emulator": "server",
    "serve": "server",
}


def __getattr__(name: str) -> object:
    if name not in _LAZY:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(f".{_LAZY[name]}", __name__), name)
