"""`ec2query.model_dict`: parameters by model names."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from ec2query.errors import ParameterError
from ec2query.model_dict import from_dict
from support.toy import Do, Leaf, Node

OPERATIONS = [
    Do(),
    Do(text="a", whole=1, real=1.5, flag=True, blob=b"\xff", when=datetime(2026, 1, 1, tzinfo=UTC)),
    Do(script="a"),
    Do(script=b"a\xff"),
    Do(leaves=[Leaf(key="k"), Leaf()], grid=[["a"], []], texts=["x"]),
    Do(node=Node(name="1", inner=Node(name="2", others=[Node(name="3")]))),
]


@pytest.mark.parametrize("operation", OPERATIONS, ids=repr)
def test_there_and_back(operation: Do) -> None:
    """`from_dict` is the inverse of `to_dict`."""
    assert from_dict(Do, operation.to_dict()) == operation


def test_what_is_taken_besides() -> None:
    """Shapes for mappings, text for timestamps and blobs, None for absent."""
    made = from_dict(
        Do, {"Leaf": Leaf(key="k"), "When": "2026-01-01T00:00:00+00:00", "Blob": "é", "Text": None, "Real": 2}
    )
    assert made == Do(leaf=Leaf(key="k"), when=datetime(2026, 1, 1, tzinfo=UTC), blob="é".encode(), real=2)


BAD: list[tuple[dict[str, Any], str, str]] = [
    ({"Txt": "a"}, "Do", "did you mean 'Text'?"),
    ({"text": "a"}, "Do", "got 'text'"),
    ({"Text": 5}, "Do.Text", "expected a str, got a int"),
    ({"Text": b"a"}, "Do.Text", "expected a str, got a bytes"),
    ({"Script": 5}, "Do.Script", "expected a str, got a int"),
    ({"Whole": True}, "Do.Whole", "expected a int, got a bool"),
    ({"Whole": "5"}, "Do.Whole", "expected a int, got a str"),
    ({"Texts": "abc"}, "Do.Texts", "expected a list"),
    ({"Leaf": "k"}, "Do.Leaf", "expected a mapping"),
    ({"Leaves": [{}, {"Kye": "x"}]}, "Do.Leaves[1]", "did you mean 'Key'?"),
    ({"Node": {}}, "Do.Node.Name", "required"),
    ({"Node": {"Name": "1", "Others": [{"Name": 2}]}}, "Do.Node.Others[0].Name", "expected a str"),
    ({"When": "soon"}, "Do.When", "ISO 8601"),
]


@pytest.mark.parametrize(("values", "where", "sentence"), BAD)
def test_faults_name_their_path(values: dict[str, Any], where: str, sentence: str) -> None:
    """A wrong name or value is a ParameterError that says where it stands."""
    with pytest.raises(ParameterError) as caught:
        from_dict(Do, values)
    assert caught.value.where == where
    assert sentence in str(caught.value)
