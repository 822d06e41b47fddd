"""`ec2query.protocol.encode_xml`: result or error to XML."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from math import inf, nan
from typing import Any, cast
from xml.etree import ElementTree

import pytest

from ec2query.errors import ParameterError, ServiceError
from ec2query.protocol.encode_xml import encode_error, encode_xml
from ec2query.protocol.parse import parse
from ec2query.shape import Result
from support.toy import Do, DoNothing, DoResult, Leaf, Node

NOON = datetime(2026, 1, 2, 12, 0, 5, tzinfo=UTC)

WRITTEN: dict[str, tuple[DoResult, str]] = {
    "nothing": (DoResult(), ""),
    "text": (DoResult(text="a"), "<text>a</text>"),
    "empty text": (DoResult(text=""), "<text></text>"),
    "markup": (DoResult(text='<a b="c">&\'</a>'), "<text>&lt;a b=&quot;c&quot;&gt;&amp;'&lt;/a&gt;</text>"),
    "white space": (DoResult(text=" a\r\n\tb "), "<text> a&#13;&#10;&#9;b </text>"),
    "other scripts": (DoResult(text="é😀\ud7ff\ue000"), "<text>é😀\ud7ff\ue000</text>"),
    "integers": (DoResult(whole=-(2**70)), f"<whole>{-(2**70)}</whole>"),
    "a float": (DoResult(real=1e-7), "<real>1e-07</real>"),
    "an int where a float is meant": (DoResult(real=2), "<real>2.0</real>"),
    "not a number": (DoResult(real=nan), "<real>NaN</real>"),
    "minus infinity": (DoResult(real=-inf), "<real>-Infinity</real>"),
    "false": (DoResult(flag=False), "<flag>false</flag>"),
    "a blob": (DoResult(blob=b"\x00\xff>"), "<blob>AP8+</blob>"),
    "a timestamp": (DoResult(when=NOON), "<when>2026-01-02T12:00:05.000Z</when>"),
    "an offset": (
        DoResult(when=NOON.astimezone(timezone(timedelta(hours=-3)))),
        "<when>2026-01-02T12:00:05.000Z</when>",
    ),
    "microseconds": (
        DoResult(when=NOON.replace(microsecond=120001)),
        "<when>2026-01-02T12:00:05.120001Z</when>",
    ),
    "a structure": (DoResult(leaf=Leaf(key="k")), "<leaf><key>k</key></leaf>"),
    "an empty structure": (DoResult(leaf=Leaf()), "<leaf></leaf>"),
    "a list": (DoResult(wholes=[1, 2]), "<wholeSet><item>1</item><item>2</item></wholeSet>"),
    "a list of structures": (
        DoResult(leaves=[Leaf(count=1), Leaf()]),
        "<leafSet><item><count>1</count></item><item></item></leafSet>",
    ),
    "a list of lists": (
        DoResult(grid=[["a"], []]),
        "<grid><item><item>a</item></item><item/></grid>",
    ),
    "a flattened list": (DoResult(flat=["a", "b"]), "<flatItem>a</flatItem><flatItem>b</flatItem>"),
    "recursion": (
        DoResult(node=Node(name="1", others=[Node(name="2")])),
        "<node><name>1</name><otherSet><item><name>2</name><otherSet/></item></otherSet></node>",
    ),
}


def body_of(result: DoResult) -> str:
    """Encode, and leave out the frame and the empty lists that every answer has."""
    text = encode_xml(result, "id-1", Do).decode()
    head = '<?xml version="1.0" encoding="UTF-8"?>\n<DoResponse xmlns="https://example.com/doc/2020-01-08/"'
    assert text.startswith(head)
    text = text.partition("<requestId>id-1</requestId>")[2].removesuffix("</DoResponse>")
    for name in ("leafSet", "textSet", "wholeSet", "grid"):
        shortened = text.replace(f"<{name}/>", "", 1)
        text = shortened
    return text


@pytest.mark.parametrize("name", WRITTEN)
def test_writes(name: str) -> None:
    """Each kind of value becomes the element that the protocol says."""
    result, expected = WRITTEN[name]
    assert body_of(result) == expected


@pytest.mark.parametrize("name", sorted(set(WRITTEN) - {"not a number"}))
def test_is_undone_by_the_client(name: str) -> None:
    """What the server writes, the client reads as the same value."""
    result, _ = WRITTEN[name]
    parsed = parse(Do, 200, {}, encode_xml(result, "id-1", Do))
    assert parsed == result
    assert parsed.request_id == "id-1"


def test_empty_lists_are_empty_elements() -> None:
    """A list without entries is there all the same, as EC2 writes it; a flattened one cannot be."""
    text = encode_xml(DoResult(), "id-1", Do).decode()
    assert text.endswith("<leafSet/><textSet/><wholeSet/><grid/></DoResponse>")


def test_attributes_stand_on_the_start_tag() -> None:
    """An attribute member is written where it belongs, escaped."""
    text = encode_xml(DoResult(kind='a"<\n'), "id-1", Do).decode()
    assert ' xsi:type="a&quot;&lt;&#10;"><requestId>' in text


def test_an_answer_without_members() -> None:
    """An operation without output still says its request id, the one that is passed."""
    text = encode_xml(Result(request_id="old"), "new", DoNothing)
    root = ElementTree.fromstring(text)
    assert root.tag == "{https://example.com/doc/2020-01-08/}DoNothingResponse"
    assert [(child.tag.partition("}")[2], child.text) for child in root] == [("requestId", "new")]


UNFIT: dict[str, dict[str, object]] = {
    "a NUL": {"text": "a\0"},
    "a control character": {"text": "\x1b"},
    "a lone surrogate": {"text": "\ud800"},
    "a non-character": {"text": "\uffff"},
    "text in an entry": {"texts": ["a", "\0"]},
    "text in a structure": {"leaf": Leaf(key="\0")},
    "text in an attribute": {"kind": "\0"},
    "a number for text": {"text": 5},
    "text for a number": {"whole": "5"},
    "a boolean for a number": {"whole": True},
    "too many digits": {"whole": 10**5000},
    "text for a float": {"real": "1"},
    "a number for a boolean": {"flag": 1},
    "text for a blob": {"blob": "AA=="},
    "a naive time": {"when": datetime(2026, 1, 2)},
    "another structure": {"leaf": Node(name="x")},
    "text for an inner list": {"grid": ["ab"]},
}


@pytest.mark.parametrize("name", UNFIT)
def test_refuses_what_xml_cannot_carry(name: str) -> None:
    """A value of another type, or with a character XML 1.0 lacks, is an error that names the member."""
    result = DoResult(**cast("dict[str, Any]", UNFIT[name]))
    with pytest.raises(ParameterError, match=r"^DoResponse/"):
        encode_xml(result, "id-1", Do)


def test_an_error_document() -> None:
    """An error is what the client reads as a ServiceError with the same parts."""
    body = encode_error("InvalidParameterValue", '<no> & "yes"', "id-2")
    assert b"<Response><Errors><Error><Code>InvalidParameterValue</Code><Message>&lt;no&gt;" in body
    with pytest.raises(ServiceError) as refused:
        parse(Do, 400, {}, body)
    error = refused.value
    assert (error.code, error.message, error.request_id) == ("InvalidParameterValue", '<no> & "yes"', "id-2")


def test_an_error_document_refuses_forbidden_characters() -> None:
    """A message that XML cannot carry is not sent."""
    with pytest.raises(ParameterError, match="Message"):
        encode_error("InternalError", "\0", "id-3")
