"""Scenario 5: calls that are cancelled at random awaits."""

from __future__ import annotations

import asyncio
import random
import time
import types
from collections import Counter
from collections.abc import Coroutine, Generator, Iterator
from typing import Any, TypeVar

from ec2query import AsyncClient
from ec2query.client.transport import LaneTransport
from faults.books import settled
from faults.checks import Check, Found
from faults.load import Call, Outcome, call, calls, make, options, run_all
from faults.plan import Plan
from faults.process import FaultServer

__all__ = ["Cut", "cancelled_calls"]

T = TypeVar("T")

# Fewer than callers, so that waiting for a connection is among what is cut short.
_CONNECTIONS = 40

# Calls made for each that is cancelled: those that are done before their await comes do not count.
_MOST = 20

# A retried call awaits about so often, one that goes well at its first attempt less.
_AWAITS = 10


class Cut:
    """Runs a coroutine, and cancels the task that runs it as it awaits for the so-many-th time (from 1)."""

    def __init__(self, await_number: int) -> None:
        self._await_number = await_number
        self.awaits = 0

    @property
    def made(self) -> bool:
        return self.awaits >= self._await_number

    async def run(self, work: Coroutine[Any, Any, T]) -> T:
        return await self._steps(work)

    @types.coroutine
    def _steps(self, work: Coroutine[Any, Any, T]) -> Generator[Any, Any, T]:
        thrown: BaseException | None = None
        while True:
            try:
                awaited = work.send(None) if thrown is None else work.throw(thrown)
            except StopIteration as end:
                result: T = end.value
                return result
            self.awaits += 1
            if self.awaits == self._await_number:
                task = asyncio.current_task()
                assert task is not None
                task.cancel()
            try:
                yield awaited
            except BaseException as error:
                thrown = error
            else:
                thrown = None


async def cancelled_calls(
    server: FaultServer, *, size: int = 5_000, after: int = 1_000, callers: int = 100, patience: float = 2.0
) -> Found:
    """Whatever is cut off, and wherever, no connection is lost and no caller gets another's answer."""
    began = time.monotonic()
    long_answers = Plan(padding=150_000)
    await server.begin(Plan(share=0.2, padding=150_000))
    transport = LaneTransport(max_connections=_CONNECTIONS)
    tasks = len(asyncio.all_tasks())
    async with AsyncClient(**options(server, patience), transport=transport) as client:
        cuts, finished = await _cut_all(client, size, callers)
        left = len(asyncio.all_tasks()) - tasks
        in_use = transport.open_connections - transport.idle_connections
        await server.turn(long_answers)
        last = await run_all(client, calls(_MOST * size, _MOST * size + after), callers)
    ledger = await server.report()
    await transport.aclose()
    failed = sum(outcome.error is not None for outcome in last)
    deaf = cuts["finished all the same"]
    return Found(
        5,
        f"{size:,} calls cancelled at random awaits, a fifth of all attempts faulty, then {after:,} calls",
        [
            _none("connections in use afterwards", in_use),
            _none("tasks left behind", left),
            _none("cancelled calls that went on", deaf),
            _none("of the next calls, those that fail", failed),
            _none("connections open once closed", transport.open_connections),
            *settled(after + len(finished), last + finished, ledger),
        ],
        {
            "cancelled at await": {str(n): cuts[str(n)] for n in range(1, _AWAITS + 1)},
            "finished before": len(finished),
            "connections": ledger.connections,
        },
        time.monotonic() - began,
    )


async def _cut_all(client: AsyncClient, size: int, callers: int) -> tuple[Counter[str], list[Outcome]]:
    """Cancel `size` calls; return where, and how those ended that were done before their await came."""
    chance = random.Random(0)
    cuts, finished = Counter[str](), list[Outcome]()

    async def caller(numbers: Iterator[int]) -> None:
        for number in numbers:
            if cuts.total() >= size:
                return
            await _cut(client, call(number), Cut(chance.randint(1, _AWAITS)), cuts, finished)

    numbers = iter(range(_MOST * size))
    async with asyncio.TaskGroup() as group:
        for _ in range(callers):
            group.create_task(caller(numbers))
    return cuts, finished


async def _cut(
    client: AsyncClient, each: Call, cut: Cut, cuts: Counter[str], finished: list[Outcome]
) -> None:
    task = asyncio.create_task(cut.run(make(client, each)))
    await asyncio.wait([task])
    if task.cancelled():
        cuts[str(cut.awaits)] += 1
        return
    finished.append(task.result())
    if cut.made:
        cuts["finished all the same"] += 1


def _none(what: str, measured: int) -> Check:
    return Check(what, "0", f"{measured:,}", measured == 0)
