"""Waiters, compiled from JMESPath."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from ec2query_codegen.model import Model, ModelError, read_model
from ec2query_codegen.package import generate

TOY = Path(__file__).parent / "toy" / "service-2.json"


def waiters(acceptor: Mapping[str, Any], operation: str = "Everything") -> str:
    """Generate a module of one waiter with one acceptor."""
    waiter = {"operation": operation, "delay": 1, "maxAttempts": 2, "acceptors": [acceptor]}
    model = Model(read_model(TOY, source="toy").document, "toy", {"ItIsDone": waiter})
    return generate(model, "toy")["waiters.py"]


@pytest.mark.parametrize(
    ("argument", "source"),
    [
        ("Echo.Text", 'Path("echo", "text")'),
        ("Nodes[].Others[].Name", 'Path("nodes[]", "others[]", "name")'),
        ("length(Nodes[]) > `0`", 'Length(Path("nodes[]"), ">", 0)'),
        ("length(Echo.Text) == `12`", 'Length(Path("echo", "text"), "==", 12)'),
        ("length(Flat[]) <= `3`", 'Length(Path("flat[]"), "<=", 3)'),
    ],
)
def test_paths_and_lengths_are_compiled(argument: str, source: str) -> None:
    """Model names become Python's."""
    acceptor = {"matcher": "path", "argument": argument, "expected": True, "state": "success"}
    assert f'Acceptor("path", {source}, True, "success")' in waiters(acceptor)


@pytest.mark.parametrize(
    ("expected", "matcher", "source"),
    [("A.NotFound", "error", '"A.NotFound"'), (200, "status", "200"), (False, "error", "False")],
)
def test_errors_and_statuses_have_no_argument(expected: object, matcher: str, source: str) -> None:
    """What is expected keeps its type."""
    acceptor = {"matcher": matcher, "expected": expected, "state": "retry"}
    assert f'Acceptor("{matcher}", None, {source}, "retry")' in waiters(acceptor)


@pytest.mark.parametrize(
    "argument",
    [
        "Nodes[0].Name",
        "Nodes[?Name=='a']",
        "Nodes[*].Name",
        "Nodes | [0]",
        "Echo.Text.More",
        "length(Nodes[])",
        "Missing",
    ],
)
def test_other_expressions_are_refused(argument: str) -> None:
    """A waiter that would be misjudged is not written."""
    acceptor = {"matcher": "path", "argument": argument, "expected": True, "state": "success"}
    with pytest.raises(ModelError, match="waiter ItIsDone"):
        waiters(acceptor)


def test_a_waiter_needs_its_operation() -> None:
    """The model must define what is repeated."""
    with pytest.raises(ModelError, match="waiter ItIsDone repeats Missing"):
        waiters({"matcher": "status", "expected": 200, "state": "success"}, "Missing")
