"""One API call, start to finish, as a flow: serialize, sign, send, read the answer.

`Channel` is what all calls of a client share. The flow asks for `Send` and, between the pieces of
a long answer, for `Pause`; nothing else of the world is touched.
https://docs.aws.amazon.com/AWSEC2/latest/APIReference/Query-Requests.html
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache
from typing import Any, TypeVar

from ..errors import DryRunSucceeded, ParameterError, ResponseError, Unauthorized
from ..shape import Operation, Result, members, service_of
from .effects import Flow, Timeout, pause, send
from .endpoint import Endpoint
from .message import HttpRequest, HttpResponse
from .parse import ResultDecoder
from .serialize import action_of, serialize
from .sign import Credentials, Signer, SigV4Signer
from .world import World
from .xml import Limits

__all__ = ["Channel", "call", "permitted", "prepare"]

R = TypeVar("R", bound=Result)

# Pieces of an answer between which other tasks may run: about 5 ms of work each.
_PIECE = 128 * 1024

_FORM = "application/x-www-form-urlencoded; charset=utf-8"


@dataclass(frozen=True, slots=True, kw_only=True)
class Channel:
    """What every call of a client shares. `credentials` is asked anew for each attempt."""

    endpoint: Endpoint
    credentials: Callable[[], Flow[Credentials]]
    world: World
    user_agent: str
    signer: Signer = field(default_factory=SigV4Signer)
    timeout: Timeout = field(default_factory=Timeout)
    limits: Limits = field(default_factory=Limits)


def call(operation: Operation[R], channel: Channel) -> Flow[R]:
    """Send an operation and return its result.

    Raises: every branch of the error tree but WaiterError.
    """
    operation = _with_tokens(operation, channel.world)
    request = prepare(operation, channel)
    credentials = yield from channel.credentials()
    signed = channel.signer.sign(
        request,
        credentials,
        region=channel.endpoint.region,
        service=service_of(type(operation)).signing_name,
        now=channel.world.now(),
    )
    response = yield from send(signed, channel.timeout, channel.limits.body)
    return (yield from _read(type(operation), response, channel.limits))


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


def _with_tokens(operation: Operation[R], world: World) -> Operation[R]:
    """Fill idempotency tokens that the caller left out: once for a call, whatever its attempts.

    https://docs.aws.amazon.com/ec2/latest/devguide/ec2-api-idempotency.html
    """
    missing = [name for name in _token_members(type(operation)) if getattr(operation, name) is None]
    if not missing:
        return operation
    return dataclasses.replace(operation, **{name: world.token() for name in missing})


@cache
def _token_members(operation: type[Operation[Any]]) -> tuple[str, ...]:
    return tuple(member.name for member in members(operation) if member.token)


def _read(operation: type[Operation[R]], response: HttpResponse, limits: Limits) -> Flow[R]:
    decoder = ResultDecoder(operation, response.status, response.headers, limits=limits)
    body = response.body
    if len(body) <= _PIECE:
        decoder.feed(body)
        return decoder.close()
    for begin in range(0, len(body), _PIECE):
        decoder.feed(body[begin : begin + _PIECE])
        yield from pause()
    return decoder.close()
