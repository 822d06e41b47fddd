"""Scenario 4: adaptive retries against a server that throttles."""

from __future__ import annotations

import time

from ec2query import AsyncClient
from faults.books import failures, settled
from faults.checks import Check, Found
from faults.load import Watch, in_time, options, run_all
from faults.plan import Plan
from faults.process import FaultServer

__all__ = ["throttled_server"]


async def throttled_server(
    server: FaultServer, *, rate: float = 50.0, callers: int = 20, seconds: float = 30.0, settling: int = 10
) -> Found:
    """Callers that never rest: once the rate is learnt, most of it is used and little is refused."""
    began = time.monotonic()
    watch = Watch()
    await server.begin(Plan(rate=rate))
    async with AsyncClient(**options(server), retry_mode="adaptive", on_attempt=watch) as client:
        outcomes = await run_all(client, in_time(seconds), callers)
    ledger = await server.report()
    span = range(settling, int(seconds))
    arrived = sum(ledger.arrived[str(second)] for second in span)
    throttled = sum(ledger.throttled[str(second)] for second in span)
    done = sum(ledger.done[str(second)] for second in span)
    refused = throttled / max(arrived, 1)
    goodput = done / (rate * max(len(span), 1))
    after = f"after the first {settling} s"
    return Found(
        4,
        f"adaptive: {callers} callers for {seconds:g} s, a server that throttles above {rate:g} requests/s",
        [
            Check(f"requests throttled {after}", "≤ 15 %", f"{refused:.1%}", refused <= 0.15, False),
            Check(f"goodput {after}", "≥ 80 %", f"{goodput:.1%}", goodput >= 0.8, False),
            *settled(len(outcomes), outcomes, ledger, watch),
        ],
        {
            "requests": ledger.requests,
            "throttled in all": sum(ledger.throttled.values()),
            "done each second": [ledger.done[str(second)] for second in range(int(seconds))],
            "throttled each second": [ledger.throttled[str(second)] for second in range(int(seconds))],
            "failures": failures(outcomes),
        },
        time.monotonic() - began,
    )
