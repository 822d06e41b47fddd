"""Effects: what a flow may ask for, and the flow type itself.

A flow is a generator that yields effects and is sent their results; a failed effect is thrown into
it as an Ec2QueryError. A driver (`ec2query.client.drivers`) performs the effects. Flows never do:
that is why they can be tested by playing them a list of (expected effect, reply) pairs.
Precedent: the `auth_flow` of httpx, psycopg 3's `generators.py`.
"""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import dataclass, field
from typing import TypeAlias, TypeVar

from .message import HttpRequest, HttpResponse

__all__ = [
    "Effect",
    "Flow",
    "Pause",
    "ReadFile",
    "RunProcess",
    "Send",
    "Sleep",
    "Timeout",
    "pause",
    "read_file",
    "run_process",
    "send",
    "sleep",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Timeout:
    """Seconds allowed for connecting, for each read, each write, and for a free connection."""

    connect: float | None = 10.0
    read: float | None = 60.0
    write: float | None = 60.0
    pool: float | None = 60.0


@dataclass(frozen=True, slots=True)
class Send:
    """Send one HTTP request, follow no redirect; the reply is an HttpResponse.

    Fails with TransportError, or with ResponseError where the decoded body would exceed `max_body`
    bytes or its content coding is broken.
    """

    request: HttpRequest
    timeout: Timeout = field(default=Timeout())
    max_body: int = 64 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Sleep:
    """Let `seconds` pass; the reply is None."""

    seconds: float


@dataclass(frozen=True, slots=True)
class Pause:
    """Let other tasks run: asked for between pieces of long work; the reply is None."""


@dataclass(frozen=True, slots=True)
class ReadFile:
    """Read a file; the reply is its bytes, or None where there is no such file."""

    path: str


@dataclass(frozen=True, slots=True)
class RunProcess:
    """Run a program without a shell; the reply is its standard output. Fails with CredentialsError."""

    argv: tuple[str, ...] = field(repr=False)
    seconds: float = 60.0


Effect: TypeAlias = Send | Sleep | Pause | ReadFile | RunProcess

T = TypeVar("T")

# The reply's type hangs on the effect, which a generator's type cannot say: the functions below do.
Flow: TypeAlias = Generator[Effect, object, T]


def send(
    request: HttpRequest, timeout: Timeout | None = None, max_body: int | None = None
) -> Flow[HttpResponse]:
    """Ask for `request` to be sent: `response = yield from send(request)`."""
    default = Send(request)
    reply = yield Send(request, timeout or default.timeout, max_body or default.max_body)
    assert isinstance(reply, HttpResponse), reply
    return reply


def sleep(seconds: float) -> Flow[None]:
    """Ask for `seconds` to pass."""
    yield Sleep(seconds)


def pause() -> Flow[None]:
    """Ask for other tasks to be let in."""
    yield Pause()


def read_file(path: str) -> Flow[bytes | None]:
    """Ask for a file's bytes, None where it does not exist."""
    reply = yield ReadFile(path)
    assert reply is None or isinstance(reply, bytes), reply
    return reply


def run_process(argv: tuple[str, ...], seconds: float = 60.0) -> Flow[bytes]:
    """Ask for a program's standard output."""
    reply = yield RunProcess(argv, seconds)
    assert isinstance(reply, bytes), reply
    return reply
