"""Environment and profiles in, the order of sources out: a pure function.

Argument, environment, profile, web identity from the environment, container, instance metadata. A
profile argument outranks what the environment says, `AWS_PROFILE` does not.
https://docs.aws.amazon.com/sdkref/latest/guide/standardized-credentials.html
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from ..errors import CredentialsError, Ec2QueryError
from ..frozen import frozen
from ..protocol.access_key import Credentials
from .container import FULL_URI, RELATIVE_URI, container_url
from .environment import environment_keys, variable
from .plan import plan_profile
from .profiles import SharedConfig
from .sources import Container, EnvironmentKeys, InstanceMetadata, Source, StaticKeys, WebIdentity

__all__ = ["Step", "plan_chain"]

_TOKEN_FILE = "AWS_WEB_IDENTITY_TOKEN_FILE"  # noqa: S105 - a variable's name
_ROLE = "AWS_ROLE_ARN"


@frozen(kw_only=True)
class Step:
    """A place in the order: what to ask there, why there is nothing to ask, or what is wrong.

    `overruled`: it is not looked at, since the profile argument outranks it.
    """

    name: str
    source: Source | None = None
    reason: str = ""
    error: Ec2QueryError | None = None
    overruled: bool = False


def plan_chain(
    environ: Mapping[str, str], config: SharedConfig, credentials: Credentials | None = None
) -> tuple[Step, ...]:
    """Say what is to be asked, in order; `credentials` are the argument's."""
    return (
        _step("argument", "none given", lambda: _argument(credentials)),
        _step("environment", "AWS_ACCESS_KEY_ID is not set", lambda: _environment(environ), config),
        _step(f"profile {config.profile!r}", _no_profile(config), lambda: _profile(config)),
        _step("web identity", f"{_TOKEN_FILE} is not set", lambda: _web_identity(environ), config),
        _step("container", f"neither {RELATIVE_URI} nor {FULL_URI} is set", lambda: _container(environ)),
        Step(name="instance metadata", source=InstanceMetadata()),
    )


def _step(
    name: str, reason: str, plan: Callable[[], Source | None], config: SharedConfig | None = None
) -> Step:
    if config is not None and config.explicit:
        return Step(name=name, reason="passed over: the profile argument outranks it", overruled=True)
    try:
        return Step(name=name, source=plan(), reason=reason)
    except Ec2QueryError as error:
        return Step(name=name, error=error)


def _argument(credentials: Credentials | None) -> Source | None:
    if credentials is None:
        return None
    return StaticKeys(credentials=credentials, where="the credentials argument")


def _environment(environ: Mapping[str, str]) -> Source | None:
    return EnvironmentKeys() if environment_keys(environ) is not None else None


def _profile(config: SharedConfig) -> Source | None:
    config.require_profile()
    return plan_profile(config, config.profile)


def _no_profile(config: SharedConfig) -> str:
    if config.profile in config.profiles:
        return f"it names no source of credentials, in {config.places()}"
    return f"not in {config.places()}"


def _web_identity(environ: Mapping[str, str]) -> Source | None:
    token_file, role_arn = variable(environ, _TOKEN_FILE), variable(environ, _ROLE)
    if token_file is None:
        return None
    if role_arn is None:
        raise CredentialsError(
            f"web identity: {_TOKEN_FILE} is set, but {_ROLE} is not; set both, or neither"
        )
    return WebIdentity(
        role_arn=role_arn,
        token_file=token_file,
        where=_TOKEN_FILE,
        session_name=variable(environ, "AWS_ROLE_SESSION_NAME"),
    )


def _container(environ: Mapping[str, str]) -> Source | None:
    return Container() if container_url(environ) is not None else None
