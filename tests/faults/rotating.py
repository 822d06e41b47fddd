"""Scenario 6: credentials that rotate every second, under load."""

from __future__ import annotations

import time

from ec2query import AsyncClient
from faults.books import failures, settled
from faults.checks import Check, Found, percentile
from faults.load import Watch, in_time, options, run_all
from faults.plan import Plan
from faults.process import FaultServer

__all__ = ["rotating_credentials"]


async def rotating_credentials(
    server: FaultServer, *, callers: int = 50, seconds: float = 15.0, rotation: float = 1.0
) -> Found:
    """A container's endpoint gives new keys, good for two rotations: it is asked once in each."""
    began = time.monotonic()
    watch = Watch()
    await server.begin(Plan(rotation=rotation))
    given = options(server, AWS_CONTAINER_CREDENTIALS_FULL_URI=f"{server.url}/credentials")
    async with AsyncClient(**given, on_attempt=watch) as client:
        outcomes = await run_all(client, in_time(seconds), callers)
    ledger = await server.report()
    often = max(ledger.keys.values(), default=0)
    failed = sum(outcome.error is not None for outcome in outcomes)
    return Found(
        6,
        f"credentials that rotate every {rotation:g} s, {callers} callers for {seconds:g} s",
        [
            Check("requests signed with expired keys", "0", f"{ledger.stale}", ledger.stale == 0),
            Check("fetches of the same keys", "≤ 1", f"{often}", often <= 1),
            Check("calls that fail", "0", f"{failed}", failed == 0),
            *settled(len(outcomes), outcomes, ledger, watch),
        ],
        {
            "calls": len(outcomes),
            "fetches": sum(ledger.keys.values()),
            "signed in time, arrived too late": ledger.refused["RequestExpired"],
            "failures": failures(outcomes),
            "p99 in ms": round(1000 * percentile((outcome.seconds for outcome in outcomes), 0.99)),
        },
        time.monotonic() - began,
    )
