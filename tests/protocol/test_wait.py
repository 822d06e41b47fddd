"""Judging outcomes as botocore does, and waiting for them."""

from __future__ import annotations

import random
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import pytest
from botocore.exceptions import WaiterError as BotocoreWaiterError
from botocore.waiter import AcceptorConfig, SingleWaiterConfig
from botocore.waiter import Waiter as BotocoreWaiter

from ec2query.errors import NotFound, ServiceError, TransportError, WaiterError
from ec2query.protocol.effects import Flow, Sleep
from ec2query.protocol.poll import Progress
from ec2query.protocol.wait import Judgement, judge, wait
from ec2query.protocol.world import World
from ec2query.shape import Operation, Result, Shape, wire
from ec2query.waiter import Acceptor, Length, Matcher, Path, Verdict, Waiter


class State(Shape):
    """A nested structure."""

    name: str | None = wire("name", default=None)


class Instance(Shape):
    """An entry of an inner list."""

    state: State | None = wire("state", default=None)


class Reservation(Shape):
    """An entry of the outer list."""

    owner: str | None = wire("owner", default=None)
    instances: Sequence[Instance] = wire("instances", default=())


class DescribeResult(Result):
    """What the operation below answers."""

    reservations: Sequence[Reservation] = wire("reservations", default=())
    data: str | None = wire("data", default=None)


class Describe(Operation[DescribeResult]):
    """An operation to repeat."""

    ids: Sequence[str] = wire("Id", default=())


WORLD = World(
    environ={},
    now=lambda: datetime(2026, 1, 1, tzinfo=UTC),
    monotonic=lambda: 0.0,
    random=lambda: 0.0,
    token=lambda: "token",
)

STATES = Path("reservations[]", "instances[]", "state", "name")

# botocore's expression, and ours.
ARGUMENTS: tuple[tuple[str, Path | Length], ...] = (
    ("Reservations[].Instances[].State.Name", STATES),
    ("Reservations[].Owner", Path("reservations[]", "owner")),
    ("Data", Path("data")),
    ("Data[]", Path("data[]")),
    ("length(Reservations[]) > `0`", Length(Path("reservations[]"), ">", 0)),
    ("length(Reservations[]) == `0`", Length(Path("reservations[]"), "==", 0)),
    (
        "length(Reservations[].Instances[]) >= `2`",
        Length(Path("reservations[]", "instances[]"), ">=", 2),
    ),
)
WORDS = ("on", "off", "")
CODES = ("Gone.NotFound", "Other")
ERRORS: tuple[str | bool, ...] = (*CODES, True, False)
MATCHERS: tuple[Matcher, ...] = ("path", "pathAll", "pathAny", "status", "error")
VERDICTS: tuple[Verdict, ...] = ("success", "failure", "retry")


def an_acceptor(chance: random.Random) -> tuple[dict[str, Any], Acceptor]:
    """Make the same acceptor twice: for botocore and for us."""
    matcher: Matcher = chance.choice(MATCHERS)
    state: Verdict = chance.choice(VERDICTS)
    expected: str | int | bool = chance.choice(WORDS)
    text, argument = chance.choice(ARGUMENTS)
    if matcher == "status":
        expected = chance.choice([200, 400])
    elif matcher == "error":
        expected = chance.choice(ERRORS)
    elif isinstance(argument, Length):
        matcher, expected = "path", chance.choice([True, False])
    theirs: dict[str, Any] = {"matcher": matcher, "expected": expected, "state": state}
    if matcher in ("status", "error"):
        return theirs, Acceptor(matcher, None, expected, state)
    return {**theirs, "argument": text}, Acceptor(matcher, argument, expected, state)


