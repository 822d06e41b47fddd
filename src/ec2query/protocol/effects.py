"""Effects: what a flow may ask for, and the flow type itself.

A flow is a generator that yields effects and is sent their results; a failed effect is thrown into
it as an Ec2QueryError. A driver (`ec2query.client.drivers`) performs the effects. Flows never do:
that is why they can be tested by playing them a list of (expected effect, reply) pairs.
Precedent: the `auth_flow` of httpx, psycopg 3's `generators.py`.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Generator, Hashable
from dataclasses import field
from typing import TypeAlias, TypeVar, cast

from ..errors import CredentialsError
from ..frozen import frozen
from .message import HttpRequest, HttpResponse

__all__ = [
    "Ask",
    "Effect",
    "Flow",
    "Pause",
    "ReadFile",
    "RunProcess",
    "Send",
    "Shared",
    "Sleep",
    "Timeout",
    "WriteFile",
    "ask",
    "pause",
    "read_file",
    "run_process",
    "send",
    "shared",
    "sleep",
    "write_file",
]


@frozen(kw_only=True)
class Timeout:
    """Seconds allowed for connecting, for each read, each write, for a free connection, and in all.

    `slowest` is the bytes per second that an answer must bring on average over any `window` seconds.
    """

    connect: float | None = 10.0
    read: float | None = 60.0
    write: float | None = 60.0
    pool: float | None = 60.0
    total: float | None = None
    slowest: float | None = 1.0
    window: float = 20.0


_TIMEOUT = Timeout()
_MAX_BODY = 48 * 1024 * 1024


@frozen
class Send:
    """Send one HTTP request, follow no redirect; the reply is an HttpResponse.

    Fails with TransportError, or with ResponseError where the decoded body would exceed `max_body`
    bytes or its content coding is broken.
    """

    request: HttpRequest
    timeout: Timeout = field(default=_TIMEOUT)
    max_body: int = _MAX_BODY


@frozen
class Sleep:
    """Let `seconds` pass; the reply is None."""

    seconds: float


@frozen
class Pause:
    """Let other tasks run: asked for between pieces of long work; the reply is None."""


@frozen
class ReadFile:
    """Read a file; the reply is its bytes, or None where there is none. Fails with ConfigurationError."""

    path: str


@frozen
class RunProcess:
    """Run a program without a shell; the reply is its standard output. Fails with CredentialsError."""

    argv: tuple[str, ...] = field(repr=False)
    seconds: float = 60.0


@frozen
class WriteFile:
    """Put `data` in a file's place at once, readable as `mode` says; the reply is None.

    The folder is made (0700) where it is missing. Fails with ConfigurationError.
    """

    path: str
    data: bytes = field(repr=False)
    mode: int = 0o600


@frozen
class Ask:
    """Put a question to the caller's own function, off the event loop; the reply is its str.

    Where the function returns an awaitable, that is awaited (only AsyncClient can).
    """

    answer: Callable[[str], str | Awaitable[str]] = field(repr=False)
    about: str


@frozen
class Shared:
    """Run one flow for all who ask for it while it is under way; the reply is what it returns.

    Callers with an equal `key` share one run, and its failure is thrown into each of them. A caller
    that is cancelled leaves the others waiting: the run goes on, or `flow()` begins anew for them.
    """

    key: Hashable = field(repr=False)
    flow: Callable[[], Flow[object]] = field(repr=False)


Effect: TypeAlias = Send | Sleep | Pause | ReadFile | RunProcess | WriteFile | Ask | Shared

T = TypeVar("T")

# The reply's type hangs on the effect, which a generator's type cannot say: the functions below do.
Flow: TypeAlias = Generator[Effect, object, T]


def send(
    request: HttpRequest, timeout: Timeout | None = None, max_body: int | None = None
) -> Flow[HttpResponse]:
    """Ask for `request` to be sent: `response = yield from send(request)`."""
    reply = yield Send(request, timeout or _TIMEOUT, max_body or _MAX_BODY)
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


def write_file(path: str, data: bytes, mode: int = 0o600) -> Flow[None]:
    """Ask for a file to be replaced."""
    yield WriteFile(path, data, mode)


def ask(answer: Callable[[str], str | Awaitable[str]], about: str) -> Flow[str]:
    """Ask the caller's own function. Raises CredentialsError where it answers with anything but a str."""
    reply = yield Ask(answer, about)
    if not isinstance(reply, str):
        raise CredentialsError(f"the answer about {about}: expected a str, got a {type(reply).__name__}")
    return reply


def shared(key: Hashable, flow: Callable[[], Flow[T]]) -> Flow[T]:
    """Ask for a flow to be run once for all who wait for it at the same time."""
    reply = yield Shared(key, flow)
    return cast(T, reply)
