"""What became of an attempt: is its failure worth another try, and is its effect known?

Both are judged from the error alone: `classify` by code (case-folded, since EC2's casing is not
consistent), then by status; `leaves_unknown` by whether the request may have been carried out.
https://docs.aws.amazon.com/sdkref/latest/guide/feature-retry-behavior.html
https://docs.aws.amazon.com/ec2/latest/devguide/ec2-api-idempotency.html
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal, TypeAlias

from ..errors import (
    DryRunSucceeded,
    Ec2QueryError,
    ResponseError,
    ServiceError,
    Throttled,
    TransportError,
    TransportTimeout,
    family_of,
)
from ..shape import Operation, members
from .serialize import action_of

__all__ = [
    "Fault",
    "classify",
    "is_repeatable",
    "is_throttling",
    "leaves_unknown",
    "mark_unknown",
    "reads_only",
]

Fault: TypeAlias = Literal["throttling", "transient", "timeout", "capacity", "final"]

# The throttling codes themselves are the family Throttled; a 429 without a known code is one too:
# ThrottlingStatusCodeChecker in botocore/retries/standard.py.
_TOO_MANY_REQUESTS = 429

_TRANSIENT_STATUSES = frozenset({500, 502, 503, 504})

_TRANSIENT_CODES = frozenset(
    {
        "internalerror",
        "internalfailure",
        "requesttimeout",
        "requesttimeoutexception",
        "serviceunavailable",
        "unavailable",
    }
)

# No operation with another first word is free of effects by its name alone.
_READS = ("Describe", "Get", "List", "Search", "Validate")


def classify(error: Ec2QueryError) -> Fault:
    """Say what kind of failure this is; `capacity` is Insufficient…Capacity, `final` all that stays wrong."""
    if isinstance(error, ServiceError):
        return _classify_service(error)
    if isinstance(error, TransportTimeout):
        return "timeout"
    if isinstance(error, ResponseError):
        return "final" if error.over_limit else "transient"
    return "transient" if isinstance(error, TransportError) else "final"


def _classify_service(error: ServiceError) -> Fault:
    code = error.code.casefold()
    if isinstance(error, DryRunSucceeded) or code == "dryrunoperation":
        return "final"
    if is_throttling(error):
        return "throttling"
    if code.startswith("insufficient") and "capacity" in code:
        return "capacity"
    if code in _TRANSIENT_CODES or error.status in _TRANSIENT_STATUSES:
        return "transient"
    return "final"


def is_throttling(error: Ec2QueryError) -> bool:
    """Say whether EC2 asks for fewer calls."""
    return isinstance(error, ServiceError) and (
        family_of(error.code, error.status) is Throttled or error.status == _TOO_MANY_REQUESTS
    )


def is_repeatable(operation: Operation[Any]) -> bool:
    """Say whether sending an operation twice does no more than sending it once.

    It is where it only reads, is a dry run, or carries an idempotency token: a filled member with
    the token trait, or a filled ClientToken without it.
    """
    if reads_only(action_of(type(operation))) or getattr(operation, "dry_run", None):
        return True
    return any(
        (member.token or member.name == "client_token") and getattr(operation, member.name) is not None
        for member in members(type(operation))
    )


def reads_only(action: str) -> bool:
    """Say whether an action's name promises that it changes nothing."""
    return action.startswith(_READS)


def leaves_unknown(error: Ec2QueryError) -> bool:
    """Say whether a changing request that failed so may have been carried out all the same.

    EC2's own error document is its word that it was not. An answer that cannot be believed leaves
    it open unless its status refuses the request, and so does a gateway's 5xx.
    """
    if isinstance(error, TransportError):
        return error.sent
    if isinstance(error, ResponseError):
        return error.outcome_unknown or error.status is None or not 300 <= error.status < 500
    return isinstance(error, ServiceError) and error.synthesized and error.status >= 500


def mark_unknown(error: Ec2QueryError, attempts: Sequence[int]) -> None:
    """Make the error that a call ends with say which of its attempts (from 1) may have taken effect."""
    if not attempts:
        return
    which = ", ".join(str(attempt) for attempt in attempts)
    sentence = str(error).removesuffix("; the operation may have taken effect")
    noun = "attempts" if len(attempts) > 1 else "attempt"
    error.args = (f"{sentence}; {noun} {which} may have taken effect, check before repeating it",)
    error.outcome_unknown = True
