"""Waiters as values: paths through results, lengths, and the requests they repeat."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest

from ec2query.shape import Operation, Result, Shape, wire
from ec2query.waiter import Acceptor, Length, Path, Wait, Waiter


class State(Shape):
    """A nested structure."""

    name: str | None = wire("name", default=None)


class Instance(Shape):
    """An entry of an inner list."""

    state: State | None = wire("state", default=None)
    tags: Sequence[str] = wire("tagSet", default=())


class Reservation(Shape):
    """An entry of the outer list."""

    owner: str | None = wire("owner", default=None)
    instances: Sequence[Instance] = wire("instanceSet", default=())


class DescribeResult(Result):
    """What the operation below answers."""

    reservations: Sequence[Reservation] = wire("reservationSet", default=())
    password: str | None = wire("password", default=None)
    state: State | None = wire("state", default=None)


class Describe(Operation[DescribeResult]):
    """An operation to repeat."""

    ids: Sequence[str] = wire("Id", default=())


def instance(name: str | None, *tags: str) -> Instance:
    """Make an instance, in a state or in none."""
    return Instance(state=State(name=name) if name is not None else None, tags=tags)


RESULT = DescribeResult(
    reservations=[
        Reservation(owner="1", instances=[instance("running", "x", "y"), instance(None)]),
        Reservation(instances=[]),
        Reservation(owner="2", instances=[instance("stopped", "z"), instance("")]),
    ],
    state=State(name="ready"),
)


@pytest.mark.parametrize(
    ("path", "found"),
    [
        (Path("reservations[]", "instances[]", "state", "name"), ["running", "stopped", ""]),
        (Path("reservations[]", "owner"), ["1", "2"]),
        (Path("reservations[]", "instances[]", "tags[]"), ["x", "y", "z"]),
        (Path("reservations[]", "instances", "tags"), []),
        (Path("reservations", "instances"), None),
        (Path("state", "name"), "ready"),
        (Path("password"), None),
        (Path("password[]"), None),
        (Path("state[]", "name"), None),
        (Path("password", "name"), None),
    ],
)
def test_a_path_finds_what_jmespath_finds(path: Path, found: object) -> None:
    """Lists are flattened only where marked, and None is left out of them."""
    assert path.search(RESULT) == found


@pytest.mark.parametrize(
    ("length", "holds"),
    [
        (Length(Path("reservations[]"), ">", 0), True),
        (Length(Path("reservations[]"), "==", 3), True),
        (Length(Path("reservations[]", "owner"), "==", 2), True),
        (Length(Path("reservations[]"), "<", 3), False),
        (Length(Path("reservations[]"), "<=", 3), True),
        (Length(Path("reservations[]"), ">=", 4), False),
        (Length(Path("reservations[]"), "!=", 3), False),
        (Length(Path("state", "name"), "==", 5), True),
        (Length(Path("password"), "==", 0), True),
        (Length(Path("password"), ">", 0), False),
        (Length(Path("state"), "==", 0), True),
    ],
)
def test_a_length_counts_entries_or_letters(length: Length, holds: bool) -> None:
    """What is absent, or has no length, counts as 0."""
    assert length.search(RESULT) is holds


def test_a_waiter_is_called_with_its_operations_members() -> None:
    """The operation's type is asked for only then."""
    asked: list[str] = []

    def operation() -> Any:
        asked.append("asked")
        return Describe

    acceptors = (Acceptor("status", None, 200, "success"),)
    waiter: Waiter[..., DescribeResult] = Waiter("DescribeDone", operation, 15, 40, acceptors)
    assert asked == []
    assert waiter(ids=["i-1"]) == Wait("DescribeDone", Describe(ids=["i-1"]), 15, 40, acceptors)


@pytest.mark.parametrize(
    ("acceptor", "text"),
    [
        (Acceptor("pathAll", Path("a[]", "b"), "x", "success"), "all of a[].b is 'x'"),
        (Acceptor("pathAny", Path("a[]", "b"), "x", "failure"), "any of a[].b is 'x'"),
        (Acceptor("path", Length(Path("a[]"), ">", 0), True, "success"), "length(a[]) > 0 is True"),
        (Acceptor("status", None, 200, "success"), "status is 200"),
        (Acceptor("error", None, "Gone.NotFound", "success"), "error is 'Gone.NotFound'"),
    ],
)
def test_an_acceptor_reads_as_a_condition(acceptor: Acceptor, text: str) -> None:
    """Its text goes into the WaiterError."""
    assert str(acceptor) == text
