"""The client room: the only one that touches the world. AsyncClient and Client are its surface.

Importing it imports no httpx; the first call does.
"""

from __future__ import annotations

from ..protocol.effects import Timeout
from ..protocol.raw import RawResult
from ..protocol.sign import Credentials, Signer
from ..protocol.world import World
from ..protocol.xml import Limits
from .async_client import AsyncClient
from .blocking_client import Client
from .options import AsyncOptions, BlockingOptions, Options
from .paginator import AsyncPaginator, Paginator
from .world import system_world

__all__ = [
    "AsyncClient",
    "AsyncOptions",
    "AsyncPaginator",
    "BlockingOptions",
    "Client",
    "Credentials",
    "Limits",
    "Options",
    "Paginator",
    "RawResult",
    "Signer",
    "Timeout",
    "World",
    "system_world",
]
