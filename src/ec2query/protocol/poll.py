"""Patience: look again and again, at a stated pace, until what is seen is a success or a failure.

What a look is, the caller says; here are only delays, attempts, deadline and progress. One draw of
chance for each delay, and jitter only lengthens it: EC2's rate limits are per account and Region.
https://docs.aws.amazon.com/ec2/latest/devguide/ec2-api-throttling.html
"""

from __future__ import annotations

from collections.abc import Callable

from ..errors import ParameterError, WaiterError
from ..frozen import frozen
from ..waiter import Verdict
from .effects import Flow, sleep
from .world import World

__all__ = ["Look", "Pace", "Progress", "poll"]


@frozen(kw_only=True)
class Progress:
    """One look, reported: the state seen, and seconds until the next look (None: there is none)."""

    waiter: str
    attempt: int
    attempts: int
    elapsed: float
    verdict: Verdict
    state: str
    next_delay: float | None


@frozen(kw_only=True)
class Look:
    """What one look found: `last` is the result or error, `reason` says why it is a failure."""

    verdict: Verdict
    state: str
    last: object
    reason: str = ""


@frozen(kw_only=True)
class Pace:
    """How patiently to look: seconds, numbers of looks; `deadline` counts seconds from the start.

    A delay grows by half each time up to `longest`, and `jitter` adds up to that part of it. No look
    begins after the deadline; the last delay is cut so that one look falls on it.
    """

    delay: float
    attempts: int
    longest: float = 0.0
    deadline: float | None = None
    jitter: float = 0.1

    def __post_init__(self) -> None:
        for name, value, least in (
            ("delay", self.delay, 0),
            ("attempts", self.attempts, 1),
            ("deadline", self.deadline or 0, 0),
            ("jitter", self.jitter, 0),
        ):
            if not value >= least:
                raise ParameterError(where=name, expected=f"a number of at least {least}", got=repr(value))

    def after(self, attempt: int, draw: float) -> float:
        """Return the seconds to sleep after a look (counted from 1); `draw` is in [0, 1)."""
        grown = min(self.delay * 1.5 ** min(attempt - 1, 64), max(self.delay, self.longest))
        return grown * (1 + self.jitter * draw)


def poll(
    name: str,
    look: Callable[[], Flow[Look]],
    world: World,
    pace: Pace,
    progress: Callable[[Progress], None] | None = None,
) -> Flow[Look]:
    """Look until the verdict is success, and return that look.

    Raises: WaiterError, with the last result or error, at a failure or when patience ends.
    """
    begun = world.monotonic()
    attempt = 0
    while True:
        found = yield from look()
        attempt += 1
        elapsed = world.monotonic() - begun
        late = pace.deadline is not None and elapsed >= pace.deadline
        ends = found.verdict != "retry" or attempt >= pace.attempts or late
        delay = None if ends else pace.after(attempt, world.random())
        if delay is not None and pace.deadline is not None:
            delay = min(delay, pace.deadline - elapsed)
        if progress is not None:
            progress(
                Progress(
                    waiter=name,
                    attempt=attempt,
                    attempts=pace.attempts,
                    elapsed=elapsed,
                    verdict=found.verdict,
                    state=found.state,
                    next_delay=delay,
                )
            )
        if found.verdict == "success":
            return found
        if delay is None:
            limit = f"the deadline of {pace.deadline:g} s passed" if late else "the attempts ran out"
            reason = found.reason if found.verdict == "failure" else f"{limit}; last state: {found.state}"
            cause = found.last if isinstance(found.last, BaseException) else None
            raise WaiterError(
                name, f"{reason} (attempt {attempt}, after {elapsed:.1f} s)", last=found.last
            ) from cause
        yield from sleep(delay)
