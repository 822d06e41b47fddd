"""One connection of LaneTransport, and the body of the answer that it carries.

A connection is used by one exchange at a time. The body's end, or its closing, ends the exchange.
"""

from __future__ import annotations

import contextlib
import math
from collections.abc import AsyncIterable, AsyncIterator, Callable

import anyio
import httpcore
import httpx

from .failures import as_httpx
from .network_asyncio import AsyncioStream
from .origin import Origin

__all__ = ["Body", "Connection"]


class Connection:
    """A connection of a lane: httpcore's HTTP/1.1 over a stream, and a way to close it at once."""

    __slots__ = ("_close", "http", "idle_since", "origin", "stream")

    def __init__(
        self, origin: Origin, stream: httpcore.AsyncNetworkStream, close: Callable[[], None]
    ) -> None:
        scheme, host, port = origin
        self.origin = origin
        self.stream = stream
        self._close = close
        self.idle_since = 0.0
        self.http = httpcore.AsyncHTTP11Connection(
            httpcore.Origin(scheme.encode(), host.encode(), port), stream
        )

    async def exchange(self, message: httpcore.Request) -> httpcore.Response:
        """Send a request, and wait for the head of the answer for no longer than a read may take."""
        if isinstance(self.stream, AsyncioStream):
            response = await self.http.handle_async_request(message)
            self.stream.head_by = math.inf
            return response
        timeouts: dict[str, float | None] = message.extensions.get("timeout", {})
        bounds = [timeouts.get(name) for name in ("write", "read")]
        seconds = None if None in bounds else sum(filter(None, bounds))
        try:
            with anyio.fail_after(seconds):
                return await self.http.handle_async_request(message)
        except TimeoutError as error:
            raise httpcore.ReadTimeout(f"no whole head came in {seconds} s") from error

    def abort(self) -> None:
        self._close()

    @property
    def reusable(self) -> bool:
        """Whether the exchange ended as it should, and nothing came after it that nobody asked for."""
        # httpcore would take bytes left over for the next answer, and does not show them.
        left: tuple[bytes, bool] = getattr(self.http, "_h11_state").trailing_data  # noqa: B009
        return self.http.is_idle() and not left[0]

    def usable(self, idle_after: float) -> bool:
        """Look whether it is young and quiet: a readable idle connection is one that the server closed."""
        if self.idle_since < idle_after or self.stream.get_extra_info("is_readable"):
            return False
        if isinstance(self.stream, AsyncioStream):
            self.stream.untouched = True
        return True

    @property
    def touched(self) -> bool:
        """Whether a byte of the present request may have left."""
        return not (isinstance(self.stream, AsyncioStream) and self.stream.untouched)


class Body(httpx.AsyncByteStream):
    """The raw body; closing it puts the connection back, or closes it where bytes are left."""

    def __init__(
        self, connection: Connection, response: httpcore.Response, put_back: Callable[[Connection], None]
    ) -> None:
        self._put_back = put_back
        self._connection: Connection | None = connection
        self._response = response
        self._chunks: AsyncIterator[bytes] | None = None
        self._ended = False

    def __aiter__(self) -> AsyncIterator[bytes]:
        return self

    async def __anext__(self) -> bytes:
        if self._chunks is None:
            assert isinstance(self._response.stream, AsyncIterable)
            self._chunks = aiter(self._response.stream)
        try:
            return await anext(self._chunks)
        except BaseException as error:
            self._ended = True
            if isinstance(error, Exception) and (known := as_httpx(error)) is not None:
                raise known from error
            raise

    async def aclose(self) -> None:
        connection, self._connection = self._connection, None
        if connection is None:
            return
        try:
            if self._chunks is None or self._ended:
                await self._response.aclose()
            else:
                await self._abandon(connection)
        finally:
            self._put_back(connection)

    async def _abandon(self, connection: Connection) -> None:
        """Close under the reader, and read on to its end: a generator that is dropped halfway is a leak.

        https://trio.readthedocs.io/en/stable/reference-core.html#async-generators
        """
        connection.abort()
        with contextlib.suppress(httpx.TransportError):
            async for _ in self:
                pass
