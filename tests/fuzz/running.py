"""Cases of a target, one after the other: what became of them, and how long the slowest took.

A case that takes longer than `MOST_SECONDS` is a finding, and one that does not end is stopped. A finding is
made smaller by leaving out parts, as long as it stays the same one.
"""

from __future__ import annotations

import signal
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from types import FrameType

from fuzz.target import Outcome, Stuck, Target, input_of, judge

__all__ = ["MOST_SECONDS", "Finding", "Tally", "run_case", "run_cases", "smaller"]

MOST_SECONDS = 2.0
_STUCK_AFTER = 20.0
_MOST_TRIES = 2000


@dataclass(frozen=True, slots=True)
class Finding:
    """An input with another outcome than the documented ones; `data` is the smallest with the same."""

    target: str
    seed: int
    case: int
    signature: str
    detail: str
    data: bytes


@dataclass(slots=True)
class Tally:
    """What became of many cases of one target."""

    target: str
    cases: int = 0
    kinds: Counter[str] = field(default_factory=Counter[str])
    slowest: float = 0.0
    slowest_case: str = ""
    seconds: float = 0.0
    findings: dict[str, Finding] = field(default_factory=dict[str, Finding])

    def add(self, other: Tally) -> None:
        """Count another's cases too; of findings with one signature the first is kept."""
        self.cases += other.cases
        self.kinds += other.kinds
        self.seconds += other.seconds
        if other.slowest > self.slowest:
            self.slowest, self.slowest_case = other.slowest, other.slowest_case
        self.findings = {**other.findings, **self.findings}


def run_case(target: Target, seed: int, number: int) -> tuple[bytes, Outcome, float]:
    """Run one case; return its input, what became of it, and the seconds that took."""
    data = input_of(target, seed, number)
    begun = time.perf_counter()
    outcome = judge(target, data, f"{seed} {number}")
    return data, outcome, time.perf_counter() - begun


def run_cases(target: Target, seed: int, numbers: range, *, timed: bool = True) -> Tally:
    """Run cases; without `timed`, no time is judged, and none is stopped."""
    tally = Tally(target.name, cases=len(numbers))
    for number in numbers:
        with _stopped(timed):
            data, outcome, seconds = run_case(target, seed, number)
        tally.seconds += seconds
        if seconds > tally.slowest:
            tally.slowest, tally.slowest_case = seconds, f"--seed {seed} --case {number}"
        if timed and seconds > MOST_SECONDS and outcome.kind != "finding":
            outcome = Outcome("finding", "slow", f"{seconds:.1f} s for {len(data)} bytes")
        tally.kinds[outcome.kind] += 1
        if outcome.kind == "finding" and outcome.signature not in tally.findings:
            tally.findings[outcome.signature] = _found(target, seed, number, data, outcome)
    return tally


def _found(target: Target, seed: int, number: int, data: bytes, outcome: Outcome) -> Finding:
    def still(less: bytes) -> bool:
        return judge(target, less, f"{seed} {number}").signature == outcome.signature

    # What is slow would be slow many times over.
    slow = outcome.signature == "slow" or outcome.signature.startswith("Stuck")
    least = data if slow else smaller(data, still)
    return Finding(target.name, seed, number, outcome.signature, outcome.detail, least)


def smaller(data: bytes, still: Callable[[bytes], bool]) -> bytes:
    """Leave out halves, quarters ... bytes of an input, as long as `still` holds, in so many tries."""
    tries, size = 0, len(data) // 2
    while size:
        at = 0
        while at < len(data) and tries < _MOST_TRIES:
            less = data[:at] + data[at + size :]
            tries += 1
            if still(less):
                data = less
            else:
                at += size
        size //= 2
    return data


@contextmanager
def _stopped(timed: bool) -> Iterator[None]:
    """Let a case that does not end raise Stuck, where the system has timers."""
    if not timed or not hasattr(signal, "setitimer"):
        yield
        return

    def stop(number: int, frame: FrameType | None) -> None:
        raise Stuck(f"no end after {_STUCK_AFTER:g} s")

    before = signal.signal(signal.SIGALRM, stop)
    signal.setitimer(signal.ITIMER_REAL, _STUCK_AFTER)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
