"""The drivers: they run a flow and perform what it asks for. All of the world's I/O happens here.

`AsyncDriver` runs on asyncio and trio, `BlockingDriver` in any thread. A failed effect that our error
tree knows is thrown into the flow; anything else, cancellation too, closes the flow and goes on up.
"""

from __future__ import annotations

import inspect
import time
from collections.abc import Awaitable, Callable
from typing import Any, TypeAlias, TypeVar

import anyio
import anyio.lowlevel
import anyio.to_thread
import httpx

from ..errors import ConfigurationError, CredentialsError, Ec2QueryError
from ..protocol.effects import Ask, Effect, Flow, Pause, ReadFile, RunProcess, Send, Shared, Sleep, WriteFile
from . import local
from .sending import AsyncSender, BlockingSender
from .shared import AsyncRuns, BlockingRuns

__all__ = ["AsyncDriver", "BlockingDriver", "Sleeper"]

T = TypeVar("T")

Sleeper: TypeAlias = Callable[[float], Awaitable[None] | None]


class AsyncDriver:
    """Runs flows on the running event loop.

    `sleep` replaces the waiting, `monotonic` the clock that judges an answer's pace; under `root` all
    files are looked for (`/x` is `root/x`).
    """

    def __init__(
        self,
        transport: httpx.AsyncBaseTransport | httpx.AsyncClient,
        *,
        sleep: Sleeper | None = None,
        monotonic: Callable[[], float] = time.monotonic,
        root: str | None = None,
    ) -> None:
        self._sleeper: Sleeper = sleep or anyio.sleep
        self._root = root
        self._runs = AsyncRuns()
        self._performers: dict[type[Effect], Callable[[Any], Awaitable[object]]] = {
            Send: AsyncSender(transport, monotonic),
            Pause: _checkpoint,
            Sleep: self._sleep,
            Shared: self._share,
            ReadFile: self._read_file,
            WriteFile: self._write_file,
            RunProcess: _run_process,
            Ask: _ask,
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
        finally:
            flow.close()

    async def _sleep(self, effect: Sleep) -> None:
        waiting = self._sleeper(effect.seconds)
        if waiting is not None:
            await waiting

    async def _share(self, effect: Shared) -> object:
        return await self._runs.join(effect.key, lambda: self.run(effect.flow()))

    async def _read_file(self, effect: ReadFile) -> bytes | None:
        return await anyio.to_thread.run_sync(local.read_file, local.place(effect.path, self._root))

    async def _write_file(self, effect: WriteFile) -> None:
        path = local.place(effect.path, self._root)
        await anyio.to_thread.run_sync(local.write_file, path, effect.data, effect.mode)


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
    ) -> None:
        self._sleeper: Sleeper = sleep or time.sleep
        self._root = root
        self._runs = BlockingRuns()
        self._performers: dict[type[Effect], Callable[[Any], object]] = {
            Send: BlockingSender(transport, monotonic),
            Pause: _nothing,
            Sleep: self._sleep,
            Shared: self._share,
            ReadFile: self._read_file,
            WriteFile: self._write_file,
            RunProcess: _run_process_blocking,
            Ask: _ask_blocking,
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
        finally:
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


async def _checkpoint(effect: Pause) -> None:
    await anyio.lowlevel.checkpoint()


def _nothing(effect: Pause) -> None:
    """A blocking caller has its own thread: there is nobody to let in."""


async def _run_process(effect: RunProcess) -> bytes:
    return await local.run_process_async(effect.argv, effect.seconds)


def _run_process_blocking(effect: RunProcess) -> bytes:
    return local.run_process(effect.argv, effect.seconds)


async def _ask(effect: Ask) -> object:
    try:
        # In a tuple, since trio will not have a coroutine returned from a thread.
        (reply,) = await anyio.to_thread.run_sync(
            lambda: (effect.answer(effect.about),), abandon_on_cancel=True
        )
        return await reply if inspect.isawaitable(reply) else reply
    except Exception as error:
        raise _unanswered(effect, error) from error


def _ask_blocking(effect: Ask) -> object:
    try:
        reply = effect.answer(effect.about)
    except Exception as error:
        raise _unanswered(effect, error) from error
    if inspect.iscoroutine(reply):
        reply.close()
        raise CredentialsError(f"{effect.about}: a coroutine function can only be asked by AsyncClient")
    return reply


def _unanswered(effect: Ask, error: Exception) -> Ec2QueryError:
    if isinstance(error, Ec2QueryError):
        return error
    return CredentialsError(f"{effect.about}: the function asked raised {type(error).__name__}")
