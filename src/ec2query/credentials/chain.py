"""Asking the sources in their order, and saying what became of each.

A source that is not configured is passed; one that is and fails ends the search, so that nobody acts
under another identity than the one that was meant. `resolve_credentials` stops at the first answer,
`examine_credentials` asks them all. `docs/credentials.md` says the rest.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..errors import CredentialsError, Ec2QueryError, TransportError
from ..protocol.access_key import Credentials
from ..protocol.effects import Flow
from .context import Context
from .environment import environment_keys
from .report import Attempt, Outcome, Resolution, sentence

if TYPE_CHECKING:
    from .plan_chain import Step
    from .sources import Source

__all__ = ["examine_credentials", "resolve_credentials", "resolve_source"]


def resolve_credentials(context: Context, credentials: Credentials | None = None) -> Flow[Resolution]:
    """Ask one source after the other until one answers.

    Raises: the error of the first source that is configured and fails (CredentialsError or
    ConfigurationError); CredentialsError naming every source where none is configured.
    """
    if (at_hand := _at_hand(context, credentials)) is not None:
        return at_hand
    from .plan_chain import plan_chain

    attempts: list[Attempt] = []
    for step in plan_chain(context.world.environ, context.config, credentials):
        attempt = yield from _attempt(step, context)
        attempts.append(attempt)
        if attempt.credentials is not None:
            return _resolution(attempt.credentials, attempts)
    raise CredentialsError(
        f"no credentials: {sentence(attempts)}; set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY,"
        " write a profile with `aws configure`, or name one with profile= (on the command line: --profile)"
    )


def resolve_source(source: Source, context: Context) -> Flow[Resolution]:
    """Ask one source and no other. Raises: CredentialsError, ConfigurationError."""
    from .plan_chain import Step
    from .sources import describe

    attempt = yield from _attempt(Step(name="argument", source=source), context)
    if attempt.credentials is None:
        raise CredentialsError(f"{describe(source)}: {attempt.detail}")
    return _resolution(attempt.credentials, [attempt])


def examine_credentials(
    context: Context, credentials: Credentials | None = None
) -> Flow[tuple[Attempt, ...]]:
    """Ask every source, whatever the others answered, and say what became of each."""
    from .plan_chain import plan_chain

    attempts: list[Attempt] = []
    for step in plan_chain(context.world.environ, context.config, credentials):
        try:
            attempt = yield from _attempt(step, context)
        except Ec2QueryError as error:
            attempt = Attempt(name=step.name, outcome="failed", detail=str(error))
        attempts.append(attempt)
    return tuple(attempts)


def _at_hand(context: Context, credentials: Credentials | None) -> Resolution | None:
    """Answer from the argument or the environment, so that the rest of this room stays unloaded."""
    attempts: list[Attempt] = []
    keys, name, place = credentials, "argument", "the credentials argument"
    if keys is None and not context.config.explicit:
        attempts.append(Attempt(name=name, outcome="absent", detail="none given"))
        keys, name, place = environment_keys(context.world.environ), "environment", "the environment"
    if keys is None or (keys.expires_at is not None and keys.expires_at <= context.world.now()):
        return None
    detail = f"access key in {place}"
    attempts.append(Attempt(name=name, outcome="answered", detail=detail, credentials=keys))
    return _resolution(keys, attempts)


def _resolution(credentials: Credentials, attempts: list[Attempt]) -> Resolution:
    last = attempts[-1]
    return Resolution(credentials=credentials, source=last.name, detail=last.detail, attempts=tuple(attempts))


def _attempt(step: Step, context: Context) -> Flow[Attempt]:
    from .exchange import Absent
    from .provide import provide
    from .sources import describe

    if step.error is not None:
        raise step.error
    if step.source is None:
        outcome: Outcome = "not asked" if step.overruled else "absent"
        return Attempt(name=step.name, outcome=outcome, detail=step.reason)
    try:
        found = yield from provide(step.source, context)
    except Absent as error:
        return Attempt(name=step.name, outcome="absent", detail=str(error))
    except TransportError as error:
        raise CredentialsError(f"{step.name}: {error}") from error
    return Attempt(name=step.name, outcome="answered", detail=describe(step.source), credentials=found)
