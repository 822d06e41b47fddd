"""Mutations that know nothing of a format but its bytes, its lines or its pairs."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from typing import TypeAlias

from fuzz.tokens import TOKENS

__all__ = ["BYTES", "Draw", "Mutation", "form", "lines", "with_tokens"]

Draw: TypeAlias = random.Random
Mutation: TypeAlias = Callable[[bytes, Draw], bytes]


def _slice(size: int, draw: Draw) -> tuple[int, int]:
    """Draw a begin and an end: mostly near one another."""
    begin = draw.randrange(size + 1)
    return begin, min(size, begin + draw.choice((1, 1, 2, 4, 8, 16, 64, 256)))


def _flip(data: bytes, draw: Draw) -> bytes:
    if not data:
        return draw.randbytes(3)
    changed = bytearray(data)
    for _ in range(draw.choice((1, 1, 2, 5))):
        changed[draw.randrange(len(data))] ^= 1 << draw.randrange(8)
    return bytes(changed)


def _overwrite(data: bytes, draw: Draw) -> bytes:
    begin, end = _slice(len(data), draw)
    return data[:begin] + draw.randbytes(end - begin) + data[end:]


def _delete(data: bytes, draw: Draw) -> bytes:
    begin, end = _slice(len(data), draw)
    return data[:begin] + data[end:]


def _repeat(data: bytes, draw: Draw) -> bytes:
    begin, end = _slice(len(data), draw)
    return data[:end] + data[begin:end] * draw.choice((1, 1, 2, 10, 100)) + data[end:]


def _swell(data: bytes, draw: Draw) -> bytes:
    """Make it long, now and then: what takes quadratic time shows itself."""
    if draw.random() < 0.95:
        return _repeat(data, draw)
    begin, end = _slice(len(data), draw)
    piece = data[begin:end] or b"x"
    return data[:begin] + piece * (draw.choice((10_000, 100_000)) // len(piece)) + data[end:]


def _truncate(data: bytes, draw: Draw) -> bytes:
    return data[: draw.randrange(len(data) + 1)]


def _move(data: bytes, draw: Draw) -> bytes:
    begin, end = _slice(len(data), draw)
    piece, rest = data[begin:end], data[:begin] + data[end:]
    to = draw.randrange(len(rest) + 1)
    return rest[:to] + piece + rest[to:]


def _recode(data: bytes, draw: Draw) -> bytes:
    """Write the text in another encoding, with or without its mark."""
    if draw.random() < 0.8:
        return _flip(data, draw)
    encoding = draw.choice(("utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-8-sig", "utf-7", "cp037"))
    return data.decode("utf-8", "replace").encode(encoding, "replace")


def with_tokens(tokens: Sequence[bytes]) -> Mutation:
    """Make a mutation that inserts or puts one of `tokens` in place of something."""

    def insert(data: bytes, draw: Draw) -> bytes:
        begin, end = _slice(len(data), draw)
        return data[:begin] + draw.choice(tokens) + data[end if draw.random() < 0.3 else begin :]

    return insert


BYTES: tuple[Mutation, ...] = (
    *(_flip, _overwrite, _delete, _repeat, _swell, _truncate, _move, _recode),
    with_tokens(TOKENS),
)


def _pieces(separator: bytes, change: Callable[[list[bytes], int, Draw], None]) -> Mutation:
    def mutate(data: bytes, draw: Draw) -> bytes:
        pieces = data.split(separator)
        change(pieces, draw.randrange(len(pieces)), draw)
        return separator.join(pieces)

    return mutate


def lines(words: Sequence[bytes], separator: bytes = b"\n") -> tuple[Mutation, ...]:
    """Make mutations of lines `key = value`; `words` are lines, keys and values of the format."""

    def twice(pieces: list[bytes], at: int, draw: Draw) -> None:
        pieces[at:at] = [pieces[at]] * draw.choice((1, 1, 1, 30))

    def gone(pieces: list[bytes], at: int, draw: Draw) -> None:
        del pieces[at]

    def swapped(pieces: list[bytes], at: int, draw: Draw) -> None:
        other = draw.randrange(len(pieces))
        pieces[at], pieces[other] = pieces[other], pieces[at]

    def indented(pieces: list[bytes], at: int, draw: Draw) -> None:
        pieces[at] = draw.choice((b" ", b"\t", b"    ", "\u00a0".encode(), b"\x0c")) + pieces[at]

    def added(pieces: list[bytes], at: int, draw: Draw) -> None:
        pieces.insert(at, draw.choice(words))

    def revalued(pieces: list[bytes], at: int, draw: Draw) -> None:
        for sign in (b"=", b":"):
            key, found, _ = pieces[at].partition(sign)
            if found:
                value = draw.choice((draw.choice(words), draw.choice(TOKENS), draw.choice(pieces)))
                pieces[at] = key + found + draw.choice((b"", b" ")) + value
                return

    return tuple(_pieces(separator, each) for each in (twice, gone, swapped, indented, added, revalued))


def form(words: Sequence[bytes]) -> tuple[Mutation, ...]:
    """Make mutations of form pairs: their keys' parts and indices, and their values."""

    def rekeyed(pieces: list[bytes], at: int, draw: Draw) -> None:
        key, sign, value = pieces[at].partition(b"=")
        parts = key.split(b".")
        where = draw.randrange(len(parts))
        indices = (b"0", b"1", b"01", b"-1", b"999999999", b"9" * 30, b"N", b"", b"1.1", "²".encode())
        parts[where] = draw.choice((draw.choice(words), draw.choice(indices), parts[where].lower()))
        pieces[at] = b".".join(parts) + sign + value

    def deeper(pieces: list[bytes], at: int, draw: Draw) -> None:
        key, sign, value = pieces[at].partition(b"=")
        pieces[at] = key + b".1" * draw.choice((1, 2, 40)) + sign + value

    changed = (_pieces(b"&", rekeyed), _pieces(b"&", deeper))
    return (*lines(words, b"&"), *changed)
