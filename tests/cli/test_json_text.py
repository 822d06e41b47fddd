"""`ec2query.cli.json_text`: results as JSON."""

from __future__ import annotations

import json
import math
from datetime import UTC, datetime, timedelta, timezone

import pytest

from ec2query.cli.json_text import to_json
from ec2query.shape import Result
from support.toy import DoResult, Leaf, Node

EMPTY: dict[str, object] = {"Leaves": [], "Texts": [], "Wholes": [], "Grid": [], "Flat": [], "FlatLeaf": []}

CASES: dict[str, tuple[DoResult, dict[str, object]]] = {
    "empty lists are there": (DoResult(), {}),
    "scalars": (
        DoResult(text="a", whole=2**70, real=1.5, flag=False),
        {"Text": "a", "Whole": 2**70, "Real": 1.5, "Flag": False},
    ),
    "a blob is base64": (DoResult(blob=b"\x00\xff"), {"Blob": "AP8="}),
    "a time is in UTC": (
        DoResult(when=datetime(2026, 1, 2, 3, 4, 5, tzinfo=timezone(timedelta(hours=1)))),
        {"When": "2026-01-02T02:04:05Z"},
    ),
    "fractions stay": (
        DoResult(when=datetime(2026, 1, 2, 3, 4, 5, 678000, tzinfo=UTC)),
        {"When": "2026-01-02T03:04:05.678000Z"},
    ),
    "numbers that JSON lacks": (DoResult(real=-math.inf), {"Real": "-Infinity"}),
    "structures and lists": (
        DoResult(leaf=Leaf(key="k"), leaves=(Leaf(count=1),), node=Node(name="n")),
        {"Leaf": {"Key": "k"}, "Leaves": [{"Count": 1}], "Node": {"Name": "n"}},
    ),
    "a request id": (DoResult(request_id="r"), {"RequestId": "r"}),
}


@pytest.mark.parametrize(("result", "expected"), CASES.values(), ids=CASES)
def test_a_result_is_written_by_model_names(result: DoResult, expected: dict[str, object]) -> None:
    """What is set, and each of the result's own lists."""
    assert json.loads(to_json(result)) == EMPTY | expected


def test_the_model_s_order_is_kept() -> None:
    """With the request id last."""
    keys = list(json.loads(to_json(DoResult(text="a", whole=1, request_id="r"))))
    assert keys[:2] == ["Text", "Whole"]
    assert keys[-1] == "RequestId"


def test_unicode_is_readable_unless_the_output_has_none() -> None:
    """Both say the same."""
    result = DoResult(text="ü€😀")
    assert "ü€😀" in to_json(result)
    assert to_json(result, ascii_only=True).isascii()
    assert json.loads(to_json(result, ascii_only=True)) == json.loads(to_json(result))


def test_control_characters_are_escaped_and_kept() -> None:
    """Programs get them, terminals do not."""
    text = "a\x1bb\x9bc\u202ed\x7f"
    written = to_json(DoResult(text=text))
    assert not any(character in written for character in "\x1b\x9b\u202e\x7f")
    assert json.loads(written)["Text"] == text


def test_a_result_without_members_is_its_request_id() -> None:
    """Many operations answer no more."""
    assert to_json(Result(request_id="r")) == '{\n  "RequestId": "r"\n}'
