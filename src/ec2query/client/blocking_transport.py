"""The default transport of Client: the lanes of `transport`, for threads.

An `httpx.BaseTransport` that any number of threads may share; limits, timeouts and what is done about
connections that the server closed are those of LaneTransport.
"""

from __future__ import annotations

import ssl
import threading
import time
from collections.abc import Callable, Iterator, Mapping

import httpx

from ..errors import ConfigurationError
from .deadline import ending, left
from .http11 import Exchange
from .lanes import Lanes, Ticket, closed
from .network_blocking import BlockingStream, connect
from .origin import Origin, origin_of
from .tls import shared_context

__all__ = ["BlockingLaneTransport"]


class _Connection:
    """A socket to an origin, and the exchange on it."""

    __slots__ = ("_doubtful", "idle_since", "origin", "present", "stream")

    def __init__(self, origin: Origin, stream: BlockingStream) -> None:
        self.origin = origin
        self.stream = stream
        self.present = Exchange()
        self.idle_since = 0.0
        self._doubtful = False

    def exchange(self, request: httpx.Request, timeouts: Mapping[str, float | None]) -> None:
        """Send a request, and wait for the head of the answer for no longer than a read may take.

        Raises: httpx.TransportError.
        """
        present, seconds = self.present, timeouts.get("read")
        body = memoryview(request.read())
        if not self.idle_since and not self.stream.secure and not self.stream.quiet:
            # Who speaks before being asked may answer the next request with this answer.
            self._doubtful = True
        try:
            # A view, and no name for it: nobody who prints a traceback's variables sees what was sent.
            self.stream.send(memoryview(present.begin(request, body)), timeouts.get("write"))
        except httpx.WriteError:
            # A server may answer and close before it has read all: its answer is heard.
            self._doubtful = True
        end = ending(seconds)
        present.feed(self.stream.receive(seconds))
        while not present.begun:
            present.feed(self.stream.receive(left(end)))

    @property
    def reusable(self) -> bool:
        """Whether the exchange ended as it should."""
        return self.present.reusable and not self._doubtful

    def usable(self, idle_after: float) -> bool:
        """Look whether it is young and quiet: what comes while it is idle is an end, or unasked for."""
        return self.idle_since >= idle_after and self.stream.quiet

    def abort(self) -> None:
        self.stream.close()


class BlockingLaneTransport(httpx.BaseTransport):
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
        self._lanes: Lanes[_Connection] = Lanes(max_connections)
        self._busy: set[_Connection] = set()
        self._lock = threading.Lock()
        self._closed = False

    @property
    def open_connections(self) -> int:
        """How many connections are open or being opened, idle ones included."""
        return self._lanes.open

    @property
    def idle_connections(self) -> int:
        """How many of them wait to be used again."""
        return self._lanes.idle

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Send one request. Raises: httpx.TransportError and its subclasses, ConfigurationError."""
        origin = origin_of(request.url)
        timeouts: dict[str, float | None] = request.extensions.get("timeout", {})
        total = timeouts.get("total")
        deadline = None if total is None else time.monotonic() + total
        connection = self._take(origin, timeouts.get("pool"))
        try:
            if connection is None:
                connection = self._open(origin, timeouts.get("connect"))
            with self._lock:
                if self._closed:
                    raise closed()
                self._busy.add(connection)
            connection.stream.deadline = deadline
            connection.exchange(request, timeouts)
        except BaseException:
            self._give_up(origin, connection)
            raise
        return httpx.Response(
            connection.present.status,
            headers=connection.present.headers,
            stream=_Body(self._put_back, connection, timeouts),
        )

    def close(self) -> None:
        """Close every connection, also those in use; the transport cannot be used again."""
        with self._lock:
            self._closed = True
            for connection in self._lanes.drain():
                connection.abort()
            busy = list(self._busy)
        for connection in busy:  # their threads wake up, and close them
            connection.stream.wake()

    def _take(self, origin: Origin, seconds: float | None) -> _Connection | None:
        """Take a place among the connections: an idle one, or None for the right to open one."""
        event: threading.Event | None = None
        with self._lock:
            if self._closed:
                raise closed()
            ticket = self._lanes.ask(origin)
            if not ticket.granted:
                event = threading.Event()
                ticket.wake = event.set
        if event is not None:
            self._queue(ticket, event, seconds)
        connection = ticket.connection
        idle_after = time.monotonic() - self._idle_seconds
        while connection is not None and not connection.usable(idle_after):
            with self._lock:
                connection = self._lanes.another(connection)
        return connection

    def _queue(self, ticket: Ticket[_Connection], event: threading.Event, seconds: float | None) -> None:
        try:
            event.wait(seconds)
        except BaseException:
            with self._lock:
                self._lanes.withdraw(ticket)
            raise
        with self._lock:
            if ticket.granted and not self._closed:
                return
            self._lanes.withdraw(ticket)
        if self._closed:
            raise closed()
        raise httpx.PoolTimeout(f"all {self._lanes.limit} connections were in use for {seconds} s")

    def _open(self, origin: Origin, seconds: float | None) -> _Connection:
        scheme, host, port = origin
        context = None
        if scheme == "https":
            context = self._ssl_context or shared_context(self._ca_bundle)
        elif scheme != "http":
            raise httpx.UnsupportedProtocol(f"expected http or https, got {scheme}")
        return _Connection(origin, connect(host, port, context, seconds))

    def _give_up(self, origin: Origin, connection: _Connection | None) -> None:
        with self._lock:
            if connection is not None:
                self._busy.discard(connection)
                connection.abort()
            self._lanes.release(origin, None)

    def _put_back(self, connection: _Connection) -> None:
        with self._lock:
            if not self._closed and connection.reusable:
                self._busy.discard(connection)
                now = connection.idle_since = time.monotonic()
                self._lanes.release(connection.origin, connection)
                self._lanes.expire(now - self._idle_seconds)
                return
        self._give_up(connection.origin, connection)


class _Body(httpx.SyncByteStream):
    """The raw body; closing it puts the connection back, or closes it where bytes are left."""

    def __init__(
        self,
        put_back: Callable[[_Connection], None],
        connection: _Connection,
        timeouts: Mapping[str, float | None],
    ) -> None:
        self._put_back = put_back
        self._connection: _Connection | None = connection
        self._stream = connection.stream
        self._present = connection.present
        self._timeouts = timeouts

    def __iter__(self) -> Iterator[bytes]:
        present = self._present
        while True:
            end = ending(self._timeouts.get("read"))  # For what frames the body, too: see connection.Body.
            while not (piece := present.take()):
                if present.done:
                    return
                present.feed(self._stream.receive(left(end)))
            yield piece

    def close(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            self._put_back(connection)
