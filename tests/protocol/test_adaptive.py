"""The limiter: nobody waits until throttled, then all wait in order, and the rate finds its level.

The simulations run callers as generators against a server that throttles above 50 requests a
second, on a clock of their own: thirty seconds take a fraction of one.
"""

from __future__ import annotations

import heapq
import itertools
import random
from collections import deque
from collections.abc import Callable, Generator
from dataclasses import dataclass, field
from typing import Any

import pytest
from botocore.retries import adaptive as theirs
from botocore.retries.bucket import TokenBucket
from botocore.retries.throttling import CubicCalculator
from hypothesis import given, settings
from hypothesis import strategies as st

from ec2query.errors import Throttled
from ec2query.protocol.adaptive import Limiter, place_in_line
from ec2query.protocol.effects import Sleep
from ec2query.protocol.retry import Retries, Retry
from ec2query.protocol.retry_policy import ADAPTIVE

THROTTLED = Throttled("RequestLimitExceeded", "", status=503)


@dataclass
class Clock:
    """A monotonic clock that a test sets."""

    now: float = 1000.25

    def __call__(self) -> float:
        return self.now

    def current_time(self) -> float:
        return self.now


def throttled_limiter(clock: Clock, rate: float) -> Limiter:
    """Return a limiter whose fill rate is about `rate`: it measured more, and was throttled."""
    limiter = Limiter(clock)
    measured = rate / 0.7
    answers = round(measured * 20)
    for _ in range(answers):
        clock.now += 20 / answers
        limiter.record(throttled=False)
    limiter.record(throttled=True)
    assert limiter.fill_rate == pytest.approx(rate, rel=0.3)
    return limiter


def seconds_asked(flow: Generator[Any, object, float], clock: Clock) -> list[float]:
    """Play a flow, letting its sleeps pass on the clock."""
    asked: list[float] = []
    for effect in flow:
        assert isinstance(effect, Sleep)
        asked.append(effect.seconds)
        clock.now += effect.seconds
    return asked


def test_nobody_waits_before_the_first_throttling() -> None:
    """A client that is never throttled is never slowed down, and takes no tokens."""
    clock = Clock()
    limiter = Limiter(clock)
    for _ in range(1000):
        assert limiter.reserve() is None
        assert limiter.delay(None) == 0.0
        assert seconds_asked(place_in_line(limiter), clock) == []
        limiter.record(throttled=False)
    assert not limiter.enabled
    assert limiter.tokens >= 0


def test_throttling_starts_the_queue_at_seven_tenths_of_the_measured_rate() -> None:
    """Beta is 0.7."""
    clock = Clock()
    limiter = throttled_limiter(clock, 14.0)
    assert limiter.enabled
    assert limiter.fill_rate == pytest.approx(0.7 * limiter.measured_rate)


@given(st.lists(st.tuples(st.floats(0, 2), st.booleans()), min_size=1, max_size=80))
def test_without_a_sending_time_the_rate_is_botocores(history: list[tuple[float, bool]]) -> None:
    """The same fill rate, tokens and measured rate over any history of answers."""
    clock = Clock()
    their_clock: Any = clock
    bucket: Any = TokenBucket(max_rate=1, clock=their_clock)

    class Detector:
        throttled = False

        def is_throttling_error(self, **_: object) -> bool:
            return self.throttled

    detector: Any = Detector()
    reference: Any = theirs.ClientRateLimiter(
        CubicCalculator(0, clock.now), theirs.RateClocker(their_clock), bucket, detector, their_clock
    )
    limiter = Limiter(clock)
    for pause, throttled in history:
        clock.now += pause
        detector.throttled = throttled
        reference.on_receiving_response()
        limiter.record(throttled=throttled)
        assert limiter.fill_rate == pytest.approx(bucket.max_rate, rel=1e-6)
        assert limiter.tokens == pytest.approx(bucket.available_capacity, rel=1e-6, abs=1e-6)


def test_callers_that_are_throttled_together_cut_the_rate_once() -> None:
    """Twenty answers to requests sent before the cut tell nothing new; one sent after it does."""
    clock = Clock()
    limiter = throttled_limiter(clock, 35.0)
    before = limiter.fill_rate
    cut_at = clock.now
    for _ in range(20):
        limiter.record(throttled=True, sent_at=cut_at - 0.01)
    assert limiter.fill_rate == pytest.approx(before)
    clock.now += 2.0
    limiter.record(throttled=True, sent_at=clock.now - 0.01)
    assert limiter.fill_rate < 0.8 * before


