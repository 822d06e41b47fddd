"""Moments by which something must be over, in monotonic seconds; None is never."""

from __future__ import annotations

import time

__all__ = ["ending", "left"]


def ending(seconds: float | None) -> float | None:
    """Return the moment that is so many seconds away."""
    return None if seconds is None else time.monotonic() + seconds


def left(end: float | None) -> float | None:
    """Return the seconds until a moment, 0 once it has passed."""
    return None if end is None else max(end - time.monotonic(), 0.0)
