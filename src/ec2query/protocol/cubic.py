"""The arithmetic of adaptive retries as frozen values: CUBIC, the measured rate, the token bucket.

Each step takes a moment (monotonic seconds) and gives a new value; rates are requests a second.
https://docs.aws.amazon.com/sdkref/latest/guide/feature-retry-behavior.html
https://www.rfc-editor.org/rfc/rfc9438#section-4.2
"""

from __future__ import annotations

import math
from bisect import bisect_left
from dataclasses import replace

from ..frozen import frozen

__all__ = ["Cubic", "RateMeter", "TokenBucket"]


@frozen
class Cubic:
    """The rate worth trying: falls to `beta` of what was sent when throttled, then grows back.

    `max_rate` is the rate at which throttling last set in, at the moment `since`.
    """

    max_rate: float
    since: float
    scale: float = 0.4
    beta: float = 0.7

    def rate(self, now: float) -> float:
        """Return the rate that CUBIC's curve allows at `now`."""
        plateau = math.cbrt(self.max_rate * (1 - self.beta) / self.scale)
        return self.scale * (now - self.since - plateau) ** 3 + self.max_rate

    def throttled(self, rate: float, now: float) -> Cubic:
        """Note that `rate` was too much."""
        return replace(self, max_rate=rate, since=now)


@frozen
class RateMeter:
    """The measured rate, smoothed over buckets of `width` seconds."""

    bucket: float
    rate: float = 0.0
    count: int = 0
    width: float = 0.5
    smoothing: float = 0.8

    def record(self, now: float) -> RateMeter:
        """Count one answer."""
        bucket = math.floor(now / self.width) * self.width
        count = self.count + 1
        if bucket <= self.bucket:
            return replace(self, count=count)
        current = count / (bucket - self.bucket)
        rate = current * self.smoothing + self.rate * (1 - self.smoothing)
        return replace(self, bucket=bucket, rate=rate, count=0)


@frozen
class TokenBucket:
    """Sending allowance: `earned` at `fill_rate` a second, `spent` in order, at most `capacity` saved.

    `spent` may run ahead of `earned`: that is a queue, in which place number p (the p-th token) is
    served once `earned` has reached p. A change of the rate so moves all who wait; an abandoned
    place is passed over without being earned.
    """

    fill_rate: float
    at: float
    capacity: float = 1.0
    earned: float = 0.0
    spent: float = 0.0
    abandoned: tuple[float, ...] = ()
    floor: float = 0.5

    @property
    def tokens(self) -> float:
        """Return the tokens saved up; below zero, how many wait for one."""
        return self.earned + len(self.abandoned) - self.spent

    def refill(self, now: float) -> TokenBucket:
        """Earn what the time since `at` brings."""
        earned = self.earned + max(0.0, now - self.at) * self.fill_rate
        passed = 0
        while passed < len(self.abandoned) and self.abandoned[passed] - 1 <= earned:
            earned, passed = earned + 1, passed + 1
        earned = min(earned, self.spent + self.capacity)
        return replace(self, earned=earned, abandoned=self.abandoned[passed:], at=max(now, self.at))

    def at_rate(self, rate: float, now: float) -> TokenBucket:
        """Earn at the old rate up to `now`, at `rate` (not under the floor) from then on."""
        bucket, capacity = self.refill(now), max(rate, 1.0)
        earned = min(bucket.earned, bucket.spent + capacity)
        return replace(bucket, fill_rate=max(rate, self.floor), capacity=capacity, earned=earned)

    def spend(self) -> TokenBucket:
        """Take the next place; its number is the new `spent`."""
        return replace(self, spent=self.spent + 1)

    def abandon(self, place: float) -> TokenBucket:
        """Leave the queue: those behind `place` move up, those before it gain nothing."""
        return replace(self, abandoned=tuple(sorted((*self.abandoned, place)))).refill(self.at)

    def wait(self, place: float) -> float:
        """Return the seconds until `place` is served, at the present rate."""
        skipped = bisect_left(self.abandoned, place)
        return max(0.0, (place - skipped - self.earned) / self.fill_rate)
