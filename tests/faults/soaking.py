"""Scenario 7: the same load for minutes, and what grows meanwhile."""

from __future__ import annotations

import asyncio
import gc
import os
import random
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from statistics import linear_regression

from ec2query import AsyncClient, Ec2QueryError
from faults.checks import Check, Found, percentile
from faults.cutting import Cut
from faults.load import call as numbered
from faults.load import calls, make, options, run_all
from faults.plan import Plan
from faults.process import FaultServer

__all__ = ["soak"]

_CALLERS = 20
_CALLS_A_SECOND = 150

# One call of so many is cancelled.
_CUT = 20

_HEADINGS = ("minute", "calls", "failed", "p50 ms", "p99 ms", "MiB", "objects", "files", "tasks")


@dataclass(slots=True)
class _Span:
    """What happened since the last row."""

    took: list[float] = field(default_factory=list[float])
    failed: int = 0
    defects: int = 0


@dataclass(frozen=True, slots=True)
class _Row:
    minute: float
    calls: int
    failed: int
    p50: float
    p99: float
    mebibytes: float
    objects: int
    files: int
    tasks: int

    def shown(self) -> tuple[str, ...]:
        return (
            *(
                f"{self.minute:.1f}",
                f"{self.calls:,}",
                f"{self.failed}",
                f"{self.p50:.1f}",
                f"{self.p99:.0f}",
            ),
            *(f"{self.mebibytes:.1f}", f"{self.objects:,}", f"{self.files}", f"{self.tasks}"),
        )


async def soak(server: FaultServer, *, minutes: float = 1.0, lines: int = 20) -> Found:
    """Paced calls with faults, cancellations, rotating keys and clients that come and go."""
    began = time.monotonic()
    plan = Plan(share=0.05, deliveries=("whole", "split", "chunked", "closing", "silent"))
    await server.begin(plan)
    span, rows, defects = _Span(), list[_Row](), 0
    files, tasks = _open_files(), len(asyncio.all_tasks())
    given = options(server, AWS_CONTAINER_CREDENTIALS_FULL_URI=f"{server.url}/credentials")
    async with AsyncClient(**given) as client, asyncio.TaskGroup() as group:
        numbers, end = count(), time.monotonic() + 60 * minutes
        for place in range(_CALLERS):
            group.create_task(_caller(client, numbers, end, span, random.Random(place)))
        for step in range(1, lines + 1):
            await asyncio.sleep(began + 60 * minutes * step / lines - time.monotonic())
            rows.append(_row(span, (time.monotonic() - began) / 60))
            defects += span.defects
            span.took, span.failed, span.defects = [], 0, 0
            async with AsyncClient(**given) as brief:
                await run_all(brief, calls(0, 20), 5)
            await server.begin(plan, seed=step)  # its own books must not grow either
    return Found(
        7,
        f"a soak of {minutes:g} minutes, {_CALLS_A_SECOND} calls a second, a twentieth of attempts faulty",
        [
            *_judged(rows),
            _none("answers to another call, errors of another tree", defects),
            _none("files left open once closed", _open_files() - files),
            _none("tasks left once closed", len(asyncio.all_tasks()) - tasks),
        ],
        {"calls": sum(row.calls for row in rows)},
        time.monotonic() - began,
        [_HEADINGS, *(row.shown() for row in rows)],
    )


async def _caller(
    client: AsyncClient, numbers: count[int], end: float, span: _Span, chance: random.Random
) -> None:
    """Make calls at the pace, now and then one that is cancelled."""
    pause = _CALLERS / _CALLS_A_SECOND
    due = time.monotonic() + chance.random() * pause
    while due < end:
        await asyncio.sleep(due - time.monotonic())
        due = max(due + pause, time.monotonic())
        number = next(numbers)
        if number % _CUT == 0:
            task = asyncio.create_task(Cut(chance.randint(1, 6)).run(make(client, numbered(number))))
            await asyncio.wait([task])
            continue
        outcome = await make(client, numbered(number))
        span.took.append(outcome.seconds)
        span.failed += outcome.error is not None
        foreign = outcome.error is not None and not isinstance(outcome.error, Ec2QueryError)
        span.defects += outcome.crossed or foreign


def _row(span: _Span, minute: float) -> _Row:
    gc.collect()
    return _Row(
        minute,
        len(span.took),
        span.failed,
        1000 * percentile(span.took, 0.5),
        1000 * percentile(span.took, 0.99),
        _resident(),
        len(gc.get_objects()),
        _open_files(),
        len(asyncio.all_tasks()),
    )


def _judged(rows: Sequence[_Row]) -> list[Check]:
    """Compare the last quarter with the second: the first one warms up."""
    quarter = len(rows) // 4
    early, late = rows[quarter : 2 * quarter], rows[-quarter:]
    settled = rows[quarter:]
    slope = linear_regression([row.minute for row in settled], [row.mebibytes for row in settled]).slope
    drift = percentile((row.p50 for row in late), 0.5) / percentile((row.p50 for row in early), 0.5) - 1
    files = max(row.files for row in late) - max(row.files for row in early)
    tasks = max(row.tasks for row in late) - max(row.tasks for row in early)
    made, failed = sum(row.calls for row in rows) or 1, sum(row.failed for row in rows)
    return [
        Check("calls that succeed", "≥ 99.9 %", f"{1 - failed / made:.3%}", failed <= 0.001 * made, False),
        Check("growth of memory", "≤ 0.2 MiB a minute", f"{slope:+.2f} MiB a minute", slope <= 0.2, False),
        Check("more open files than before", f"≤ {_CALLERS}", f"{files:+}", files <= _CALLERS, False),
        Check("more tasks than before", "≤ 2", f"{tasks:+}", tasks <= 2, False),
        Check("drift of the median latency", "≤ 25 %", f"{drift:+.0%}", drift <= 0.25, False),
    ]


def _none(what: str, measured: int) -> Check:
    return Check(what, "0", f"{measured}", measured <= 0)


def _resident() -> float:
    """Return the mebibytes that this process holds; where there is no /proc, the most it ever held."""
    try:
        pages = int(Path("/proc/self/statm").read_text().split()[1])
    except FileNotFoundError:
        import resource

        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return pages * os.sysconf("SC_PAGE_SIZE") / (1 << 20)


def _open_files() -> int:
    return len(os.listdir("/dev/fd"))
