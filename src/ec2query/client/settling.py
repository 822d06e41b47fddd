"""Options in, what all calls of a client share out: its credentials, retry rules and times.

Nothing is looked up here. What the options leave open is decided by the settings that were read, a
Context, and by the rules of AWS's reference guide.
https://docs.aws.amazon.com/sdkref/latest/guide/settings-reference.html
"""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

from ..credentials.cached import credential_chain
from ..credentials.context import Context
from ..errors import ConfigurationError
from ..protocol.channel import CredentialsSource, GivenCredentials
from ..protocol.effects import Timeout
from ..protocol.quota import Quota
from ..protocol.retry import Retries
from ..protocol.retry_policy import resolve_policy
from ..protocol.sign import Credentials
from ..protocol.world import World
from .options import Options

if TYPE_CHECKING:
    from ..protocol.adaptive import Limiter

__all__ = ["credentials_of", "deadline_of", "retries_of", "timeout_of"]


def credentials_of(options: Options, world: World, context: Context) -> CredentialsSource:
    """Return what was given, or the chain. Raises: ConfigurationError for what can give none."""
    given = options.get("credentials")
    if isinstance(given, Credentials):
        return GivenCredentials(given)
    if given is not None:
        from ..credentials.sources import Source

        if not isinstance(given, Source):
            return _checked_source(given)
    return credential_chain(
        world,
        source=given,
        profile=options.get("profile"),
        region=context.region,
        mfa_token=context.mfa_token,
        user_agent=context.user_agent,
        loaded=context,
    )


def retries_of(options: Options, world: World, context: Context) -> Retries:
    """Return the rules that were given, or make some; they may be used by several threads."""
    if (given := options.get("retries")) is not None:
        return given
    policy = resolve_policy(
        world.environ,
        context.config.values,
        mode=options.get("retry_mode"),
        attempts=options.get("max_attempts"),
    )
    limiter: Limiter | None = None
    if policy.mode == "adaptive":
        from ..protocol.adaptive import Limiter

        limiter = Limiter(world.monotonic, lock=threading.Lock())
    return Retries(
        policy,
        random=world.random,
        clock=world.monotonic,
        quota=Quota(lock=threading.Lock()),
        limiter=limiter,
    )


def _checked_source(given: CredentialsSource) -> CredentialsSource:
    if callable(getattr(given, "current", None)) and callable(getattr(given, "renew", None)):
        return given
    raise ConfigurationError(
        "credentials: expected Credentials, a source of ec2query.credentials, or an object with current() and"
        f" renew(), got a {type(given).__name__}"
    )


def timeout_of(options: Options) -> Timeout:
    """Return the limits of an attempt; one number is for all but the total. Raises: ConfigurationError."""
    value = options.get("timeout")
    if value is None:
        return Timeout()
    if isinstance(value, Timeout):
        return value
    seconds = _positive("timeout", value)
    return Timeout(connect=seconds, read=seconds, write=seconds, pool=seconds)


def deadline_of(options: Options) -> float | None:
    """Return the seconds that a call may take in all. Raises: ConfigurationError."""
    return _positive("deadline", options.get("deadline"))


def _positive(name: str, value: float | None) -> float | None:
    if value is not None and not value > 0:
        raise ConfigurationError(f"{name}: expected a positive number of seconds, got {value!r}")
    return value
