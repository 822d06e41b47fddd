"""One connection of LaneTransport: an exchange on it at a time, and the body of the answer it carries.

The body's end, or its closing, ends the exchange.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping

import httpx

from .http11 import Exchange
from .network import Stream
from .origin import Origin

__all__ = ["Body", "Connection"]


class Connection:
    """A stream to an origin, and the exchange on it."""

    __slots__ = ("idle_since", "origin", "present", "stream")

    def __init__(self, origin: Origin, stream: Stream) -> None:
        self.origin = origin
        self.stream = stream
        self.present = Exchange()
        self.idle_since = 0.0

    async def exchange(
        self, request: httpx.Request, body: memoryview, timeouts: Mapping[str, float | None]
    ) -> None:
        """Send a request, and wait for the head of the answer for no longer than a read may take.

        Raises: httpx.TransportError.
        """
        stream, present, seconds = self.stream, self.present, timeouts.get("read")
        try:
            # A view, and no name for it: nobody who prints a traceback's variables sees what was sent.
            await stream.send(memoryview(present.begin(request, body)), timeouts.get("write"))
        except httpx.WriteError:
            pass  # A server may answer and close before it has read everything: its answer is worth reading.
        end = None if seconds is None else time.monotonic() + seconds
        present.feed(await stream.receive(seconds))
        while not present.begun:
            left = None if end is None else max(end - time.monotonic(), 0.0)
            present.feed(await stream.receive(left))

    def abort(self) -> None:
        self.stream.abort()

    @property
    def reusable(self) -> bool:
        """Whether the exchange ended as it should."""
        return self.present.reusable

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
        timeouts: Mapping[str, float | None],
        put_back: Callable[[Connection], None],
    ) -> None:
        self._connection: Connection | None = connection
        self._stream = connection.stream
        self._present = connection.present
        self._timeouts = timeouts
        self._put_back = put_back

    def __aiter__(self) -> Body:
        return self

    async def __anext__(self) -> bytes:
        present = self._present
        while not (piece := present.take()):
            if present.done:
                raise StopAsyncIteration
            present.feed(await self._stream.receive(self._timeouts.get("read")))
        return piece

    async def aclose(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            self._put_back(connection)
