"""One query, ready for its attempts: what goes out, how the answer is read, what harm a repetition does.

`call` makes one of an operation, `raw` one of bare pairs; `attempts` sends either. A query knows
neither date nor signature: those belong to the attempt.
https://docs.aws.amazon.com/AWSEC2/latest/APIReference/Query-Requests.html
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import field
from datetime import datetime
from typing import Any, Generic, Protocol, TypeAlias, TypeVar

from ..frozen import frozen
from ..shape import Service
from .channel import Channel
from .message import HttpRequest
from .sign import Credentials
from .xml import Limits

__all__ = ["AnswerDecoder", "Completion", "Query", "ReadAnswer", "unsigned"]

T_co = TypeVar("T_co", covariant=True)


class AnswerDecoder(Protocol[T_co]):
    """Reads an answer piece by piece."""

    def feed(self, data: bytes | memoryview) -> None:
        """Read a piece of the body. Raises: ResponseError."""
        ...

    def close(self) -> T_co:
        """Return what the answer says. Raises: ServiceError, ResponseError."""
        ...


_FORM = "application/x-www-form-urlencoded; charset=utf-8"


class ReadAnswer(Protocol[T_co]):
    """Begins to read an answer, of which status and headers (lower-case names) are known."""

    def __call__(
        self, status: int, headers: Mapping[str, str], /, *, limits: Limits
    ) -> AnswerDecoder[T_co]: ...


# Finishes the request of one attempt, which is about to be signed with these credentials at this time.
Completion: TypeAlias = Callable[[HttpRequest, Credentials, datetime], HttpRequest]


@frozen(kw_only=True)
class Query(Generic[T_co]):
    """An action of a service, its form body and all that its attempts have in common.

    `repeatable` says that a second attempt does no harm, `token_is_ours` that this is so only by an
    idempotency token that the caller never sees: a second call would do the work twice.
    """

    service: Service
    action: str
    body: bytes = field(repr=False)
    read: ReadAnswer[T_co]
    repeatable: bool
    token_is_ours: bool = False
    complete: Completion | None = None


def unsigned(query: Query[Any], channel: Channel, invocation_id: str, attempt: int) -> HttpRequest:
    """Write the request of one attempt (from 1), as yet without date and signature."""
    return HttpRequest(
        "POST",
        channel.endpoint.url,
        {
            "host": channel.endpoint.host,
            "content-type": _FORM,
            "user-agent": channel.user_agent,
            "accept-encoding": "identity",
            "amz-sdk-invocation-id": invocation_id,
            "amz-sdk-request": f"attempt={attempt}; max={channel.retries.policy.attempts}",
        },
        query.body,
    )
