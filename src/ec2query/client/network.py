"""Which asynchronous library is running, and how one connects with it: found at the first request.

A Network belongs to one event loop, as all its connections do. What a connection is asked for is a
Stream: `network_asyncio` and `network_trio` have one each.
"""

from __future__ import annotations

import asyncio
import ssl
import sys
from collections.abc import Callable
from typing import Any, Protocol, TypeVar

from ..errors import ConfigurationError

__all__ = ["Network", "Stream", "running_network"]

T = TypeVar("T")


class Stream(Protocol):
    """A connected socket, used by one task at a time.

    `untouched` is True until the first byte of the present request leaves, where that is known;
    `secure` says that it is TLS, so that the socket carries more than was sent by us or for us.
    """

    secure: bool
    untouched: bool

    async def send(self, data: bytes | memoryview, seconds: float | None) -> None:
        """Send all of it; a view is not shown by tracebacks. Raises: WriteTimeout, WriteError."""
        ...

    async def receive(self, seconds: float | None) -> bytes:
        """Wait for bytes; b"" is the end. Raises: ReadTimeout, ReadError."""
        ...

    @property
    def quiet(self) -> bool:
        """Whether nothing has come, neither bytes nor an end."""
        ...

    def abort(self) -> None:
        """Close at once; what was not sent is dropped."""
        ...

    async def aclose(self) -> None:
        """Close, and wait until that is done."""
        ...


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
    ) -> Stream:
        """Connect, and shake hands where there is a context. Raises: ConnectError, ConnectTimeout."""
        ...

    async def in_thread(self, function: Callable[[], T]) -> T:
        """Wait for a function that runs in a thread; cancelled, leave it to itself."""
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
    ) -> Stream:
        from .network_asyncio import connect

        return await connect(host, port, context, seconds)

    async def in_thread(self, function: Callable[[], T]) -> T:
        return await self._loop.run_in_executor(None, function)


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
    ) -> Stream:
        from .network_trio import connect

        return await connect(host, port, context, seconds)

    async def in_thread(self, function: Callable[[], T]) -> T:
        result: T = await self._trio.to_thread.run_sync(function, abandon_on_cancel=True)
        return result


def _elsewhere() -> ConfigurationError:
    return ConfigurationError("this client is in use on another event loop; make a client for each loop")
