"""The attempts of one call: sign, send, read, and decide what follows a failure.

Each attempt is signed anew. `amz-sdk-invocation-id` stays the same, `amz-sdk-request` counts. What
to do is decided elsewhere (`retry`, `clock_skew`, `outcome`); this is the script that asks them.
https://docs.aws.amazon.com/sdkref/latest/guide/feature-retry-behavior.html
"""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Generic, TypeVar

from ..errors import Ec2QueryError, ResponseError, ServiceError, TransportError
from .access_key import unexpired
from .channel import Channel
from .clock_skew import RefreshCredentials, SkewRemedy, judge_skew
from .effects import Flow, Timeout, pause, send, sleep
from .events import AttemptEvent
from .frames import without_frames
from .log import log_attempt
from .message import HttpResponse
from .outcome import leaves_unknown, mark_unknown
from .query import Query, unsigned
from .retry import GiveUp, Retry
from .sign import Credentials

__all__ = ["attempts"]

T = TypeVar("T")

# Pieces of an answer between which other tasks may run: a few milliseconds of work each.
_PIECE = 64 * 1024


@dataclass(slots=True)
class _Attempt(Generic[T]):
    """One attempt, filled in as it goes."""

    number: int
    sent_at: float
    signed_at: datetime
    offset: timedelta
    credentials: Credentials
    waited: float
    seconds: float = 0.0
    response: HttpResponse | None = None
    result: T | None = None
    error: Ec2QueryError | None = None


def attempts(query: Query[T], channel: Channel, invocation_id: str) -> Flow[T]:
    """Try until one attempt succeeds or the retry rules say that it is enough.

    Raises: the error of the last attempt, which says where an earlier one may have taken effect.
    """
    retries, began = channel.retries, channel.world.monotonic()
    unknown: list[int] = []
    number, remedies = 0, 0
    retry: Retry | None = None
    while True:
        number += 1
        remaining = None if channel.deadline is None else began + channel.deadline - channel.world.monotonic()
        tried = yield from _attempt(query, channel, invocation_id, number, remaining)
        error = tried.error
        if error is None:
            retries.succeeded(retry)
            _tell(channel, query, invocation_id, tried)
            assert tried.result is not None
            return tried.result
        remedy = _remedy(tried) if not remedies else None
        if remedy is not None and _applied(remedy, tried, channel):
            remedies += 1
            _tell(channel, query, invocation_id, tried, delay=0.0, reason=type(remedy).__name__)
            continue
        if leaves_unknown(error) and (query.token_is_ours or not query.repeatable):
            unknown.append(number)
        if remaining is not None:
            remaining -= channel.world.monotonic() - tried.sent_at
        decision = retries.failed(
            number - remedies,
            error,
            repeatable=query.repeatable,
            sent_at=tried.sent_at,
            headers=tried.response.headers if tried.response else None,
            remaining=remaining,
        )
        if isinstance(decision, GiveUp):
            _tell(channel, query, invocation_id, tried, reason=decision.reason)
            mark_unknown(error, unknown)
            raise error
        retry = decision
        _tell(channel, query, invocation_id, tried, delay=retry.delay, reason=retry.reason)
        yield from sleep(retry.delay)


def _attempt(
    query: Query[T], channel: Channel, invocation_id: str, number: int, remaining: float | None
) -> Flow[_Attempt[T]]:
    retries, world = channel.retries, channel.world
    waited = 0.0
    if retries.limiter is not None:
        from .adaptive import place_in_line  # few need it, and every first call would load it

        waited = yield from place_in_line(retries.limiter)
    credentials = unexpired((yield from channel.credentials.current()), world.now())
    offset = channel.clock.offset
    signed_at = world.now() + offset
    request = unsigned(query, channel, invocation_id, number)
    if query.complete is not None:
        request = query.complete(request, credentials, signed_at)
    signed = channel.signer.sign(
        request,
        credentials,
        region=channel.endpoint.region,
        service=query.service.signing_name,
        now=signed_at,
    )
    tried: _Attempt[T] = _Attempt(number, world.monotonic(), signed_at, offset, credentials, waited)
    try:
        tried.response = yield from send(signed, _within(channel.timeout, remaining), channel.limits.body)
        tried.result = yield from _read(query, tried.response, channel)
    except (ServiceError, ResponseError, TransportError) as error:
        if isinstance(error, ResponseError):
            error.name_operation(query.action)
        tried.error = without_frames(error)  # they hold an answer that is to make room
        if tried.response is not None:
            tried.response = HttpResponse(tried.response.status, tried.response.headers)
    tried.seconds = world.monotonic() - tried.sent_at
    return tried


def _within(timeout: Timeout, remaining: float | None) -> Timeout:
    """Leave an attempt no more time than the call has."""
    if remaining is None:
        return timeout
    remaining = max(remaining, 0.0)
    return dataclasses.replace(timeout, total=min(remaining, timeout.total or remaining))


def _read(query: Query[T], response: HttpResponse, channel: Channel) -> Flow[T]:
    decoder = query.read(response.status, response.headers, limits=channel.limits)
    # A view is cut without copying, and shows nothing to whoever prints a traceback's variables.
    body = memoryview(response.body)
    if len(body) <= _PIECE:
        decoder.feed(body)
        return decoder.close()
    for begin in range(0, len(body), _PIECE):
        decoder.feed(body[begin : begin + _PIECE])
        yield from pause()
    return decoder.close()


def _remedy(tried: _Attempt[Any]) -> SkewRemedy | None:
    if not isinstance(tried.error, ServiceError):
        return None
    return judge_skew(
        tried.error.code,
        tried.response.headers.get("date") if tried.response else None,
        signed_at=tried.signed_at,
        offset=tried.offset,
        seconds=tried.seconds,
        expires_at=tried.credentials.expires_at,
        temporary=tried.credentials.session_token is not None,
    )


def _applied(remedy: SkewRemedy, tried: _Attempt[Any], channel: Channel) -> bool:
    """Correct the clock or let go of the credentials; say whether that gives another try a chance."""
    if remedy.offset is not None:
        channel.clock.offset = remedy.offset
    renewed = isinstance(remedy, RefreshCredentials) and channel.credentials.renew(tried.credentials)
    return renewed or remedy.offset is not None


def _tell(
    channel: Channel,
    query: Query[Any],
    invocation_id: str,
    tried: _Attempt[Any],
    *,
    delay: float | None = None,
    reason: str | None = None,
) -> None:
    error = tried.error
    named = tried.result if error is None else error
    request_id = getattr(named, "request_id", None)
    log_attempt(query.action, tried.number, request_id, tried.seconds)
    if channel.on_attempt is None:
        return
    channel.on_attempt(
        AttemptEvent(
            service=query.service.id,
            operation=query.action,
            region=channel.endpoint.region,
            invocation_id=invocation_id,
            attempt=tried.number,
            seconds=tried.seconds,
            waited=tried.waited,
            status=tried.response.status if tried.response else getattr(error, "status", None),
            request_id=request_id,
            error=None if error is None else getattr(error, "code", None) or type(error).__name__,
            delay=delay,
            reason=reason,
        )
    )
