"""`ec2query.client.ahead`: the next page is under way while one is consumed; nothing outlives the block."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from contextlib import nullcontext
from typing import Any, cast

import anyio
import anyio.lowlevel
import pytest

from ec2query import NotFound, ParameterError, ResponseError, TransportTimeout
from ec2query.client.paginator import AsyncPaginator
from ec2query.shape import Operation, Result, wire


class ListNamesResult(Result):
    """A page of names."""

    names: Sequence[str] = wire("nameSet", default=())
    next_token: str | None = wire("nextToken", default=None)


class ListNames(Operation[ListNamesResult]):
    """A pageable operation."""

    next_token: str | None = wire("NextToken", default=None)


class ListBothResult(Result):
    """A page of two lists."""

    names: Sequence[str] = wire("nameSet", default=())
    numbers: Sequence[int] = wire("numberSet", default=())
    next_token: str | None = wire("nextToken", default=None)


class ListBoth(Operation[ListBothResult]):
    """A pageable operation with two lists in its result."""

    next_token: str | None = wire("NextToken", default=None)


class Listing:
    """Pages of two names each, and a note of what was asked, answered and cut off."""

    def __init__(
        self, pages: int = 4, *, fault: Exception | None = None, at: int = 99, hold: int = 99
    ) -> None:
        self.pages, self.fault, self.at, self.hold = pages, fault, at, hold
        self.asked: list[int] = []
        self.answered: list[int] = []
        self.cut_off: list[int] = []

    async def send(self, operation: Operation[Any]) -> Any:
        number = int(cast("ListNames", operation).next_token or 0)
        self.asked.append(number)
        try:
            await (anyio.lowlevel.checkpoint() if number < self.hold else anyio.sleep_forever())
        except anyio.get_cancelled_exc_class():
            self.cut_off.append(number)
            raise
        if self.fault is not None and number == self.at:
            raise self.fault
        self.answered.append(number)
        token = str(number + 1) if number + 1 < self.pages else None
        return ListNamesResult(names=[f"{number}a", f"{number}b"], next_token=token)

    def paginator(self, **options: Any) -> AsyncPaginator[ListNamesResult]:
        return AsyncPaginator(ListNames(), self.send, **options)


@pytest.fixture(params=["asyncio", "trio"])
def run(request: pytest.FixtureRequest) -> Callable[[Callable[[], Awaitable[None]]], None]:
    return lambda main: anyio.run(main, backend=request.param)


Run = Callable[[Callable[[], Awaitable[None]]], None]
ALL = ["0a", "0b", "1a", "1b", "2a", "2b", "3a", "3b"]


def test_pages_and_entries(run: Run) -> None:
    """The same results and entries come as without it, each block beginning anew."""

    async def main() -> None:
        paginator = Listing().paginator()
        async with paginator.ahead() as pages:
            assert [name async for page in pages for name in page.names] == ALL
        async with paginator.ahead() as pages:
            assert [name async for name in pages.items()] == ALL
        assert paginator.resume_token is None

    run(main)


def test_one_page_ahead_and_no_more(run: Run) -> None:
    """While page n is held, page n + 1 is fetched, and page n + 2 is not even asked for."""

    async def main() -> None:
        listing = Listing(pages=6)
        async with listing.paginator().ahead() as pages:
            held = 0
            async for _ in pages:
                await anyio.wait_all_tasks_blocked()
                assert listing.answered == list(range(min(held + 2, 6)))
                assert listing.asked == listing.answered
                held += 1
        assert held == 6

    run(main)


def test_a_block_that_is_left_cuts_off_the_request_under_way(run: Run) -> None:
    """By a break, an exception of the caller's own, or a cancellation, which come out as they are."""

    async def leave(listing: Listing, why: Exception | None) -> None:
        async with listing.paginator().ahead() as pages:
            async for _ in pages:
                await anyio.wait_all_tasks_blocked()
                if why is None:
                    break
                raise why

    async def main() -> None:
        for why in (None, KeyError("mine"), TransportTimeout("mine")):
            listing = Listing(hold=1)
            with nullcontext() if why is None else pytest.raises(type(why)) as caught:
                await leave(listing, why)
            assert (caught.value if caught is not None else None) is why
            assert (listing.answered, listing.cut_off) == ([0], [1])
        listing = Listing(hold=1)
        with anyio.move_on_after(0.01) as scope:
            async with listing.paginator().ahead() as pages:
                async for _ in pages:
                    await anyio.sleep_forever()
        assert scope.cancelled_caught
        assert listing.cut_off == [1]

    run(main)


