"""What is derived from the API model: answers that nobody gave, for operations that no peer serves.

A result is drawn from a seed, every member set, and written by our encoder: it shows the form of an
answer, and nothing of what AWS would say.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx

from ec2query import ec2
from ec2query.protocol.encode_xml import encode_xml
from ec2query.shape import ListOf, Member, Operation, Shape, Structure, TypeRef, members, result_of
from support.recording import Fixture, made_up, record

__all__ = ["derived_from_model"]

_OPERATIONS: list[Operation[Any]] = [
    ec2.CreateIpamExternalResourceVerificationToken(ipam_id="ipam-0123456789abcdef0"),
    ec2.DeleteIpamExternalResourceVerificationToken(
        ipam_external_resource_verification_token_id="ipam-ext-res-ver-token-0123456789abcdef0"
    ),
    ec2.DescribeIpamExternalResourceVerificationTokens(
        filters=[ec2.Filter(name="state", values=["create-complete", "delete-complete"])], max_results=5
    ),
    ec2.DescribeIpamPools(ipam_pool_ids=["ipam-pool-0123456789abcdef0"]),
]


def derived_from_model() -> Iterator[Fixture]:
    """Draw a result for each operation."""
    for operation in _OPERATIONS:
        cls = type(operation)
        draw = random.Random(cls.__name__)
        body = encode_xml(_shape(result_of(cls), draw), made_up(cls.__name__, "success"), cls)
        answer = httpx.Response(200, headers={"content-type": "text/xml;charset=UTF-8"}, content=body)
        yield record(
            operation,
            httpx.MockTransport(lambda request, answer=answer: answer),
            case="success",
            about="Every member that the model knows.",
            provenance="derived: API model",
        )


def _shape(cls: type[Shape], draw: random.Random) -> Any:
    return cls(**{m.name: _value(m.type, m, draw) for m in members(cls) if m.name != "request_id"})


def _value(kind: TypeRef, member: Member, draw: random.Random) -> Any:
    if isinstance(kind, ListOf):
        return [_value(kind.of, member, draw) for _ in range(draw.choice((1, 2)))]
    if isinstance(kind, Structure):
        return _shape(kind.resolve(), draw)
    if kind.name == "datetime":
        return datetime(2026, 1, 1, tzinfo=UTC) + timedelta(milliseconds=draw.randrange(10**10))
    if kind.name == "str":
        return draw.choice(_known(member) or [f"{member.model} {draw.choice('abc<é')}"])
    drawn = {"int": draw.randrange(1, 1000), "bool": draw.random() < 0.5, "float": 1.5, "bytes": b"\0\1"}
    return drawn[kind.name]


def _known(member: Member) -> list[str]:
    """Return the known values of an enum."""
    enum = getattr(ec2, member.enum, None) if member.enum else None
    return [value for name, value in vars(enum).items() if name.isupper()] if enum else []
