"""The drivers: they run a flow and perform what it asks for. All of the world's I/O happens here.

`AsyncDriver` runs on asyncio and trio, `BlockingDriver` in any thread. A failed effect that our error
tree knows is thrown into the flow; anything else, cancellation too, closes the flow and goes on up.
An error that the flow raises leaves without the frames of the flow, which hold keys, tokens and answers.
"""

from __future__ import annotations

import inspect
import time
from collections.abc import Awaitable, Callable
from functools import partial
from typing import Any, TypeAlias, TypeVar

import httpx

from ..errors import ConfigurationError, Ec2QueryError
from ..protocol.effects import Ask, Effect, Flow, Pause, ReadFile, RunProcess, Send, Shared, Sleep, WriteFile
from ..protocol.frames import without_frames
from . import local, waiting
from .questions import ask_async, ask_blocking
from .sending import AsyncSender, BlockingSender
from .shared import AsyncRuns, BlockingRuns

__all__ = ["AsyncDriver", "BlockingDriver", "RunsPrograms", "Sleeper"]

T = TypeVar("T")

Sleeper: TypeAlias = Callable[[float], Awaitable[None] | None]
# Given the argv and the seconds allowed, gives the standard output.
RunsPrograms: TypeAlias = Callable[[tuple[str, ...], float], bytes]


class AsyncDriver:
    """Runs flows on the running event loop.

    `sleep` replaces the waiting, `monotonic` the clock that judges an answer's pace, `run_process` the
    programs; under `root` all files are looked for (`/x` is `root/x`).
    """

    def __init__(
        self,
        transport: httpx.AsyncBaseTransport | httpx.AsyncClient,
        *,
        sleep: Sleeper | None = None,
        monotonic: Callable[[], float] = time.monotonic,
        root: str | None = None,
        run_process: RunsPrograms | None = None,
    ) -> None:
        self._sleeper: Sleeper = sleep or waiting.sleep
        self._root = root
        self._programs = run_process
        self._runs = AsyncRuns()
        self._performers: dict[type[Effect], Callable[[Any], Awaitable[object]]] = {
            Send: AsyncSender(transport, monotonic),
            Pause: _checkpoint,
            Sleep: self._sleep,
            Shared: self._share,
            ReadFile: self._read_file,
            WriteFile: self._write_file,
            RunProcess: self._run_process,
            Ask: ask_async,
        }

    async def run(self, flow: Flow[T]) -> T:
        """Run a flow to its end and give what it returns. Raises: what the flow raises."""
        performers = self._performers
        try:
            effect = next(flow)
            while True:
                try:
                    reply = await performers[type(effect)](effect)
                except Ec2QueryError as error:
                    effect = flow.throw(error)
                else:
                    effect = flow.send(reply)
        except StopIteration as end:
            result: T = end.value
            return result
        except Ec2QueryError as error:
            without_frames(error)
            raise
        finally:
            reply = None  # a file, a program's output: nothing for a traceback that shows variables
            flow.close()

    async def _sleep(self, effect: Sleep) -> None:
        waiting = self._sleeper(effect.seconds)
        if waiting is not None:
            await waiting

    async def _share(self, effect: Shared) -> object:
        return await self._runs.join(effect.key, lambda: self.run(effect.flow()))

    async def _read_file(self, effect: ReadFile) -> bytes | None:
        return await waiting.in_thread(partial(local.read_file, local.place(effect.path, self._root)))

    async def _write_file(self, effect: WriteFile) -> None:
        path = local.place(effect.path, self._root)
        await _finished(partial(local.write_file, path, effect.data, effect.mode))

    async def _run_process(self, effect: RunProcess) -> bytes:
        if self._programs is None:
            return await local.run_process_async(effect.argv, effect.seconds)
        return await _finished(partial(self._programs, effect.argv, effect.seconds))


class BlockingDriver:
    """Runs flows in the calling thread; threads may share it.

    The arguments are those of AsyncDriver; `sleep` may not be a coroutine function.
    """

    def __init__(
        self,
        transport: httpx.BaseTransport | httpx.Client,
        *,
        sleep: Sleeper | None = None,
        monotonic: Callable[[], float] = time.monotonic,
        root: str | None = None,
        run_process: RunsPrograms | None = None,
    ) -> None:
        self._sleeper: Sleeper = sleep or time.sleep
        self._root = root
        self._programs = run_process
        self._runs = BlockingRuns()
        self._performers: dict[type[Effect], Callable[[Any], object]] = {
            Send: BlockingSender(transport, monotonic),
            Pause: _nothing,
            Sleep: self._sleep,
            Shared: self._share,
            ReadFile: self._read_file,
            WriteFile: self._write_file,
            RunProcess: self._run_process,
            Ask: ask_blocking,
        }

    def run(self, flow: Flow[T]) -> T:
        """Run a flow to its end and give what it returns. Raises: what the flow raises."""
        performers = self._performers
        try:
            effect = next(flow)
            while True:
                try:
                    reply = performers[type(effect)](effect)
                except Ec2QueryError as error:
                    effect = flow.throw(error)
                else:
                    effect = flow.send(reply)
        except StopIteration as end:
            result: T = end.value
            return result
        except Ec2QueryError as error:
            without_frames(error)
            raise
        finally:
            reply = None  # a file, a program's output: nothing for a traceback that shows variables
            flow.close()

    def _sleep(self, effect: Sleep) -> None:
        waiting = self._sleeper(effect.seconds)
        if inspect.iscoroutine(waiting):
            waiting.close()
        if waiting is not None:
            raise ConfigurationError(
                "sleep: expected a plain function for the blocking client, got a coroutine"
            )

    def _share(self, effect: Shared) -> object:
        return self._runs.join(effect.key, lambda: self.run(effect.flow()))

    def _read_file(self, effect: ReadFile) -> bytes | None:
        return local.read_file(local.place(effect.path, self._root))

    def _write_file(self, effect: WriteFile) -> None:
        local.write_file(local.place(effect.path, self._root), effect.data, effect.mode)

    def _run_process(self, effect: RunProcess) -> bytes:
        return (self._programs or local.run_process)(effect.argv, effect.seconds)


async def _finished(function: Callable[[], T]) -> T:
    """Wait for a function in a thread to its end, whoever is cancelled meanwhile."""
    import anyio.to_thread

    return await anyio.to_thread.run_sync(function)


async def _checkpoint(effect: Pause) -> None:
    await waiting.checkpoint()


def _nothing(effect: Pause) -> None:
    """A blocking caller has its own thread: there is nobody to let in."""
