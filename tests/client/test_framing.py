"""Where a body ends: as h11 has it, for any bytes in any pieces, but in linear time and in bounds."""

from __future__ import annotations

import itertools
import random
from collections.abc import Callable

import h11
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ec2query.client.framing import Chunks, Framing, Length, ToTheEnd

MEBI = 1024 * 1024


def read(framing: Framing, data: bytes, size: int = 0) -> bytes:
    """Give a framing all of `data` in pieces of `size` bytes (0: at once), until it is done or refuses."""
    body, step = b"", size or max(len(data), 1)
    for at in range(0, len(data), step):
        if framing.done or framing.fault is not None:
            framing.over = framing.over or framing.done
            break
        body += framing.read(data[at : at + step])
    return body


# The framing, what comes, the body, and whether something was left over.
WHOLE: dict[str, tuple[Callable[[], Framing], bytes, bytes, bool]] = {
    "a length": (lambda: Length(3), b"abc", b"abc", False),
    "more than the length": (lambda: Length(3), b"abcd", b"abc", True),
    "no length": (lambda: Length(0), b"", b"", False),
    "something after nothing": (lambda: Length(0), b"a", b"", True),
    "one chunk": (Chunks, b"3\r\nabc\r\n0\r\n\r\n", b"abc", False),
    "no chunk": (Chunks, b"0\r\n\r\n", b"", False),
    "two chunks": (Chunks, b"1\r\na\r\n00B\r\nbcdefghijkl\r\n0\r\n\r\n", b"abcdefghijkl", False),
    "blanks after a size": (Chunks, b"1 \t\r\na\r\n0 \r\n\r\n", b"a", False),
    "lines within a chunk": (Chunks, b"6\r\n\r\n0\r\n\r\r\n0\r\n\r\n", b"\r\n0\r\n\r", False),
    "extensions": (Chunks, b'1;a=b\r\na\r\n1; c="d;e"\r\nb\r\n0;f\r\n\r\n', b"ab", False),
    "trailers": (Chunks, b"1\r\na\r\n0\r\nA: b\r\nC:\r\n\r\n", b"a", False),
    "an answer after the chunks": (Chunks, b"1\r\na\r\n0\r\n\r\nHTTP/1.1 200 OK\r\n", b"a", True),
}


@pytest.mark.parametrize("size", [0, 1, 2, 3, 7])
@pytest.mark.parametrize("case", WHOLE)
def test_a_body_is_read(case: str, size: int) -> None:
    """However the bytes come: the body, and whether anything followed it."""
    make, data, body, over = WHOLE[case]
    framing = make()
    assert read(framing, data, size) == body
    assert (framing.done, framing.over or (size > 0 and over), framing.fault) == (True, over, None)


def test_the_end_of_the_connection_is_an_end_where_nothing_else_says_it() -> None:
    """Whatever came before belongs to the body."""
    framing = ToTheEnd()
    assert (framing.read(b"ab"), framing.read(b"c"), framing.done) == (b"ab", b"c", False)
    framing.end()
    assert (framing.done, framing.fault) == (True, None)


@pytest.mark.parametrize("data", [b"3\r\nabc\r\n0\r\n\r\n", b"1;a\r\na\r\n0\r\nA: b\r\n\r\n"])
def test_an_early_end_is_a_fault(data: bytes) -> None:
    """At each byte but the last; afterwards it is none."""
    for end in range(len(data)):
        framing = Chunks()
        read(framing, data[:end])
        framing.end()
        assert framing.fault == "the connection ended before the last chunk"
    whole = Chunks()
    read(whole, data)
    whole.end()
    assert whole.fault is None
    short = Length(3)
    short.read(b"ab")
    short.end()
    assert short.fault == "the connection ended 1 bytes before the body"


FAULTS: dict[str, tuple[bytes, str]] = {
    "no size": (b"\r\n", "a line between the chunks is none"),
    "letters": (b"xyz\r\n", "a line between the chunks is none"),
    "a sign": (b"-1\r\n", "a line between the chunks is none"),
    "a prefix": (b"0x1\r\n", "a line between the chunks is none"),
    "an underscore": (b"1_0\r\n", "a line between the chunks is none"),
    "a blank in front": (b" 1\r\n", "a line between the chunks is none"),
    "a blank before an extension": (b"1 ;a\r\n", "a line between the chunks is none"),
    "two to the 64th": (b"10000000000000000\r\n", "a line between the chunks is none"),
    "a bare CR": (b"1\ra\r\n", "a line between the chunks is none"),
    "a bare LF": (b"1;\na\r\n", "a line between the chunks is none"),
    "a bare LF for a line's end": (b"1\na\n0\n\n\r\n", "a line between the chunks is none"),
    "NUL in an extension": (b"1;\0\r\n", "a line between the chunks is none"),
    "a bare LF for the last line's end": (b"0\r\n\n", "a line between the chunks is none"),
    "a chunk longer than its size": (b"1\r\nab\r\n0\r\n\r\n", "longer than it said"),
    "a chunk longer by an end": (b"1\r\na\n\r\n0\r\n\r\n", "longer than it said"),
    "a chunk without its end": (b"1\r\na0\r\n\r\n", "longer than it said"),
    "a trailer without a colon": (b"0\r\nabc\r\n\r\n", "a line between the chunks is none"),
    "a trailer without a name": (b"0\r\n: b\r\n\r\n", "a line between the chunks is none"),
    "a folded trailer": (b"0\r\nA: b\r\n c\r\n\r\n", "a line between the chunks is none"),
    "NUL in a trailer": (b"0\r\nA: \0\r\n\r\n", "a line between the chunks is none"),
    "an extension without end": (b"1;" + b"a" * MEBI, "too long"),
    "a long extension": (b"1;" + b"a" * 20_000 + b"\r\na\r\n0\r\n\r\n", "too long"),
    "an extension to each chunk": (b"1;aaaaaaaa\r\na\r\n" * 5000, "too long"),
    "blanks without end": (b"1" + b" " * MEBI, "too long"),
    "blanks and a line": (b"1;" + b" " * MEBI + b"\n\r\n", "too long"),
    "a trailer without end": (b"0\r\nA: " + b"a" * MEBI, "too long"),
    "trailers without end": (b"0\r\n" + b"A: b\r\n" * 100_000, "too long"),
    "a size without end": (b"0" * MEBI, "too long"),
}


