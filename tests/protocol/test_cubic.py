"""The arithmetic of the client-side rate, against botocore's and by its properties."""

from __future__ import annotations

from typing import Any

import pytest
from botocore.retries.adaptive import RateClocker
from botocore.retries.bucket import TokenBucket as TheirBucket
from botocore.retries.throttling import CubicCalculator
from hypothesis import given
from hypothesis import strategies as st

from ec2query.protocol.cubic import Cubic, RateMeter, TokenBucket


class Clock:
    """A clock that a test sets."""

    def __init__(self, now: float = 0.0) -> None:
        self.now = now

    def current_time(self) -> float:
        return self.now


STEPS = st.lists(st.tuples(st.floats(0, 20), st.booleans(), st.floats(0, 1000)), max_size=40)


@given(STEPS, st.floats(0, 100))
def test_the_curve_is_botocores(steps: list[tuple[float, bool, float]], start: float) -> None:
    """The same rate at each moment of any history of throttling."""
    ours, theirs, now = Cubic(start, 0.0), CubicCalculator(start, 0.0), 0.0
    for pause, throttled, rate in steps:
        now += pause
        if throttled:
            ours = ours.throttled(rate, now)
            assert rate * ours.beta == theirs.error_received(rate, now)
        assert ours.rate(now) == pytest.approx(theirs.success_received(now), rel=1e-9, abs=1e-9)


@pytest.mark.parametrize("rate", [0.5, 10.0, 50.0, 1000.0])
def test_the_curve_begins_at_beta_and_comes_back_to_the_old_rate(rate: float) -> None:
    """It starts at 0.7 of what was too much, is flat around the old rate, and then goes beyond."""
    cubic = Cubic(0.0, 0.0).throttled(rate, 100.0)
    plateau = (rate * 0.3 / 0.4) ** (1 / 3)
    assert cubic.rate(100.0) == pytest.approx(0.7 * rate)
    assert cubic.rate(100.0 + plateau) == pytest.approx(rate)
    assert cubic.rate(100.0 + 2 * plateau) == pytest.approx(1.3 * rate)


@given(st.lists(st.floats(0, 5), max_size=60), st.floats(0, 1e6))
def test_the_measured_rate_is_botocores(pauses: list[float], start: float) -> None:
    """The same smoothed rate after each answer."""
    clock = Clock(start)
    theirs: Any = RateClocker(clock)
    ours = RateMeter(float(int(start)))
    for pause in pauses:
        clock.now += pause
        ours = ours.record(clock.now)
        assert ours.rate == pytest.approx(theirs.record())


def test_a_steady_rate_is_measured() -> None:
    """Twenty a second for some seconds."""
    meter = RateMeter(0.0)
    for n in range(200):
        meter = meter.record(n / 20)
    assert meter.rate == pytest.approx(20.0)


@given(st.lists(st.tuples(st.floats(0, 3), st.floats(0, 200), st.booleans()), max_size=40))
def test_the_token_bucket_is_botocores(steps: list[tuple[float, float, bool]]) -> None:
    """The same saved tokens, rate and capacity, as long as nobody has to wait."""
    clock = Clock(50.0)
    their_clock: Any = clock
    theirs: Any = TheirBucket(max_rate=1, clock=their_clock)
    ours = TokenBucket(1.0, 50.0)
    for pause, rate, spends in steps:
        clock.now += pause
        theirs.max_rate = rate
        ours = ours.at_rate(rate, clock.now)
        if spends and theirs.available_capacity >= 1:
            theirs.acquire(1, block=False)
            ours = ours.spend()
        assert ours.tokens == pytest.approx(theirs.available_capacity, abs=1e-6)
        assert ours.fill_rate == theirs.max_rate
        assert ours.capacity == theirs.max_capacity


def test_places_are_served_in_order_at_the_fill_rate() -> None:
    """At 2 a second, with one token saved: now, then every half second."""
    bucket = TokenBucket(2.0, 0.0, earned=1.0)
    waits = []
    for _ in range(4):
        bucket = bucket.spend()
        waits.append(bucket.wait(bucket.spent))
    assert waits == [0.0, 0.5, 1.0, 1.5]
    assert bucket.tokens == -3


def test_a_new_rate_moves_all_who_wait() -> None:
    """Nobody is held to the rate at which they came."""
    bucket = TokenBucket(0.5, 0.0)
    for _ in range(10):
        bucket = bucket.spend()
    assert bucket.wait(10) == 20.0
    bucket = bucket.at_rate(10.0, 2.0)
    assert bucket.wait(10) == pytest.approx(0.9)


@pytest.mark.parametrize(
    ("left", "waits"),
    [
        ((), {1: 1.0, 2: 2.0, 3: 3.0, 4: 4.0}),
        ((2.0,), {1: 1.0, 3: 2.0, 4: 3.0}),
        ((1.0,), {2: 1.0, 3: 2.0, 4: 3.0}),
        ((4.0,), {1: 1.0, 2: 2.0, 3: 3.0}),
        ((1.0, 2.0, 3.0), {4: 1.0}),
        ((3.0, 1.0), {2: 1.0, 4: 2.0}),
    ],
)
def test_those_behind_an_abandoned_place_move_up(left: tuple[float, ...], waits: dict[int, float]) -> None:
    """Those before it gain nothing: the rate is the same whoever leaves."""
    bucket = TokenBucket(1.0, 0.0)
    for _ in range(4):
        bucket = bucket.spend()
    for place in left:
        bucket = bucket.abandon(place)
    assert {place: bucket.wait(place) for place in waits} == waits
    assert bucket.tokens == -len(waits)
    for place, moment in waits.items():
        assert bucket.refill(moment - 0.01).wait(place) > 0
        assert bucket.refill(moment).wait(place) == 0.0


def test_a_clock_that_goes_back_takes_nothing_away() -> None:
    """Monotonic clocks do not; a test's may."""
    bucket = TokenBucket(1.0, 10.0, earned=1.0)
    assert bucket.refill(5.0) == bucket


@given(st.floats(-10, 1e6), st.floats(0, 1e6))
def test_the_rate_has_a_floor_and_the_savings_a_ceiling(rate: float, pause: float) -> None:
    """Never under half a request a second, never more saved than one second's worth, or one."""
    bucket = TokenBucket(5.0, 0.0).at_rate(rate, 1.0).refill(1.0 + pause)
    assert bucket.fill_rate >= 0.5
    assert bucket.tokens <= max(rate, 1.0)
