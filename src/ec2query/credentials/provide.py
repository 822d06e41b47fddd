"""A source in, its credentials out: each kind of source has its provider, loaded when it is asked.

Credentials that have expired on arrival are refused here, whoever gave them.
"""

from __future__ import annotations

from typing import assert_never

from ..errors import CredentialsError
from ..protocol.access_key import Credentials, unexpired
from ..protocol.effects import Flow
from .context import Context
from .environment import environment_keys
from .exchange import Absent
from .sources import (
    AssumeRole,
    Container,
    EnvironmentKeys,
    InstanceMetadata,
    Process,
    Source,
    SsoRole,
    StaticKeys,
    WebIdentity,
    describe,
)

__all__ = ["provide"]


def provide(source: Source, context: Context) -> Flow[Credentials]:
    """Ask a source for credentials.

    Raises: Absent where it is not there; CredentialsError, ConfigurationError, TransportError.
    """
    credentials = yield from _ask(source, context)
    return unexpired(credentials, context.world.now(), where=describe(source))


def _ask(source: Source, context: Context) -> Flow[Credentials]:
    match source:
        case StaticKeys():
            return source.credentials
        case EnvironmentKeys():
            return _environment(context)
        case AssumeRole():
            return (yield from _assumed(source, context))
        case WebIdentity():
            from .sts import assume_role_with_web_identity

            return (yield from assume_role_with_web_identity(source, context))
        case SsoRole():
            from .sso import sso_credentials

            return (yield from sso_credentials(source, context))
        case Process():
            from .process import process_credentials

            return (yield from process_credentials(source))
        case Container():
            from .container import container_credentials

            return (yield from container_credentials(context))
        case InstanceMetadata():
            from .imds import instance_credentials

            return (yield from instance_credentials(context))
        case _:
            assert_never(source)


def _environment(context: Context) -> Credentials:
    keys = environment_keys(context.world.environ)
    if keys is None:
        raise Absent("AWS_ACCESS_KEY_ID is not set")
    return keys


def _assumed(source: AssumeRole, context: Context) -> Flow[Credentials]:
    from .sts import assume_role

    try:
        credentials = yield from provide(source.source, context)
    except Absent as error:
        # The profile says that this source is there: now its absence is a failure.
        raise CredentialsError(
            f"{source.where}: expected credentials from its source, got none: {error}"
        ) from None
    return (yield from assume_role(source, credentials, context))
