"""`ec2query.shape`: dataclasses that carry wire names."""

from __future__ import annotations

import copy
import dataclasses
import inspect
import pickle
from typing import Any

import pytest

from ec2query.errors import ParameterError
from ec2query.shape import (
    ListOf,
    Result,
    Scalar,
    Shape,
    Structure,
    member_named,
    members,
    result_of,
    service_of,
    wire,
)
from support.toy import Do, DoNothing, DoResult, Leaf, Node

SAMPLES = [
    Do(),
    Do(text="a", leaves=[Leaf(key="k")], flag=False),
    Node(name="1", inner=Node(name="2")),
    DoResult(texts=("a",), request_id="r"),
]


@pytest.mark.parametrize("sample", SAMPLES, ids=repr)
def test_a_shape_is_a_real_dataclass(sample: Any) -> None:
    """`dataclasses`, `copy`, `pickle` and `inspect` treat it as their own."""
    assert dataclasses.is_dataclass(type(sample))
    names = [field.name for field in dataclasses.fields(sample)]
    assert names == [member.name for member in members(type(sample))]
    assert dataclasses.replace(sample) == sample
    assert copy.copy(sample) == copy.deepcopy(sample) == sample
    assert pickle.loads(pickle.dumps(sample)) == sample
    assert dataclasses.asdict(sample).keys() == set(names)
    assert list(inspect.signature(type(sample)).parameters) == names
    assert len({sample, copy.copy(sample)}) == 1


class Odd(Shape):
    self: str | None = wire("self", default=None)


def test_a_member_may_be_called_self() -> None:
    """As any name that a model has."""
    assert dataclasses.replace(Odd(self="x"), self="y").__replace__(self="z") == Odd(self="z")


def test_it_is_frozen() -> None:
    """A value cannot be changed or taken away, and nothing can be added."""
    leaf = Leaf(key="k")
    for name in ("key", "other"):
        with pytest.raises(dataclasses.FrozenInstanceError):
            setattr(leaf, name, "x")
        with pytest.raises(dataclasses.FrozenInstanceError):
            delattr(leaf, name)
    assert not hasattr(leaf, "__dict__")


def test_positional_values_are_refused() -> None:
    """Members have no order that a caller could know."""
    with pytest.raises(TypeError):
        Leaf("k")  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]


BAD: dict[str, tuple[type, dict[str, Any], str]] = {
    "a required member is missing": (Node, {}, "Node.name: expected a value (it is required), got none"),
    "a required member is None": (Node, {"name": None}, "required"),
    "a near miss": (Do, {"txt": "a"}, "Do: expected one of its members (did you mean 'text'?), got 'txt'"),
    "a model name": (Leaf, {"Key": "a"}, "Leaf: expected one of"),
    "text for a list": (
        Do,
        {"texts": "abc"},
        "Do.texts: expected a list (or another sequence), got a bare str",
    ),
    "bytes for a list": (Do, {"texts": b"abc"}, "got a bare bytes"),
    "a mapping for a list": (Do, {"leaves": {"a": 1}}, "got a bare dict"),
    "a number for a list": (Do, {"texts": 5}, "got a bare int"),
}


@pytest.mark.parametrize("name", BAD)
def test_bad_values_are_refused_when_made(name: str) -> None:
    """The error is one of ours and a TypeError, and names the member."""
    shape, values, sentence = BAD[name]
    with pytest.raises(ParameterError, match=r".") as caught:
        shape(**values)
    assert sentence in str(caught.value)
    assert isinstance(caught.value, TypeError)


def test_lists_become_tuples_and_none_means_absent() -> None:
    """Any iterable but text will do; absent, None and empty are one and the same."""
    made = Do(texts=(letter for letter in "ab"), leaves=None)  # type: ignore[arg-type]
    assert made.texts == ("a", "b")
    assert made.leaves == ()
    assert Do(texts=[]) == Do()


def test_an_unset_slot_answers_with_the_default() -> None:
    """What a decoder did not fill reads as None or (); an unknown name is an AttributeError."""
    bare = DoResult.__new__(DoResult)
    assert (bare.text, bare.leaves, bare.request_id) == (None, (), None)
    assert bare == DoResult()
    with pytest.raises(AttributeError, match="DoResult"):
        bare.nonsense  # type: ignore[attr-defined]  # pyright: ignore[reportAttributeAccessIssue]


def test_repr_shows_what_is_set_and_no_secret() -> None:
    """Sensitive members read ***."""
    assert repr(Do(text="a", secret="hunter2")) == "Do(text='a', secret=***)"
    assert repr(Leaf()) == "Leaf()"


def test_equality_asks_for_type_and_values() -> None:
    """Another type is never equal; the request id of a result does not count."""
    assert Leaf(key="a") != Leaf(key="b")
    assert Leaf() != Node(name="")
    assert DoResult(text="a", request_id="1") == DoResult(text="a", request_id="2")


def test_members_know_their_names() -> None:
    """Python's, the model's, the element's and the key's, derived unless they were said."""
    found = {m.name: (m.model, m.wire, m.key) for m in members(Do)}
    assert found["text"] == ("Text", "text", "Text")
    assert found["texts"] == ("Texts", "textSet", "Text.Values")
    assert found["leaves"] == ("Leaves", "LeafSpecification", "LeafSpecification")
    by_model = member_named(Do, "Leaves")
    assert by_model is not None
    assert by_model.name == "leaves"
    assert member_named(Do, "leaves") is None


def test_members_know_their_types() -> None:
    """Annotations are read lazily, and structures resolved where they were written."""
    types = {m.name: m.type for m in members(Do)}
    assert types["whole"] == Scalar("int")
    assert types["grid"] == ListOf(ListOf(Scalar("str")))
    leaf = types["leaf"]
    assert isinstance(leaf, Structure)
    assert leaf.resolve() is Leaf


def test_operations_know_their_result_and_service() -> None:
    """The R of Operation[R], and the SERVICE of the package."""
    assert result_of(Do) is DoResult
    assert result_of(DoNothing) is Result
    assert service_of(Do).version == "2020-01-08"


def test_to_dict_gives_model_names() -> None:
    """What is set comes back under the API Reference's names."""
    operation = Do(text="a", leaves=[Leaf(key="k", count=0)], grid=[["x"]], flag=False)
    assert operation.to_dict() == {
        "Text": "a",
        "Flag": False,
        "Leaves": [{"Key": "k", "Count": 0}],
        "Grid": [["x"]],
    }
