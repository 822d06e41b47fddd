"""Iterating the pages of an operation, or their entries, for async and for blocking callers.

Both are thin: `ec2query.protocol.paginate.Pages` decides, `send` makes one call. Each iteration
starts anew at `starting_token`; `resume_token` speaks of the one begun last, and counts an entry as
given once it was handed out.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Iterator
from contextlib import AbstractAsyncContextManager
from typing import TYPE_CHECKING, Any, Generic, Protocol, TypeVar

from ..protocol.paginate import Pages, items_of, list_member
from ..shape import Operation, Result, result_of

if TYPE_CHECKING:
    from .ahead import PagesAhead

__all__ = ["AsyncPaginator", "AsyncSend", "BlockingSend", "Paginator"]

R = TypeVar("R", bound=Result)


class AsyncSend(Protocol):
    """Makes one call, awaited: `AsyncClient.send`."""

    def __call__(self, operation: Operation[R], /) -> Awaitable[R]: ...


class BlockingSend(Protocol):
    """Makes one call: `Client.send`."""

    def __call__(self, operation: Operation[R], /) -> R: ...


class _Iteration(Generic[R]):
    """What both paginators keep: how to begin, and the iteration begun last."""

    def __init__(
        self,
        operation: Operation[R],
        *,
        page_size: int | None = None,
        limit: int | None = None,
        starting_token: str | None = None,
    ) -> None:
        self._operation = operation
        self._page_size = page_size
        self._limit = limit
        self._starting_token = starting_token
        self._pages = self._begin()

    def _begin(self) -> Pages[R]:
        self._pages = self._anew()
        return self._pages

    def _anew(self) -> Pages[R]:
        return Pages(
            self._operation,
            page_size=self._page_size,
            limit=self._limit,
            starting_token=self._starting_token,
        )

    def _check_items(self) -> None:
        operation: type[Operation[Any]] = type(self._operation)
        list_member(result_of(operation))

    @property
    def resume_token(self) -> str | None:
        """The `starting_token` that continues where this stopped; None where nothing is left."""
        return self._pages.resume_token


class AsyncPaginator(_Iteration[R]):
    """Iterate results with `async for`, or their entries with `items()`."""

    def __init__(
        self,
        operation: Operation[R],
        send: AsyncSend,
        *,
        page_size: int | None = None,
        limit: int | None = None,
        starting_token: str | None = None,
    ) -> None:
        super().__init__(operation, page_size=page_size, limit=limit, starting_token=starting_token)
        self._send = send

    async def __aiter__(self) -> AsyncIterator[R]:
        pages = self._begin()
        while (request := pages.next_request()) is not None:
            yield pages.accept(await self._send(request))

    def items(self) -> AsyncIterator[Any]:
        """Iterate the entries of the results' one list member.

        Raises: ParameterError, at once, where there are several lists or none.
        """
        self._check_items()
        return self._items()

    def ahead(self) -> AbstractAsyncContextManager[PagesAhead[R]]:
        """Request the next page while one is consumed: `async with paginator.ahead() as pages`.

        The request ends with the block, however that is left. `resume_token` counts what was handed out.
        """
        from .ahead import page_ahead

        return page_ahead(self._anew(), self._begin(), self._send)

    async def _items(self) -> AsyncIterator[Any]:
        pages = self._begin()
        while (request := pages.next_request()) is not None:
            for entry in items_of(pages.open(await self._send(request))):
                pages.give(1)
                yield entry


class Paginator(_Iteration[R]):
    """Iterate results with `for`, or their entries with `items()`."""

    def __init__(
        self,
        operation: Operation[R],
        send: BlockingSend,
        *,
        page_size: int | None = None,
        limit: int | None = None,
        starting_token: str | None = None,
    ) -> None:
        super().__init__(operation, page_size=page_size, limit=limit, starting_token=starting_token)
        self._send = send

    def __iter__(self) -> Iterator[R]:
        pages = self._begin()
        while (request := pages.next_request()) is not None:
            yield pages.accept(self._send(request))

    def items(self) -> Iterator[Any]:
        """Iterate the entries of the results' one list member.

        Raises: ParameterError, at once, where there are several lists or none.
        """
        self._check_items()
        return self._items()

    def _items(self) -> Iterator[Any]:
        pages = self._begin()
        while (request := pages.next_request()) is not None:
            for entry in items_of(pages.open(self._send(request))):
                pages.give(1)
                yield entry
