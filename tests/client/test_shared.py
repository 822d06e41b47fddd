"""Shared runs: one for all who ask at the same time, whatever becomes of the one who leads."""

from __future__ import annotations

import threading

import anyio
import anyio.lowlevel
import pytest

from ec2query.client.shared import AsyncRuns, BlockingRuns
from ec2query.errors import CredentialsError
from support.server import PATIENCE


class Work:
    """A run that waits at a gate, and counts how often it began."""

    def __init__(self, failure: Exception | None = None) -> None:
        self.begun = 0
        self.gate = anyio.Event()
        self.failure = failure

    async def __call__(self) -> object:
        self.begun += 1
        number = self.begun
        await self.gate.wait()
        if self.failure is not None:
            raise self.failure
        return number


async def turns() -> None:
    for _ in range(10):
        await anyio.lowlevel.checkpoint()


@pytest.mark.anyio
async def test_those_who_ask_together_share_a_run() -> None:
    """Five callers, one run, one reply; the next call runs anew."""
    runs, work, replies = AsyncRuns(), Work(), list[object]()

    async def ask() -> None:
        replies.append(await runs.join("key", work))

    async with anyio.create_task_group() as group:
        for _ in range(5):
            group.start_soon(ask)
        await turns()
        work.gate.set()
    await ask()
    assert replies == [1, 1, 1, 1, 1, 2]


@pytest.mark.anyio
async def test_other_keys_have_runs_of_their_own() -> None:
    """Equal keys share, others do not."""
    runs, work = AsyncRuns(), Work()
    work.gate.set()
    assert [await runs.join(key, work) for key in ("a", "b", ("a",))] == [1, 2, 3]


@pytest.mark.anyio
async def test_a_failure_of_our_tree_is_shared() -> None:
    """All who waited are told the same, and the next call tries anew."""
    runs, work, failures = AsyncRuns(), Work(CredentialsError("no")), list[Exception]()

    async def ask() -> None:
        with pytest.raises(CredentialsError) as caught:
            await runs.join("key", work)
        failures.append(caught.value)

    async with anyio.create_task_group() as group:
        for _ in range(3):
            group.start_soon(ask)
        await turns()
        work.gate.set()
    await ask()
    assert (len(failures), work.begun) == (4, 2)


@pytest.mark.anyio
async def test_a_defect_is_only_the_leaders() -> None:
    """An exception that is nobody's answer goes to who ran into it; another begins anew."""
    runs, work, outcomes = AsyncRuns(), Work(KeyError("mistake")), list[str]()

    async def ask() -> None:
        try:
            await runs.join("key", work)
            outcomes.append("reply")
        except KeyError:
            outcomes.append("mistake")
            work.failure = None

    async with anyio.create_task_group() as group:
        for _ in range(2):
            group.start_soon(ask)
        await turns()
        work.gate.set()
    assert (outcomes, work.begun) == (["mistake", "reply"], 2)


@pytest.mark.anyio
async def test_a_cancelled_leader_leaves_the_place_to_the_next() -> None:
    """Who waited is not cancelled with it."""
    runs, work, replies = AsyncRuns(), Work(), list[object]()
    leader = anyio.CancelScope()

    async def lead() -> None:
        with leader:
            await runs.join("key", work)

    async def ask() -> None:
        replies.append(await runs.join("key", work))

    async with anyio.create_task_group() as group:
        group.start_soon(lead)
        await turns()
        for _ in range(2):
            group.start_soon(ask)
        await turns()
        leader.cancel()
        await turns()
        work.gate.set()
    assert (replies, work.begun) == ([2, 2], 2)


@pytest.mark.anyio
async def test_a_cancelled_follower_leaves_the_run_alone() -> None:
    """The run goes on for the others."""
    runs, work, replies = AsyncRuns(), Work(), list[object]()
    scope = anyio.CancelScope()

    async def ask() -> None:
        replies.append(await runs.join("key", work))

    async def follow() -> None:
        with scope:
            await ask()

    async with anyio.create_task_group() as group:
        group.start_soon(ask)
        await turns()
        group.start_soon(follow)
        await turns()
        scope.cancel()
        await turns()
        work.gate.set()
    assert (replies, work.begun) == ([1], 1)


class Threads:
    """Threads that ask for the same, the second one while the first one runs."""

    def __init__(self, failures: list[BaseException | None]) -> None:
        self.runs = BlockingRuns()
        self.outcomes: list[object] = []
        self._failures = failures
        self._begun = threading.Event()
        self._gate = threading.Event()

    def _work(self) -> object:
        failure = self._failures.pop(0)
        self._begun.set()
        assert self._gate.wait(PATIENCE)
        if failure is not None:
            raise failure
        return "reply"

    def _ask(self) -> None:
        try:
            self.outcomes.append(self.runs.join("key", self._work))
        except BaseException as error:
            self.outcomes.append(type(error).__name__)

    def run(self, number: int) -> list[object]:
        threads = [threading.Thread(target=self._ask) for _ in range(number)]
        threads[0].start()
        assert self._begun.wait(PATIENCE)
        for thread in threads[1:]:
            thread.start()
        self._gate.set()
        for thread in threads:
            thread.join(PATIENCE)
        return self.outcomes


def test_threads_that_come_together_share_a_run() -> None:
    """However the threads are scheduled, all have the reply, and no two runs are under way at once."""
    threads = Threads([None] * 4)
    assert threads.run(4) == ["reply"] * 4


def test_a_threads_failure_is_shared() -> None:
    """An error of our tree is told to all who waited for it."""
    threads = Threads([CredentialsError("no")] * 3)
    assert threads.run(3) == ["CredentialsError"] * 3


@pytest.mark.parametrize("failure", [KeyboardInterrupt(), KeyError()])
def test_an_interrupted_thread_leaves_the_place_to_the_next(failure: BaseException) -> None:
    """What interrupts the leader is not the followers' business."""
    threads = Threads([failure, None, None])
    assert threads.run(3) == [type(failure).__name__, "reply", "reply"]
