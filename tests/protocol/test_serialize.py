"""`ec2query.protocol.serialize`: operation to form body."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest

from ec2query.errors import ParameterError
from ec2query.protocol.serialize import pairs, percent_encode, serialize
from support.toy import Do, DoNothing, Leaf, Node


class Quantity(float):
    def __repr__(self) -> str:
        return "a quantity"


HEAD = [("Action", "Do"), ("Version", "2020-01-08")]
NOON = datetime(2026, 1, 2, 12, 0, 5, tzinfo=UTC)

CASES: dict[str, tuple[Do, list[tuple[str, str]]]] = {
    "nothing is set": (Do(), []),
    "text": (Do(text="a"), [("Text", "a")]),
    "empty text is sent": (Do(text=""), [("Text", "")]),
    "reserved characters": (Do(text="a b+c&d=e/%~é€😀"), [("Text", "a b+c&d=e/%~é€😀")]),
    "control characters": (Do(text="a\r\nb\0"), [("Text", "a\r\nb\0")]),
    "text where bytes would do": (Do(script="a"), [("Script", "a")]),
    "bytes where text would do": (Do(script=b"a\xff"), [("Script", "Yf8=")]),
    "zero is sent": (Do(whole=0), [("Whole", "0")]),
    "an integer beyond 64 bits": (Do(whole=-(2**70)), [("Whole", str(-(2**70)))]),
    "a float": (Do(real=1.5), [("Real", "1.5")]),
    "a small float": (Do(real=1e-7), [("Real", "1e-07")]),
    "an int where a float is meant": (Do(real=2), [("Real", "2")]),
    "a float that shows itself otherwise": (Do(real=Quantity(1.5)), [("Real", "1.5")]),
    "not a number": (Do(real=float("nan")), [("Real", "NaN")]),
    "infinity": (Do(real=float("inf")), [("Real", "Infinity")]),
    "minus infinity": (Do(real=float("-inf")), [("Real", "-Infinity")]),
    "true": (Do(flag=True), [("Flag", "true")]),
    "false is sent": (Do(flag=False), [("Flag", "false")]),
    "a blob": (Do(blob=b"\x00\xff>"), [("Blob", "AP8+")]),
    "an empty blob": (Do(blob=b""), [("Blob", "")]),
    "a timestamp": (Do(when=NOON), [("When", "2026-01-02T12:00:05Z")]),
    "a fraction": (Do(when=NOON.replace(microsecond=120)), [("When", "2026-01-02T12:00:05.000120Z")]),
    "an offset becomes UTC": (
        Do(when=NOON.astimezone(timezone(timedelta(hours=5, minutes=30)))),
        [("When", "2026-01-02T12:00:05Z")],
    ),
    "epoch seconds": (Do(epoch=NOON), [("Epoch", "1767355205")]),
    "an epoch fraction": (Do(epoch=NOON.replace(microsecond=500000)), [("Epoch", "1767355205.5")]),
    "an HTTP date": (Do(dated=NOON), [("Dated", "Fri, 02 Jan 2026 12:00:05 GMT")]),
    "a structure": (Do(leaf=Leaf(key="k", count=1)), [("Leaf.Key", "k"), ("Leaf.Count", "1")]),
    "an empty structure sends nothing": (Do(leaf=Leaf()), []),
    "a list of structures": (
        Do(leaves=[Leaf(key="a"), Leaf(key="b", count=2)]),
        [
            ("LeafSpecification.1.Key", "a"),
            ("LeafSpecification.2.Key", "b"),
            ("LeafSpecification.2.Count", "2"),
        ],
    ),
    "an empty list sends nothing": (Do(leaves=[], texts=()), []),
    "a query name is used as it stands": (
        Do(texts=["x", "y"]),
        [("Text.Values.1", "x"), ("Text.Values.2", "y")],
    ),
    "a list of lists": (
        Do(grid=[["a"], ["b", "c"]]),
        [("Grid.1.1", "a"), ("Grid.2.1", "b"), ("Grid.2.2", "c")],
    ),
    "recursion": (
        Do(node=Node(name="1", inner=Node(name="2", others=[Node(name="3")]))),
        [("Node.Name", "1"), ("Node.Inner.Name", "2"), ("Node.Inner.OtherSet.1.Name", "3")],
    ),
    "members keep the model's order": (Do(flag=True, text="t"), [("Text", "t"), ("Flag", "true")]),
}


@pytest.mark.parametrize("name", CASES)
def test_pairs(name: str) -> None:
    """Each kind of value becomes the pairs that the protocol says, after Action and Version."""
    operation, expected = CASES[name]
    assert pairs(operation) == HEAD + expected


def test_an_operation_without_members() -> None:
    """Action and Version alone make a request."""
    assert serialize(DoNothing()) == b"Action=DoNothing&Version=2020-01-08"


def test_only_unreserved_characters_stay_as_they_are() -> None:
    """RFC 3986's unreserved characters stay, all others become UTF-8 percent escapes."""
    assert percent_encode("azAZ09-._~ +/é") == "azAZ09-._~%20%2B%2F%C3%A9"
    assert all(
        len(percent_encode(chr(code))) == (1 if chr(code).isalnum() or chr(code) in "-._~" else 3)
        for code in range(128)
    )


BAD: dict[str, tuple[dict[str, Any], str, str]] = {
    "an int for text": ({"text": 5}, "Text", "expected a str, got a int"),
    "text for an int": ({"whole": "5"}, "Whole", "expected an int"),
    "a bool for an int": ({"whole": True}, "Whole", "expected an int"),
    "a float for an int": ({"whole": 5.0}, "Whole", "expected an int"),
    "an int for a bool": ({"flag": 1}, "Flag", "expected a bool"),
    "too long an int for a float": ({"real": 10**5000}, "Real", "too many digits"),
    "text for a float": ({"real": "1"}, "Real", "expected a float"),
    "text for a blob": ({"blob": "abc"}, "Blob", "expected bytes"),
    "a naive datetime": ({"when": datetime(2026, 1, 1)}, "When", "time zone"),
    "text for a timestamp": ({"when": "2026-01-01"}, "When", "aware datetime"),
    "a dict for a structure": ({"leaf": {"Key": "a"}}, "Leaf", "expected a Leaf"),
    "another structure": ({"leaf": Node(name="x")}, "Leaf", "expected a Leaf"),
    "a wrong entry": ({"leaves": [Leaf(), Leaf(key=b"x")]}, "LeafSpecification.2.Key", "expected a str"),  # type: ignore[arg-type]
    "no list inside a list": ({"grid": ["ab"]}, "Grid.1", "expected a list"),
    "an entry that is None": ({"texts": [None]}, "Text.Values.1", "expected a str"),
    "a lone surrogate": ({"text": "a\ud800"}, "Text", "surrogate"),
    "too many digits": ({"whole": 10**5000}, "Whole", "digits"),
}


@pytest.mark.parametrize("name", BAD)
def test_a_value_that_does_not_fit_is_named(name: str) -> None:
    """A wrong value is a ParameterError that says where it stands and what was expected."""
    values, where, sentence = BAD[name]
    with pytest.raises(ParameterError) as caught:
        serialize(Do(**values))
    assert caught.value.where == where
    assert sentence in str(caught.value)


def test_an_error_never_shows_the_value() -> None:
    """What was wrong may have been a secret."""
    with pytest.raises(ParameterError) as caught:
        serialize(Do(whole="hunter2"))  # type: ignore[arg-type]
    assert "hunter2" not in str(caught.value)
