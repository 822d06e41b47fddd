"""`ec2query.protocol.tree`: documents that no type describes."""

from __future__ import annotations

from typing import Any

import pytest

from ec2query.protocol.tree import read_tree
from ec2query.protocol.xml import Limits, MalformedXml

CASES: list[tuple[str, Any]] = [
    ("<a/>", ""),
    ("<a> x </a>", " x "),
    ("<a>x<![CDATA[<y>]]></a>", "x<y>"),
    ("<a><b>1</b><c/></a>", {"b": "1", "c": ""}),
    ("<a>\n <b>1</b>\n</a>", {"b": "1"}),
    ("<a><item>1</item></a>", ["1"]),
    ("<a><member>1</member><member>2</member></a>", ["1", "2"]),
    ("<a><b>1</b><b>2</b></a>", ["1", "2"]),
    ("<a><b>1</b><c>x</c><b>2</b><b>3</b></a>", {"b": ["1", "2", "3"], "c": "x"}),
    ("<a><set><item><k>1</k></item><item/></set><n>2</n></a>", {"set": [{"k": "1"}, ""], "n": "2"}),
    ('<p:a xmlns:p="urn:x"><p:b z="1">1</p:b></p:a>', {"b": "1"}),
]


@pytest.mark.parametrize(("document", "expected"), CASES)
def test_plain_values(document: str, expected: Any) -> None:
    """Leaves are text, repeated names lists, the rest dicts."""
    assert read_tree(document.encode()).to_plain() == expected


def test_text_of_one_element_never_reaches_another() -> None:
    """White space around closed elements is dropped with them."""
    tree = read_tree(b"<a>" + b"<b> <c>1</c> </b>" * 50 + b"<d>x</d></a>")
    assert tree.text_of("d") == "x"
    assert {child.text for child in tree.children if child.name == "b"} == {""}


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
        read_tree(document.encode(), Limits(depth=2, attributes=1))
