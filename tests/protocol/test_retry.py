"""Whether to try again, and when."""

from __future__ import annotations

import random as chance
from dataclasses import replace
from typing import Any

import pytest
from botocore.retries.standard import ExponentialBackoff, RetryContext
from hypothesis import given
from hypothesis import strategies as st

from ec2query.errors import (
    CredentialsError,
    DryRunSucceeded,
    Ec2QueryError,
    ResponseError,
    ServerFault,
    ServiceError,
    Throttled,
    TransportError,
    TransportTimeout,
)
from ec2query.protocol.adaptive import Limiter
from ec2query.protocol.outcome import Fault
from ec2query.protocol.quota import Quota
from ec2query.protocol.retry import Decision, GiveUp, Retries, Retry, backoff, decide, retry_after
from ec2query.protocol.retry_policy import ADAPTIVE, CLASSIC, STANDARD, Policy

FAULT_500 = ServerFault("InternalError", "", status=500)
THROTTLED = Throttled("RequestLimitExceeded", "", status=503)
TIMEOUT = TransportTimeout("read")
RESET = TransportError("reset")
CAPACITY = ServerFault("InsufficientInstanceCapacity", "", status=500)


def half() -> float:
    return 0.5


def full() -> float:
    return 1.0


def verdict(error: Ec2QueryError, policy: Policy = STANDARD, attempt: int = 1, **more: Any) -> Decision:
    return decide(policy, Quota(), attempt, error, random=full, **more)


@pytest.mark.parametrize(
    ("policy", "error", "delays"),
    [
        (STANDARD, FAULT_500, [0.05, 0.1, 0.2, 0.4, 0.8, 1.6, 3.2, 6.4, 12.8, 20.0, 20.0]),
        (STANDARD, RESET, [0.05, 0.1, 0.2]),
        (STANDARD, TIMEOUT, [0.05, 0.1, 0.2]),
        (STANDARD, THROTTLED, [1.0, 2.0, 4.0, 8.0, 16.0, 20.0, 20.0]),
        (CLASSIC, FAULT_500, [1.0, 2.0, 4.0, 8.0, 16.0, 20.0, 20.0]),
        (CLASSIC, THROTTLED, [1.0, 2.0, 4.0, 8.0, 16.0, 20.0]),
        (CLASSIC, TIMEOUT, [1.0, 2.0]),
        (ADAPTIVE, FAULT_500, [0.05, 0.1]),
        (replace(STANDARD, cap=0.12), FAULT_500, [0.05, 0.1, 0.12, 0.12]),
    ],
)
def test_the_wait_doubles_up_to_its_cap(policy: Policy, error: Ec2QueryError, delays: list[float]) -> None:
    """Each generation has its base, and throttling its own."""
    patient = replace(policy, attempts=100)
    decisions = [verdict(error, patient, attempt) for attempt in range(1, len(delays) + 1)]
    assert [d.delay for d in decisions if isinstance(d, Retry)] == pytest.approx(delays)


@pytest.mark.parametrize(
    ("policy", "error", "reason", "cost"),
    [
        (STANDARD, FAULT_500, "transient", 14),
        (STANDARD, RESET, "transient", 14),
        (STANDARD, ResponseError("truncated", status=200), "transient", 14),
        (STANDARD, TIMEOUT, "timeout", 14),
        (STANDARD, THROTTLED, "throttling", 5),
        (CLASSIC, FAULT_500, "transient", 5),
        (CLASSIC, TIMEOUT, "timeout", 10),
        (CLASSIC, THROTTLED, "throttling", 5),
        (ADAPTIVE, THROTTLED, "throttling", 5),
        (replace(STANDARD, retry_capacity=True), CAPACITY, "capacity", 14),
    ],
)
def test_a_retry_says_why_and_costs_what_the_rules_say(
    policy: Policy, error: Ec2QueryError, reason: Fault, cost: int
) -> None:
    """The cost is taken from the quota, once."""
    quota = Quota(100)
    decision = decide(policy, quota, 1, error, random=half)
    assert isinstance(decision, Retry)
    assert (decision.reason, decision.cost, quota.tokens) == (reason, cost, 100 - cost)


@pytest.mark.parametrize(
    "error",
    [
        DryRunSucceeded("DryRunOperation", "", status=412),
        DryRunSucceeded("DryRunOperation", "", status=503),
        ServiceError("UnauthorizedOperation", "", status=403),
        CAPACITY,
        CredentialsError("none"),
    ],
)
def test_what_cannot_pass_is_not_retried(error: Ec2QueryError) -> None:
    """And costs nothing."""
    quota = Quota(100)
    assert decide(STANDARD, quota, 1, error, random=half) == GiveUp("not retryable")
    assert quota.tokens == 100


