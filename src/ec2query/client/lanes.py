"""Lanes: which connections are idle, how many are open, who waits. Bookkeeping without I/O.

Each origin has a stack of idle connections: the newest is taken first, so that few stay warm and the
rest grow old and are dropped. Whoever finds no connection and no room waits in one queue, first come
first served. The transports connect, wait and lock; nothing here does.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from typing import Generic, Protocol, TypeVar

from ..errors import ConfigurationError
from .origin import Origin

__all__ = ["Lanes", "Poolable", "Ticket", "closed"]


class Poolable(Protocol):
    """A connection, as far as the bookkeeping looks at it."""

    @property
    def origin(self) -> Origin: ...
    @property
    def idle_since(self) -> float: ...
    def abort(self) -> None:
        """Close at once, without waiting for anybody."""


ConnectionT = TypeVar("ConnectionT", bound=Poolable)


class Ticket(Generic[ConnectionT]):
    """A place in the queue. Once granted, its holder owns `connection`, or the right to open one."""

    __slots__ = ("connection", "granted", "origin", "wake")

    def __init__(self, origin: Origin) -> None:
        self.origin = origin
        self.connection: ConnectionT | None = None
        self.granted = False
        self.wake: Callable[[], object] | None = None

    def grant(self, connection: ConnectionT | None) -> None:
        self.connection = connection
        self.granted = True
        if self.wake is not None:
            self.wake()


class Lanes(Generic[ConnectionT]):
    """At most `limit` connections are open, idle ones included."""

    def __init__(self, limit: int) -> None:
        self.limit = limit
        self.open = 0
        self._idle: dict[Origin, deque[ConnectionT]] = {}
        self._waiting: deque[Ticket[ConnectionT]] = deque()

    @property
    def idle(self) -> int:
        return sum(map(len, self._idle.values()))

    @property
    def waiting(self) -> int:
        return len(self._waiting)

    def ask(self, origin: Origin) -> Ticket[ConnectionT]:
        """Queue for a connection to `origin`; the ticket may be granted already."""
        ticket: Ticket[ConnectionT] = Ticket(origin)
        if self._waiting:
            self._waiting.append(ticket)
        elif lane := self._idle.get(origin):
            ticket.grant(lane.pop())
        elif self.open < self.limit:
            self.open += 1
            ticket.grant(None)
        elif oldest := self._oldest():
            oldest.popleft().abort()
            ticket.grant(None)
        else:
            self._waiting.append(ticket)
        return ticket

    def _oldest(self) -> deque[ConnectionT] | None:
        lanes = [lane for lane in self._idle.values() if lane]
        return min(lanes, key=lambda lane: lane[0].idle_since, default=None)

    def another(self, stale: ConnectionT) -> ConnectionT | None:
        """Trade a stale connection for an idle one; None is the right to open a new one in its place."""
        stale.abort()
        lane = self._idle.get(stale.origin)
        if not lane:
            return None
        self.open -= 1
        return lane.pop()

    def release(self, origin: Origin, connection: ConnectionT | None) -> None:
        """Give back a place: with its connection where that can be used again, otherwise None."""
        if not self._waiting:
            if connection is None:
                self.open -= 1
            else:
                self._idle.setdefault(origin, deque()).append(connection)
            return
        ticket = self._waiting.popleft()
        if connection is not None and ticket.origin != origin:
            connection.abort()
            connection = None
        ticket.grant(connection)

    def withdraw(self, ticket: Ticket[ConnectionT]) -> None:
        """Leave the queue; what was granted in the meantime goes to the next."""
        if ticket.granted:
            self.release(ticket.origin, ticket.connection)
        else:
            self._waiting.remove(ticket)

    def expire(self, before: float) -> None:
        """Close the connections that have been idle since before that time."""
        for lane in self._idle.values():
            while lane and lane[0].idle_since < before:
                lane.popleft().abort()
                self.open -= 1

    def drain(self) -> list[ConnectionT]:
        """Take all idle connections out, for their caller to close."""
        drained = [connection for lane in self._idle.values() for connection in lane]
        self._idle.clear()
        self.open -= len(drained)
        return drained


def closed() -> ConfigurationError:
    """Say that a transport was used after its end."""
    return ConfigurationError("this client is closed; make a new one, or call before closing it")
