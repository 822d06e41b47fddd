"""Sources of credentials, as values: what a plan is made of and what the providers are given.

A source says everything that its provider needs besides the environment and the clock; `where` says
in errors where it was written down. None shows its secrets in `repr`. Any may be a client's
`credentials=`: `AssumeRole(source=InstanceMetadata(), role_arn="arn:aws:iam::111122223333:role/r")`.
"""

from __future__ import annotations

from dataclasses import field
from typing import TypeAlias

from ..frozen import frozen
from ..protocol.access_key import Credentials

__all__ = [
    "AssumeRole",
    "Container",
    "EnvironmentKeys",
    "InstanceMetadata",
    "Process",
    "Source",
    "SsoRole",
    "StaticKeys",
    "WebIdentity",
    "describe",
]


_ARGUMENT = "the credentials argument"


@frozen(kw_only=True)
class StaticKeys:
    """Keys that are written down: in a profile, or in an argument."""

    credentials: Credentials
    where: str = _ARGUMENT


@frozen
class EnvironmentKeys:
    """`AWS_ACCESS_KEY_ID` and its fellows."""


@frozen
class Container:
    """The endpoint that ECS or EKS Pod Identity gives a container."""


@frozen
class InstanceMetadata:
    """The role of the EC2 instance, through IMDSv2."""


@frozen(kw_only=True)
class Process:
    """A program that prints credentials; its arguments may be secrets."""

    argv: tuple[str, ...] = field(repr=False)
    where: str = _ARGUMENT


@frozen(kw_only=True)
class WebIdentity:
    """A role assumed with an OIDC token from a file (`session_name` None: one is made)."""

    role_arn: str
    token_file: str
    where: str = _ARGUMENT
    session_name: str | None = None
    duration_seconds: int | None = None


@frozen(kw_only=True)
class SsoRole:
    """A role of IAM Identity Center; `session` is None in a profile of the legacy form."""

    start_url: str
    region: str
    account_id: str
    role_name: str
    where: str = _ARGUMENT
    profile: str = "default"
    session: str | None = None


@frozen(kw_only=True)
class AssumeRole:
    """A role assumed with the credentials of another source."""

    source: Source
    role_arn: str
    where: str = _ARGUMENT
    session_name: str | None = None
    external_id: str | None = field(default=None, repr=False)
    duration_seconds: int | None = None
    mfa_serial: str | None = None


Source: TypeAlias = (
    StaticKeys | EnvironmentKeys | Container | InstanceMetadata | Process | WebIdentity | SsoRole | AssumeRole
)


def describe(source: Source) -> str:
    """Say in a few words what a source is, without its secrets."""
    match source:
        case StaticKeys():
            return f"access key in {source.where}"
        case EnvironmentKeys():
            return "access key in the environment"
        case Container():
            return "container credentials endpoint"
        case InstanceMetadata():
            return "instance metadata (IMDSv2)"
        case Process():
            return f"credential_process of {source.where}"
        case WebIdentity():
            return f"{source.role_arn} with the web identity token in {source.token_file}"
        case SsoRole():
            named = f"sso-session {source.session!r}" if source.session else source.start_url
            return f"{source.role_name} of account {source.account_id} through {named}"
        case AssumeRole():
            return f"{source.role_arn}, assumed with: {describe(source.source)}"
