"""The time that the head of an answer may take: bytes that trickle in satisfy every single read."""

from __future__ import annotations

import math
import time

import httpx

__all__ = ["HeadTime"]


class HeadTime:
    """Runs from when it is made; `seconds` is the read timeout, for each read and for the head as a whole."""

    __slots__ = ("_end", "seconds")

    def __init__(self, seconds: float | None) -> None:
        self.seconds = seconds
        self._end = math.inf if seconds is None else time.monotonic() + seconds

    def check(self) -> None:
        """Raise ReadTimeout where the time is over."""
        if time.monotonic() > self._end:
            raise httpx.ReadTimeout(f"the head of the answer was not complete after {self.seconds} s")
