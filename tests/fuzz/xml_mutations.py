"""Mutations of XML by its tags: elements are repeated, dropped, moved, renamed, wrapped and filled."""

from __future__ import annotations

import re
from collections.abc import Callable

from fuzz.mutations import Draw, Mutation, with_tokens
from fuzz.tokens import DATES, NUMBERS, TOKENS, XML_TOKENS

__all__ = ["XML"]

_TAG = re.compile(rb"(<[^<>]*>)")
_NAME = re.compile(rb"</?([^\s/>]+)")
_NAMES = (
    b"item",
    b"member",
    b"x",
    b"Response",
    b"Errors",
    b"Error",
    b"Code",
    b"requestId",
    b"a:b",
    b"tagSet",
)

# Pieces: text, tag, text, tag ... text; an element is a slice from its start tag to its end tag.
_Change = Callable[["list[bytes]", int, int, Draw], None]


def _elements(change: _Change) -> Mutation:
    def mutate(data: bytes, draw: Draw) -> bytes:
        pieces = _TAG.split(data)
        tags = range(1, len(pieces), 2)
        if not tags:
            return data + draw.choice(XML_TOKENS)
        begin = draw.choice(tags)
        change(pieces, begin, _end(pieces, begin), draw)
        return b"".join(pieces)

    return mutate


def _end(pieces: list[bytes], begin: int) -> int:
    """Find the index behind an element's last piece: that of its tag where it has no end."""
    depth = 0
    for at in range(begin, len(pieces), 2):
        tag = pieces[at]
        if tag.startswith(b"</"):
            depth -= 1
        elif not tag.endswith(b"/>") and not tag.startswith((b"<!", b"<?")):
            depth += 1
        if depth <= 0:
            return at + 1
    return begin + 1


def _repeated(pieces: list[bytes], begin: int, end: int, draw: Draw) -> None:
    pieces[end:end] = pieces[begin:end] * draw.choice((1, 1, 2, 20))


def _dropped(pieces: list[bytes], begin: int, end: int, draw: Draw) -> None:
    del pieces[begin : draw.choice((end, begin + 1))]


def _moved(pieces: list[bytes], begin: int, end: int, draw: Draw) -> None:
    piece = b"".join(pieces[begin:end])
    pieces[begin:end] = []
    pieces.insert(draw.randrange(len(pieces) + 1), piece)


def _renamed(pieces: list[bytes], begin: int, end: int, draw: Draw) -> None:
    found = _NAME.match(pieces[begin])
    if found is None:
        return
    other = _NAME.match(draw.choice(pieces[1::2]))
    name = draw.choice((*_NAMES, other[1] if other else b"y"))
    for at in (begin, end - 1) if draw.random() < 0.9 else (begin,):
        pieces[at] = pieces[at].replace(found[1], name, 1)


def _wrapped(pieces: list[bytes], begin: int, end: int, draw: Draw) -> None:
    name, times = draw.choice(_NAMES), draw.choice((1, 1, 2, 5, 100))
    pieces.insert(end, b"</%b>" % name * times)
    pieces.insert(begin, b"<%b>" % name * times)


def _filled(pieces: list[bytes], begin: int, end: int, draw: Draw) -> None:
    """Put a text where there may be none, or in another's place."""
    at = min(begin + 1, len(pieces) - 1)
    text = draw.choice(draw.choice((NUMBERS, DATES, TOKENS)))
    pieces[at] = text if draw.random() < 0.7 else pieces[at] + text


def _attributed(pieces: list[bytes], begin: int, end: int, draw: Draw) -> None:
    added = b"".join(
        b" a%d='%b'" % (number, draw.choice(_NAMES)) for number in range(draw.choice((1, 3, 300)))
    )
    pieces[begin] = pieces[begin].rstrip(b"/>") + draw.choice((added, b" a='' a=''", b" xmlns='y'")) + b">"


XML: tuple[Mutation, ...] = (
    *map(_elements, (_repeated, _dropped, _moved, _renamed, _wrapped, _filled, _filled, _attributed)),
    with_tokens(XML_TOKENS),
)
