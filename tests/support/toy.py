"""A small service with every kind of member, for tests of the protocol itself."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from ec2query.shape import Operation, Result, Service, Shape, wire

__all__ = ["SERVICE", "Change", "DescribeIt", "Do", "DoNothing", "DoResult", "Leaf", "Node"]

SERVICE = Service(
    name="toy",
    version="2020-01-08",
    namespace="https://example.com/doc/2020-01-08",
    signing_name="toy",
    endpoint_prefix="toy",
)


class Leaf(Shape):
    key: str | None = wire("key", default=None)
    count: int | None = wire("count", default=None)


class Node(Shape):
    """Recursive, with a list of its own kind."""

    name: str = wire("name")
    inner: Node | None = wire("inner", default=None)
    others: Sequence[Node] = wire("otherSet", model="Others", default=())


class DoResult(Result):
    text: str | None = wire("text", default=None)
    whole: int | None = wire("whole", default=None)
    real: float | None = wire("real", default=None)
    flag: bool | None = wire("flag", default=None)
    blob: bytes | None = wire("blob", default=None)
    when: datetime | None = wire("when", default=None)
    leaf: Leaf | None = wire("leaf", default=None)
    leaves: Sequence[Leaf] = wire("leafSet", model="Leaves", default=())
    texts: Sequence[str] = wire("textSet", model="Texts", default=())
    wholes: Sequence[int] = wire("wholeSet", model="Wholes", default=())
    grid: Sequence[Sequence[str]] = wire("grid", default=())
    flat: Sequence[str] = wire("flat", default=(), flattened=True, item="flatItem")
    flat_leaves: Sequence[Leaf] = wire("flatLeaf", default=(), flattened=True, item="flatLeaf")
    node: Node | None = wire("node", default=None)
    kind: str | None = wire("xsi:type", model="Kind", default=None, attribute=True)


class Do(Operation[DoResult]):
    text: str | None = wire("text", default=None)
    whole: int | None = wire("whole", default=None)
    real: float | None = wire("real", default=None)
    flag: bool | None = wire("flag", default=None)
    blob: bytes | None = wire("blob", default=None)
    when: datetime | None = wire("when", default=None)
    epoch: datetime | None = wire("epoch", default=None, timestamp="unixTimestamp")
    dated: datetime | None = wire("dated", default=None, timestamp="rfc822")
    leaf: Leaf | None = wire("leaf", default=None)
    leaves: Sequence[Leaf] = wire("LeafSpecification", model="Leaves", default=())
    texts: Sequence[str] = wire("textSet", model="Texts", query="Text.Values", default=())
    grid: Sequence[Sequence[str]] = wire("grid", default=())
    node: Node | None = wire("node", default=None)
    script: str | bytes | None = wire("script", default=None)
    secret: str | None = wire("secret", default=None, sensitive=True)
    dry_run: bool | None = wire("dryRun", default=None)
    client_token: str | None = wire("clientToken", default=None, token=True)


class DoNothing(Operation[Result]):
    pass


class Change(Operation[DoResult]):
    """It changes something and has no idempotency token."""

    text: str | None = wire("text", default=None)


class DescribeIt(Operation[DoResult]):
    """It only reads."""
