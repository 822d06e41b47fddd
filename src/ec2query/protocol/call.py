"""One API call, start to finish, as a flow: serialize once, then sign, send and read until it is done.

The flow asks for `Send`, for `Sleep` between attempts, for `Pause` between the pieces of a long
answer, and for whatever its credentials need; nothing else of the world is touched.
https://docs.aws.amazon.com/AWSEC2/latest/APIReference/Query-Requests.html
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Mapping
from functools import partial
from typing import TYPE_CHECKING, Any, TypeVar

from ..errors import DryRunSucceeded, ParameterError, ResponseError, ServiceError, Unauthorized
from ..shape import Operation, Result, Service, members, service_of
from .attempts import attempts
from .channel import Channel
from .customise import completion, outgoing, readable
from .effects import Flow
from .outcome import is_repeatable
from .parse import ResultDecoder
from .query import Query
from .serialize import action_of, serialize

if TYPE_CHECKING:
    from .raw import RawResult

__all__ = ["call", "call_raw", "permitted"]

R = TypeVar("R", bound=Result)


def call(operation: Operation[R], channel: Channel) -> Flow[R]:
    """Send an operation and return its result.

    Raises: every branch of the error tree but WaiterError.
    """
    _check(operation)
    # One draw a call: attempts have it in common, and so has the idempotency token.
    token = channel.world.token()
    sent = outgoing(operation, token, channel.endpoint)
    kind = type(sent)
    repeatable = is_repeatable(sent)
    query = Query(
        service=service_of(kind),
        action=action_of(kind),
        body=serialize(sent),
        read=partial(ResultDecoder, kind),
        repeatable=repeatable,
        token_is_ours=repeatable and sent is not operation and not is_repeatable(operation),
        complete=completion(sent, channel.endpoint),
    )
    try:
        result = yield from attempts(query, channel, token)
    except (ServiceError, ResponseError) as error:
        from .concealment import conceal  # here, since most calls succeed

        conceal(error, operation)
        raise
    return readable(result, kind)


def call_raw(
    action: str,
    pairs: Mapping[str, str] | Iterable[tuple[str, str]],
    channel: Channel,
    *,
    service: Service,
    version: str | None = None,
) -> Flow[RawResult]:
    """Send bare pairs, for what the model does not know, and return the answer as nested dicts.

    Raises: as `call`.
    """
    from .raw import raw_query

    query = raw_query(action, pairs, service=service, version=version)
    return (yield from attempts(query, channel, channel.world.token()))


def permitted(operation: Operation[Any], channel: Channel) -> Flow[bool]:
    """Ask whether the call would be permitted, without making it (`DryRun`).

    Raises: ParameterError where the operation has no DryRun; any error but the two answers.
    """
    _check(operation)
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


def _check(operation: object) -> None:
    """Raise ParameterError for what is none: the class instead of a value of it, most likely."""
    if not isinstance(operation, Operation):
        got = (
            f"the class {operation.__name__}"
            if isinstance(operation, type)
            else f"a {type(operation).__name__}"
        )
        raise ParameterError(where="call", expected="an operation, as ec2.DescribeVpcs() makes one", got=got)
