"""Paging ahead: while one page is consumed, the next is already requested, and never more than that one.

    async with client.paginate(ec2.DescribeInstances()).ahead() as pages:
        async for page in pages: ...

The request runs in a task of the `async with` block and ends with it: on whatever way the block is
left, a request under way is cancelled, no task stays behind, and what was raised comes out as it is.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import Any, Generic, TypeVar

import anyio
from anyio.streams.memory import MemoryObjectReceiveStream, MemoryObjectSendStream

from ..protocol.paginate import Pages, items_of
from ..shape import Result
from .paginator import AsyncSend

__all__ = ["PagesAhead", "page_ahead"]

R = TypeVar("R", bound=Result)


class PagesAhead(Generic[R]):
    """One pass, over results with `async for` or over their entries with `items()`."""

    def __init__(self, pages: Pages[R], receiver: MemoryObjectReceiveStream[R | Exception]) -> None:
        self._pages = pages
        self._receiver = receiver

    def __aiter__(self) -> AsyncIterator[R]:
        return self

    async def __anext__(self) -> R:
        return self._pages.accept(await self._next())

    async def items(self) -> AsyncIterator[Any]:
        """Iterate the entries of the results' one list member. Raises: ParameterError if there is no such."""
        while True:
            try:
                result = await self._next()
            except StopAsyncIteration:
                return
            for entry in items_of(self._pages.open(result)):
                self._pages.give(1)
                yield entry

    async def _next(self) -> R:
        try:
            found = await self._receiver.receive()
        except anyio.EndOfStream:
            raise StopAsyncIteration from None
        if isinstance(found, Exception):
            raise found
        return found


@asynccontextmanager
async def page_ahead(asked: Pages[R], given: Pages[R], send: AsyncSend) -> AsyncIterator[PagesAhead[R]]:
    """Request the pages of `asked`, one ahead of those that `given` has handed out."""
    # Without a buffer: who has fetched a page waits until it is taken.
    sender, receiver = anyio.create_memory_object_stream["R | Exception"](0)
    failure: Exception | None = None
    async with anyio.create_task_group() as group:
        with receiver:
            group.start_soon(_fetch, asked, send, sender)
            try:
                yield PagesAhead(given, receiver)
            except Exception as error:
                failure = error  # kept from the task group, which would wrap it
            group.cancel_scope.cancel()
    if failure is not None:
        raise failure


async def _fetch(pages: Pages[R], send: AsyncSend, sender: MemoryObjectSendStream[R | Exception]) -> None:
    with sender, suppress(anyio.BrokenResourceError):
        try:
            while (request := pages.next_request()) is not None:
                result = await send(request)
                pages.accept(result)
                await sender.send(result)
        except anyio.BrokenResourceError:
            raise
        except Exception as error:
            await sender.send(error)
