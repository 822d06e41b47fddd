"""Which asynchronous library is running, and how one connects with it: chosen at the first connect.

asyncio has a network of our own (`network_asyncio`), trio has httpcore's.
"""

from __future__ import annotations

import asyncio
import ssl
import sys
from collections.abc import Awaitable, Callable
from typing import TypeAlias

import httpcore

__all__ = ["Connect", "connect_with_trio", "running_network"]

# (host, port, TLS context, seconds) -> the stream, and a function that closes it at once
Connect: TypeAlias = Callable[
    [str, int, ssl.SSLContext | None, float | None],
    Awaitable[tuple[httpcore.AsyncNetworkStream, Callable[[], None]]],
]


def running_network() -> tuple[Callable[[], object], Connect]:
    """Find the running library: a function that names its loop, and its way to connect."""
    trio = sys.modules.get("trio")
    if trio is not None:
        try:
            trio.lowlevel.current_task()
        except RuntimeError:
            pass
        else:
            return trio.lowlevel.current_trio_token, connect_with_trio
    return asyncio.get_running_loop, _connect_with_asyncio


async def _connect_with_asyncio(
    host: str, port: int, context: ssl.SSLContext | None, seconds: float | None
) -> tuple[httpcore.AsyncNetworkStream, Callable[[], None]]:
    from .network_asyncio import connect

    stream = await connect(host, port, context, seconds)
    return stream, stream.abort


async def connect_with_trio(
    host: str, port: int, context: ssl.SSLContext | None, seconds: float | None
) -> tuple[httpcore.AsyncNetworkStream, Callable[[], None]]:
    """Connect by httpcore's trio backend."""
    stream = await httpcore.TrioBackend().connect_tcp(host, port, timeout=seconds)
    close: Callable[[], None] = stream.get_extra_info("socket").close
    if context is not None:
        try:
            stream = await stream.start_tls(context, server_hostname=host, timeout=seconds)
        except BaseException:
            close()
            raise
    return stream, close
