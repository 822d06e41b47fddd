"""The two paginators: async and blocking iteration over the same decisions."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Any, cast

import pytest

from ec2query.client.paginator import AsyncPaginator, Paginator
from ec2query.errors import ParameterError
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


PAGES = {
    None: ListNamesResult(names=["a", "b"], next_token="t1"),
    "t1": ListNamesResult(names=["c"], next_token="t2"),
    "t2": ListNamesResult(names=["d", "e"]),
}


def send(operation: Operation[Any]) -> Any:
    """Answer as EC2 would."""
    return PAGES[cast("ListNames", operation).next_token]


async def send_soon(operation: Operation[Any]) -> Any:
    """Answer, awaited."""
    return send(operation)


def test_blocking_iteration_gives_results_and_entries() -> None:
    """One paginator serves both, each iteration starting anew."""
    paginator = Paginator(ListNames(), send)
    assert [tuple(page.names) for page in paginator] == [("a", "b"), ("c",), ("d", "e")]
    assert list(paginator.items()) == ["a", "b", "c", "d", "e"]
    assert list(paginator.items()) == ["a", "b", "c", "d", "e"]
    assert paginator.resume_token is None


def test_async_iteration_gives_results_and_entries() -> None:
    """The awaited twin gives the same."""

    async def run() -> None:
        paginator = AsyncPaginator(ListNames(), send_soon)
        assert [tuple(page.names) async for page in paginator] == [("a", "b"), ("c",), ("d", "e")]
        assert [name async for name in paginator.items()] == ["a", "b", "c", "d", "e"]
        assert paginator.resume_token is None

    asyncio.run(run())


@pytest.mark.parametrize("taken", [1, 2, 3, 4])
def test_an_iteration_left_early_can_be_resumed(taken: int) -> None:
    """What was handed out is not given again."""
    paginator = Paginator(ListNames(), send)
    items = paginator.items()
    before = [next(items) for _ in range(taken)]
    after = Paginator(ListNames(), send, starting_token=paginator.resume_token).items()
    assert before + list(after) == ["a", "b", "c", "d", "e"]


def test_an_async_iteration_left_early_can_be_resumed() -> None:
    """The same for the awaited twin, left by its caller or ended by a limit, in the middle of a page."""

    async def run() -> None:
        left = AsyncPaginator(ListNames(), send_soon)
        items = left.items()
        assert await anext(items) == "a"
        resumed = AsyncPaginator(ListNames(), send_soon, starting_token=left.resume_token)
        assert [name async for name in resumed.items()] == ["b", "c", "d", "e"]
        first = AsyncPaginator(ListNames(), send_soon, limit=4)
        before = [name async for name in first.items()]
        second = AsyncPaginator(ListNames(), send_soon, starting_token=first.resume_token)
        assert before == ["a", "b", "c", "d"]
        assert [name async for name in second.items()] == ["e"]

    asyncio.run(run())


def test_entries_of_several_lists_are_refused_before_any_call() -> None:
    """`items()` itself raises, not the first step of the iteration."""
    with pytest.raises(ParameterError, match="names, numbers"):
        Paginator(ListBoth(), send).items()
    with pytest.raises(ParameterError, match="names, numbers"):
        AsyncPaginator(ListBoth(), send_soon).items()
