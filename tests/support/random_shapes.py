"""Random values for any Shape, drawn from what its own members say of themselves.

`sendable` leaves out what a request cannot express: a structure without
a member in it, and an empty list where one is required.
"""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar

from ec2query.shape import ListOf, Member, Shape, Structure, TypeRef, members

__all__ = ["random_shape"]

S = TypeVar("S", bound=Shape)

_TEXTS = [
    "",
    "a",
    "i-0123456789abcdef0",
    "a b+c&d=e/%~",
    "é€😀\ud7ff\ue000",
    "<&>\"'",
    " lead and trail ",
    "line\r\nbreak\ttab",
    "]]>",
    "x" * 300,
    "Action=Nothing",
    "1.2.3",
]
_WHOLES = [0, 1, -1, 65535, 2**31, 2**63 - 1, -(2**63), 2**70]
_REALS = [0.0, -0.5, 1e-7, 1e22, 0.1, float("inf"), float("-inf")]
_NOON = datetime(2026, 1, 2, 12, 0, 5, tzinfo=UTC)


def random_shape(cls: type[S], draw: random.Random, *, sendable: bool) -> S:
    """Draw an instance: sometimes with every member, mostly with some, fewer the deeper."""
    return _shape(cls, draw, sendable, 0)


def _shape(cls: type[S], draw: random.Random, sendable: bool, depth: int) -> S:
    chance = 1.0 if draw.random() < 0.25 and depth < 3 else (0.6, 0.5, 0.3, 0.2, 0.1, 0.0)[min(depth, 5)]
    values: dict[str, Any] = {}
    for member in members(cls):
        if member.name != "request_id" and (member.required or draw.random() < chance):
            value = _value(member.type, member, draw, sendable, depth)
            while sendable and member.required and value in (None, []):
                value = _value(member.type, member, draw, sendable, depth)
            values[member.name] = value
    return cls(**values)


def _value(kind: TypeRef, member: Member, draw: random.Random, sendable: bool, depth: int) -> Any:
    if isinstance(kind, ListOf):
        size = draw.choice([0, 1, 1, 2, 3])
        entries = [_value(kind.of, member, draw, sendable, depth + 1) for _ in range(size)]
        return [entry for entry in entries if entry not in (None, [])] if sendable else entries
    if isinstance(kind, Structure):
        made = _shape(kind.resolve(), draw, sendable, depth + 1)
        return None if sendable and not _says_something(made) else made
    return _scalar(kind.name, member, draw)


def _says_something(shape: Shape) -> bool:
    return any(getattr(shape, member.name) not in (None, ()) for member in members(type(shape)))


def _scalar(kind: str, member: Member, draw: random.Random) -> Any:
    if kind == "str":
        return draw.choice(_TEXTS)
    if kind == "int":
        return draw.choice(_WHOLES)
    if kind == "float":
        return draw.choice(_REALS)
    if kind == "bool":
        return draw.random() < 0.5
    if kind == "bytes":
        return draw.randbytes(draw.randrange(40))
    moment = _NOON + timedelta(seconds=draw.randrange(-(10**9), 10**9))
    # An HTTP date has whole seconds.
    return moment.replace(microsecond=0 if member.timestamp == "rfc822" else draw.choice([0, 1, 120_000]))