@pytest.mark.parametrize("attempts", [1, 2, 3, 10])
def test_attempts_are_counted(attempts: int) -> None:
    """The last attempt is not followed by another, and takes no tokens."""
    policy, quota = replace(STANDARD, attempts=attempts), Quota(1000)
    decisions = [decide(policy, quota, n, FAULT_500, random=half) for n in range(1, attempts + 1)]
    assert decisions[-1] == GiveUp("attempts used up")
    assert all(isinstance(decision, Retry) for decision in decisions[:-1])
    assert quota.tokens == 1000 - 14 * (attempts - 1)


def test_an_empty_quota_ends_retries() -> None:
    """500 tokens pay for 35 retries; the rest is left for throttling, which is cheaper."""
    quota = Quota()
    kinds = [decide(STANDARD, quota, 1, FAULT_500, random=half) for _ in range(100)]
    assert sum(isinstance(kind, Retry) for kind in kinds) == 35
    assert kinds[-1] == GiveUp("quota empty")
    assert isinstance(decide(STANDARD, quota, 1, THROTTLED, random=half), Retry)


@pytest.mark.parametrize(("remaining", "retried"), [(0.06, True), (0.05, False), (0.0, False), (-1.0, False)])
def test_a_retry_that_would_come_after_the_deadline_is_not_begun(remaining: float, retried: bool) -> None:
    """The error is given at once instead of after a wait, and no tokens are taken."""
    quota = Quota(14)
    decision = decide(STANDARD, quota, 1, FAULT_500, random=full, remaining=remaining)
    assert isinstance(decision, Retry) is retried
    assert retried or decision == GiveUp("deadline")
    assert quota.tokens == (0 if retried else 14)


@pytest.mark.parametrize(
    ("error", "repeatable", "retry_unknown", "expected"),
    [
        (TIMEOUT, False, True, True),
        (TIMEOUT, False, False, False),
        (TIMEOUT, True, False, True),
        (TransportError("refused", sent=False), False, False, True),
        (ResponseError("truncated", status=200), False, False, False),
        (THROTTLED, False, False, True),
        (FAULT_500, False, False, True),
    ],
)
def test_a_setting_turns_off_retries_of_what_may_have_taken_effect(
    error: Ec2QueryError, repeatable: bool, retry_unknown: bool, expected: bool
) -> None:
    """Only for operations that change something, and only where the outcome is open."""
    decision = verdict(error, replace(STANDARD, retry_unknown=retry_unknown), repeatable=repeatable)
    assert isinstance(decision, Retry) is expected
    assert expected or decision == GiveUp("outcome unknown")


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("0", 0.0),
        ("1500", 1.5),
        (" 250 ", 0.25),
        ("", None),
        ("-1", None),
        ("1.5", None),
        ("soon", None),
        ("1_000", None),
        ("١", None),
        ("9" * 400, None),
        ("9" * 5000, None),
    ],
)
def test_retry_after_is_read_in_milliseconds(text: str, seconds: float | None) -> None:
    """Anything but digits is as if it were not there."""
    assert retry_after({"x-amz-retry-after": text}) == seconds


def test_retry_after_is_optional_and_not_the_other_header() -> None:
    """The plain Retry-After is in seconds and is not what the SDKs obey."""
    assert retry_after({}) is None
    assert retry_after({"retry-after": "3"}) is None


@pytest.mark.parametrize(
    ("policy", "asked", "delay"),
    [
        (STANDARD, "0", 0.05),
        (STANDARD, "30", 0.05),
        (STANDARD, "2000", 2.0),
        (STANDARD, "5050", 5.05),
        (STANDARD, "60000", 5.05),
        (STANDARD, "soon", 0.05),
        (CLASSIC, "60000", 1.0),
    ],
)
def test_the_server_may_lengthen_the_wait_by_five_seconds(policy: Policy, asked: str, delay: float) -> None:
    """Never shorten it, and the classic rules do not listen."""
    decision = verdict(FAULT_500, policy, headers={"x-amz-retry-after": asked})
    assert isinstance(decision, Retry)
    assert decision.delay == pytest.approx(delay)


