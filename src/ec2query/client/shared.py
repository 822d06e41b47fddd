"""Runs that are shared: whoever asks for the same thing at the same time waits for one run of it.

The first to ask leads and runs it in its own task or thread; the others wait. A run that ends, well or
in an error of our tree, ends for all of them. A leader that is cancelled leaves the place to the next.
"""

from __future__ import annotations

import threading
from collections.abc import Awaitable, Callable, Hashable
from typing import TYPE_CHECKING

from ..errors import Ec2QueryError
from .waiting import event

if TYPE_CHECKING:
    import anyio

__all__ = ["AsyncRuns", "BlockingRuns"]


class _Run:
    __slots__ = ("error", "finished", "reply", "wake")

    def __init__(self) -> None:
        self.finished = False
        self.reply: object = None
        self.error: Ec2QueryError | None = None
        self.wake: anyio.Event | None = None

    def outcome(self) -> object:
        if self.error is not None:
            raise self.error
        return self.reply


class AsyncRuns:
    """Shared runs of the tasks of one event loop."""

    def __init__(self) -> None:
        self._runs: dict[Hashable, _Run] = {}

    async def join(self, key: Hashable, begin: Callable[[], Awaitable[object]]) -> object:
        """Give what the run under way gives, or begin one."""
        while (run := self._runs.get(key)) is not None:
            wake = run.wake = run.wake or event()
            await wake.wait()
            if run.finished:
                return run.outcome()
        run = self._runs[key] = _Run()
        try:
            run.reply = await begin()
            run.finished = True
        except Ec2QueryError as error:
            run.error = error
            run.finished = True
            raise
        finally:
            del self._runs[key]
            if run.wake is not None:
                run.wake.set()
        return run.reply


class BlockingRuns:
    """Shared runs of threads."""

    def __init__(self) -> None:
        self._runs: dict[Hashable, tuple[_Run, threading.Event]] = {}
        self._lock = threading.Lock()

    def join(self, key: Hashable, begin: Callable[[], object]) -> object:
        """Give what the run under way gives, or begin one."""
        while True:
            with self._lock:
                entry = self._runs.get(key)
                if entry is None:
                    run, wake = self._runs[key] = _Run(), threading.Event()
                    break
            entry[1].wait()
            if entry[0].finished:
                return entry[0].outcome()
        try:
            run.reply = begin()
            run.finished = True
        except Ec2QueryError as error:
            run.error = error
            run.finished = True
            raise
        finally:
            with self._lock:
                del self._runs[key]
            wake.set()
        return run.reply
