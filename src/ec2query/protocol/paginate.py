"""Pagination, from the operation's shape alone: request and result both have a `next_token`.

`Pages` says what to ask next and how far an iteration has come; it sends nothing. A resume token is
EC2's own token, or, in the middle of a page, `ec2query:<entries already given>:<the page's token>`:
as long as the listing itself stands still, resuming loses nothing and repeats nothing, whatever the
page size then.
https://docs.aws.amazon.com/AWSEC2/latest/APIReference/Query-Requests.html#api-pagination
"""

from __future__ import annotations

import copy
import dataclasses
from collections.abc import Sequence
from typing import Any, Generic, Protocol, TypeVar, cast

from ..errors import ParameterError, ResponseError
from ..shape import Operation, Result, members, result_of
from .effects import Flow

__all__ = ["Call", "Pages", "every_page", "is_pageable", "items_of", "list_member"]

R = TypeVar("R", bound=Result)

_PREFIX = "ec2query:"


class Call(Protocol):
    """The way to make one API call: `result = yield from call(operation)`."""

    def __call__(self, operation: Operation[R], /) -> Flow[R]: ...


def is_pageable(operation: type[Operation[Any]]) -> bool:
    """Tell whether an operation answers in pages."""
    return all(
        any(member.name == "next_token" for member in members(shape))
        for shape in (operation, result_of(operation))
    )


def items_of(result: Result) -> Sequence[Any]:
    """Return the entries of a result's one list member (see `list_member`)."""
    return cast("Sequence[Any]", getattr(result, list_member(type(result))))


def list_member(result: type[Result]) -> str:
    """Return the name of a result's one list member.

    Raises: ParameterError where it has several lists, or none.
    """
    lists = [member.name for member in members(result) if member.is_list]
    if len(lists) == 1:
        return lists[0]
    got = f"{len(lists)}: {', '.join(lists)}; iterate the results and take the one meant" if lists else "none"
    raise ParameterError(where=result.__name__, expected="exactly one list member to iterate", got=got)


def _at_least_one(where: str, number: int | None) -> None:
    if number is not None and (isinstance(number, bool) or number < 1):
        raise ParameterError(where=where, expected="an integer of at least 1, or None", got=repr(number))


def _read_token(token: str) -> tuple[str | None, int]:
    """Split a resume token into EC2's token and the entries to pass over."""
    if not token.startswith(_PREFIX):
        return token or None, 0
    skip, colon, rest = token.removeprefix(_PREFIX).partition(":")
    if not colon or not (skip.isascii() and skip.isdecimal()):
        raise ParameterError(
            where="starting_token", expected=f"a NextToken or {_PREFIX}<number>:<token>", got=repr(token)
        )
    return rest or None, int(skip)


class Pages(Generic[R]):
    """An iteration over the pages of one operation; not to be shared between iterations.

    Ask `next_request()`, send what it gives, `open()` the result, and say with `give()` how many of
    its entries have been handed on; `accept()` opens a result and gives all of it.
    `page_size` goes to MaxResults; `limit` counts entries. Some operations refuse MaxResults
    together with ids: choosing is the caller's business.
    """

    def __init__(
        self,
        operation: Operation[R],
        *,
        page_size: int | None = None,
        limit: int | None = None,
        starting_token: str | None = None,
    ) -> None:
        kind: type[Operation[Any]] = type(operation)
        if not is_pageable(kind):
            raise ParameterError(
                where=kind.__name__,
                expected="an operation that answers in pages (a next_token in request and result)",
                got="one that answers at once; send() it",
            )
        _at_least_one("page_size", page_size)
        _at_least_one("limit", limit)
        request = cast("Any", operation)
        if page_size is not None:
            if not any(member.name == "max_results" for member in members(kind)):
                raise ParameterError(
                    where=f"{kind.__name__} page_size",
                    expected="None (it has no MaxResults)",
                    got=str(page_size),
                )
            request = dataclasses.replace(request, max_results=page_size)
        if starting_token and request.next_token:
            raise ParameterError(
                where="starting_token", expected="None, since the operation has a next_token", got="both"
            )
        self._request = request
        self._left = limit
        self._token, self._skip = _read_token(starting_token or request.next_token or "")
        if limit is not None or self._skip:
            list_member(result_of(kind))
        self._seen: set[str] = set()
        self._size = 0  # entries of the page last opened
        self._next: str | None = None  # the token in it
        self._ended = False

    @property
    def resume_token(self) -> str | None:
        """The `starting_token` that gives what this iteration has not; None where all was given."""
        if self._ended:
            return None
        if self._skip or self._token is None:
            return f"{_PREFIX}{self._skip}:{self._token or ''}"
        return self._token

    def next_request(self) -> Operation[R] | None:
        """Return what to send next; None at the end, or where the limit is reached."""
        if self._ended or self._left == 0:
            return None
        return cast("Operation[R]", dataclasses.replace(self._request, next_token=self._token))

    def accept(self, result: R) -> R:
        """Take a page and give all of it that was not given yet and may be."""
        page = self.open(result)
        if self._size:
            self.give(len(items_of(page)))
        return page

    def open(self, result: R) -> R:
        """Take a page: the result without the entries given already or beyond the limit.

        Raises: ResponseError where EC2 repeats a token, since that would never end.
        """
        if self._token is not None:
            self._seen.add(self._token)
        self._next = cast("Any", result).next_token or None
        if self._next in self._seen:
            raise ResponseError(
                "expected a new NextToken, got one that led to an earlier page; the iteration stops",
                request_id=result.request_id,
                operation=type(self._request).__name__,
            )
        lists = [member.name for member in members(type(result)) if member.is_list]
        entries = cast("Sequence[Any]", getattr(result, lists[0])) if len(lists) == 1 else ()
        self._size = len(entries)
        kept = entries[self._skip :][: self._left]
        self.give(0)
        return result if len(kept) == len(entries) else _with(result, lists[0], kept)

    def give(self, number: int) -> None:
        """Record that so many entries of the open page were handed on."""
        self._skip += number
        if self._left is not None:
            self._left -= number
        if self._skip >= self._size:
            self._skip -= self._size
            self._token, self._size = self._next, 0
            self._ended = self._next is None


def _with(result: R, member: str, entries: Sequence[Any]) -> R:
    """Copy a result with other entries; `replace()` would ask for members that an answer may lack."""
    changed = copy.copy(result)
    object.__setattr__(changed, member, tuple(entries))
    return changed


def every_page(
    operation: Operation[R], call: Call, *, page_size: int | None = None, limit: int | None = None
) -> Flow[tuple[R, ...]]:
    """Call until the last page, and return all results."""
    pages = Pages(operation, page_size=page_size, limit=limit)
    results: list[R] = []
    while (request := pages.next_request()) is not None:
        results.append(pages.accept((yield from call(request))))
    return tuple(results)
