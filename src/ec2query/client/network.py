"""Which asynchronous library is running, and how one connects with it: found at the first request.

asyncio has a network of our own (`network_asyncio`), trio has httpcore's. A Network belongs to one
event loop, as all its connections do.
"""

from __future__ import annotations

import asyncio
import os
import ssl
import sys
from collections.abc import Callable
from functools import partial
from typing import Any, Protocol, TypeAlias, cast

import httpcore

from ..errors import ConfigurationError

__all__ = ["Network", "running_network"]

# The stream, and a function that closes it at once.
Connected: TypeAlias = tuple[httpcore.AsyncNetworkStream, Callable[[], None]]


class Network(Protocol):
    """What a transport needs of the library."""

    def is_running_here(self) -> bool:
        """Whether the loop is the one that runs the caller."""
        ...

    def refuse_while_alive(self) -> None:
        """Raise ConfigurationError where the loop still runs, in another thread."""
        ...

    async def connect(
        self, host: str, port: int, context: ssl.SSLContext | None, seconds: float | None
    ) -> Connected:
        """Connect, and shake hands where there is a context. Raises: ConnectError, ConnectTimeout."""
        ...


def running_network() -> Network:
    """Find the library by asking it, so that nothing has to be installed that knows."""
    trio = sys.modules.get("trio")
    if trio is not None:
        try:
            trio.lowlevel.current_task()
        except RuntimeError:
            pass
        else:
            return _Trio(trio)
    return _Asyncio()


class _Asyncio:
    def __init__(self) -> None:
        self._loop = asyncio.get_running_loop()

    def is_running_here(self) -> bool:
        try:
            return asyncio.get_running_loop() is self._loop
        except RuntimeError:
            return False

    def refuse_while_alive(self) -> None:
        if self._loop.is_running():
            raise _elsewhere()

    async def connect(
        self, host: str, port: int, context: ssl.SSLContext | None, seconds: float | None
    ) -> Connected:
        from .network_asyncio import connect

        stream = await connect(host, port, context, seconds)
        return stream, stream.abort


class _Trio:
    def __init__(self, trio: Any) -> None:
        self._trio = trio
        self._token = trio.lowlevel.current_trio_token()

    def is_running_here(self) -> bool:
        try:
            return self._trio.lowlevel.current_trio_token() is self._token
        except RuntimeError:
            return False

    def refuse_while_alive(self) -> None:
        try:
            self._token.run_sync_soon(int)
        except self._trio.RunFinishedError:
            return
        raise _elsewhere()

    async def connect(
        self, host: str, port: int, context: ssl.SSLContext | None, seconds: float | None
    ) -> Connected:
        backend = cast(httpcore.AsyncNetworkBackend, httpcore.TrioBackend())
        stream = await backend.connect_tcp(host, port, timeout=seconds)
        close = partial(_close_on_trio, stream.get_extra_info("socket"))
        if context is not None:
            try:
                stream = await stream.start_tls(context, server_hostname=host, timeout=seconds)
            except BaseException:
                close()
                raise
        return stream, close


def _close_on_trio(sock: Any) -> None:
    try:
        sock.close()
    except RuntimeError:  # its loop is gone, and with it whoever could be waiting for it
        os.close(sock.detach())


def _elsewhere() -> ConfigurationError:
    return ConfigurationError("this client is in use on another event loop; make a client for each loop")
