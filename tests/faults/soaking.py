"""Scenario 7: the same load for minutes, and what grows meanwhile."""

from __future__ import annotations

import asyncio
import random
import time
from itertools import count

from ec2query import AsyncClient, Ec2QueryError
from faults.checks import Check, Found
from faults.cutting import Cut
from faults.load import call, calls, make, options, run_all
from faults.plan import Plan
from faults.process import FaultServer
from faults.samples import HEADINGS, Row, Span, judged, open_files, row_of

__all__ = ["soak"]

_CALLERS = 20
_CALLS_A_SECOND = 150

# One call of so many is cancelled.
_CUT = 20

# Some connections are closed behind an answer that did not say so.
_PLAN = Plan(share=0.05, deliveries=("whole", "split", "chunked", "closing", "silent"))


async def soak(server: FaultServer, *, minutes: float = 1.0, lines: int = 20) -> Found:
    """Paced calls with faults, cancellations, rotating keys and clients that come and go."""
    await server.begin(_PLAN)
    began, defects = time.monotonic(), 0
    span, rows = Span(), list[Row]()
    files, tasks = open_files(), len(asyncio.all_tasks())
    given = options(server, AWS_CONTAINER_CREDENTIALS_FULL_URI=f"{server.url}/credentials")
    async with AsyncClient(**given) as client, asyncio.TaskGroup() as group:
        numbers, end = count(), began + 60 * minutes
        for place in range(_CALLERS):
            group.create_task(_caller(client, numbers, end, span, random.Random(place)))
        for line in range(1, lines + 1):
            await asyncio.sleep(began + 60 * minutes * line / lines - time.monotonic())
            rows.append(row_of(span, (time.monotonic() - began) / 60))
            defects += span.defects
            async with AsyncClient(**given) as brief:
                await run_all(brief, calls(0, 20), 5)
            await server.begin(_PLAN, seed=line)  # its own books must not grow either
            span.clear()
    return Found(
        7,
        f"a soak of {minutes:g} minutes, {_CALLS_A_SECOND} calls a second, a twentieth of attempts faulty",
        [
            *judged(rows, files=_CALLERS),
            _none("answers to another call, errors of another tree", defects),
            _none("files left open once closed", open_files() - files),
            _none("tasks left once closed", len(asyncio.all_tasks()) - tasks),
        ],
        {"calls": sum(row.calls for row in rows)},
        time.monotonic() - began,
        [HEADINGS, *(row.shown() for row in rows)],
    )


async def _caller(
    client: AsyncClient, numbers: count[int], end: float, span: Span, chance: random.Random
) -> None:
    """Make calls at the pace, now and then one that is cancelled."""
    pause = _CALLERS / _CALLS_A_SECOND
    due = time.monotonic() + chance.random() * pause
    while due < end:
        await asyncio.sleep(due - time.monotonic())
        due = max(due + pause, time.monotonic())
        number = next(numbers)
        if number % _CUT == 0:
            task = asyncio.create_task(Cut(chance.randint(1, 6)).run(make(client, call(number))))
            await asyncio.wait([task])
            continue
        outcome = await make(client, call(number))
        foreign = outcome.error is not None and not isinstance(outcome.error, Ec2QueryError)
        span.took.append(outcome.seconds)
        span.failed += outcome.error is not None
        span.defects += outcome.crossed or foreign


def _none(what: str, measured: int) -> Check:
    return Check(what, "0", f"{measured}", measured <= 0)
