"""What all calls of a client share, as one value: where to, by whom, how, how long, how often."""

from __future__ import annotations

from dataclasses import field
from datetime import timedelta
from typing import Protocol

from ..frozen import frozen
from .effects import Flow, Timeout
from .endpoint import Endpoint
from .events import OnAttempt
from .retry import Retries
from .sign import Credentials, Signer, SigV4Signer
from .world import World
from .xml import Limits

__all__ = ["Channel", "Clock", "CredentialsSource", "GivenCredentials"]


class CredentialsSource(Protocol):
    """Gives credentials that can sign now, and hears when EC2 says that they have expired."""

    def current(self) -> Flow[Credentials]:
        """Give credentials for one attempt, refreshed where that is due. Raises: CredentialsError."""
        ...

    def renew(self, used: Credentials) -> bool:
        """Let go of credentials that EC2 called expired; say whether asking again may give others."""
        ...


@frozen
class GivenCredentials:
    """Credentials that the caller gave, and that nothing can refresh."""

    given: Credentials

    def current(self) -> Flow[Credentials]:
        return self.given
        yield  # a flow that asks for nothing

    def renew(self, used: Credentials) -> bool:
        """There are no others."""
        return False


class Clock:
    """By how much our clock must be corrected to agree with EC2's: the one cell that calls write."""

    __slots__ = ("offset",)

    def __init__(self) -> None:
        self.offset = timedelta(0)


@frozen(kw_only=True)
class Channel:
    """What every call of a client shares; `deadline` is in seconds, across all attempts of a call."""

    endpoint: Endpoint
    credentials: CredentialsSource
    world: World
    user_agent: str
    retries: Retries
    signer: Signer = field(default_factory=SigV4Signer)
    timeout: Timeout = field(default_factory=Timeout)
    deadline: float | None = None
    limits: Limits = field(default_factory=Limits)
    clock: Clock = field(default_factory=Clock)
    on_attempt: OnAttempt | None = None