def an_outcome(chance: random.Random) -> tuple[dict[str, Any], Result | ServiceError]:
    """Make the same outcome twice."""
    if chance.random() < 0.25:
        code = chance.choice(CODES)
        meta = {"ResponseMetadata": {"HTTPStatusCode": 400}}
        return {"Error": {"Code": code, "Message": "no"}, **meta}, ServiceError(code, "no", status=400)
    theirs: dict[str, Any] = {"ResponseMetadata": {"HTTPStatusCode": 200}, "Reservations": []}
    ours: list[Reservation] = []
    for _ in range(chance.choice([0, 1, 1, 2])):
        names = [chance.choice([None, *WORDS]) for _ in range(chance.choice([0, 1, 1, 2]))]
        owner = chance.choice([None, *WORDS])
        instances = [{} if name is None else {"State": {"Name": name}} for name in names]
        theirs["Reservations"].append(
            {"Instances": instances} if owner is None else {"Owner": owner, "Instances": instances}
        )
        ours.append(
            Reservation(
                owner=owner,
                instances=[Instance(state=None if name is None else State(name=name)) for name in names],
            )
        )
    data = chance.choice([None, *WORDS])
    if data is not None:
        theirs["Data"] = data
    return theirs, DescribeResult(reservations=ours, data=data)


def test_judgements_are_botocores() -> None:
    """Each acceptor matches exactly the outcomes that botocore's own matcher does."""
    chance = random.Random(20161115)
    matched = 0
    for _ in range(4000):
        their_acceptor, acceptor = an_acceptor(chance)
        their_outcome, outcome = an_outcome(chance)
        expected = bool(AcceptorConfig(their_acceptor).matcher_func(their_outcome))
        found = judge((acceptor,), outcome).acceptor is acceptor
        assert found == expected, (acceptor, outcome)
        matched += found
    assert 500 < matched < 3500


def test_whole_waits_end_as_botocores() -> None:
    """Same tables and same answers: same ending after the same number of calls."""
    chance = random.Random(64500)
    endings: set[str] = set()
    for _ in range(1500):
        acceptors = [an_acceptor(chance) for _ in range(chance.randint(1, 4))]
        outcomes = [an_outcome(chance) for _ in range(4)]
        config: Any = SingleWaiterConfig(
            {"operation": "Describe", "delay": 0, "maxAttempts": 4, "acceptors": [a for a, _ in acceptors]}
        )
        answers = iter(theirs for theirs, _ in outcomes)
        try:
            BotocoreWaiter("Ready", config, lambda answers=answers: next(answers)).wait()
            ending = "success"
        except BotocoreWaiterError as error:
            ending = "attempts" if "Max attempts" in str(error) else "failure"
        calls = 4 - len(list(answers))
        waiter = Waiter("Ready", lambda: Describe, 0, 4, tuple(ours for _, ours in acceptors))
        assert play(waiter, [ours for _, ours in outcomes])[:2] == (ending, calls)
        endings.add(ending)
    assert endings == {"success", "attempts", "failure"}


def play(waiter: Waiter[Any, Any], outcomes: Sequence[Result | ServiceError]) -> tuple[str, int, Any]:
    """Wait through the outcomes; return how it ended, after how many calls, and with what."""
    calls = 0

    def call(operation: Operation[Any]) -> Flow[Any]:
        nonlocal calls
        assert operation == Describe(ids=["i-1"])
        outcome = outcomes[calls]
        calls += 1
        if isinstance(outcome, ServiceError):
            raise outcome
        return outcome
        yield

    flow = wait(waiter(ids=["i-1"]), call, WORLD)
    try:
        effect = next(flow)
        while True:
            assert effect == Sleep(waiter.delay)
            effect = flow.send(None)
    except StopIteration as ended:
        return "success", calls, ended.value
    except WaiterError as error:
        return ("attempts" if "ran out" in str(error) else "failure"), calls, error


RUNNING = Waiter(
    "InstanceRunning",
    lambda: Describe,
    15,
    3,
    (
        Acceptor("pathAll", STATES, "running", "success"),
        Acceptor("pathAny", STATES, "terminated", "failure"),
        Acceptor("error", None, "Gone.NotFound", "retry"),
    ),
)
DELETED = Waiter("Deleted", lambda: Describe, 15, 3, (Acceptor("error", None, "Gone.NotFound", "success"),))