def test_no_rate_is_cut_before_one_is_measured() -> None:
    """In the first half second nothing is known yet; botocore would fall to the floor."""
    clock = Clock()
    limiter = Limiter(clock)
    for _ in range(10):
        clock.now += 0.01
        limiter.record(throttled=True, sent_at=clock.now - 0.005)
    assert not limiter.enabled
    clock.now += 1.0
    limiter.record(throttled=True, sent_at=clock.now - 0.005)
    assert limiter.enabled


@given(st.lists(st.tuples(st.floats(0, 3), st.booleans(), st.booleans()), max_size=60))
def test_the_rate_keeps_to_its_bounds(history: list[tuple[float, bool, bool]]) -> None:
    """Never under half a request a second, and never over twice what was measured."""
    clock = Clock()
    limiter = Limiter(clock)
    for pause, throttled, known in history:
        clock.now += pause
        limiter.record(throttled=throttled, sent_at=clock.now if known else None)
        assert 0.5 <= limiter.fill_rate <= max(0.5, 2 * limiter.measured_rate)


def test_twenty_callers_are_served_in_the_order_in_which_they_came() -> None:
    """All twenty ask at once; each is let go one token's time after the one before."""
    clock = Clock()
    limiter = throttled_limiter(clock, 10.0)
    while limiter.tokens >= 1:
        limiter.reserve()
    begin = clock.now
    places = [limiter.reserve() for _ in range(20)]
    waits = [limiter.delay(place) for place in places]
    assert waits == sorted(waits)
    gaps = [later - earlier for earlier, later in itertools.pairwise(waits)]
    assert gaps == pytest.approx([1 / limiter.fill_rate] * 19)
    for place, wait in zip(places, waits, strict=True):
        clock.now = begin + wait - 0.001
        assert limiter.delay(place) > 0
        clock.now = begin + wait
        assert limiter.delay(place) == 0.0


def test_a_caller_who_waits_looks_again_as_the_rate_grows() -> None:
    """Ten places at half a request a second would be twenty seconds; the rate does not stay so low."""
    clock = Clock()
    limiter = Limiter(clock)
    limiter.record(throttled=True)
    for _ in range(10):
        limiter.reserve()
    flow = place_in_line(limiter)
    waited = 0.0
    for effect in flow:
        assert isinstance(effect, Sleep)
        assert 0 < effect.seconds <= 0.5
        clock.now += effect.seconds
        waited += effect.seconds
        for _ in range(20):
            limiter.record(throttled=False)
    assert 0 < waited < 10


def test_a_cancelled_caller_leaves_the_queue() -> None:
    """A hundred callers who come and are cancelled do not hold up the next one."""
    clock = Clock()
    limiter = throttled_limiter(clock, 10.0)
    while limiter.tokens >= 1:
        limiter.reserve()
    before = limiter.tokens
    flows = [place_in_line(limiter) for _ in range(100)]
    for flow in flows:
        next(flow)
    assert limiter.tokens == pytest.approx(before - 100)
    for flow in flows:
        flow.close()
    assert limiter.tokens == pytest.approx(before)
    assert limiter.delay(limiter.reserve()) <= 2 / limiter.fill_rate


@settings(max_examples=50)
@given(
    rate=st.sampled_from([2.0, 10.0, 40.0]),
    arrivals=st.lists(st.floats(0, 0.5), min_size=1, max_size=60),
    cancelled=st.sets(st.integers(0, 59)),
)
def test_no_second_lets_through_more_than_the_rate_and_what_was_saved(
    rate: float, arrivals: list[float], cancelled: set[int]
) -> None:
    """Whoever comes or leaves: in any span of time at most capacity + rate * span go."""
    clock = Clock()
    limiter = throttled_limiter(clock, rate)
    fill, went, waiting = limiter.fill_rate, list[float](), deque[tuple[int, float | None]]()
    numbered = enumerate(itertools.accumulate(arrivals, initial=clock.now))
    coming = deque(numbered)
    order: list[int] = []
    while coming or waiting:
        while coming and coming[0][1] <= clock.now:
            waiting.append((coming.popleft()[0], limiter.reserve()))
        for number, place in list(waiting):
            if limiter.delay(place) == 0.0:
                went.append(clock.now)
                order.append(number)
                waiting.remove((number, place))
            elif number in cancelled:
                limiter.leave(place)
                waiting.remove((number, place))
        clock.now += 0.01
    assert order == sorted(order)
    for first, last in itertools.combinations(range(len(went)), 2):
        assert last - first + 1 <= max(1.0, fill) + fill * (went[last] - went[first]) + 1e-3


# The simulation.