@given(
    retry=st.integers(1, 10_000),
    share=st.floats(0, 1, exclude_max=True),
    fault=st.sampled_from(["throttling", "transient", "timeout"]),
    asked=st.none() | st.floats(0, 1e12),
    policy=st.sampled_from([STANDARD, CLASSIC, ADAPTIVE]),
    cap=st.floats(0, 100),
)
def test_the_wait_is_bounded_and_costs_one_draw(
    retry: int, share: float, fault: Fault, asked: float | None, policy: Policy, cap: float
) -> None:
    """Never negative, never over cap + 5 s, whatever chance and the server say."""
    draws: list[float] = []

    def draw() -> float:
        draws.append(share)
        return share

    policy = replace(policy, cap=cap)
    delay = backoff(policy, retry, fault, random=draw, asked=asked)
    computed = backoff(policy, retry, fault, random=lambda: share)
    assert draws == [share]
    assert 0 <= computed <= cap
    assert computed <= delay <= computed + (policy.retry_after or 0.0)


@given(
    retry=st.integers(1, 30),
    share=st.floats(0, 1, exclude_max=True),
    asked=st.none() | st.integers(0, 100_000),
)
def test_the_wait_is_botocores(retry: int, share: float, asked: int | None) -> None:
    """The same number from the same draw, for what is not throttling."""

    class Answer:
        status_code = 500
        headers = {} if asked is None else {"x-amz-retry-after": str(asked)}

    theirs: Any = ExponentialBackoff(random=lambda: share)
    context: Any = RetryContext(attempt_number=retry, http_response=Answer())
    asked_seconds = None if asked is None else asked / 1000
    ours = backoff(STANDARD, retry, "transient", random=lambda: share, asked=asked_seconds)
    assert ours == pytest.approx(theirs.delay_amount(context))


@given(
    st.lists(st.tuples(st.sampled_from([None, FAULT_500, THROTTLED, TIMEOUT, CAPACITY]), st.booleans())),
    st.sampled_from([STANDARD, CLASSIC]),
)
def test_over_any_history_the_quota_stays_within_bounds(
    history: list[tuple[Ec2QueryError | None, bool]], policy: Policy
) -> None:
    """Tokens are neither made nor overdrawn: what is left is what began, less costs, plus refunds."""
    rules = Retries(policy, random=half, clock=lambda: 0.0, quota=Quota(40))
    last: Retry | None = None
    attempt, expected = 1, 40
    for error, reads in history:
        if error is None:
            rules.succeeded(last)
            expected = min(40, expected + (1 if last is None else last.cost))
            attempt, last = 1, None
        else:
            decision = rules.failed(attempt, error, repeatable=reads)
            if isinstance(decision, Retry):
                expected, attempt, last = expected - decision.cost, attempt + 1, decision
            else:
                attempt, last = 1, None
        assert rules.quota.tokens == expected
        assert 0 <= expected <= 40


def test_with_every_attempt_failing_the_server_sees_few_more_than_the_calls() -> None:
    """5,000 calls against a dead service make 5,035 requests."""
    rules = Retries(random=chance.Random(1).random, clock=lambda: 0.0)
    requests = 0
    for _ in range(5000):
        attempt = 0
        decision: Decision = Retry(0.0, "transient", 0)
        while isinstance(decision, Retry):
            attempt += 1
            requests += 1
            decision = rules.failed(attempt, FAULT_500)
    assert requests == 5035


def test_a_success_refunds_the_last_retry_and_else_earns_one_token() -> None:
    """Two retries before a success: the second one's cost comes back, the first one's does not."""
    rules = Retries(random=half, clock=lambda: 0.0)
    first = rules.failed(1, FAULT_500)
    second = rules.failed(2, THROTTLED)
    assert isinstance(first, Retry)
    assert isinstance(second, Retry)
    rules.succeeded(second)
    assert rules.quota.tokens == 500 - 14
    rules.succeeded()
    assert rules.quota.tokens == 500 - 13


def test_rules_may_be_shared() -> None:
    """Two clients with one quota and one limiter draw from the same."""
    quota, limiter = Quota(20), Limiter(half)
    one = Retries(ADAPTIVE, random=half, clock=half, quota=quota, limiter=limiter)
    other = Retries(ADAPTIVE, random=half, clock=half, quota=quota, limiter=limiter)
    one.failed(1, THROTTLED)
    assert other.quota.tokens == 15
    assert other.limiter is one.limiter is limiter
    assert limiter.enabled


@pytest.mark.parametrize(("policy", "limited"), [(STANDARD, False), (CLASSIC, False), (ADAPTIVE, True)])
def test_only_the_adaptive_mode_limits_its_rate(policy: Policy, limited: bool) -> None:
    """The others never wait before a first attempt."""
    assert (Retries(policy, random=half, clock=lambda: 0.0).limiter is not None) is limited
