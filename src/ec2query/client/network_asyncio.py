"""TCP and TLS on asyncio: one protocol object for each connection, which is the Stream.

Reads are served straight from `data_received`. `abort` closes at once and is safe to call from
anywhere in the loop's thread.
"""

from __future__ import annotations

import asyncio
import contextlib
import math
import socket
import ssl
from collections import deque
from typing import cast

import httpx

from .idle_socket import quiet

__all__ = ["AsyncioStream", "connect"]

# Unread bytes that stop, and let go on, the reading of the socket.
_HIGH_WATER = 512 * 1024
_LOW_WATER = 64 * 1024


async def connect(
    host: str, port: int, context: ssl.SSLContext | None, seconds: float | None
) -> AsyncioStream:
    """Connect, and shake hands where there is a context. Raises: ConnectError, ConnectTimeout."""
    loop = asyncio.get_running_loop()
    try:
        async with asyncio.timeout(seconds):
            _, stream = await loop.create_connection(
                AsyncioStream, host, port, ssl=context, server_hostname=host if context else None
            )
    except TimeoutError as error:
        raise httpx.ConnectTimeout(str(error)) from error
    except (OSError, UnicodeError) as error:
        raise httpx.ConnectError(str(error)) from error
    return stream


class AsyncioStream(asyncio.Protocol):
    """A connected socket."""

    def __init__(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._closed: asyncio.Future[None] = self._loop.create_future()
        self._waiter: asyncio.Future[bool] | None = None
        self._deadline = math.inf
        self._timer: asyncio.TimerHandle | None = None
        self._received: deque[bytes] = deque()
        self._unread = 0
        self._reading = self._writing = True
        self._ended = False
        self._error: Exception | None = None
        self.untouched = True
        self.secure = False

    # What the loop calls

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)  # uvloop's is one without saying so
        self._socket: socket.socket | None = transport.get_extra_info("socket")
        self.secure = transport.get_extra_info("ssl_object") is not None

    def data_received(self, data: bytes) -> None:
        self._received.append(data)
        self._unread += len(data)
        if self._unread > _HIGH_WATER and self._reading:
            self._reading = False
            self._transport.pause_reading()
        self._wake()

    def eof_received(self) -> None:
        self._ended = True
        self._wake()

    def pause_writing(self) -> None:
        self._writing = False

    def resume_writing(self) -> None:
        self._writing = True
        self._wake()

    def connection_lost(self, exc: Exception | None) -> None:
        self._ended = self._writing = True
        self._error = exc
        self._wake()
        if self._timer is not None:
            self._timer.cancel()
        if not self._closed.done():
            self._closed.set_result(None)

    # What the transport calls

    async def send(self, data: bytes | memoryview, seconds: float | None) -> None:
        if self._ended:  # the reading that follows tells why
            return
        self._transport.write(data)
        self.untouched = False
        while not self._writing:
            if not await self._wait(seconds):
                raise httpx.WriteTimeout(f"nothing was taken for {seconds} s")

    async def receive(self, seconds: float | None) -> bytes:
        while not self._received:
            if self._error is not None:
                raise httpx.ReadError(str(self._error)) from self._error
            if self._ended:
                return b""
            if not await self._wait(seconds):
                raise httpx.ReadTimeout(f"nothing came for {seconds} s")
        data = self._received.popleft()
        self._unread -= len(data)
        if not self._reading and self._unread < _LOW_WATER:
            self._reading = True
            self._transport.resume_reading()
        return data

    @property
    def quiet(self) -> bool:
        """The loop may not have seen yet what has come."""
        return not self._ended and not self._received and quiet(self._socket)

    def abort(self) -> None:
        if not self._loop.is_closed():
            self._transport.abort()
        elif self._socket is not None:
            with contextlib.suppress(OSError):
                self._socket.shutdown(socket.SHUT_RDWR)

    async def aclose(self) -> None:
        self.abort()
        if not self._loop.is_closed():
            await asyncio.wait([self._closed])

    def _wake(self) -> None:
        if self._waiter is not None and not self._waiter.done():
            self._waiter.set_result(True)

    async def _wait(self, seconds: float | None) -> bool:
        """Wait for the loop to call; False where the time ran out."""
        waiter = self._waiter = self._loop.create_future()
        self._deadline = math.inf
        if seconds is not None:
            self._deadline = self._loop.time() + seconds
            if self._timer is None or self._timer.when() > self._deadline:
                self._watch()
        try:
            in_time: bool = await waiter
            return in_time
        finally:
            self._waiter = None

    def _watch(self) -> None:
        """Set the one timer, which outlives a wait: most waits are over long before, and set none."""
        if self._timer is not None:
            self._timer.cancel()
        self._timer = self._loop.call_at(self._deadline, self._tick)

    def _tick(self) -> None:
        self._timer = None
        if self._waiter is None or self._waiter.done():
            return
        if self._loop.time() >= self._deadline:
            self._waiter.set_result(False)
        elif self._deadline < math.inf:
            self._watch()
