"""`ec2query.protocol.plain`: documents that no type describes, as text, lists and dicts."""

from __future__ import annotations

from typing import Any

import pytest

from ec2query.protocol.plain import PlainReader
from ec2query.protocol.xml import Limits, MalformedXml

CASES: list[tuple[str, dict[str, Any]]] = [
    ("<a/>", {}),
    ("<a> x </a>", {}),
    ("<a><b> 1 </b><c/></a>", {"b": " 1 ", "c": ""}),
    ("<a>x<b>y<c>1</c>z</b></a>", {"b": {"c": "1"}}),
    ("<a><b>x<![CDATA[<y>]]></b></a>", {"b": "x<y>"}),
    ("<a><item>1</item></a>", {"item": "1"}),
    ("<a><b><item>1</item></b></a>", {"b": ["1"]}),
    ("<a><b><member>1</member><member/></b></a>", {"b": ["1", ""]}),
    ("<a><b>1</b><b>2</b></a>", {"b": ["1", "2"]}),
    ("<a><s><b>1</b><b>2</b></s></a>", {"s": ["1", "2"]}),
    ("<a><b>1</b><c>x</c><b>2</b></a>", {"b": ["1", "2"], "c": "x"}),
    ('<p:a xmlns:p="urn:x"><p:b z="1">1</p:b></p:a>', {"b": "1"}),
]


def read(document: str, limits: Limits = Limits(), size: int = 1000) -> dict[str, Any]:  # noqa: B008
    reader = PlainReader(limits)
    data = document.encode()
    for begin in range(0, len(data), size):
        reader.feed(data[begin : begin + size])
    return reader.close()


@pytest.mark.parametrize("size", [1, 7, 1000])
@pytest.mark.parametrize(("document", "expected"), CASES)
def test_values(document: str, expected: dict[str, Any], size: int) -> None:
    """Leaves are text, repeated names lists, the rest dicts, in whatever pieces the document comes."""
    assert read(document, size=size) == expected


def test_the_root_is_known_from_its_tag_on() -> None:
    """So that an error document can be told from an answer."""
    reader = PlainReader()
    assert reader.root is None
    reader.feed(b"<!-- --><p:a xmlns:p='urn:x'><b>")
    assert reader.root == "a"


@pytest.mark.parametrize(
    ("document", "reason"),
    [
        ("", "empty"),
        ("<a>", "well-formed"),
        ("<a><b><c/></b></a>", "deeper than 2"),
        ("<a x='1' y='2'/>", "more than 1 attributes"),
        ("<!DOCTYPE a><a/>", "refused"),
    ],
)
def test_limits_and_faults(document: str, reason: str) -> None:
    """The same limits and refusals hold as for typed answers."""
    with pytest.raises(MalformedXml, match=reason):
        read(document, Limits(depth=2, attributes=1))
