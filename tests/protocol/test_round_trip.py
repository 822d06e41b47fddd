"""Client and server agree: for every operation, what one half writes, the other reads as the same value.

`--seed S` begins the draws elsewhere.
"""

from __future__ import annotations

import random
from functools import cache
from typing import Any

import pytest

from ec2query import ec2
from ec2query.protocol.decode_form import decode_form
from ec2query.protocol.encode_xml import encode_xml
from ec2query.protocol.parse import parse
from ec2query.protocol.serialize import serialize
from ec2query.shape import Operation, result_of
from support.random_shapes import random_shape
from support.toy import Do, DoNothing

PARTS = 8
DRAWS = 6


@cache
def every_operation() -> tuple[type[Operation[Any]], ...]:
    """All generated operations, and the toy's, which have the kinds of member that EC2 lacks."""
    found = [getattr(ec2, name) for name in ec2.__all__]
    generated = [cls for cls in found if isinstance(cls, type) and issubclass(cls, Operation)]
    assert len(generated) > 700
    return (Do, DoNothing, *generated)


def named(action: str) -> type[Operation[Any]] | None:
    toys: dict[str, type[Operation[Any]]] = {"Do": Do, "DoNothing": DoNothing}
    return toys.get(action) or getattr(ec2, action, None)


def drawn(request: pytest.FixtureRequest, part: int) -> list[tuple[type[Operation[Any]], random.Random, str]]:
    seed = int(request.config.getoption("--seed") or 0)
    return [
        (cls, random.Random(f"{cls.__name__} {seed + number}"), f"{cls.__name__}, seed {seed + number}")
        for cls in every_operation()[part::PARTS]
        for number in range(DRAWS)
    ]


@pytest.mark.parametrize("part", range(PARTS))
def test_requests(request: pytest.FixtureRequest, part: int) -> None:
    """Any operation, serialized by the client and decoded by the server, is the same operation."""
    for cls, draw, which in drawn(request, part):
        operation = random_shape(cls, draw, sendable=True)
        assert decode_form(serialize(operation), named) == operation, which


@pytest.mark.parametrize("part", range(PARTS))
def test_answers(request: pytest.FixtureRequest, part: int) -> None:
    """Any result, encoded by the server and parsed by the client, is the same result."""
    for cls, draw, which in drawn(request, part):
        result = random_shape(result_of(cls), draw, sendable=False)
        parsed = parse(cls, 200, {}, encode_xml(result, which, cls))
        assert parsed == result, which
        assert parsed.request_id == which
