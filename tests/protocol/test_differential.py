"""Our serializer and parser beside botocore's, on random values for every operation.

`--cases N` draws N cases (default: a few for each operation) and `--seed S` begins elsewhere.
"""

from __future__ import annotations

import random
from typing import Any

import pytest

from ec2query import ec2
from ec2query.errors import ServiceError
from ec2query.model_dict import from_dict
from ec2query.protocol.parse import parse
from ec2query.protocol.serialize import pairs
from support.peer import normal, peer, random_answer, random_error, random_params

PARTS = 16


def drawn(request: pytest.FixtureRequest, part: int) -> list[tuple[str, int]]:
    """Deal operation names and seeds: each operation comes up about equally often."""
    cases, seed = int(request.config.option.cases), int(request.config.option.seed)
    names = peer().operations
    return [(names[index % len(names)], seed + index) for index in range(part, cases, PARTS)]


def difference(mine: Any, theirs: Any, path: str = "") -> str:
    """Name the first place where two plain values differ, or nothing."""
    if isinstance(mine, dict) and isinstance(theirs, dict):
        for key in sorted({*mine, *theirs}):
            if key not in mine or key not in theirs:
                return f"{path}.{key}: {mine.get(key)!r} against {theirs.get(key)!r}"
            if found := difference(mine[key], theirs[key], f"{path}.{key}"):
                return found
        return ""
    if isinstance(mine, list) and isinstance(theirs, list) and len(mine) == len(theirs):
        for index, (one, other) in enumerate(zip(mine, theirs, strict=True)):
            if found := difference(one, other, f"{path}[{index}]"):
                return found
        return ""
    return "" if mine == theirs and type(mine) is type(theirs) else f"{path}: {mine!r} against {theirs!r}"


@pytest.mark.parametrize("part", range(PARTS))
def test_requests_equal_botocores(request: pytest.FixtureRequest, part: int) -> None:
    """The decoded pairs are those that botocore would send, for any value of any member."""
    for name, seed in drawn(request, part):
        draw = random.Random(f"request {name} {seed}")
        shape = peer().model.operation_model(name).input_shape
        params = random_params(shape, draw) if shape is not None else {}
        mine = dict(pairs(from_dict(getattr(ec2, name), params)))
        theirs = peer().body(name, params)
        assert not difference(mine, theirs), f"{name}, seed {seed}: {difference(mine, theirs)}"


@pytest.mark.parametrize("part", range(PARTS))
def test_answers_equal_botocores(request: pytest.FixtureRequest, part: int) -> None:
    """A document reads as botocore reads it, by model names; so does its request id."""
    for name, seed in drawn(request, part):
        draw = random.Random(f"answer {name} {seed}")
        body = random_answer(peer().model.operation_model(name), draw)
        result = parse(getattr(ec2, name), 200, {}, body)
        theirs = peer().parse(name, 200, body)
        metadata = theirs.pop("ResponseMetadata")
        assert result.request_id == metadata["RequestId"], f"{name}, seed {seed}"
        mine = normal({key: value for key, value in result.to_dict().items() if key != "RequestId"})
        found = difference(mine, normal(theirs))
        assert not found, f"{name}, seed {seed}: {found}"


@pytest.mark.parametrize("part", range(PARTS))
def test_errors_equal_botocores(request: pytest.FixtureRequest, part: int) -> None:
    """An error document has the same code, message and request id for both."""
    for name, seed in drawn(request, part):
        draw = random.Random(f"error {name} {seed}")
        body = random_error(draw)
        status = draw.choice([400, 403, 412, 500, 503])
        theirs = peer().parse(name, status, body)
        with pytest.raises(ServiceError) as caught:
            parse(getattr(ec2, name), status, {}, body)
        told = theirs["Error"]["Code"], (theirs["Error"]["Message"] or "").strip()
        assert (caught.value.code, caught.value.message) == told, f"{name}, seed {seed}"
        # botocore looks for one spelling, see docs/botocore-differences.md.
        request_id = theirs["ResponseMetadata"].get("RequestId")
        assert caught.value.request_id == request_id or b"ID" not in body, f"{name}, seed {seed}"
