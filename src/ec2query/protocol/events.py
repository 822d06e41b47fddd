"""What a client tells of each attempt: one value, to one callback, after the attempt is over.

An event holds no header, body, message or key, so it may be logged as it is. The callback runs in
the caller's own task or thread, must not block, and cannot change what happens next.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

from ..frozen import frozen

__all__ = ["AttemptEvent", "OnAttempt"]


@frozen(kw_only=True)
class AttemptEvent:
    """One attempt of one call.

    `invocation_id` is what the attempts of a call have in common, and `attempt` counts them from 1.
    `seconds` is how long it took, after `waited` seconds in the line of the client-side rate.
    `error` is the error code, or the class of an error that came without one; None is success.
    `delay` is the wait before the next attempt, None where there is none; `reason` says why
    there is one (a fault: throttling, transient ...) or why there is none ("quota empty" ...).
    """

    service: str
    operation: str
    region: str
    invocation_id: str
    attempt: int
    seconds: float
    waited: float = 0.0
    status: int | None = None
    request_id: str | None = None
    error: str | None = None
    delay: float | None = None
    reason: str | None = None

    @property
    def is_last(self) -> bool:
        """Say whether the call ends with this attempt."""
        return self.delay is None


OnAttempt: TypeAlias = Callable[[AttemptEvent], None]
