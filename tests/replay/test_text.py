"""Bytes as lines, and back."""

from __future__ import annotations

import random

import pytest

from ec2query.replay.text import body_line, body_lines, escape, unescape

LINES = [
    (b"plain text", "plain text"),
    ("é 雲".encode(), "é 雲"),
    (b"back\\slash", r"back\\slash"),
    (b"a\tb\r\nc", r"a\tb\r\nc"),
    (b"\x00\x1b\x7f", r"\x00\x1b\x7f"),
    (b"\xff\xfe", r"\xff\xfe"),
    ("\u202e\ufeff\u2028".encode(), r"\xe2\x80\xae\xef\xbb\xbf\xe2\x80\xa8"),
    (b"trailing ", r"trailing\x20"),
    (b"", ""),
]


@pytest.mark.parametrize(("data", "line"), LINES)
def test_what_can_be_seen_stays_and_the_rest_is_escaped(data: bytes, line: str) -> None:
    """A line holds no control character, no blank at its end, and everything it stands for."""
    assert escape(data) == line
    assert unescape(line) == data


@pytest.mark.parametrize("line", [r"\q", r"\x4", r"\xAG", "\\", r"\X41"])
def test_an_escape_that_there_is_not_is_refused(line: str) -> None:
    """Nothing is guessed."""
    with pytest.raises(ValueError, match=r"\\"):
        unescape(line)


BODIES = [
    (b"<a><b>1</b><c/></a>", ["<a>\\", "  <b>1</b>\\", "  <c/>\\", "</a>\\"]),
    (b"<?xml?>\n<a>\n  <b/>\n</a>\n", ["<?xml?>", "<a>", "  <b/>", "</a>"]),
    (b"<a><b", ["<a>\\", "  <b\\"]),
    (b"--- expected\n", [r"\x2d-- expected"]),
    (b"no XML ><", ["no XML ><\\"]),
    (b"</a></a></a>", ["</a>\\", "</a>\\", "</a>\\"]),
    (b"\n\n", ["", ""]),
    (b"", []),
]


@pytest.mark.parametrize(("body", "lines"), BODIES)
def test_a_body_is_shown_an_element_a_line(body: bytes, lines: list[str]) -> None:
    """A line that goes on ends in a backslash; margins are layout."""
    assert [line.lstrip() if line.startswith("</") else line for line in body_lines(body)] == lines
    assert read(lines) == body


PIECES = [b"<a>", b"</a>", b"<b/>", b"\\", b"\n", b" ", b"--- expected", b"\r", b"\xff", b"\xc3\xa9", b"text"]


def test_any_bytes_come_back() -> None:
    """Whatever a body holds, its lines hold no line end and give the same bytes."""
    draw = random.Random(0)
    for _ in range(5000):
        body = b"".join(draw.choices([*PIECES, b"\xef\xbb\xbf", b"\xe2\x80\xa8"], k=draw.randrange(12)))
        lines = list(body_lines(body))
        assert not any("\n" in line or line.startswith("--- ") for line in lines)
        assert read(lines) == body


def read(lines: list[str]) -> bytes:
    pieces, goes_on = list[bytes](), False
    for line in lines:
        piece, goes_on = body_line(line, continued=goes_on)
        pieces.append(piece)
    return b"".join(pieces)
