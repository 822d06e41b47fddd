"""One connection of LaneTransport: an exchange on it at a time, and the body of the answer it carries.

The body's end, or its closing, ends the exchange.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

import httpx

from .head_time import HeadTime
from .http11 import ResponseReader
from .network import Stream
from .origin import Origin

__all__ = ["Body", "Connection"]


class Connection:
    """A stream to an origin, and the reader of the present answer."""

    __slots__ = ("idle_since", "origin", "reader", "stream")

    def __init__(self, origin: Origin, stream: Stream) -> None:
        self.origin = origin
        self.stream = stream
        self.idle_since = 0.0
        self.reader: ResponseReader | None = None

    async def exchange(
        self, method: str, message: bytes, timeouts: Mapping[str, float | None]
    ) -> ResponseReader:
        """Send a request and read the head of the answer. Raises: httpx.TransportError."""
        stream = self.stream
        reader = self.reader = ResponseReader(method)
        try:
            await stream.send(message, timeouts.get("write"))
        except httpx.WriteError:
            pass  # A server may answer and close before it has read everything: its answer is worth reading.
        head = HeadTime(timeouts.get("read"))
        while not reader.begun:
            head.check()
            reader.feed(await stream.receive(head.seconds))
        return reader

    def abort(self) -> None:
        self.stream.abort()

    @property
    def reusable(self) -> bool:
        """Whether the exchange ended as it should, and nothing came after it that nobody asked for."""
        return self.reader is not None and self.reader.reusable

    def usable(self, idle_after: float) -> bool:
        """Look whether it is young and quiet: what comes while it is idle is an end, or unasked for."""
        if self.idle_since < idle_after or not self.stream.quiet:
            return False
        self.stream.untouched = True
        return True

    @property
    def touched(self) -> bool:
        """Whether a byte of the present request may have left."""
        return not self.stream.untouched


class Body(httpx.AsyncByteStream):
    """The raw body; closing it puts the connection back, or closes it where bytes are left."""

    def __init__(
        self,
        connection: Connection,
        reader: ResponseReader,
        timeouts: Mapping[str, float | None],
        put_back: Callable[[Connection], None],
    ) -> None:
        self._put_back = put_back
        self._connection: Connection | None = connection
        self._stream = connection.stream
        self._reader = reader
        self._timeouts = timeouts

    def __aiter__(self) -> Body:
        return self

    async def __anext__(self) -> bytes:
        reader = self._reader
        while not (piece := reader.take()):
            if reader.done:
                raise StopAsyncIteration
            reader.feed(await self._stream.receive(self._timeouts.get("read")))
        return piece

    async def aclose(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            self._put_back(connection)