def sliding_window(rate: float) -> Callable[[float], bool]:
    """Let through `rate` requests in any second."""
    passed: deque[float] = deque()

    def allows(now: float) -> bool:
        while passed and passed[0] <= now - 1:
            passed.popleft()
        if len(passed) >= rate:
            return False
        passed.append(now)
        return True

    return allows


def fixed_window(rate: float) -> Callable[[float], bool]:
    """Let through `rate` requests in each second of the clock."""
    seen: dict[int, int] = {}

    def allows(now: float) -> bool:
        seen[int(now)] = seen.get(int(now), 0) + 1
        return seen[int(now)] <= rate

    return allows


def token_bucket(rate: float, burst: float) -> Callable[[float], bool]:
    """Let through `rate` requests a second, and `burst` saved up ones: EC2's own kind of limit."""
    state = {"tokens": burst, "at": 0.0}

    def allows(now: float) -> bool:
        state["tokens"] = min(burst, state["tokens"] + (now - state["at"]) * rate)
        state["at"] = now
        if state["tokens"] < 1:
            return False
        state["tokens"] -= 1
        return True

    return allows


@dataclass
class Run:
    """What happened: (seconds since the start, was it let through) for each request."""

    requests: list[tuple[float, bool]] = field(default_factory=list[tuple[float, bool]])
    calls: dict[int, int] = field(default_factory=dict[int, int])

    def throttled_after(self, start: float) -> float:
        late = [passed for moment, passed in self.requests if moment >= start]
        return 1 - sum(late) / len(late)

    def goodput(self, rate: float, seconds: float) -> float:
        return sum(passed for _, passed in self.requests) / seconds / rate


def simulate(
    allows: Callable[[float], bool], latency: float, seed: int, *, callers: int = 20, seconds: float = 30.0
) -> Run:
    """Run callers who do nothing but call, each as soon as its last call is over."""
    clock, draw, run = Clock(), random.Random(seed), Run()
    begin = clock.now
    rules = Retries(ADAPTIVE, random=draw.random, clock=clock)
    assert rules.limiter is not None
    limiter = rules.limiter

    def caller(number: int) -> Generator[float, None, None]:
        while True:
            retry: Retry | None = None
            for attempt in itertools.count(1):
                for effect in place_in_line(limiter):
                    assert isinstance(effect, Sleep)
                    yield effect.seconds
                sent_at = clock.now
                yield latency * draw.uniform(0.4, 0.6)
                passed = allows(clock.now)
                run.requests.append((clock.now - begin, passed))
                yield latency * draw.uniform(0.4, 0.6)
                if passed:
                    rules.succeeded(retry)
                    run.calls[number] = run.calls.get(number, 0) + 1
                    break
                decision = rules.failed(attempt, THROTTLED, sent_at=sent_at)
                if not isinstance(decision, Retry):
                    break
                retry = decision
                yield retry.delay

    ticks = itertools.count()
    heap = [(clock.now, next(ticks), caller(number)) for number in range(callers)]
    heapq.heapify(heap)
    while heap[0][0] < begin + seconds:
        clock.now, _, running = heapq.heappop(heap)
        heapq.heappush(heap, (clock.now + next(running), next(ticks), running))
    return run


@pytest.mark.parametrize("seed", [1, 2])
@pytest.mark.parametrize("latency", [0.002, 0.02, 0.1])
@pytest.mark.parametrize(
    "limit",
    [
        lambda: sliding_window(50),
        lambda: fixed_window(50),
        lambda: token_bucket(50, 5),
        lambda: token_bucket(50, 50),
        lambda: token_bucket(50, 100),
    ],
    ids=["sliding window", "fixed window", "bucket of 5", "bucket of 50", "bucket of 100"],
)
def test_the_rate_finds_the_servers_level(
    limit: Callable[[], Callable[[float], bool]], latency: float, seed: int
) -> None:
    """20 callers, 30 s, 50 requests/s: after 10 s at most 15 % are throttled; goodput is 80 % at least.

    Nobody starves: each caller gets at least half of its share.
    """
    run = simulate(limit(), latency, seed)
    assert run.throttled_after(10.0) <= 0.15
    assert run.goodput(50, 30.0) >= 0.80
    fair = sum(run.calls.values()) / 20
    assert min(run.calls[number] for number in range(20)) >= fair / 2


def test_a_single_caller_is_not_slowed_by_a_server_that_never_throttles() -> None:
    """A hundred calls a second's worth of latency stay a hundred calls a second."""
    run = simulate(lambda _: True, 0.01, 1, callers=1, seconds=10.0)
    assert len(run.requests) > 900