@pytest.mark.parametrize("size", [0, 1000, 3])
@pytest.mark.parametrize("case", FAULTS)
def test_what_is_no_chunk_is_a_fault(case: str, size: int) -> None:
    """It is told once, and nothing that comes later mends it."""
    data, words = FAULTS[case]
    framing = Chunks()
    read(framing, data[: 40_000 if size == 3 else None], size)
    assert framing.fault is not None
    assert words in framing.fault
    assert not framing.done
    framing.read(b"0\r\n\r\n")
    assert framing.fault is not None


def test_a_chunk_may_be_as_long_as_it_likes() -> None:
    """Its bytes are passed on as they come, and none is kept."""
    framing = Chunks()
    assert framing.read(b"ffffffffffffffff\r\n") == b""
    for _ in range(10):
        assert len(framing.read(b"x" * MEBI)) == MEBI
    framing.end()
    assert framing.fault == "the connection ended before the last chunk"


def test_what_is_aside_is_bounded_but_chunks_are_not() -> None:
    """Two hundred thousand chunks of one byte are a body like any other."""
    framing = Chunks()
    assert read(framing, b"1\r\na\r\n" * 200_000 + b"0\r\n\r\n", 65536) == b"a" * 200_000
    assert framing.done


def peer(data: bytes, cuts: list[int]) -> tuple[bytes, bool, bool]:
    """What h11 makes of the same: the body, whether it is whole, whether it was refused."""
    connection = h11.Connection(h11.CLIENT)
    connection.send(h11.Request(method="GET", target="/", headers=[("host", "x")]))
    connection.send(h11.EndOfMessage())
    connection.receive_data(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
    body = b""
    try:
        for piece in pieces(data, cuts):
            connection.receive_data(piece)
            while (event := connection.next_event()) is not h11.NEED_DATA:
                if isinstance(event, h11.Data):
                    body += bytes(event.data)
                elif isinstance(event, h11.EndOfMessage) or event is h11.PAUSED:
                    return body, True, False
    except h11.RemoteProtocolError:
        return body, False, True
    return body, False, False


def pieces(data: bytes, cuts: list[int]) -> list[bytes]:
    places = sorted({0, len(data), *(cut % (len(data) + 1) for cut in cuts)})
    return [data[a:b] for a, b in itertools.pairwise(places)]


def drawn(draw: random.Random) -> bytes:
    """Chunks as they should be, and now and then a byte that should not."""
    parts = []
    for _ in range(draw.randrange(5)):
        body = draw.randbytes(draw.randrange(1, 20))
        extension = draw.choice([b"", b"", b";a", b"; b=c", b" "])
        parts.append(b"%x%b\r\n%b\r\n" % (len(body), extension, body))
    parts.append(b"0\r\n" + draw.choice([b"", b"", b"A: b\r\n", b"A:\r\nB: c d\r\n"]) + b"\r\n")
    data = bytearray(b"".join(parts))
    for _ in range(draw.choice([0, 0, 1, 2])):
        at = draw.randrange(len(data))
        data[at : at + draw.randrange(3)] = draw.choice([b"", b"\n", b"\r", b"0", b"a", b";", b" ", b"\r\n"])
    return bytes(data)


@given(st.randoms(use_true_random=False), st.lists(st.integers(0, 1000), max_size=5))
def test_bodies_are_h11s(draw: random.Random, cuts: list[int]) -> None:
    """The same body and the same end, or h11 takes what we refuse: never the other way round."""
    data = drawn(draw)
    framing, body = Chunks(), b""
    for piece in pieces(data, cuts):
        if not framing.done and framing.fault is None:
            body += framing.read(piece)
    their_body, their_done, refused = peer(data, cuts)
    if framing.done:
        assert (body, True, False) == (their_body, their_done, refused)
    elif framing.fault is None:
        assert (body, False) == (their_body, refused)
