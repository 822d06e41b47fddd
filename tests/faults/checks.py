"""What a scenario found: its checks against their targets, and the numbers behind them."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

__all__ = ["Check", "Found", "percentile"]


@dataclass(frozen=True, slots=True)
class Check:
    """One promise. `invariant` ones hold at any size and speed, so that the suite can assert them."""

    what: str
    target: str
    measured: str
    met: bool
    invariant: bool = True


@dataclass(frozen=True, slots=True)
class Found:
    """The outcome of one scenario; `table` has a heading and rows where a few numbers do not do."""

    number: int
    title: str
    checks: Sequence[Check]
    facts: Mapping[str, object]
    seconds: float
    table: Sequence[Sequence[str]] = field(default=())

    @property
    def met(self) -> bool:
        return all(check.met for check in self.checks)


def percentile(values: Iterable[float], share: float) -> float:
    """Return the value that `share` of them do not exceed; not a number where there are none."""
    ordered = sorted(values)
    return ordered[max(0, math.ceil(len(ordered) * share) - 1)] if ordered else math.nan
