"""The fault server as its tester sees it: a process to start, to give orders to, and to end."""

from __future__ import annotations

import asyncio
import json
import os
import sys
from types import TracebackType
from typing import Any, Self

from faults.ledger import Ledger
from faults.plan import Plan

__all__ = ["FaultServer"]

# A report names every call of a scenario.
_LONGEST_LINE = 64 << 20


class FaultServer:
    """Runs while entered. One order at a time."""

    def __init__(self) -> None:
        self._process: asyncio.subprocess.Process | None = None
        self.port = 0

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    async def begin(self, plan: Plan, *, seed: int = 0) -> None:
        """Behave by a plan, with a new ledger and new draws."""
        await self._order({"do": "begin", "plan": plan.to_json(), "seed": seed})

    async def turn(self, plan: Plan) -> None:
        """Behave by another plan; the ledger goes on."""
        await self._order({"do": "turn", "plan": plan.to_json()})

    async def report(self) -> Ledger:
        """Tell what was seen since `begin`."""
        return Ledger.from_json(await self._order({"do": "report"}))

    async def _order(self, order: dict[str, object]) -> Any:
        assert self._process is not None
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps(order).encode() + b"\n")
        await self._process.stdin.drain()
        return json.loads(await self._line())

    async def _line(self) -> bytes:
        assert self._process is not None
        assert self._process.stdout is not None
        line = await self._process.stdout.readline()
        if not line:
            raise RuntimeError(f"the fault server ended with status {await self._process.wait()}")
        return line

    async def __aenter__(self) -> Self:
        self._process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "faults.server"),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            env={**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
            limit=_LONGEST_LINE,
        )
        try:
            self.port = int(await self._line())
        except BaseException:  # cancelled, perhaps: nobody else would end it
            self._process.kill()
            await self._process.communicate()
            raise
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        process, self._process = self._process, None
        assert process is not None
        assert process.stdin is not None
        process.stdin.close()
        await process.wait()