def test_no_task_stays_behind() -> None:
    """After the block the caller is alone again."""

    async def main() -> None:
        listing = Listing()
        async with listing.paginator().ahead() as pages:
            assert len(asyncio.all_tasks()) == 2
            await anext(pages)
        assert len(asyncio.all_tasks()) == 1

    asyncio.run(main())


def test_a_task_that_is_cancelled_leaves_none_behind() -> None:
    """asyncio's own cancellation ends the request, too."""

    async def consume(listing: Listing) -> None:
        async with listing.paginator().ahead() as pages:
            await anext(pages)
            await asyncio.Event().wait()

    async def main() -> None:
        listing = Listing(hold=1)
        task = asyncio.create_task(consume(listing))
        await anyio.wait_all_tasks_blocked()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert listing.cut_off == [1]
        assert len(asyncio.all_tasks()) == 1

    asyncio.run(main())


@pytest.mark.parametrize("fault", [NotFound("X.NotFound", "gone"), RuntimeError("a defect")])
def test_an_error_comes_after_the_pages_before_it(run: Run, fault: Exception) -> None:
    """It is raised where its page would have come, unwrapped, and nothing follows it."""

    async def main() -> None:
        listing = Listing(fault=fault, at=2)
        seen: list[str] = []

        async def consume() -> None:
            async with listing.paginator().ahead() as pages:
                async for name in pages.items():
                    seen.append(name)

        with pytest.raises(type(fault)) as caught:
            await consume()
        assert caught.value is fault
        assert seen == ["0a", "0b", "1a", "1b"]
        assert listing.asked == [0, 1, 2]

    run(main)


def test_a_repeated_token_is_an_error(run: Run) -> None:
    """As without it, the iteration stops instead of going round."""

    async def again(operation: Operation[Any]) -> Any:
        return ListNamesResult(names=["a"], next_token="same")

    async def main() -> None:
        async with AsyncPaginator(ListNames(), again).ahead() as pages:
            assert (await anext(pages)).names == ("a",)
            with pytest.raises(ResponseError, match="NextToken"):
                await anext(pages)
            with pytest.raises(StopAsyncIteration):
                await anext(pages)

    run(main)


def test_limits_and_resuming(run: Run) -> None:
    """A limit asks for no page beyond it; what was fetched but not handed out comes after resuming."""

    async def main() -> None:
        listing = Listing()
        paginator = listing.paginator(limit=3)
        async with paginator.ahead() as pages:
            before = [name async for name in pages.items()]
        assert listing.asked == [0, 1]
        async with listing.paginator(starting_token=paginator.resume_token).ahead() as pages:
            assert before + [name async for name in pages.items()] == ALL
        left = listing.paginator()
        async with left.ahead() as pages:
            await anext(pages)
            await anyio.wait_all_tasks_blocked()
        async with listing.paginator(starting_token=left.resume_token).ahead() as pages:
            assert [name async for name in pages.items()] == ALL[2:]

    run(main)


def test_entries_of_several_lists_are_refused(run: Run) -> None:
    """Entries need one list; the error names them all."""

    async def main() -> None:
        async def send(operation: Operation[Any]) -> Any:
            return ListBothResult(names=["a"])

        async with AsyncPaginator(ListBoth(), send).ahead() as pages:
            with pytest.raises(ParameterError, match="names, numbers"):
                await anext(pages.items())

    run(main)
