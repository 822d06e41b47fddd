"""The default transport of AsyncClient: lanes of idle HTTP/1.1 connections, on asyncio and trio.

An `httpx.AsyncBaseTransport` whose cost does not grow with the number of connections: take the newest
idle one, send, put it back. Heads are h11's. It never retries; a connection that the server has closed
is replaced only while no byte of the request has left.
"""

from __future__ import annotations

import ssl
import time

import httpx

from ..errors import ConfigurationError
from .connection import Body, Connection
from .lanes import Lanes, Ticket, closed
from .network import Network, running_network
from .origin import Origin, origin_of
from .tls import prepare
from .waiting import event, fail_after, in_thread

__all__ = ["LaneTransport"]


class LaneTransport(httpx.AsyncBaseTransport):
    """Connections are opened when needed, at most `max_connections`, and kept idle for `idle_seconds`.

    `ssl_context` is used for https as it is; without it the shared context of `ca_bundle` is.
    """

    def __init__(
        self,
        *,
        ca_bundle: str | None = None,
        ssl_context: ssl.SSLContext | None = None,
        max_connections: int = 256,
        idle_seconds: float = 20.0,
    ) -> None:
        if max_connections < 1:
            raise ConfigurationError(f"max_connections: expected 1 or more, got {max_connections}")
        self._ca_bundle = ca_bundle
        self._ssl_context = ssl_context
        self._idle_seconds = idle_seconds
        self._lanes: Lanes[Connection] = Lanes(max_connections)
        self._busy: set[Connection] = set()
        self._network: Network | None = None
        self._closed = False

    @property
    def open_connections(self) -> int:
        """How many connections are open or being opened, idle ones included."""
        return self._lanes.open

    @property
    def idle_connections(self) -> int:
        """How many of them wait to be used again."""
        return self._lanes.idle

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Send one request. Raises: httpx.TransportError and its subclasses, ConfigurationError."""
        self._settle()
        origin = origin_of(request.url)
        timeouts: dict[str, float | None] = request.extensions.get("timeout", {})
        connection = await self._take(origin, timeouts.get("pool"))
        try:
            if connection is not None:
                try:
                    return await self._exchange(connection, request, timeouts)
                except (httpx.NetworkError, httpx.RemoteProtocolError):
                    if connection.touched or not isinstance(request.stream, httpx.ByteStream):
                        raise
                    # The server closed it between our look and our first byte: nothing was sent.
                    self._busy.discard(connection)
                    connection.abort()
            connection = await self._open(origin, timeouts.get("connect"))
            return await self._exchange(connection, request, timeouts)
        except BaseException as error:
            self._give_up(origin, connection)
            broke = isinstance(error, (httpx.NetworkError, httpx.RemoteProtocolError))
            if broke and connection is not None and not connection.touched:
                raise httpx.ConnectError(str(error)) from error
            raise

    async def _exchange(
        self, connection: Connection, request: httpx.Request, timeouts: dict[str, float | None]
    ) -> httpx.Response:
        if self._closed:
            raise closed()
        self._busy.add(connection)
        await connection.exchange(request, await _body(request), timeouts)
        return httpx.Response(
            connection.present.status,
            headers=connection.present.headers,
            stream=Body(connection, timeouts, self._put_back),
        )

    async def aclose(self) -> None:
        """Close every connection, also those in use; the transport cannot be used again."""
        self._closed = True
        connections = [*self._lanes.drain(), *self._busy]
        for connection in connections:
            connection.abort()
        for connection in connections:
            await connection.stream.aclose()

    def _settle(self) -> None:
        """Notice a new event loop: the connections of the last one are gone with it."""
        if self._closed:
            raise closed()
        if self._network is None or not self._network.is_running_here():
            if self._network is not None:
                self._network.refuse_while_alive()
                for connection in self._lanes.drain():
                    connection.abort()
            self._network = running_network()
            self._lanes = Lanes(self._lanes.limit)
            self._busy = set()

    async def _take(self, origin: Origin, seconds: float | None) -> Connection | None:
        """Take a place among the connections: an idle one, or None for the right to open one."""
        ticket = self._lanes.ask(origin)
        if not ticket.granted:
            await self._queue(ticket, seconds)
        if self._closed:
            self._lanes.withdraw(ticket)
            raise closed()
        connection = ticket.connection
        idle_after = time.monotonic() - self._idle_seconds
        while connection is not None and not connection.usable(idle_after):
            connection = self._lanes.another(connection)
        return connection

    async def _queue(self, ticket: Ticket[Connection], seconds: float | None) -> None:
        free = event()
        ticket.wake = free.set
        try:
            with fail_after(seconds):
                await free.wait()
        except TimeoutError:
            self._lanes.withdraw(ticket)
            limit = self._lanes.limit
            raise httpx.PoolTimeout(f"all {limit} connections were in use for {seconds} s") from None
        except BaseException:
            self._lanes.withdraw(ticket)
            raise

    async def _open(self, origin: Origin, seconds: float | None) -> Connection:
        scheme, host, port = origin
        context = None
        if scheme == "https":
            context = self._ssl_context or await self._shared_context()
        elif scheme != "http":
            raise httpx.UnsupportedProtocol(f"expected http or https, got {scheme}")
        assert self._network is not None
        return Connection(origin, await self._network.connect(host, port, context, seconds))

    async def _shared_context(self) -> ssl.SSLContext:
        future = prepare(self._ca_bundle)
        if not future.done():
            await in_thread(future.exception)
        self._ssl_context = future.result()
        return self._ssl_context

    def _give_up(self, origin: Origin, connection: Connection | None) -> None:
        if connection is not None:
            self._busy.discard(connection)
            connection.abort()
        self._lanes.release(origin, None)

    def _put_back(self, connection: Connection) -> None:
        if self._closed or not connection.reusable:
            self._give_up(connection.origin, connection)
            return
        self._busy.discard(connection)
        now = connection.idle_since = time.monotonic()
        self._lanes.release(connection.origin, connection)
        self._lanes.expire(now - self._idle_seconds)


async def _body(request: httpx.Request) -> memoryview:
    stream = request.stream
    if type(stream) is httpx.ByteStream:
        return memoryview(request.read())
    assert isinstance(stream, httpx.AsyncByteStream)
    return memoryview(b"".join([part async for part in stream]))
