"""The fault harness: `python -m faults [scenario ...] [--minutes 10] [--quick] [--json]`.

Runs the scenarios against a server in another process, on the loopback interface, each bounded in
count and time. The exit status is 1 where a target is missed. docs/reliability.md says what they prove.
"""

from __future__ import annotations

import argparse
import asyncio
import sys
from collections.abc import Awaitable, Callable

from faults.adapting import throttled_server
from faults.checks import Check, Found
from faults.cutting import cancelled_calls
from faults.process import FaultServer
from faults.report import as_json, as_text
from faults.retrying import faulty_attempts, outage
from faults.rotating import rotating_credentials
from faults.soaking import soak

__all__ = ["main"]

_Scenario = Callable[[FaultServer], Awaitable[Found]]

# Seconds that a scenario may take beyond what it is meant to.
_LEEWAY = 300.0


def _scenarios(minutes: float) -> dict[int, _Scenario]:
    return {
        1: lambda server: faulty_attempts(server, number=1, attempts=3, goal=0.99),
        2: lambda server: faulty_attempts(server, number=2, attempts=10, goal=1.0),
        3: outage,
        4: throttled_server,
        5: cancelled_calls,
        6: rotating_credentials,
        7: lambda server: soak(server, minutes=minutes),
    }


def _quick(minutes: float) -> dict[int, _Scenario]:
    """The same at a tenth of the size: targets that need more than that are shown, not judged."""
    return {
        1: lambda server: faulty_attempts(server, number=1, attempts=3, goal=0.99, size=2_000),
        2: lambda server: faulty_attempts(server, number=2, attempts=10, goal=1.0, size=2_000),
        3: lambda server: outage(server, size=500, watched=2.0),
        4: lambda server: throttled_server(server, seconds=10, settling=5),
        5: lambda server: cancelled_calls(server, size=500, after=100),
        6: lambda server: rotating_credentials(server, seconds=4),
        7: lambda server: soak(server, minutes=minutes / 10),
    }


async def _bounded(number: int, scenario: _Scenario, seconds: float) -> Found:
    try:
        async with FaultServer() as server, asyncio.timeout(seconds):
            return await scenario(server)
    except TimeoutError:
        check = Check("time", f"≤ {seconds:g} s", "longer", met=False)
        return Found(number, "did not end", [check], {}, seconds)


def _number(text: str) -> int:
    """Read a scenario's number. `choices` would, in some versions of argparse, refuse that none is given."""
    if text not in "1234567" or len(text) != 1:
        raise argparse.ArgumentTypeError(f"expected 1 to 7, got {text!r}")
    return int(text)


def main(argv: list[str] | None = None) -> int:
    """Run what was asked for; return the exit status."""
    parser = argparse.ArgumentParser(prog="faults", description="Prove what docs/reliability.md promises.")
    parser.add_argument("scenario", type=_number, nargs="*", help="1 to 7; all if none is given")
    parser.add_argument(
        "--minutes", type=float, default=1.0, help="how long the soak (7) lasts; 1 if not said"
    )
    parser.add_argument(
        "--quick", action="store_true", help="a tenth of it all; judges only what holds at any size"
    )
    parser.add_argument("--json", action="store_true", help="JSON instead of text")
    asked = parser.parse_args(argv)
    table = _quick(asked.minutes) if asked.quick else _scenarios(asked.minutes)
    outcomes: list[Found] = []
    for number in asked.scenario or table:
        outcomes.append(asyncio.run(_bounded(number, table[number], _LEEWAY + 60 * asked.minutes)))
        if not asked.json:
            print(as_text(outcomes[-1], judged=not asked.quick), flush=True)
    if asked.json:
        print(as_json(outcomes))
    judged = [check for each in outcomes for check in each.checks if check.invariant or not asked.quick]
    return 0 if all(check.met for check in judged) else 1


if __name__ == "__main__":
    sys.exit(main())
