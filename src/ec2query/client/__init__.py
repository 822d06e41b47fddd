"""The client room: the only one that touches the world. AsyncClient and Client are its surface.

Importing it imports no httpx; the first call does. What only adaptive retries need comes when it is named.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..protocol.effects import Timeout
from ..protocol.events import AttemptEvent
from ..protocol.quota import Quota
from ..protocol.raw import RawResult
from ..protocol.retry import Retries
from ..protocol.retry_policy import Policy
from ..protocol.sign import Credentials, Signer
from ..protocol.world import World
from ..protocol.xml import Limits
from .async_client import AsyncClient
from .blocking_client import Client
from .options import AsyncOptions, BlockingOptions, Options
from .paginator import AsyncPaginator, Paginator
from .world import system_world

if TYPE_CHECKING:
    from ..protocol.adaptive import Limiter

__all__ = [
    "AsyncClient",
    "AsyncOptions",
    "AsyncPaginator",
    "AttemptEvent",
    "BlockingOptions",
    "Client",
    "Credentials",
    "Limiter",
    "Limits",
    "Options",
    "Paginator",
    "Policy",
    "Quota",
    "RawResult",
    "Retries",
    "Signer",
    "Timeout",
    "World",
    "system_world",
]


if not TYPE_CHECKING:

    def __getattr__(name: str) -> object:
        if name == "Limiter":
            from ..protocol.adaptive import Limiter

            return Limiter
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
