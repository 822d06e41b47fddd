"""`ec2query.protocol.decode_form`: form body to operation, or the error EC2 would answer."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from math import inf, isnan
from typing import Any

import pytest

from ec2query.errors import InvalidRequest
from ec2query.protocol.decode_form import decode_form, decode_pairs, form_pairs
from ec2query.protocol.serialize import serialize
from ec2query.shape import Operation, Result, Service, Shape, wire
from support.toy import Do, DoNothing, Leaf, Node

SERVICE = Service(
    name="strict",
    version="2020-01-08",
    namespace="https://example.com/doc/2020-01-08",
    signing_name="strict",
    endpoint_prefix="strict",
)


class Proof(Shape):
    message: str = wire("message")
    signature: str = wire("signature")


class Prove(Operation[Result]):
    asn: str = wire("asn")
    proof: Proof | None = wire("proof", default=None)
    proofs: Sequence[Proof] = wire("proofs", default=())


def operations(action: str) -> type[Operation[Any]] | None:
    offered: dict[str, type[Operation[Any]]] = {"Do": Do, "DoNothing": DoNothing, "Prove": Prove}
    return offered.get(action)


HEAD = "Action=Do&Version=2020-01-08"
NOON = datetime(2026, 1, 2, 12, 0, 5, tzinfo=UTC)

DECODED: dict[str, tuple[str, Do]] = {
    "nothing": ("", Do()),
    "text": ("&Text=a", Do(text="a")),
    "empty text": ("&Text=", Do(text="")),
    "a key without a value": ("&Text", Do(text="")),
    "an equals sign in a value": ("&Text=a=b", Do(text="a=b")),
    "space as plus or percent": ("&Text=a+b%20c%2B", Do(text="a b c+")),
    "other scripts": ("&Text=%C3%A9%F0%9F%98%80", Do(text="é😀")),
    "pairs in between are empty": ("&&Text=a&", Do(text="a")),
    "an integer": ("&Whole=-7", Do(whole=-7)),
    "an integer beyond 64 bits": (f"&Whole={2**70}", Do(whole=2**70)),
    "a float": ("&Real=1.5e3", Do(real=1500.0)),
    "infinity": ("&Real=-Infinity", Do(real=-inf)),
    "true": ("&Flag=true", Do(flag=True)),
    "false": ("&Flag=false", Do(flag=False)),
    "a blob": ("&Blob=AP8%2B", Do(blob=b"\x00\xff>")),
    "ISO 8601": ("&When=2026-01-02T12:00:05Z", Do(when=NOON)),
    "ISO 8601 with an offset": ("&When=2026-01-02T13:00:05.000%2B01:00", Do(when=NOON)),
    "epoch seconds": ("&Epoch=1767355205", Do(epoch=NOON)),
    "an HTTP date": ("&Dated=Fri,+02+Jan+2026+12:00:05+GMT", Do(dated=NOON)),
    "a structure": ("&Leaf.Key=k&Leaf.Count=1", Do(leaf=Leaf(key="k", count=1))),
    "a list": ("&Text.Values.1=x&Text.Values.2=y", Do(texts=["x", "y"])),
    "a list beside a key that begins alike": ("&Text=t&Text.Values.1=x", Do(text="t", texts=["x"])),
    "entries go by their index": (
        "&Text.Values.10=c&Text.Values.9=b&Text.Values.1=a",
        Do(texts=["a", "b", "c"]),
    ),
    "a gap is no entry": ("&Text.Values.2=b&Text.Values.5=e", Do(texts=["b", "e"])),
    "structures in a list": (
        "&LeafSpecification.2.Key=b&LeafSpecification.1.Count=1",
        Do(leaves=[Leaf(count=1), Leaf(key="b")]),
    ),
    "a list of lists": ("&Grid.1.1=a&Grid.2.1=b&Grid.2.2=c", Do(grid=[["a"], ["b", "c"]])),
    "recursion": (
        "&Node.Name=1&Node.Inner.Name=2&Node.Inner.OtherSet.1.Name=3",
        Do(node=Node(name="1", inner=Node(name="2", others=[Node(name="3")]))),
    ),
}


@pytest.mark.parametrize("name", DECODED)
def test_decodes(name: str) -> None:
    """Each kind of pair becomes the member it names."""
    text, expected = DECODED[name]
    assert decode_form((HEAD + text).encode(), operations) == expected


@pytest.mark.parametrize("name", DECODED)
def test_undoes_the_serializer(name: str) -> None:
    """What the client writes, the server reads as the same value."""
    _, operation = DECODED[name]
    assert decode_form(serialize(operation), operations) == operation


def test_not_a_number() -> None:
    """NaN is a float like any other, though it equals nothing."""
    decoded = decode_form(f"{HEAD}&Real=NaN".encode(), operations)
    assert isinstance(decoded, Do)
    assert decoded.real is not None
    assert isnan(decoded.real)


REFUSED: dict[str, tuple[str, str, str]] = {
    "no pairs at all": ("", "MissingAction", "Action"),
    "an empty action": ("Action=&Version=2020-01-08", "MissingAction", "Action"),
    "no such action": ("Action=Undo&Version=2020-01-08", "InvalidAction", "Undo"),
    "an action that is no key's friend": ("Action=Do%0A%00&Version=2020-01-08", "InvalidAction", "Do??"),
    "no version": ("Action=Do", "MissingParameter", "Version"),
    "another version": ("Action=Do&Version=2006-06-26", "NoSuchVersion", "2020-01-08"),
    "a required member": ("Action=Prove&Version=2020-01-08", "MissingParameter", "Asn"),
    "a required nested member": (
        "Action=Prove&Version=2020-01-08&Asn=1&Proof.Message=m",
        "MissingParameter",
        "Proof.Signature",
    ),
    "a required member in a list": (
        "Action=Prove&Version=2020-01-08&Asn=1&Proofs.1.Message=m",
        "MissingParameter",
        "Proofs.1.Signature",
    ),
    "an unknown key": (f"{HEAD}&Colour=red", "UnknownParameter", "Colour"),
    "a key in another case": (f"{HEAD}&text=a", "UnknownParameter", "text"),
    "an unknown nested key": (f"{HEAD}&Leaf.Colour=red", "UnknownParameter", "Leaf.Colour"),
    "members of a scalar": (f"{HEAD}&Whole.Value=1", "UnknownParameter", "Whole.Value"),
    "an empty key": (f"{HEAD}&=1", "UnknownParameter", "parameter"),
    "an empty part of a key": (f"{HEAD}&Text.=1", "UnknownParameter", "Text."),
    "index 0": (f"{HEAD}&Text.Values.0=a", "UnknownParameter", "Text.Values.0"),
    "a padded index": (f"{HEAD}&Text.Values.01=a", "UnknownParameter", "Text.Values.01"),
    "an index of other digits": (f"{HEAD}&Text.Values.%D9%A1=a", "UnknownParameter", "Text.Values.?"),
    "a list without an index": (f"{HEAD}&Text.Values=a", "InvalidParameterValue", "Text.Values.1"),
    "a structure with a value": (f"{HEAD}&Leaf=a", "InvalidParameterValue", "Leaf"),
    "a key twice": (f"{HEAD}&Text=a&Text=b", "InvalidParameterValue", "Text"),
    "no integer": (f"{HEAD}&Whole=1.0", "InvalidParameterValue", "Whole"),
    "an integer of other digits": (f"{HEAD}&Whole=%D9%A1", "InvalidParameterValue", "Whole"),
    "an integer without end": (f"{HEAD}&Whole={'9' * 5000}", "InvalidParameterValue", "Whole"),
    "no float": (f"{HEAD}&Real=inf", "InvalidParameterValue", "Real"),
    "no boolean": (f"{HEAD}&Flag=True", "InvalidParameterValue", "true or false"),
    "no base64": (f"{HEAD}&Blob=*", "InvalidParameterValue", "base64"),
    "no timestamp": (f"{HEAD}&When=yesterday", "InvalidParameterValue", "timestamp"),
    "no calendar day": (f"{HEAD}&When=2026-02-30T00:00:00Z", "InvalidParameterValue", "timestamp"),
    "a year beyond the calendar": (f"{HEAD}&Epoch=999999999999", "InvalidParameterValue", "timestamp"),
    "keys without end": (f"{HEAD}&Node{'.Inner' * 40}.Name=x", "UnknownParameter", "Node.Inner"),
    "no UTF-8": (f"{HEAD}&Text=%FF", "MalformedQueryString", "UTF-8"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_refuses(name: str) -> None:
    """Each wrong request is refused with EC2's code, status 400, and names what is wrong."""
    body, code, about = REFUSED[name]
    with pytest.raises(InvalidRequest) as refused:
        decode_form(body.encode(), operations)
    assert (refused.value.code, refused.value.status) == (code, 400)
    assert about in refused.value.message
    assert refused.value.message.isascii()
    assert refused.value.message.isprintable()


def test_bytes_beyond_ascii_are_refused() -> None:
    """A form body is ASCII; raw bytes are no characters."""
    with pytest.raises(InvalidRequest, match="MalformedQueryString"):
        form_pairs("Action=é".encode())


def test_pairs_may_come_from_elsewhere() -> None:
    """Decoded pairs, such as those of a query string, are read alike."""
    found = decode_pairs([("Version", "2020-01-08"), ("Text", "a"), ("Action", "Do")], operations)
    assert found == Do(text="a")
