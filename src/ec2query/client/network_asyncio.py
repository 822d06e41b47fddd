"""TCP and TLS on asyncio, as httpcore wants its network: one protocol object for each connection.

What is written goes out at the next read, head and body in one segment. Reads are served straight
from `data_received`. `abort` closes at once and is safe to call from anywhere in the loop's thread.
"""

from __future__ import annotations

import asyncio
import contextlib
import math
import select
import socket
import ssl
from collections import deque
from typing import Any, cast

import httpcore

__all__ = ["AsyncioStream", "connect"]

# Unread bytes that stop, and let go on, the reading of the socket.
_HIGH_WATER = 512 * 1024
_LOW_WATER = 64 * 1024
_WRITE_AT_ONCE = 64 * 1024


async def connect(
    host: str, port: int, context: ssl.SSLContext | None, seconds: float | None
) -> AsyncioStream:
    """Connect, and shake hands where there is a context. Raises: httpcore's ConnectError, ConnectTimeout."""
    loop = asyncio.get_running_loop()
    try:
        async with asyncio.timeout(seconds):
            _, stream = await loop.create_connection(
                AsyncioStream, host, port, ssl=context, server_hostname=host if context else None
            )
    except TimeoutError as error:
        raise httpcore.ConnectTimeout(str(error)) from error
    except (OSError, UnicodeError) as error:
        raise httpcore.ConnectError(str(error)) from error
    return stream


class AsyncioStream(asyncio.Protocol, httpcore.AsyncNetworkStream):
    """A connected socket. `untouched` is True until the first byte of the present request leaves."""

    def __init__(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._closed: asyncio.Future[None] = self._loop.create_future()
        self._waiter: asyncio.Future[bool] | None = None
        self._received: deque[bytes] = deque()
        self._unread = 0
        self._unsent: list[bytes] = []
        self._unsent_size = 0
        self._write_timeout: float | None = None
        self._reading = self._writing = True
        self._ended = False
        self._error: Exception | None = None
        self._asked = False
        self.untouched = True
        # Until when the head of the answer must have come; each of its bytes may be in time for itself.
        self.head_by = math.inf

    # What the loop calls

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)  # uvloop's is one without saying so

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
        if not self._closed.done():
            self._closed.set_result(None)

    # What httpcore calls

    async def write(self, buffer: bytes, timeout: float | None = None) -> None:  # noqa: ASYNC109 -- httpcore's signature
        self._unsent.append(buffer)
        self._unsent_size += len(buffer)
        self._write_timeout = timeout
        if self._unsent_size > _WRITE_AT_ONCE:
            await self._flush()

    async def read(self, max_bytes: int, timeout: float | None = None) -> bytes:  # noqa: ASYNC109 -- httpcore's signature
        if self._unsent_size:
            await self._flush()
        if self._asked:
            self._asked = False
            self.head_by = math.inf if timeout is None else self._loop.time() + timeout
        while not self._received:
            if self._error is not None:
                raise httpcore.ReadError(str(self._error)) from self._error
            if self._ended:
                return b""
            left = timeout
            if self.head_by < math.inf:
                left = self.head_by - self._loop.time()
            if not await self._wait(left):
                raise httpcore.ReadTimeout(f"nothing, or no whole head, came in {timeout} s")
        data = self._received.popleft()
        if len(data) > max_bytes:
            self._received.appendleft(data[max_bytes:])
            data = data[:max_bytes]
        self._unread -= len(data)
        if not self._reading and self._unread < _LOW_WATER:
            self._reading = True
            self._transport.resume_reading()
        return data

    async def aclose(self) -> None:
        self.abort()
        if not self._loop.is_closed():
            await asyncio.wait([self._closed])

    def get_extra_info(self, info: str) -> Any:
        if info == "is_readable":
            return self._ended or bool(self._received) or _readable(self._transport.get_extra_info("socket"))
        names = {"client_addr": "sockname", "server_addr": "peername"}
        return self._transport.get_extra_info(names.get(info, info))

    def abort(self) -> None:
        """Close at once; what was not sent is dropped."""
        self._unsent.clear()
        self._unsent_size = 0
        if not self._loop.is_closed():
            self._transport.abort()
        elif (sock := self._transport.get_extra_info("socket")) is not None:
            with contextlib.suppress(OSError):
                sock.shutdown(socket.SHUT_RDWR)

    async def _flush(self) -> None:
        if self._ended:  # the reading that follows tells why
            return
        self._transport.write(b"".join(self._unsent))
        self.untouched = False
        self._asked = True
        self._unsent.clear()
        self._unsent_size = 0
        while not self._writing:
            if not await self._wait(self._write_timeout):
                raise httpcore.WriteTimeout(f"nothing was taken for {self._write_timeout} s")

    def _wake(self) -> None:
        if self._waiter is not None and not self._waiter.done():
            self._waiter.set_result(True)

    async def _wait(self, seconds: float | None) -> bool:
        """Wait for the loop to call; False where the time ran out."""
        waiter = self._waiter = self._loop.create_future()
        timer = None if seconds is None else self._loop.call_later(seconds, _give_up, waiter)
        try:
            in_time: bool = await waiter
            return in_time
        finally:
            self._waiter = None
            if timer is not None:
                timer.cancel()


def _give_up(waiter: asyncio.Future[bool]) -> None:
    if not waiter.done():
        waiter.set_result(False)


def _readable(sock: Any) -> bool:
    """Look whether bytes or an end have come that the loop has not seen yet."""
    descriptor = -1 if sock is None else sock.fileno()
    if descriptor < 0:
        return True
    if not hasattr(select, "poll"):  # Windows
        return bool(select.select([descriptor], [], [], 0)[0])
    poll = select.poll()
    poll.register(descriptor, select.POLLIN)
    return bool(poll.poll(0))
