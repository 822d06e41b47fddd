"""The bookkeeping of lanes: tables of asking, releasing and leaving, without a socket."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from ec2query.client.lanes import Lanes, Ticket, closed

ONE = ("https", "one.test", 443)
TWO = ("https", "two.test", 443)


@dataclass(eq=False)
class Line:
    """A connection that only remembers whether it was closed."""

    origin: tuple[str, str, int] = ONE
    idle_since: float = 0.0
    aborted: bool = False

    def abort(self) -> None:
        self.aborted = True


def full(limit: int) -> tuple[Lanes[Line], list[Ticket[Line]]]:
    lanes: Lanes[Line] = Lanes(limit)
    return lanes, [lanes.ask(ONE) for _ in range(limit)]


def test_the_newest_idle_connection_is_taken() -> None:
    """Idle connections are a stack."""
    lanes, _ = full(3)
    lines = [Line(), Line(), Line()]
    for line in lines:
        lanes.release(ONE, line)
    assert [lanes.ask(ONE).connection for _ in range(3)] == lines[::-1]


def test_a_place_is_granted_up_to_the_limit() -> None:
    """Each open connection takes a place; who finds none waits."""
    lanes, tickets = full(2)
    assert [ticket.granted for ticket in tickets] == [True, True]
    assert lanes.ask(ONE).granted is False
    assert (lanes.open, lanes.idle, lanes.waiting) == (2, 0, 1)


def test_who_comes_later_does_not_pass_who_waits() -> None:
    """A connection that is released goes to the first in the queue, and wakes it."""
    lanes, _ = full(1)
    first, second = lanes.ask(ONE), lanes.ask(ONE)
    woken: list[str] = []
    first.wake = lambda: woken.append("first")
    second.wake = lambda: woken.append("second")
    line = Line()
    lanes.release(ONE, line)
    late = lanes.ask(ONE)
    assert (first.connection, woken, late.granted) == (line, ["first"], False)
    lanes.release(ONE, None)
    assert (second.granted, second.connection, woken) == (True, None, ["first", "second"])


def test_a_connection_elsewhere_is_no_use_to_who_waits() -> None:
    """A connection to another origin is closed, and its place handed on."""
    lanes, _ = full(1)
    ticket, line = lanes.ask(TWO), Line()
    lanes.release(ONE, line)
    assert (ticket.granted, ticket.connection, line.aborted, lanes.open) == (True, None, True, 1)


def test_the_oldest_idle_connection_makes_room() -> None:
    """With every place taken by idle connections, the longest idle one is closed."""
    lanes, _ = full(2)
    older, newer = Line(idle_since=1.0), Line(idle_since=2.0)
    lanes.release(ONE, older)
    lanes.release(ONE, newer)
    ticket = lanes.ask(TWO)
    assert (ticket.granted, ticket.connection) == (True, None)
    assert (older.aborted, newer.aborted, lanes.open, lanes.idle) == (True, False, 2, 1)


@pytest.mark.parametrize("connection", [None, Line()])
def test_leaving_the_queue_after_the_grant_hands_it_on(connection: Line | None) -> None:
    """Who is cancelled with a grant in hand gives it to the next."""
    lanes, _ = full(1)
    first, second = lanes.ask(ONE), lanes.ask(ONE)
    lanes.release(ONE, connection)
    lanes.withdraw(first)
    assert (second.granted, second.connection) == (True, connection)
    assert lanes.open == 1


def test_leaving_the_queue_before_the_grant() -> None:
    """Who leaves is not served."""
    lanes, _ = full(1)
    first, second = lanes.ask(ONE), lanes.ask(ONE)
    lanes.withdraw(first)
    lanes.release(ONE, None)
    assert (first.granted, second.granted, lanes.waiting) == (False, True, 0)


def test_the_last_to_leave_frees_the_place() -> None:
    """Places that nobody wants are free again."""
    lanes, _ = full(1)
    lanes.release(ONE, None)
    assert (lanes.open, lanes.idle) == (0, 0)


def test_a_stale_connection_is_traded() -> None:
    """A stale connection is closed for the next idle one, or for the right to open one."""
    lanes, _ = full(2)
    other, stale = Line(), Line()
    lanes.release(ONE, other)
    lanes.release(ONE, stale)
    taken = lanes.ask(ONE).connection
    assert taken is stale
    assert lanes.another(stale) is other
    assert (stale.aborted, lanes.open) == (True, 1)
    assert lanes.another(other) is None
    assert (other.aborted, lanes.open) == (True, 1)


def test_old_connections_expire() -> None:
    """What has been idle since before that time is closed, in every lane."""
    lanes: Lanes[Line] = Lanes(4)
    lines = [Line(ONE, 1.0), Line(ONE, 3.0), Line(TWO, 2.0), Line(TWO, 4.0)]
    for line in lines:
        lanes.ask(line.origin)
    for line in lines:
        lanes.release(line.origin, line)
    lanes.expire(2.5)
    assert [line.aborted for line in lines] == [True, False, True, False]
    assert (lanes.open, lanes.idle) == (2, 2)


def test_draining_takes_what_is_idle() -> None:
    """Connections in use keep their places."""
    lanes, _ = full(2)
    line = Line()
    lanes.release(ONE, line)
    assert lanes.drain() == [line]
    assert (lanes.open, lanes.idle) == (1, 0)


def test_the_end_is_said_in_a_sentence() -> None:
    """The error says what to do instead."""
    assert str(closed()) == "this client is closed; make a new one, or call before closing it"
