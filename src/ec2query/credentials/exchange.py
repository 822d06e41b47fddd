"""Asking a source over HTTP: attempts, backoff, and the two ways of failing.

`Absent` says that a source is not there (no instance role, no metadata service): the chain goes on.
`Transient` is a failure that may pass: it is tried again while attempts are left. Both are
CredentialsErrors to whoever does not know them.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from ..errors import CredentialsError, Ec2QueryError, ResponseError, ServiceError, TransportError
from ..protocol.effects import Flow, Timeout, send, sleep
from ..protocol.message import HttpRequest, HttpResponse
from ..protocol.outcome import classify
from ..protocol.world import World

__all__ = ["Absent", "Transient", "ask_often", "check_status", "fetch", "may_pass"]

T = TypeVar("T")

# Answers are some kilobytes; the limit keeps a wrong address from filling the memory.
_MAX_BODY = 1024 * 1024
_BASE, _CAP = 1.0, 20.0


class Absent(CredentialsError):
    """The source is not there; `str()` says how that was seen."""


class Transient(CredentialsError):
    """A failure that may pass."""


def may_pass(error: Ec2QueryError) -> bool:
    """Tell whether trying again may help."""
    # STS could not reach the provider of a web identity token:
    # https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRoleWithWebIdentity.html#API_AssumeRoleWithWebIdentity_Errors
    if isinstance(error, ServiceError) and error.code == "IDPCommunicationError":
        return True
    return isinstance(error, Transient) or classify(error) in ("throttling", "transient", "timeout")


def ask_often(once: Callable[[], Flow[T]], attempts: int, world: World, base: float = _BASE) -> Flow[T]:
    """Run `once` until it succeeds, fails for good, or was run `attempts` times.

    Between attempts passes a random part of `base`, then of twice that, up to 20 seconds.
    """
    for attempt in range(1, attempts):
        try:
            return (yield from once())
        except Ec2QueryError as error:
            if not may_pass(error):
                raise
        yield from sleep(world.random() * min(_CAP, base * 2.0 ** (attempt - 1)))
    return (yield from once())


def fetch(what: str, request: HttpRequest, timeout: Timeout) -> Flow[HttpResponse]:
    """Send one request; where no answer comes, say what was asked. Raises TransportError."""
    try:
        return (yield from send(request, timeout, _MAX_BODY))
    except TransportError as error:
        raise type(error)(f"{what}: {error}", sent=error.sent) from None
    except ResponseError as error:
        raise Transient(f"{what}: {error.reason}") from None


def check_status(what: str, response: HttpResponse) -> None:
    """Raise CredentialsError for an answer that is not 200; the body is not quoted."""
    if response.status == 200:
        return
    passing = response.status >= 500 or response.status in (408, 425, 429)
    kind = Transient if passing else CredentialsError
    raise kind(f"{what}: expected status 200, got {response.status} (its body is not shown)")
