"""Encodings: those that every XML processor must know are read, all others refused, whoever names them.

The document decides, as https://www.rfc-editor.org/rfc/rfc7303#section-3 has it for a byte order mark
and EC2's answers always have it: a charset in the header changes nothing.
"""

from __future__ import annotations

import codecs

import pytest

from ec2query import ResponseError, ServiceError, ec2
from ec2query.protocol.parse import parse
from support.hostile import WAYS, answering, ask

TEXT = "é€😀"


def document(declared: str | None, text: str = TEXT) -> str:
    declaration = f"<?xml version='1.0' encoding='{declared}'?>" if declared else ""
    return f"{declaration}<DescribeVpcsResponse><nextToken>{text}</nextToken></DescribeVpcsResponse>"


def read(body: bytes, charset: str = "") -> str | None:
    headers = {"content-type": f"text/xml;charset={charset}"} if charset else {}
    return parse(ec2.DescribeVpcs, 200, headers, body).next_token


GOOD: dict[str, tuple[bytes, str]] = {
    "UTF-8": (document("UTF-8").encode(), TEXT),
    "UTF-8, not declared": (document(None).encode(), TEXT),
    "UTF-8 in small letters": (document("utf-8").encode(), TEXT),
    "UTF-8 with a mark": (codecs.BOM_UTF8 + document("UTF-8").encode(), TEXT),
    "UTF-16 with a mark": (document("UTF-16").encode("utf-16"), TEXT),
    "UTF-16, big end first": (codecs.BOM_UTF16_BE + document("UTF-16").encode("utf-16-be"), TEXT),
    "UTF-16, not declared": (document(None).encode("utf-16"), TEXT),
    "UTF-16 by its full name": (codecs.BOM_UTF16_LE + document("UTF-16LE").encode("utf-16-le"), TEXT),
    "Latin 1": (document("ISO-8859-1", "é").encode("latin-1"), "é"),
    "ASCII": (document("US-ASCII", "e").encode(), "e"),
}


@pytest.mark.parametrize("charset", ["", "utf-8", "ISO-8859-1", "utf-7", "x" * 10_000, '"'])
@pytest.mark.parametrize("name", GOOD)
def test_what_is_read(name: str, charset: str) -> None:
    """Whatever the header says beside it."""
    body, text = GOOD[name]
    assert read(body, charset) == text


UNKNOWN = [
    *("utf-7", "UTF7", "unicode-1-1-utf-7", "utf-32", "UCS-4", "cp1252", "windows-1252", "latin-1", "ascii"),
    *("cp037", "IBM1047", "EBCDIC-CP-US", "shift_jis", "gb18030", "iso-2022-jp", "hz", "big5", "koi8-r"),
    *("idna", "punycode", "rot13", "hex", "base64", "zlib", "raw_unicode_escape", "unicode_escape", "mbcs"),
    *("utf-8-sig", "utf_8", "UTF8", "klingon", "x", "x" * 1000, "utf-8.", "undefined"),
]


@pytest.mark.parametrize("name", UNKNOWN)
def test_what_else_is_declared_is_refused(name: str) -> None:
    """Whether Python has a codec of that name or not."""
    with pytest.raises(ResponseError, match=r"encoding .* is refused") as caught:
        read(document(name, "e").encode())
    assert len(str(caught.value)) < 400


CONTRADICTIONS: dict[str, bytes] = {
    "UTF-7": b"+ADw-DescribeVpcsResponse/+AD4-",
    "UTF-7 with a mark": b"+/v8" + document("utf-7").encode("utf-7"),
    "UTF-32": document(None).encode("utf-32"),
    "UTF-32, big end first": codecs.BOM_UTF32_BE + document("UTF-32").encode("utf-32-be"),
    "UTF-32 without a mark": document(None).encode("utf-32-le"),
    "EBCDIC": document("cp037", "e").encode("cp037"),
    "UTF-8 that says UTF-16": document("UTF-16").encode(),
    "UTF-16 that says UTF-8": document("UTF-8").encode("utf-16"),
    "UTF-16 that says Latin 1": document("ISO-8859-1").encode("utf-16"),
    "UTF-16 of the other end": codecs.BOM_UTF16_LE + document(None).encode("utf-16-be"),
    "half of UTF-16": document(None).encode("utf-16")[:-1],
    "a lone surrogate in UTF-16": document(None, "X").encode("utf-16").replace(b"X\0", b"\0\xd8"),
    "Latin 1 that says UTF-8": document("UTF-8", "é").encode("latin-1"),
    "Latin 1 that says nothing": document(None, "é").encode("latin-1"),
    "beyond ASCII": document("US-ASCII", "é").encode(),
    "a mark in the middle": document(None, "X").encode().replace(b"X", b"\xff\xfe"),
    "two marks": codecs.BOM_UTF8 * 2 + document(None).encode(),
    "nothing but a mark": codecs.BOM_UTF8,
    "overlong slashes": document(None, "X").encode().replace(b"X", b"\xc0\xaf"),
    "a surrogate in UTF-8": document(None, "X").encode().replace(b"X", b"\xed\xa0\x80"),
    "beyond Unicode in UTF-8": document(None, "X").encode().replace(b"X", b"\xf5\x80\x80\x80"),
    "a character cut off": document(None, "X").encode().replace(b"X", b"\xe2\x82"),
    "a declaration too late": b" " + document("UTF-8").encode(),
    "two declarations": b"<?xml version='1.0'?>" + document("UTF-8").encode(),
}


@pytest.mark.parametrize("charset", ["", "utf-8", "utf-16", "utf-7"])
@pytest.mark.parametrize("name", CONTRADICTIONS)
def test_bytes_that_contradict_what_they_say_are_refused(name: str, charset: str) -> None:
    """Nothing is guessed."""
    with pytest.raises(ResponseError):
        read(CONTRADICTIONS[name], charset)


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("name", CONTRADICTIONS)
def test_through_a_client(name: str, way: str) -> None:
    """An answer and an error answer: either is one of our errors."""
    headers = {"content-type": "text/xml;charset=utf-7"}
    with pytest.raises(ResponseError):
        ask(way, ec2.DescribeVpcs(), answering(CONTRADICTIONS[name], 200, headers))
    with pytest.raises((ResponseError, ServiceError)):
        ask(way, ec2.DescribeVpcs(), answering(CONTRADICTIONS[name], 400, headers))
