"""One contestant in a process of its own: reads orders, a JSON line each, and answers with results.

`python -m benchmarks.worker CONTESTANT`. An order names what to do (a function here) and its
arguments; a wrong answer of the server, or of the contestant, ends the process with a traceback.
"""

from __future__ import annotations

import asyncio
import gc
import json
import sys
import threading
import time
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any

from . import answers
from .contestants import ASYNC, BLOCKING, BlockingCalls
from .memory import peak_rss

__all__ = ["main"]

_CONSUMER = 0.005  # seconds that a page's consumer takes, as many as the server
_FIRST = 200  # calls that a process makes before any is counted
_warm = False
_CONTESTANT = sys.argv[1] if len(sys.argv) > 1 else ""


class _Meter:
    """Counts calls between `start` and `end`; calls before are warm-up."""

    def __init__(self, seconds: float) -> None:
        self.calls = 0
        gc.collect()
        self.wall, self.cpu = time.perf_counter(), time.process_time()
        self.end = self.wall + seconds

    def result(self) -> dict[str, float]:
        wall, cpu = time.perf_counter() - self.wall, time.process_time() - self.cpu
        return {"calls": self.calls, "wall": wall, "cpu": cpu}


def _warm_up() -> int:
    """How many calls to make first: a process's first ones are not like the others."""
    global _warm
    calls, _warm = (0 if _warm else _FIRST), True
    return calls


def _check(got: object, expected: object) -> None:
    if got != expected:
        raise SystemExit(f"{_CONTESTANT}: expected {expected!r}, got {got!r}")


def _expected(count: int) -> object:
    return (count, answers.instance_id(count - 1)) if count else answers.STATE


def load(url: str, callers: int, seconds: float, count: int = 0) -> dict[str, float]:
    """Let so many callers call until time is up; `count` instances a page, 0 for the small call."""
    if _CONTESTANT in BLOCKING:
        return _load_blocking(url, callers, seconds, count)
    return _run(_load, url, callers, seconds, count)


async def _load(url: str, callers: int, seconds: float, count: int) -> dict[str, float]:
    async with ASYNC[_CONTESTANT](url, callers) as calls:

        async def once() -> None:
            _check(await (calls.page(count) if count else calls.small()), _expected(count))

        async def until_end() -> None:
            while time.perf_counter() < meter.end:
                await once()
                meter.calls += 1

        for _ in range(_warm_up()):
            await calls.small()
        await _together(once, callers)
        meter = _Meter(seconds)
        await _together(until_end, callers)
        return meter.result()


def _load_blocking(url: str, callers: int, seconds: float, count: int) -> dict[str, float]:
    with BLOCKING[_CONTESTANT](url, callers) as calls:
        for _ in range(_warm_up()):
            calls.small()
        warm, failures, counts = threading.Barrier(callers + 1), list[BaseException](), [0] * callers

        def caller(number: int) -> None:
            try:
                _once_blocking(calls, count)
                warm.wait()
                warm.wait()
                while time.perf_counter() < meter.end:
                    _once_blocking(calls, count)
                    counts[number] += 1
            except BaseException as error:
                failures.append(error)
                warm.abort()

        threads = [threading.Thread(target=caller, args=(number,)) for number in range(callers)]
        for thread in threads:
            thread.start()
        warm.wait()
        meter = _Meter(seconds)
        warm.wait()
        for thread in threads:
            thread.join()
        if failures:
            raise failures[0]
        meter.calls = sum(counts)
        return meter.result()


def _once_blocking(calls: BlockingCalls, count: int) -> None:
    _check(calls.page(count) if count else calls.small(), _expected(count))


def stall(url: str, count: int) -> dict[str, float]:
    """Read one long page while another task counts how long it was kept from running."""
    return _run(_stall, url, count)


async def _stall(url: str, count: int) -> dict[str, float]:
    async with ASYNC[_CONTESTANT](url, 1) as calls:
        _check(await calls.page(1), _expected(1))
        gc.collect()
        longest, done = 0.0, False

        async def watch() -> None:
            nonlocal longest
            while not done:
                before = time.perf_counter()
                await asyncio.sleep(0)
                longest = max(longest, time.perf_counter() - before)

        watching = asyncio.create_task(watch())
        before = time.perf_counter()
        got = await calls.page(count)
        wall = time.perf_counter() - before
        done = True
        await watching
        _check(got, _expected(count))
        return {"longest": longest, "wall": wall}


def listing(url: str, pages: int, items: int, ahead: bool) -> dict[str, float]:
    """Iterate a long list with a consumer that takes its time; tell by how much memory grew meanwhile."""
    return _run(_listing, url, pages, items, ahead)


async def _listing(url: str, pages: int, items: int, ahead: bool) -> dict[str, float]:
    async with ASYNC[_CONTESTANT](url, 2) as calls:
        before = time.perf_counter()
        seen, early = 0, 0
        async for count in calls.listing(pages, items, ahead):
            _check(count, items)
            seen += 1
            if seen == 10:
                early = peak_rss()
            await asyncio.sleep(_CONSUMER)
        _check(seen, pages)
        return {"wall": time.perf_counter() - before, "grown": peak_rss() - early}


async def _together(call: Callable[[], Awaitable[None]], callers: int) -> None:
    if _CONTESTANT == "ec2query-trio":
        import trio

        async with trio.open_nursery() as nursery:
            for _ in range(callers):
                nursery.start_soon(call)
    else:
        await asyncio.gather(*(call() for _ in range(callers)))


def _run(function: Callable[..., Coroutine[Any, Any, dict[str, float]]], *arguments: object) -> Any:
    if _CONTESTANT == "ec2query-trio":
        import trio

        return trio.run(function, *arguments)
    if _CONTESTANT == "ec2query-uvloop":
        import uvloop

        return uvloop.run(function(*arguments))
    return asyncio.run(function(*arguments))


def main() -> None:
    """Answer orders until standard input ends."""
    for line in sys.stdin:
        order = json.loads(line)
        function: Any = {"load": load, "stall": stall, "listing": listing}[order.pop("do")]
        print(json.dumps(function(**order)), flush=True)


if __name__ == "__main__":
    main()
