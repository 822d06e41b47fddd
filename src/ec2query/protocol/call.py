"""One API call, start to finish, as a flow: serialize once, then sign, send and read until it is done.

The flow asks for `Send`, for `Sleep` between attempts, for `Pause` between the pieces of a long
answer, and for whatever its credentials need; nothing else of the world is touched.
https://docs.aws.amazon.com/AWSEC2/latest/APIReference/Query-Requests.html
"""

from __future__ import annotations

import dataclasses
from functools import cache
from typing import Any, TypeVar

from ..errors import DryRunSucceeded, ParameterError, ResponseError, Unauthorized
from ..shape import Operation, Result, members
from .attempts import attempts
from .channel import Channel
from .effects import Flow
from .message import HttpRequest
from .serialize import action_of, serialize

__all__ = ["call", "permitted", "prepare"]

R = TypeVar("R", bound=Result)

_FORM = "application/x-www-form-urlencoded; charset=utf-8"


def call(operation: Operation[R], channel: Channel) -> Flow[R]:
    """Send an operation and return its result.

    Raises: every branch of the error tree but WaiterError.
    """
    # One draw a call: attempts have it in common, and so has the idempotency token.
    token = channel.world.token()
    operation = _with_tokens(operation, token)
    return (yield from attempts(operation, prepare(operation, channel), channel, token))


def permitted(operation: Operation[Any], channel: Channel) -> Flow[bool]:
    """Ask whether the call would be permitted, without making it (`DryRun`).

    Raises: ParameterError where the operation has no DryRun; any error but the two answers.
    """
    if not any(member.name == "dry_run" for member in members(type(operation))):
        raise ParameterError(
            where=action_of(type(operation)), expected="an operation with a DryRun member", got="none"
        )
    plain: Any = operation  # whether it has the member was asked above
    try:
        result: Result = yield from call(dataclasses.replace(plain, dry_run=True), channel)
    except DryRunSucceeded:
        return True
    except Unauthorized:
        return False
    raise ResponseError(
        "a dry run was answered as if it were a real call: expected DryRunOperation or UnauthorizedOperation",
        request_id=result.request_id,
        operation=action_of(type(operation)),
        outcome_unknown=True,
    )


def prepare(operation: Operation[Any], channel: Channel) -> HttpRequest:
    """Write the request of an operation, as yet without date, token and signature."""
    return HttpRequest(
        "POST",
        channel.endpoint.url,
        {
            "host": channel.endpoint.host,
            "content-type": _FORM,
            "user-agent": channel.user_agent,
            "accept-encoding": "identity",
        },
        serialize(operation),
    )


def _with_tokens(operation: Operation[R], token: str) -> Operation[R]:
    """Fill idempotency tokens that the caller left out: once for a call, whatever its attempts.

    https://docs.aws.amazon.com/ec2/latest/devguide/ec2-api-idempotency.html
    """
    missing = [name for name in _token_members(type(operation)) if getattr(operation, name) is None]
    if not missing:
        return operation
    return dataclasses.replace(operation, **dict.fromkeys(missing, token))


@cache
def _token_members(operation: type[Operation[Any]]) -> tuple[str, ...]:
    return tuple(member.name for member in members(operation) if member.token)
