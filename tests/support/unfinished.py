"""Operations that no constructor would make: without a member that is required."""

from __future__ import annotations

from typing import Any, TypeVar

from ec2query.errors import InvalidRequest
from ec2query.protocol.decode_form import decode_pairs
from ec2query.replay import Exchange
from ec2query.replay.expectation import operation_named
from ec2query.shape import Operation, members, slot_of

__all__ = ["operation_of", "without"]

Op = TypeVar("Op", bound=Operation[Any])


def without(operation: Op, *names: str) -> Op:
    """Copy an operation but for some of its members."""
    made = type(operation).__new__(type(operation))
    for member in members(type(operation)):
        value = getattr(operation, member.name)
        if member.name not in names and value is not None and value != ():
            slot_of(type(operation), member.name).__set__(made, value)
    return made


def operation_of(exchange: Exchange) -> Operation[Any]:
    """Read the operation that an exchange asks for, as the caller made it.

    What is required and was not sent is missing, and so is a token that the client made up.
    """
    made_up = exchange.request.headers.get("amz-sdk-invocation-id")
    pairs = [(key, value) for key, value in exchange.pairs if value != made_up]
    cls = operation_named(exchange.action)
    assert cls is not None, exchange.action
    try:
        return decode_pairs(pairs, operation_named)
    except InvalidRequest:
        sent = {key.partition(".")[0] for key, _ in pairs}
        missing = [m for m in members(cls) if m.required and m.key not in sent]
        filled = [*pairs, *((member.key, "1") for member in missing)]
        return without(decode_pairs(filled, operation_named), *(member.name for member in missing))
