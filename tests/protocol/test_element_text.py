"""`ec2query.protocol.element_text`: scalars as the text of elements."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from ec2query.errors import ParameterError
from ec2query.protocol.element_text import TEXTS, escaped, unfit
from ec2query.protocol.xml import Limits, XmlReader

WRITTEN: list[tuple[str, Any, str]] = [
    ("str", "<&>\"'", "&lt;&amp;&gt;&quot;'"),
    ("int", -5, "-5"),
    ("float", 1, "1.0"),
    ("float", float("inf"), "Infinity"),
    ("bool", True, "true"),
    ("datetime", datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC), "2026-01-02T03:04:05.000Z"),
    ("datetime", datetime(2026, 1, 2, 3, 4, 5, 678000, UTC), "2026-01-02T03:04:05.678Z"),
    ("datetime", datetime(2026, 1, 2, 3, 4, 5, 678901, UTC), "2026-01-02T03:04:05.678901Z"),
    ("bytes", b"\xff", "/w=="),
]


@pytest.mark.parametrize(("kind", "value", "text"), WRITTEN)
def test_texts(kind: str, value: Any, text: str) -> None:
    """Each kind of scalar has its spelling."""
    assert TEXTS[kind](value, "X") == text


def test_what_is_written_can_be_read() -> None:
    """A character is either refused here or survives an XML parser, as content and as attribute."""
    for number in [*range(0x300), *range(0xD7F0, 0xE010), 0xFFFD, 0xFFFE, 0xFFFF, 0x10000, 0x10FFFF]:
        character = chr(number)
        try:
            text = escaped(character, "X")
        except ParameterError:
            assert number < 0x20 or 0xD800 <= number <= 0xDFFF or number in (0xFFFE, 0xFFFF), hex(number)
            continue
        assert read(f'<x a="{text}">{text}</x>') == [character, character], hex(number)


def read(document: str) -> list[str]:
    """The attribute and the content of the one element."""
    attribute: list[str] = []
    content: list[str] = []
    reader = XmlReader(Limits())
    reader.on(lambda tag, found: attribute.append(found[1]), lambda tag: None)
    reader.parser.CharacterDataHandler = content.append
    reader.feed(document.encode())
    reader.close()
    return ["".join(attribute), "".join(content)]


def test_a_refusal_names_the_type_and_not_the_value() -> None:
    """The value may be a secret."""
    assert str(unfit("X/secret", "an int", "hunter2")) == "X/secret: expected an int, got a str"
