"""Patience, played: what is slept, what is reported, when it ends."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from typing import Any

import pytest

from ec2query.errors import ParameterError, WaiterError
from ec2query.protocol.effects import Flow, Sleep
from ec2query.protocol.poll import Look, Pace, Progress, poll
from ec2query.protocol.world import World
from ec2query.waiter import Verdict


class Clock:
    """A world in which only sleeping takes time."""

    def __init__(self, *draws: float) -> None:
        self.seconds = 100.0
        self.slept: list[float] = []
        self.draws: Iterator[float] = iter(draws)

    def world(self) -> World:
        return World(
            environ={},
            now=lambda: datetime(2026, 1, 1, tzinfo=UTC),
            monotonic=lambda: self.seconds,
            random=lambda: next(self.draws),
            token=lambda: "token",
        )

    def play(self, flow: Flow[Any]) -> Any:
        """Carry out a flow that asks for nothing but sleep."""
        try:
            effect = next(flow)
            while True:
                assert isinstance(effect, Sleep), effect
                self.slept.append(effect.seconds)
                self.seconds += effect.seconds
                effect = flow.send(None)
        except StopIteration as ended:
            return ended.value


def looks(*verdicts: Verdict) -> Callable[[], Flow[Look]]:
    """Look at a list of verdicts, one after another."""
    coming = iter(verdicts)

    def look() -> Flow[Look]:
        verdict = next(coming)
        return Look(verdict=verdict, state=f"saw {verdict}", last=verdict, reason="it broke")
        yield

    return look


def test_success_at_once_sleeps_and_draws_nothing() -> None:
    """The first look comes without delay."""
    clock = Clock()
    found = clock.play(poll("Ready", looks("success"), clock.world(), Pace(delay=5, attempts=3)))
    assert (found.last, clock.slept) == ("success", [])


@pytest.mark.parametrize(
    ("pace", "draws", "slept"),
    [
        (Pace(delay=2, attempts=9, jitter=0), [0.9, 0.9, 0.9], [2, 2, 2]),
        (Pace(delay=2, attempts=9, jitter=0.5), [0, 0.5, 0.75], [2, 2.5, 2.75]),
        (Pace(delay=2, longest=4, attempts=9, jitter=0), [0, 0, 0], [2, 3, 4]),
        (Pace(delay=2, longest=4, attempts=9, jitter=0.5), [0, 0, 0.5], [2, 3, 5]),
        (Pace(delay=0, attempts=9), [0, 0, 0], [0, 0, 0]),
    ],
)
def test_each_delay_takes_one_draw_and_jitter_only_lengthens(
    pace: Pace, draws: Sequence[float], slept: Sequence[float]
) -> None:
    """Delays grow by half up to the longest, where one is given."""
    clock = Clock(*draws)
    clock.play(poll("Ready", looks("retry", "retry", "retry", "success"), clock.world(), pace))
    assert clock.slept == slept
    assert next(clock.draws, None) is None


def test_each_look_is_reported() -> None:
    """The last report has no next delay."""
    clock = Clock(0.5)
    told: list[Progress] = []
    clock.play(
        poll(
            "Ready",
            looks("retry", "success"),
            clock.world(),
            Pace(delay=2, attempts=3, jitter=1),
            told.append,
        )
    )
    assert told == [
        Progress(
            waiter="Ready",
            attempt=1,
            attempts=3,
            elapsed=0,
            verdict="retry",
            state="saw retry",
            next_delay=3,
        ),
        Progress(
            waiter="Ready",
            attempt=2,
            attempts=3,
            elapsed=3,
            verdict="success",
            state="saw success",
            next_delay=None,
        ),
    ]


@pytest.mark.parametrize(
    ("verdicts", "pace", "slept", "says"),
    [
        (("failure",), Pace(delay=2, attempts=3), [], "it broke (attempt 1, after 0.0 s)"),
        (
            ("retry", "retry", "retry"),
            Pace(delay=2, attempts=3),
            [2, 2],
            "the attempts ran out; last state: saw retry (attempt 3, after 4.0 s)",
        ),
        (
            ("retry", "retry", "retry"),
            Pace(delay=2, attempts=99, deadline=3),
            [2, 1],
            "the deadline of 3 s passed; last state: saw retry (attempt 3, after 3.0 s)",
        ),
        (("retry", "failure"), Pace(delay=2, attempts=3), [2], "it broke (attempt 2, after 2.0 s)"),
    ],
)
def test_patience_ends_with_the_reason(
    verdicts: Sequence[Verdict], pace: Pace, slept: Sequence[float], says: str
) -> None:
    """The error keeps what was seen last."""
    clock = Clock(0, 0, 0)
    with pytest.raises(WaiterError) as caught:
        clock.play(poll("Ready", looks(*verdicts), clock.world(), pace))
    assert str(caught.value) == f"Ready: {says}"
    assert caught.value.last == verdicts[-1]
    assert clock.slept == slept


def test_success_on_the_deadline_still_counts() -> None:
    """The last delay is cut so that one look falls on the deadline."""
    clock = Clock(0)
    pace = Pace(delay=60, attempts=2, deadline=10)
    assert clock.play(poll("Ready", looks("retry", "success"), clock.world(), pace)).verdict == "success"
    assert clock.slept == [10]


@pytest.mark.parametrize(
    ("options", "where"),
    [
        ({"delay": -1, "attempts": 1}, "delay"),
        ({"delay": float("nan"), "attempts": 1}, "delay"),
        ({"delay": 1, "attempts": 0}, "attempts"),
        ({"delay": 1, "attempts": 1, "deadline": -5}, "deadline"),
        ({"delay": 1, "attempts": 1, "jitter": -0.1}, "jitter"),
    ],
)
def test_an_impossible_pace_is_refused(options: dict[str, Any], where: str) -> None:
    """The error names the argument."""
    with pytest.raises(ParameterError) as caught:
        Pace(**options)
    assert caught.value.where == where
