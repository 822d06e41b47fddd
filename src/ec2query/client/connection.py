"""One connection of LaneTransport: an exchange on it at a time, and the body of the answer it carries.

The body's end, or its closing, ends the exchange.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

import httpx

from .deadline import ending, left
from .http11 import Exchange
from .network import Stream
from .origin import Origin

__all__ = ["Body", "Connection"]


class Connection:
    """A stream to an origin, and the exchange on it."""

    __slots__ = ("_doubtful", "idle_since", "origin", "present", "stream")

    def __init__(self, origin: Origin, stream: Stream) -> None:
        self.origin = origin
        self.stream = stream
        self.present = Exchange()
        self.idle_since = 0.0
        self._doubtful = False

    async def exchange(
        self, request: httpx.Request, body: memoryview, timeouts: Mapping[str, float | None]
    ) -> None:
        """Send a request, and wait for the head of the answer for no longer than a read may take.

        Raises: httpx.TransportError.
        """
        stream, present, seconds = self.stream, self.present, timeouts.get("read")
        if not self.idle_since and not stream.secure and not stream.quiet:
            # Who speaks before being asked may answer the next request with this answer.
            self._doubtful = True
        try:
            # A view, and no name for it: nobody who prints a traceback's variables sees what was sent.
            await stream.send(memoryview(present.begin(request, body)), timeouts.get("write"))
        except httpx.WriteError:
            # A server may answer and close before it has read all: its answer is heard.
            self._doubtful = True
        end = ending(seconds)
        present.feed(await stream.receive(seconds))
        while not present.begun:
            present.feed(await stream.receive(left(end)))

    def abort(self) -> None:
        self.stream.abort()

    @property
    def reusable(self) -> bool:
        """Whether the exchange ended as it should."""
        return self.present.reusable and not self._doubtful

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
        end = ending(
            self._timeouts.get("read")
        )  # For what frames the body, too: it could trickle in for ever.
        while not (piece := present.take()):
            if present.done:
                raise StopAsyncIteration
            present.feed(await self._stream.receive(left(end)))
        return piece

    async def aclose(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            self._put_back(connection)
