"""`ec2query.protocol.xml`: the reader under all documents, and what it costs."""

from __future__ import annotations

import contextlib
import gc

import pytest

from ec2query.errors import Ec2QueryError
from ec2query.protocol.parse import parse
from ec2query.protocol.raw import RawDecoder
from ec2query.protocol.xml import Limits, MalformedXml, XmlReader
from support.toy import Do


class Counting:
    """Stands before a parser and counts the bytes that it must look at, those of an unfinished tag again."""

    def __init__(self, reader: XmlReader) -> None:
        self._parser = reader.parser
        self._given = 0
        self.scanned = 0

    def __getattr__(self, name: str) -> object:
        return getattr(self._parser, name)

    def Parse(self, data: bytes, final: bool = False, /) -> int:
        self.scanned += self._given - max(self._parser.CurrentByteIndex, 0) + len(data)
        self._given += len(data)
        return self._parser.Parse(data, final)


UNFINISHED = {
    "a tag": b"<a><" + b"b" * 300_000,
    "an attribute": b"<a b='" + b"c" * 300_000,
    "a comment": b"<a><!--" + b"c" * 300_000,
    "an instruction": b"<?a " + b"c" * 300_000,
}


@pytest.mark.parametrize("name", UNFINISHED)
@pytest.mark.parametrize("size", [1, 1000, 100_000])
def test_a_tag_without_end_is_scanned_a_few_times_at_most(name: str, size: int) -> None:
    """However small the pieces in which it comes."""
    data = UNFINISHED[name]
    reader = XmlReader(Limits())
    reader.parser = counting = Counting(reader)  # type: ignore[assignment]  # pyright: ignore[reportAttributeAccessIssue]
    for begin in range(0, len(data), size):
        reader.feed(data[begin : begin + size])
    assert counting.scanned < 5 * len(data)
    with pytest.raises(MalformedXml, match="well-formed"):
        reader.close()


def read(document: bytes, limits: Limits, size: int) -> None:
    reader = XmlReader(limits)
    reader.on(lambda tag, attributes: None, lambda tag: None)
    for begin in range(0, len(document), size):
        reader.feed(document[begin : begin + size])
    reader.close()


@pytest.mark.parametrize("size", [1, 64, 5000])
def test_a_tag_over_the_limit_is_refused(size: int) -> None:
    """It is, however it comes; one that is as long as allowed is not."""
    with pytest.raises(MalformedXml, match="one tag is longer than 1000 bytes"):
        read(b"<" + b"a" * 10_000 + b"/>", Limits(token=1000), size)
    read(b"<" + b"a" * 997 + b"/>", Limits(token=1000), size)


@pytest.mark.parametrize("size", [1, 1000, 10_000_000])
def test_names_are_counted(size: int) -> None:
    """The parser keeps every name: there may not be a million, but one may come a million times."""
    document = b"<a>" + b"".join(b"<n%d/>" % number for number in range(60_000))
    with pytest.raises(MalformedXml, match="more than 20000 different names"):
        read(document, Limits(), size)
    read(b"<a>" + b"<n/>" * 60_000 + b"</a>", Limits(), size)


@pytest.mark.parametrize("size", [1, 3, 1000])
def test_pieces_may_be_views(size: int) -> None:
    """Nothing has to be copied to be cut."""
    begun: list[str] = []
    reader = XmlReader(Limits())
    reader.on(lambda tag, attributes: begun.append(tag), lambda tag: None)
    whole = memoryview(b"<a>" + b"<bcdefgh ijk='lmn'/>" * 100 + b"</a>")
    for begin in range(0, len(whole), size):
        reader.feed(whole[begin : begin + size])
    reader.close()
    assert begun == ["a", *["bcdefgh"] * 100]


ANSWERS = {
    "a result": (200, b"<DoResponse><leafSet><item><key>k</key></item></leafSet></DoResponse>"),
    "an error document": (400, b"<Response><Errors><Error><Code>A</Code></Error></Errors></Response>"),
    "an error document with status 200": (200, b"<Response><Errors><Error/></Errors></Response>"),
    "a refused answer": (200, b"<DoResponse><leafSet><item><key>k</key></item></leafSet><whole>x"),
    "malformed": (200, b"<DoResponse><leafSet><item></leafSet>"),
    "cut off": (200, b"<DoResponse><leafSet><item>"),
    "empty": (200, b""),
}


@pytest.mark.parametrize("name", ANSWERS)
def test_nothing_of_an_answer_is_left_in_circles(name: str) -> None:
    """What was read is freed when it is let go of, and does not wait for the garbage collector."""
    status, body = ANSWERS[name]
    left = 1
    for _ in range(2):  # the first one also fills tables that stay
        gc.collect()
        gc.disable()
        try:
            with contextlib.suppress(Ec2QueryError):
                parse(Do, status, {}, body)
            raw: RawDecoder | None = RawDecoder("Do", status, {}, limits=Limits())
            with contextlib.suppress(Ec2QueryError):
                assert raw is not None
                raw.feed(body)
                raw.close()
            raw = None
            left = gc.collect()
        finally:
            gc.enable()
    assert left == 0
