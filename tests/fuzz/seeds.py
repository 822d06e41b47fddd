"""What the inputs are made from: the fixtures, answers drawn for any operation, requests."""

from __future__ import annotations

import random
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

from ec2query import ec2
from ec2query.errors import ParameterError
from ec2query.protocol.encode_xml import encode_xml
from ec2query.protocol.serialize import serialize
from ec2query.replay import Exchange, load
from ec2query.shape import Operation, result_of
from fuzz.mutations import Draw
from support.random_shapes import random_shape

__all__ = ["answer_seed", "error_seed", "exchange_seed", "fixtures", "operation_named", "request_seed"]

_FIXTURES = Path(__file__).parents[2] / "fixtures"


@cache
def fixtures() -> tuple[Exchange, ...]:
    """All recorded exchanges."""
    return load(_FIXTURES)


@cache
def _texts() -> tuple[bytes, ...]:
    return tuple(path.read_bytes() for path in sorted(_FIXTURES.rglob("*.exchange")))


@cache
def _errors() -> tuple[bytes, ...]:
    return tuple(each.response.body for each in fixtures() if each.response.status >= 300)


@cache
def _operations() -> tuple[str, ...]:
    return tuple(name for name in sorted(ec2.__all__) if operation_named(name) is not None)


def operation_named(action: str) -> type[Operation[Any]] | None:
    """Find an operation of EC2 by its action's name."""
    found = getattr(ec2, action, None) if action in ec2.__all__ else None
    return found if isinstance(found, type) and issubclass(found, Operation) else None


@lru_cache(maxsize=2000)
def _answer(action: str, number: int) -> bytes:
    operation = operation_named(action)
    assert operation is not None
    result = random_shape(result_of(operation), random.Random(f"{action} {number}"), sendable=False)
    try:
        return encode_xml(result, "r", operation)[:32_000]
    except ParameterError:  # a text that XML cannot carry was drawn
        return b"<%sResponse><requestId>r</requestId></%sResponse>" % (action.encode(), action.encode())


@lru_cache(maxsize=2000)
def _request(action: str, number: int) -> bytes:
    operation = operation_named(action)
    assert operation is not None
    return serialize(random_shape(operation, random.Random(f"{action} {number}"), sendable=True))


def answer_seed(draw: Draw) -> bytes:
    """Draw an answer's body: a recorded one, or one of any operation of EC2."""
    if draw.random() < 0.3:
        return draw.choice(fixtures()).response.body
    return _answer(draw.choice(_operations()), draw.randrange(2))


def error_seed(draw: Draw) -> bytes:
    """Draw the body of a recorded error answer."""
    return draw.choice(_errors())


def request_seed(draw: Draw) -> bytes:
    """Draw a request's form body."""
    if draw.random() < 0.3:
        return draw.choice(fixtures()).request.body
    return _request(draw.choice(_operations()), draw.randrange(2))


def exchange_seed(draw: Draw) -> bytes:
    """Draw the bytes of a recorded exchange's file."""
    return draw.choice(_texts())
