"""Whether to try again, and when: a pure decision on a policy, a quota and a failed attempt.

`decide` answers Retry (wait so long, it cost so many tokens) or GiveUp (and why). It never sleeps;
its only effects are one draw of chance for each delay and the tokens it takes from the quota.
`Retries` holds what calls share: policy, quota, limiter and the sources of chance and time.
https://docs.aws.amazon.com/sdkref/latest/guide/feature-retry-behavior.html
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Literal, TypeAlias

from ..errors import Ec2QueryError
from ..frozen import frozen
from .outcome import Fault, classify, is_throttling, leaves_unknown
from .quota import Quota
from .retry_policy import STANDARD, Policy

if TYPE_CHECKING:
    from .adaptive import Limiter

__all__ = ["Decision", "GiveUp", "GiveUpReason", "Retries", "Retry", "backoff", "decide", "retry_after"]

# A success that cost no retry still gives something back, so that an emptied quota recovers.
_REWARD = 1

# Doubling beyond this changes nothing under any cap, and must not overflow a float.
_DOUBLINGS = 60

GiveUpReason: TypeAlias = Literal[
    "not retryable", "attempts used up", "quota empty", "outcome unknown", "deadline"
]


@frozen
class Retry:
    """Try again after `delay` seconds; `cost` tokens were taken from the quota."""

    delay: float
    reason: Fault
    cost: int


@frozen
class GiveUp:
    """Do not try again."""

    reason: GiveUpReason


Decision: TypeAlias = Retry | GiveUp


def decide(
    policy: Policy,
    quota: Quota,
    attempt: int,
    error: Ec2QueryError,
    *,
    random: Callable[[], float],
    headers: Mapping[str, str] | None = None,
    repeatable: bool = True,
    remaining: float | None = None,
) -> Decision:
    """Decide after attempt number `attempt` (from 1) failed with `error`.

    `headers` are those of the answer, `repeatable` says that a second execution does no harm,
    `remaining` the seconds left to the whole call. Tokens are taken only for a Retry.
    """
    fault = classify(error)
    if fault == "final" or (fault == "capacity" and not policy.retry_capacity):
        return GiveUp("not retryable")
    if not (repeatable or policy.retry_unknown) and leaves_unknown(error):
        return GiveUp("outcome unknown")
    if attempt >= policy.attempts:
        return GiveUp("attempts used up")
    delay = backoff(policy, attempt, fault, random=random, asked=retry_after(headers or {}))
    if remaining is not None and delay >= remaining:
        return GiveUp("deadline")
    cost = _cost(policy, fault)
    return Retry(delay, fault, cost) if quota.take(cost) else GiveUp("quota empty")


def backoff(
    policy: Policy,
    retry: int,
    fault: Fault,
    *,
    random: Callable[[], float],
    asked: float | None = None,
) -> float:
    """Return the seconds to wait before retry number `retry` (from 1), with one draw of chance.

    `asked` is what the server asked for, in seconds.
    """
    base = policy.throttling_base if fault == "throttling" else policy.base
    delay = random() * min(base * 2.0 ** min(retry - 1, _DOUBLINGS), policy.cap)
    if asked is None or policy.retry_after is None:
        return delay
    return max(delay, min(asked, delay + policy.retry_after))


def retry_after(headers: Mapping[str, str]) -> float | None:
    """Read `x-amz-retry-after`, whole milliseconds, as seconds; None where absent or not a number."""
    text = headers.get("x-amz-retry-after", "").strip()
    return int(text) / 1000 if text.isascii() and text.isdigit() and len(text) <= 15 else None


def _cost(policy: Policy, fault: Fault) -> int:
    if fault == "throttling":
        return policy.throttling_cost
    return policy.timeout_cost if fault == "timeout" else policy.cost


class Retries:
    """The retry rules of one client, or of several that are given the same one."""

    __slots__ = ("clock", "limiter", "policy", "quota", "random")

    def __init__(
        self,
        policy: Policy = STANDARD,
        *,
        random: Callable[[], float],
        clock: Callable[[], float],
        quota: Quota | None = None,
        limiter: Limiter | None = None,
    ) -> None:
        """`random` gives a float in [0, 1), `clock` monotonic seconds."""
        self.policy = policy
        self.random = random
        self.clock = clock
        self.quota = Quota() if quota is None else quota
        self.limiter = limiter
        if limiter is None and policy.mode == "adaptive":
            from .adaptive import Limiter

            self.limiter = Limiter(clock)

    def failed(
        self,
        attempt: int,
        error: Ec2QueryError,
        *,
        repeatable: bool = True,
        sent_at: float | None = None,
        headers: Mapping[str, str] | None = None,
        remaining: float | None = None,
    ) -> Decision:
        """Note a failed attempt, sent at `sent_at` of our clock, and decide what follows.

        `repeatable` says that a second execution does no harm.
        """
        if self.limiter is not None:
            self.limiter.record(throttled=is_throttling(error), sent_at=sent_at)
        return decide(
            self.policy,
            self.quota,
            attempt,
            error,
            random=self.random,
            headers=headers,
            repeatable=repeatable,
            remaining=remaining,
        )

    def succeeded(self, last: Retry | None = None) -> None:
        """Note a success; `last` is the Retry that led to it, whose cost is refunded."""
        if self.limiter is not None:
            self.limiter.record(throttled=False)
        self.quota.give_back(_REWARD if last is None else last.cost)
