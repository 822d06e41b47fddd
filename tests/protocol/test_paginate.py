"""Pagination as decisions: what is asked next, what is given, where to resume."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, cast

import pytest

from ec2query.errors import ParameterError, ResponseError
from ec2query.protocol.effects import Flow
from ec2query.protocol.paginate import Pages, every_page, is_pageable, items_of, list_member
from ec2query.shape import Operation, Result, Shape, result_of, wire


class Thing(Shape):
    """An entry."""

    name: str | None = wire("name", default=None)


class DescribeThingsResult(Result):
    """A page of things."""

    things: Sequence[Thing] = wire("thingSet", default=())
    next_token: str | None = wire("nextToken", default=None)
    owner: str = wire("owner")


class DescribeThings(Operation[DescribeThingsResult]):
    """A pageable operation."""

    kind: str | None = wire("Kind", default=None)
    max_results: int | None = wire("MaxResults", default=None)
    next_token: str | None = wire("NextToken", default=None)


class DescribePairsResult(Result):
    """A page with two lists."""

    lefts: Sequence[str] = wire("leftSet", default=())
    rights: Sequence[str] = wire("rightSet", default=())
    next_token: str | None = wire("nextToken", default=None)


class DescribePairs(Operation[DescribePairsResult]):
    """A pageable operation without MaxResults, whose result has two lists."""

    next_token: str | None = wire("NextToken", default=None)


class StopThing(Operation[Result]):
    """An operation that answers at once."""

    name: str = wire("Name")


class Listing:
    """EC2's side: names in pages of a fixed size; a token is the page's first index."""

    def __init__(self, names: Sequence[str], size: int) -> None:
        self.names = names
        self.size = size
        self.asked: list[DescribeThings] = []

    def answer(self, operation: Operation[Any]) -> DescribeThingsResult:
        request = cast("DescribeThings", operation)
        self.asked.append(request)
        size = request.max_results or self.size
        first = int((request.next_token or "at:0").removeprefix("at:"))
        entries = self.names[first : first + size]
        more = first + size < len(self.names)
        return DescribeThingsResult(
            things=[Thing(name=name) for name in entries],
            next_token=f"at:{first + size}" if more else None,
            owner="1",
        )


def read(listing: Listing, pages: Pages[DescribeThingsResult]) -> list[str | None]:
    """Iterate page by page, and return the names given."""
    given: list[str | None] = []
    while (request := pages.next_request()) is not None:
        given += [thing.name for thing in pages.accept(listing.answer(request)).things]
    return given


NAMES = tuple("abcdefghijk")


def test_pageable_is_what_has_a_next_token_both_ways() -> None:
    """Only the shape decides whether an operation can be paginated."""
    assert is_pageable(DescribeThings)
    assert not is_pageable(StopThing)


def test_an_operation_that_answers_at_once_is_refused() -> None:
    """The refusal comes before any call."""
    with pytest.raises(ParameterError, match="StopThing"):
        Pages(StopThing(name="x"))


@pytest.mark.parametrize("size", [1, 2, 3, 10, 11, 12])
def test_every_entry_comes_once_and_in_order(size: int) -> None:
    """Whatever the page size, nothing is lost and nothing repeated."""
    pages = Pages(DescribeThings())
    assert read(Listing(NAMES, size), pages) == list(NAMES)
    assert pages.resume_token is None


def test_requests_keep_their_members_and_carry_the_token() -> None:
    """Each request is the first one with the token of the page before."""
    listing = Listing(NAMES, 5)
    read(listing, Pages(DescribeThings(kind="k"), page_size=4))
    assert listing.asked == [
        DescribeThings(kind="k", max_results=4),
        DescribeThings(kind="k", max_results=4, next_token="at:4"),
        DescribeThings(kind="k", max_results=4, next_token="at:8"),
    ]


@pytest.mark.parametrize("limit", range(1, 13))
@pytest.mark.parametrize("size", [1, 3, 4])
@pytest.mark.parametrize("then", [2, 3, 7])
def test_a_limited_iteration_resumes_exactly(limit: int, size: int, then: int) -> None:
    """The entries before and after a limit make up the whole, even with another page size."""
    first = Pages(DescribeThings(), page_size=size, limit=limit)
    before = read(Listing(NAMES, 5), first)
    assert len(before) == min(limit, len(NAMES))
    if (token := first.resume_token) is None:
        assert before == list(NAMES)
        return
    rest = Pages(DescribeThings(), page_size=then, starting_token=token)
    assert before + read(Listing(NAMES, 5), rest) == list(NAMES)


def test_a_limit_asks_for_no_page_beyond_it() -> None:
    """Two pages of five hold the first seven entries: the third is not asked for."""
    listing = Listing(NAMES, 5)
    pages = Pages(DescribeThings(), limit=7)
    read(listing, pages)
    assert len(listing.asked) == 2
    assert pages.resume_token == "ec2query:2:at:5"


def test_at_a_page_boundary_the_resume_token_is_ec2s_own() -> None:
    """The token can then be given to the operation itself."""
    pages = Pages(DescribeThings(), limit=5)
    read(Listing(NAMES, 5), pages)
    assert pages.resume_token == "at:5"


def test_before_the_first_page_the_resume_token_begins_at_the_beginning() -> None:
    """It is not None, which would say that nothing is left."""
    token = Pages(DescribeThings()).resume_token
    assert token == "ec2query:0:"
    assert read(Listing(NAMES, 4), Pages(DescribeThings(), starting_token=token)) == list(NAMES)


@pytest.mark.parametrize("given", range(12))
def test_entries_given_one_by_one_are_counted_one_by_one(given: int) -> None:
    """An iteration left in the middle of a page resumes with the next entry."""
    pages = Pages(DescribeThings())
    listing = Listing(NAMES, 4)
    left = given
    while left and (request := pages.next_request()) is not None:
        for _ in list(items_of(pages.open(listing.answer(request))))[:left]:
            pages.give(1)
            left -= 1
    token = pages.resume_token
    if given == len(NAMES):
        assert token is None
    else:
        rest = Pages(DescribeThings(), starting_token=token)
        assert read(Listing(NAMES, 4), rest) == list(NAMES[given:])


def test_a_cut_result_keeps_everything_else() -> None:
    """Only the list is cut, and the request id stays."""
    whole = replace(Listing(NAMES, 3).answer(DescribeThings()), request_id="r-1")
    cut = Pages(DescribeThings(), limit=1).accept(whole)
    assert (cut.things, cut.owner, cut.request_id) == (whole.things[:1], "1", "r-1")


def test_a_result_that_lacks_a_required_member_can_be_cut() -> None:
    """An answer may lack what its type requires."""
    bare = DescribeThingsResult.__new__(DescribeThingsResult)
    object.__setattr__(bare, "things", (Thing(name="a"), Thing(name="b")))
    assert Pages(DescribeThings(), limit=1).accept(bare).things == (Thing(name="a"),)


def test_an_empty_page_does_not_end_the_iteration() -> None:
    """A filter may leave a page empty; only a missing token ends."""
    pages = Pages(DescribeThings())
    assert pages.accept(DescribeThingsResult(next_token="more", owner="1")).things == ()
    assert pages.next_request() == DescribeThings(next_token="more")


def test_an_empty_token_ends() -> None:
    """EC2 may answer with an empty nextToken element on the last page."""
    pages = Pages(DescribeThings())
    pages.accept(DescribeThingsResult(next_token="", owner="1"))
    assert pages.next_request() is None
    assert pages.resume_token is None


@pytest.mark.parametrize("tokens", [("a", "a"), ("a", "b", "a"), ("a", "b", "c", "b")])
def test_a_repeated_token_is_an_error_and_not_a_loop(tokens: tuple[str, ...]) -> None:
    """Also where it comes back after other tokens."""
    pages = Pages(DescribeThings())
    for token in tokens[:-1]:
        pages.accept(DescribeThingsResult(next_token=token, owner="1"))
    with pytest.raises(ResponseError, match=r"DescribeThings: .*NextToken"):
        pages.accept(DescribeThingsResult(next_token=tokens[-1], owner="1"))


def test_the_starting_token_itself_counts_as_seen() -> None:
    """A page that points to itself is caught on the first answer."""
    pages = Pages(DescribeThings(), starting_token="a")
    with pytest.raises(ResponseError):
        pages.accept(DescribeThingsResult(next_token="a", owner="1"))


@pytest.mark.parametrize(
    ("operation", "options", "where"),
    [
        (DescribeThings(), {"page_size": 0}, "page_size"),
        (DescribeThings(), {"page_size": True}, "page_size"),
        (DescribeThings(), {"limit": 0}, "limit"),
        (DescribeThings(), {"limit": -1}, "limit"),
        (DescribeThings(next_token="a"), {"starting_token": "b"}, "starting_token"),
        (DescribeThings(), {"starting_token": "ec2query:x:y"}, "starting_token"),
        (DescribeThings(), {"starting_token": "ec2query:3"}, "starting_token"),
        (DescribePairs(), {"page_size": 5}, "DescribePairs page_size"),
        (DescribePairs(), {"limit": 5}, "DescribePairsResult"),
        (DescribePairs(), {"starting_token": "ec2query:1:y"}, "DescribePairsResult"),
    ],
)
def test_what_cannot_be_paged_so_is_refused_at_once(
    operation: Operation[Result], options: dict[str, Any], where: str
) -> None:
    """The error names the argument or the type."""
    with pytest.raises(ParameterError) as caught:
        Pages(operation, **options)
    assert caught.value.where == where


def test_an_operation_may_begin_with_its_own_token() -> None:
    """A next_token in the operation is where the iteration starts."""
    assert read(Listing(NAMES, 4), Pages(DescribeThings(next_token="at:8"))) == ["i", "j", "k"]


def test_several_lists_are_named_in_the_error() -> None:
    """Entries can be iterated only where the result has one list."""
    assert list_member(DescribeThingsResult) == "things"
    with pytest.raises(ParameterError, match="lefts, rights"):
        items_of(DescribePairsResult())
    with pytest.raises(ParameterError, match="none"):
        list_member(result_of(StopThing))


def test_results_with_several_lists_are_still_paged() -> None:
    """Whole results need no one list."""
    pages = Pages(DescribePairs())
    page = DescribePairsResult(lefts=["a"], rights=["b"], next_token="t")
    assert pages.accept(page) == page
    assert pages.resume_token == "t"
    pages.accept(DescribePairsResult(lefts=["c"]))
    assert pages.next_request() is None


def test_a_flow_can_read_every_page() -> None:
    """`every_page` calls until the last page."""
    listing = Listing(NAMES, 4)

    def call(operation: Operation[Any]) -> Flow[Any]:
        return listing.answer(operation)
        yield

    flow = every_page(DescribeThings(), call, page_size=6)
    with pytest.raises(StopIteration) as ended:
        next(flow)
    results = cast("tuple[DescribeThingsResult, ...]", ended.value.value)
    assert [len(result.things) for result in results] == [6, 5]
