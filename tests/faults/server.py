"""The fault server's process: serves on a loopback port, obeys lines of JSON on its standard input.

    python -m faults.server

Prints its port, then one line for each order: `begin` a plan, `turn` to another, `report`. Ends when
its standard input does, so that it never outlives who started it.
"""

from __future__ import annotations

import asyncio
import json
import sys
from typing import Any

from faults.connection import Connection
from faults.plan import Plan
from faults.service import Service

__all__ = ["main"]

_LONGEST_LINE = 1 << 20


def _obey(service: Service, order: dict[str, Any]) -> object:
    match order["do"]:
        case "begin":
            service.begin(Plan.from_json(order["plan"]), seed=order["seed"])
        case "turn":
            service.turn(Plan.from_json(order["plan"]))
        case "report":
            return service.ledger.to_json()
        case unknown:
            raise ValueError(f"expected begin, turn or report, got {unknown!r}")
    return "done"


async def main() -> None:
    """Serve until standard input ends."""
    loop = asyncio.get_running_loop()
    service = Service()
    server = await loop.create_server(lambda: Connection(service), "127.0.0.1", 0, backlog=1024)
    orders = asyncio.StreamReader(limit=_LONGEST_LINE)
    pipe, _ = await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(orders), sys.stdin)
    print(server.sockets[0].getsockname()[1], flush=True)
    while line := await orders.readline():
        print(json.dumps(_obey(service, json.loads(line))), flush=True)
    pipe.close()
    server.close()


if __name__ == "__main__":
    asyncio.run(main())
