"""`ec2query.cli.parameters`: words and JSON made into operations."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from ec2query import ec2
from ec2query.cli.parameters import from_json, from_words, with_dry_run
from ec2query.errors import ParameterError
from ec2query.shape import Operation
from support.toy import Do, DoNothing, Leaf, Node

WORDS: dict[str, tuple[list[str], Operation[Any]]] = {
    "nothing": ([], Do()),
    "text": (["Text=a"], Do(text="a")),
    "empty text": (["Text="], Do(text="")),
    "an equals sign in the value": (["Text=a=b=c"], Do(text="a=b=c")),
    "text that looks encoded stays as it is": (["Text=a%20b+c&d"], Do(text="a%20b+c&d")),
    "unicode": (["Text=ü €"], Do(text="ü €")),
    "an integer": (["Whole=-42"], Do(whole=-42)),
    "a float": (["Real=1.5"], Do(real=1.5)),
    "a boolean": (["Flag=true", "DryRun=false"], Do(flag=True, dry_run=False)),
    "a blob in base64": (["Blob=aGk="], Do(blob=b"hi")),
    "a timestamp": (["When=2026-01-02T03:04:05Z"], Do(when=datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC))),
    "a structure": (["Leaf.Key=k", "Leaf.Count=1"], Do(leaf=Leaf(key="k", count=1))),
    "a list in any order": (
        ["LeafSpecification.2.Key=b", "LeafSpecification.1.Key=a"],
        Do(leaves=(Leaf(key="a"), Leaf(key="b"))),
    ),
    "ten of a list": (
        [f"Text.Values.{number}={number}" for number in range(1, 12)],
        Do(texts=tuple(str(number) for number in range(1, 12))),
    ),
    "a list of lists": (["Grid.1.1=a", "Grid.1.2=b", "Grid.2.1=c"], Do(grid=(("a", "b"), ("c",)))),
    "a structure in itself": (
        ["Node.Name=a", "Node.Inner.Name=b"],
        Do(node=Node(name="a", inner=Node(name="b"))),
    ),
    "EC2": (
        ["Filter.1.Name=state", "Filter.1.Value.1=running", "MaxResults=5"],
        ec2.DescribeVpcs(filters=(ec2.Filter(name="state", values=("running",)),), max_results=5),
    ),
}

REFUSED: dict[str, tuple[type[Operation[Any]], list[str], str]] = {
    "no equals sign": (Do, ["Text"], "Do: expected parameters written Key=Value, got 'Text'"),
    "no key": (Do, ["=a"], "Do: expected parameters written Key=Value, got '=a'"),
    "a key twice": (Do, ["Text=a", "Text=b"], "Do.Text: expected one value, got two ('a', 'b')"),
    "an unknown key": (Do, ["Texd=a"], "Do: expected a parameter (did you mean 'Text'?), got 'Texd'"),
    "a word for a number": (Do, ["Whole=ten"], "Do.Whole: expected an integer, got 'ten'"),
    "yes for true": (Do, ["Flag=yes"], "Do.Flag: expected true or false, got 'yes'"),
    "no base64": (Do, ["Blob=%"], "Do.Blob: expected base64, got '%'"),
    "no time": (Do, ["When=soon"], "Do.When: expected a timestamp, got 'soon'"),
    "a required parameter is missing": (
        ec2.DisassociateIpamByoasn,
        ["Asn=64500"],
        "DisassociateIpamByoasn.Cidr: expected a value, as in Cidr=... (it is required), got none",
    ),
    "a required member is missing": (
        Do,
        ["Node.Inner.Name=b"],
        "Do.Node.Name: expected a value, as in Node.Name=... (it is required), got none",
    ),
    "Action is ours to say": (
        ec2.DescribeVpcs,
        ["Action=DeleteVpc"],
        "DescribeVpcs: expected one of",
    ),
}

BAD_JSON: dict[str, tuple[str, str]] = {
    "no JSON": ("{", "Do: expected JSON, got text that is none"),
    "no object": ("[]", "Do: expected a JSON object of member names, got JSON that is a list"),
    "an unknown name": ('{"Texd": "a"}', "did you mean 'Text'"),
    "another type": ('{"Whole": "1"}', "Do.Whole: expected a"),
    "no base64": ('{"Blob": "%"}', "Do.Blob: expected base64, got another text"),
    "too deep": ("[" * 100_000, "Do: expected JSON, got brackets nested too deep"),
}


@pytest.mark.parametrize(("words", "operation"), WORDS.values(), ids=WORDS)
def test_words_become_an_operation(words: list[str], operation: Operation[Any]) -> None:
    """The keys are those of the API Reference, the values as EC2 writes them."""
    assert from_words(type(operation), words) == operation


@pytest.mark.parametrize(("operation", "words", "sentence"), REFUSED.values(), ids=REFUSED)
def test_a_wrong_word_is_explained(operation: type[Operation[Any]], words: list[str], sentence: str) -> None:
    """What, where, expected, got."""
    with pytest.raises(ParameterError) as caught:
        from_words(operation, words)
    assert str(caught.value).startswith(sentence)


def test_json_has_model_names() -> None:
    """Lists are lists and structures are objects, under the API Reference's names of members."""
    text = '{"Text": "a", "Leaves": [{"Key": "k"}], "Texts": ["x"], "DryRun": true, "Blob": "aGk="}'
    assert from_json(Do, text) == Do(
        text="a", leaves=(Leaf(key="k"),), texts=("x",), dry_run=True, blob=b"hi"
    )


@pytest.mark.parametrize(("text", "sentence"), BAD_JSON.values(), ids=BAD_JSON)
def test_wrong_json_is_explained(text: str, sentence: str) -> None:
    """As wrong words are."""
    with pytest.raises(ParameterError) as caught:
        from_json(Do, text)
    assert sentence in str(caught.value)


def test_a_dry_run_is_the_same_operation() -> None:
    """Only DryRun differs."""
    assert with_dry_run(Do(text="a")) == Do(text="a", dry_run=True)


def test_not_every_operation_has_a_dry_run() -> None:
    """Then it is said before anything is sent."""
    with pytest.raises(ParameterError, match="DoNothing: expected an operation with a DryRun parameter"):
        with_dry_run(DoNothing())
