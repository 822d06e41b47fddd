"""Scenarios 1 to 3: a part of all attempts is faulty, then all of them are."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator
from dataclasses import replace

from ec2query import AsyncClient
from ec2query.protocol.retry_policy import STANDARD
from faults.books import failures, settled
from faults.checks import Check, Found, percentile
from faults.load import Call, Outcome, Watch, calls, in_time, options, run_all
from faults.plan import FAMILIES, Plan
from faults.process import FaultServer

__all__ = ["COSTLY", "faulty_attempts", "outage"]

# The server's clock is wrong from the start, and wrong in the other direction from the middle on.
_SKEW = 1200.0

# Without throttling, each retry costs 14 of the 500 tokens: that makes 35 retries.
COSTLY = tuple(family for family in FAMILIES if family != "throttling")
_RETRIES = 500 // STANDARD.cost

_WINDOW = 0.5


async def faulty_attempts(
    server: FaultServer,
    *,
    number: int,
    attempts: int,
    goal: float,
    size: int = 20_000,
    callers: int = 100,
    ramp: float = 1.0,
) -> Found:
    """A fifth of all attempts is faulty: at least `goal` of the calls succeed."""
    began = time.monotonic()
    plan = Plan(share=0.2, delay=0.05, skew=_SKEW)
    watch, midway = Watch(), asyncio.Event()

    def marked() -> Iterator[Call]:
        for position, each in enumerate(calls(0, size)):
            if position == size // 2:
                midway.set()
            yield each

    async def turn() -> None:
        await midway.wait()
        await server.turn(replace(plan, skew=-_SKEW))

    await server.begin(plan)
    policy = replace(STANDARD, attempts=attempts)
    async with (
        AsyncClient(**options(server), retries=watch.retries(policy), on_attempt=watch) as client,
        asyncio.TaskGroup() as group,
    ):
        group.create_task(turn())
        outcomes = await run_all(client, marked(), callers, ramp=ramp)
    ledger = await server.report()
    seconds = time.monotonic() - began
    good = sum(outcome.error is None for outcome in outcomes)
    empty = watch.reasons["quota empty"]
    faulty = sum(ledger.faults.values())
    return Found(
        number,
        f"{size:,} calls at concurrency {callers}, a fifth of all attempts faulty, {attempts} attempts",
        [
            Check("calls that succeed", f"≥ {goal:.1%}", f"{good / size:.2%}", good >= goal * size, False),
            Check("retries refused by an empty quota", "0", f"{empty}", empty == 0, False),
            *settled(size, outcomes, ledger, watch),
        ],
        {
            "requests": ledger.requests,
            "faulty by the server's count": f"{faulty:,}, {faulty / ledger.requests:.1%}",
            "faulty by the client's": f"{watch.failed:,}, {watch.failed / watch.attempts:.1%}",
            "faults": dict(ledger.faults),
            "failures": failures(outcomes),
            "refused for the server's clock": ledger.refused["RequestExpired"],
            "fewest tokens in the quota": watch.fewest_tokens,
            "p50, p99 in ms": _milliseconds(outcomes),
            "calls a second": round(size / seconds),
        },
        seconds,
    )


async def outage(
    server: FaultServer,
    *,
    size: int = 5_000,
    callers: int = 100,
    watched: float = 7.0,
    families: tuple[str, ...] = COSTLY,
    patience: float = 2.0,
) -> Found:
    """All attempts fail, then none: the quota bounds the retries, and the client is back at once."""
    began = time.monotonic()
    healthy = Plan(delay=0.05)
    watch = Watch()
    await server.begin(healthy)
    given = options(server, patience)
    async with AsyncClient(**given, retries=watch.retries(), on_attempt=watch) as client:
        before = await run_all(client, calls(0, size // 5), callers)
        await server.begin(replace(healthy, share=1.0, families=families))
        down = await run_all(client, calls(size, 2 * size), callers)
        ledger = await server.report()
        await server.turn(healthy)
        back_at = time.monotonic()
        after = await run_all(client, in_time(watched, 2 * size), callers)
        end = await server.report()
    usual = percentile((outcome.seconds for outcome in before), 0.99)
    back = _back_after(after, back_at, 2 * usual)
    limit = size + _RETRIES
    failed = sum(outcome.error is not None for outcome in after)
    return Found(
        3,
        f"{size:,} calls at concurrency {callers}, all attempts faulty, then none",
        [
            Check(
                "requests that the server sees",
                f"≤ {limit:,}",
                f"{ledger.requests:,}",
                ledger.requests <= limit,
            ),
            Check("p99 at most twice the usual after", "≤ 5 s", f"{back:.1f} s", back <= 5, False),
            Check("calls that fail after the outage", "0", f"{failed}", failed == 0),
            *settled(size + len(after), down + after, end),
        ],
        {
            "faults": dict(ledger.faults),
            "failures": failures(down),
            "given up": dict(watch.reasons),
            "p50, p99 in ms before": _milliseconds(before),
            "p50, p99 in ms after": _milliseconds(after),
            "tokens at the end": watch.quota.tokens,
        },
        time.monotonic() - began,
    )


def _back_after(outcomes: list[Outcome], since: float, limit: float) -> float:
    """Return how many seconds it took until a window's calls all succeeded with a p99 within `limit`."""
    windows: dict[int, list[Outcome]] = {}
    for outcome in outcomes:
        windows.setdefault(int((outcome.began - since) / _WINDOW), []).append(outcome)
    for window, inside in sorted(windows.items()):
        if all(o.error is None for o in inside) and percentile((o.seconds for o in inside), 0.99) <= limit:
            return (window + 1) * _WINDOW
    return float("inf")


def _milliseconds(outcomes: list[Outcome]) -> str:
    took = [outcome.seconds * 1000 for outcome in outcomes]
    return f"{percentile(took, 0.5):.0f}, {percentile(took, 0.99):.0f}"
