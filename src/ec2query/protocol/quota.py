"""The retry quota: tokens that retries cost and successes give back, so that a client whose service
is down soon stops retrying. One for each client, or one shared by several.

The only state of the retry rules besides the limiter's, and a small one: an integer. `lock` is any
context manager; with a `threading.Lock` the quota is exact among threads, without it among tasks.
https://docs.aws.amazon.com/sdkref/latest/guide/feature-retry-behavior.html
"""

from __future__ import annotations

from contextlib import AbstractContextManager, nullcontext

from ..errors import ConfigurationError

__all__ = ["Quota"]


class Quota:
    """`tokens` are left of `capacity`; never fewer than none, never more than all."""

    __slots__ = ("_lock", "_tokens", "capacity")

    def __init__(self, capacity: int = 500, *, lock: AbstractContextManager[object] | None = None) -> None:
        if capacity < 0:
            raise ConfigurationError(f"retry quota: expected a capacity of 0 or more, got {capacity}")
        self.capacity = capacity
        self._tokens = capacity
        self._lock = lock or nullcontext()

    @property
    def tokens(self) -> int:
        return self._tokens

    def take(self, cost: int) -> bool:
        """Take `cost` tokens, or none and say False where fewer are left."""
        with self._lock:
            if cost > self._tokens:
                return False
            self._tokens -= cost
            return True

    def give_back(self, amount: int) -> None:
        """Return tokens; what would exceed the capacity is lost."""
        # The common case, a success while nothing is owed, needs no lock.
        if self._tokens < self.capacity:
            with self._lock:
                self._tokens = min(self.capacity, self._tokens + amount)

    def __repr__(self) -> str:
        return f"Quota({self._tokens} of {self.capacity} tokens)"
