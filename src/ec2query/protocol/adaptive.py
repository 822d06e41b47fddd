"""Adaptive mode's client-side rate: a Limiter tells each attempt how long to wait before it is sent.

Until EC2 throttles for the first time nobody waits. From then on each attempt takes a place in one
queue, first come, first served; a limiter never sleeps, `place_in_line` does, as a flow. Behaves as
botocore's (`botocore/retries/adaptive.py`) but for the queue, which has an order.
https://docs.aws.amazon.com/sdkref/latest/guide/feature-retry-behavior.html
"""

from __future__ import annotations

import math
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext

from .cubic import Cubic, RateMeter, TokenBucket
from .effects import Flow, sleep

__all__ = ["Limiter", "place_in_line"]

# Never more than this multiple of what was measured.
_HEADROOM = 2.0

# A clock's rounding must not keep anyone waiting for a millionth of a token.
_CLOSE_ENOUGH = 1e-6

# Those who wait look again this often: the rate may have grown meanwhile. One bucket of the meter.
_LOOK_AGAIN = 0.5


class Limiter:
    """A rate learnt from throttling, of one client or shared by several.

    `clock` gives monotonic seconds. `lock` is any context manager; with a `threading.Lock` the
    limiter may be shared among threads, without it among the tasks of one event loop.
    """

    __slots__ = ("_bucket", "_clock", "_cubic", "_lock", "_meter", "enabled")

    def __init__(
        self,
        clock: Callable[[], float],
        *,
        scale: float = 0.4,
        beta: float = 0.7,
        smoothing: float = 0.8,
        bucket: float = 0.5,
        floor: float = 0.5,
        lock: AbstractContextManager[object] | None = None,
    ) -> None:
        now = clock()
        self._clock = clock
        self._lock = lock or nullcontext()
        self._cubic = Cubic(0.0, now, scale, beta)
        self._meter = RateMeter(math.floor(now), width=bucket, smoothing=smoothing)
        self._bucket = TokenBucket(max(1.0, floor), now, floor=floor)
        self.enabled = False

    @property
    def measured_rate(self) -> float:
        """Return the answers a second, smoothed."""
        return self._meter.rate

    @property
    def fill_rate(self) -> float:
        """Return the attempts a second that are let through once throttling has set in."""
        return self._bucket.fill_rate

    @property
    def tokens(self) -> float:
        """Return how many attempts may go at once; below zero, how many wait."""
        return self._bucket.refill(self._clock()).tokens

    def reserve(self) -> float | None:
        """Take the next place in the queue; None while there is no queue."""
        with self._lock:
            if not self.enabled:
                return None
            self._bucket = self._bucket.refill(self._clock()).spend()
            return self._bucket.spent

    def delay(self, place: float | None) -> float:
        """Return the seconds that the holder of `place` has yet to wait, at the present rate; 0 is: go."""
        if place is None:
            return 0.0
        with self._lock:
            self._bucket = self._bucket.refill(self._clock())
            seconds = self._bucket.wait(place)
            return seconds if seconds * self._bucket.fill_rate > _CLOSE_ENOUGH else 0.0

    def leave(self, place: float | None) -> None:
        """Give up a place that was not yet served, so that those behind it move up."""
        if place is not None:
            with self._lock:
                self._bucket = self._bucket.refill(self._clock()).abandon(place)

    def record(self, *, throttled: bool, sent_at: float | None = None) -> None:
        """Note an answer, and set the rate anew.

        `sent_at` is when its attempt was sent, on our clock: throttling then cuts the rate once for
        each thing learnt, where None cuts for each answer, as botocore does. Twenty callers who are
        throttled together have learnt one thing; see RFC 9438, section 4.6, for TCP's like rule.
        """
        with self._lock:
            now = self._clock()
            self._meter = self._meter.record(now)
            measured = self._meter.rate
            if throttled and self._is_news(sent_at):
                sent = min(measured, self._bucket.fill_rate) if self.enabled else measured
                self._cubic = self._cubic.throttled(sent, now)
                rate = sent * self._cubic.beta
                self.enabled = True
            else:
                rate = self._cubic.rate(now)
            self._bucket = self._bucket.at_rate(min(rate, _HEADROOM * measured), now)

    def _is_news(self, sent_at: float | None) -> bool:
        """Say whether throttling of an attempt tells what the last cut did not yet take into account.

        It does once a rate has been measured, and for an attempt sent a meter's bucket after the cut.
        """
        if sent_at is None:
            return True
        if not self.enabled:
            return self._meter.rate > 0
        return sent_at > self._cubic.since + self._meter.width


def place_in_line(limiter: Limiter) -> Flow[float]:
    """Wait for the limiter's leave to send one attempt; return the seconds that were asked for."""
    place = limiter.reserve()
    waited = 0.0
    try:
        while (seconds := limiter.delay(place)) > 0:
            seconds = min(seconds, _LOOK_AGAIN)
            yield from sleep(seconds)
            waited += seconds
    except BaseException:
        limiter.leave(place)
        raise
    return waited