def seen(*names: str) -> DescribeResult:
    """One reservation with an instance in each of the states."""
    instances = [Instance(state=State(name=name)) for name in names]
    return DescribeResult(reservations=[Reservation(instances=instances)])


def test_the_accepted_result_is_returned() -> None:
    """An error named by a retry acceptor is waited out."""
    gone = NotFound("Gone.NotFound", "not yet")
    assert play(RUNNING, [gone, seen("pending"), seen("running")]) == ("success", 3, seen("running"))


def test_an_accepted_error_returns_none() -> None:
    """What is waited for may be that the thing is gone."""
    assert play(DELETED, [seen("x"), NotFound("Gone.NotFound", "gone")]) == ("success", 2, None)


@pytest.mark.parametrize(
    ("waiter", "outcomes", "says"),
    [
        (
            RUNNING,
            [seen("running", "terminated")],
            "InstanceRunning: failed, since any of reservations[].instances[].state.name is 'terminated'"
            " (attempt 1, after 0.0 s)",
        ),
        (
            RUNNING,
            [seen("pending"), seen("pending"), seen("pending", "running")],
            "InstanceRunning: the attempts ran out; last state: pending, running (attempt 3, after 0.0 s)",
        ),
        (
            DELETED,
            [ServiceError("Other", "broken", operation="Describe")],
            "Deleted: failed: Describe: Other: broken (status 400) (attempt 1, after 0.0 s)",
        ),
    ],
)
def test_the_error_says_why_and_keeps_the_last_answer(
    waiter: Waiter[Any, Any], outcomes: Sequence[Result | ServiceError], says: str
) -> None:
    """Which acceptor, or which error, or which state remained."""
    ending, calls, error = play(waiter, outcomes)
    assert ending != "success"
    assert (calls, str(error)) == (len(outcomes), says)
    assert error.last == outcomes[-1]


def test_an_error_that_ends_the_wait_is_its_cause() -> None:
    """A traceback shows both."""
    other = ServiceError("Other", "broken")
    assert play(DELETED, [other])[2].__cause__ is other


def test_a_transport_fault_is_not_judged() -> None:
    """No answer came: no acceptor can speak of it."""

    def call(operation: Operation[Any]) -> Flow[Any]:
        raise TransportError("reset")
        yield

    with pytest.raises(TransportError):
        next(wait(RUNNING(ids=[]), call, WORLD))


def test_patience_can_be_overridden() -> None:
    """Delay, attempts and jitter of the call win over the table's."""
    told: list[Progress] = []

    def call(operation: Operation[Any]) -> Flow[Any]:
        return seen("pending")
        yield

    flow = wait(RUNNING(ids=[]), call, WORLD, delay=1, attempts=2, jitter=0, progress=told.append)
    assert next(flow) == Sleep(1)
    with pytest.raises(WaiterError):
        flow.send(None)
    assert [(one.attempt, one.attempts, one.state) for one in told] == [(1, 2, "pending"), (2, 2, "pending")]


def test_unmatched_results_retry_and_unmatched_errors_fail() -> None:
    """As botocore has it."""
    assert judge((), DescribeResult()) == Judgement("retry")
    assert judge((), ServiceError("Other", "no")) == Judgement("failure")


@pytest.mark.parametrize(
    ("result", "state"),
    [
        (DescribeResult(), "none"),
        (seen("a", "b", "a"), "a, b"),
        (DescribeResult(reservations=[Reservation(), Reservation()]), "none"),
    ],
)
def test_progress_says_what_was_seen(result: DescribeResult, state: str) -> None:
    """The distinct values at the waiter's path, in order."""
    told: list[Progress] = []

    def call(operation: Operation[Any]) -> Flow[Any]:
        return result
        yield

    next(wait(RUNNING(ids=[]), call, WORLD, progress=told.append))
    assert told[0].state == state
