"""A profile in, the source of its credentials out: a pure function, so nothing is asked or read.

What a profile may say is tried in this order: a role with `source_profile` or `credential_source`,
a role with a web identity token, IAM Identity Center (SSO), access keys, `credential_process`. Keys
that contradict each other, profiles that lead nowhere or in a circle are ConfigurationErrors.
https://docs.aws.amazon.com/sdkref/latest/guide/feature-assume-role-credentials.html
"""

from __future__ import annotations

import shlex
from typing import NoReturn

from ..errors import ConfigurationError
from .config_file import Section
from .keys import key_pair
from .plan_sso import plan_sso
from .profiles import SharedConfig, where
from .sources import (
    AssumeRole,
    Container,
    EnvironmentKeys,
    InstanceMetadata,
    Process,
    Source,
    StaticKeys,
    WebIdentity,
)

__all__ = ["plan_profile"]

_CREDENTIAL_SOURCES: dict[str, Source] = {
    "environment": EnvironmentKeys(),
    "ec2instancemetadata": InstanceMetadata(),
    "ecscontainer": Container(),
}
_HALVES = ("aws_access_key_id", "aws_secret_access_key")
# https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html
_DURATION = range(900, 43_201)


def plan_profile(config: SharedConfig, name: str) -> Source | None:
    """Say where the credentials of profile `name` come from, None where it names no source.

    Raises: ConfigurationError, CredentialsError.
    """
    return _plan(config, config.profiles.get(name) or Section(kind="profile", name=name), ())


def _plan(config: SharedConfig, profile: Section, path: tuple[str, ...]) -> Source | None:
    path = (*path, profile.name)
    token_file = profile.get("web_identity_token_file")
    if profile.get("role_arn"):
        return _plan_web_identity(profile, token_file) if token_file else _plan_role(config, profile, path)
    if token_file:
        _fail(profile, "web_identity_token_file", "expected role_arn beside it, got none; add role_arn")
    found = plan_sso(config, profile) or _plan_keys(profile) or _plan_process(profile)
    for key in ("source_profile", "credential_source"):
        if found is None and profile.get(key):
            _fail(profile, key, f"expected role_arn beside it, got none; add role_arn or remove {key}")
    return found


def _plan_role(config: SharedConfig, profile: Section, path: tuple[str, ...]) -> AssumeRole:
    named = profile.get("source_profile")
    provided = profile.get("credential_source")
    if named and provided:
        _fail(profile, "credential_source", "expected it or source_profile, got both; remove one")
    if named:
        source = _plan_source(config, profile, named, path)
    elif provided:
        found = _CREDENTIAL_SOURCES.get(provided.lower())
        if found is None:
            expected = "Environment, Ec2InstanceMetadata or EcsContainer"
            _fail(profile, "credential_source", f"expected {expected}, got {provided!r}; correct it")
        source = found
    else:
        expected = "source_profile, credential_source or web_identity_token_file"
        _fail(profile, "role_arn", f"expected {expected} beside it, got none; add one of them")
    return AssumeRole(
        source=source,
        role_arn=profile.get("role_arn") or "",
        where=where(profile, "role_arn"),
        session_name=profile.get("role_session_name"),
        external_id=profile.get("external_id"),
        duration_seconds=_duration(profile),
        mfa_serial=profile.get("mfa_serial"),
    )


def _plan_source(config: SharedConfig, profile: Section, name: str, path: tuple[str, ...]) -> Source:
    source = config.profiles.get(name)
    if source is None:
        known = ", ".join(sorted(config.profiles))
        _fail(
            profile, "source_profile", f"expected one of {known}, got {name!r}; correct it or add the profile"
        )
    # Keys come before a role here, and a profile may name itself to use its own: so does botocore.
    if keys := _plan_keys(source):
        return keys
    if name in path:
        circle = " → ".join((*path[path.index(name) :], name))
        _fail(profile, "source_profile", f"expected profiles that end, got a circle: {circle}; break it")
    planned = _plan(config, source, path)
    if planned is None:
        _fail(profile, "source_profile", f"expected a profile with credentials, got {name!r}, which has none")
    return planned


def _plan_web_identity(profile: Section, token_file: str) -> WebIdentity:
    for key in ("source_profile", "credential_source"):
        if profile.get(key):
            _fail(profile, key, "expected it or web_identity_token_file, got both; remove one")
    return WebIdentity(
        role_arn=profile.get("role_arn") or "",
        token_file=token_file,
        where=where(profile, "web_identity_token_file"),
        session_name=profile.get("role_session_name"),
        duration_seconds=_duration(profile),
    )


def _plan_keys(profile: Section) -> StaticKeys | None:
    access_key_id, secret_access_key = (profile.get(key) for key in _HALVES)
    if not access_key_id and not secret_access_key:
        return None
    if not access_key_id or not secret_access_key:
        missing, present = _HALVES if not access_key_id else reversed(_HALVES)
        _fail(profile, present, f"expected {missing} beside it, got none; add it or remove {present}")
    token = profile.get("aws_session_token") or profile.get("aws_security_token")
    place = where(profile, _HALVES[0])
    return StaticKeys(credentials=key_pair(place, access_key_id, secret_access_key, token), where=place)


def _plan_process(profile: Section) -> Process | None:
    command = profile.get("credential_process")
    if not command:
        return None
    try:
        argv = tuple(shlex.split(command))
    except ValueError:
        argv = ()
    if not argv:
        _fail(
            profile, "credential_process", "expected a program and its arguments, got an open quote; close it"
        )
    return Process(argv=argv, where=where(profile, "credential_process"))


def _duration(profile: Section) -> int | None:
    text = profile.get("duration_seconds")
    if text is None:
        return None
    if not text.isascii() or not text.isdigit() or len(text) > 6 or int(text) not in _DURATION:
        _fail(profile, "duration_seconds", f"expected a number from 900 to 43200, got {text!r}; correct it")
    return int(text)


def _fail(profile: Section, key: str, what: str) -> NoReturn:
    raise ConfigurationError(f"{where(profile, key)}: {what}")
