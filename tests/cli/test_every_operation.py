"""Every operation of EC2 on the command line: written as words and as JSON, its answer in every output."""

from __future__ import annotations

import io
import json
import random
from typing import Any

import pytest
from rich.console import Console

from ec2query import ec2
from ec2query.cli.catalog import operations
from ec2query.cli.json_text import plain, to_json
from ec2query.cli.parameters import from_json, from_words
from ec2query.cli.secrets import MASK, shown_pairs
from ec2query.cli.shape_text import shape_text
from ec2query.cli.tables import result_tables
from ec2query.protocol.serialize import pairs
from ec2query.shape import Operation, result_of
from support.random_shapes import random_shape

PARTS = 4


def drawn(request: pytest.FixtureRequest, part: int) -> list[tuple[type[Operation[Any]], random.Random]]:
    """Return a part of the operations, each with a source of chance of its own."""
    seed = request.config.getoption("--seed") or 0
    return [(getattr(ec2, name), random.Random(f"{name} {seed}")) for name in list(operations())[part::PARTS]]


@pytest.mark.parametrize("part", range(PARTS))
def test_what_is_sent_can_be_typed(request: pytest.FixtureRequest, part: int) -> None:
    """The pairs of any request, typed as words, make the same operation; so does its JSON."""
    for cls, draw in drawn(request, part):
        operation = random_shape(cls, draw, sendable=True)
        words = [f"{key}={value}" for key, value in pairs(operation)[2:]]
        assert from_words(cls, words) == operation
        assert from_json(cls, json.dumps(plain(operation.to_dict()))) == operation


@pytest.mark.parametrize("part", range(PARTS))
def test_what_is_answered_can_be_printed(request: pytest.FixtureRequest, part: int) -> None:
    """Any answer, as JSON, as tables on a narrow terminal, and as Python."""
    for cls, draw in drawn(request, part):
        result = random_shape(result_of(cls), draw, sendable=False)
        assert json.loads(to_json(result)).items() >= plain(result.to_dict()).items()
        console = Console(file=io.StringIO(), width=60)
        console.print(result_tables(result, console))
        assert shape_text(result).startswith(type(result).__name__)


@pytest.mark.parametrize("part", range(PARTS))
def test_what_is_sensitive_is_masked_in_pairs_as_in_python(request: pytest.FixtureRequest, part: int) -> None:
    """Both ways of showing an operation hide the same."""
    for cls, draw in drawn(request, part):
        operation = random_shape(cls, draw, sendable=True)
        masked = any(value == MASK for _, value in shown_pairs(cls, pairs(operation)))
        assert masked is ("=***" in shape_text(operation)), cls
