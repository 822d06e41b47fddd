"""Targets: what gives credentials. Each document goes through its provider's whole flow.

Of what a provider asks for, one answer is the input, and the others are good: so the provider's own
decisions run, on every document that it meets.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import TypeAlias

from ec2query.credentials import (
    AssumeRole,
    Container,
    Credentials,
    InstanceMetadata,
    Process,
    Source,
    SsoRole,
    StaticKeys,
    WebIdentity,
    credential_chain,
    examine_credentials,
    load_context,
    resolve_region,
)
from ec2query.errors import ConfigurationError, CredentialsError, TransportError
from ec2query.protocol.effects import Ask, Effect, ReadFile, RunProcess, Send, WriteFile
from ec2query.protocol.message import HttpResponse
from ec2query.protocol.world import World
from fuzz.driving import drive
from fuzz.json_mutations import JSON
from fuzz.mutations import BYTES, Draw, Mutation, lines
from fuzz.target import Target
from fuzz.xml_mutations import XML
from support.hostile import KEYS, quiet_world

__all__ = ["TARGETS", "Answers", "chain_from_files"]

# What stands for an effect: a file by the end of its path, a request by a part of its URL.
Answers: TypeAlias = Mapping[str, bytes]

_LATER = "2026-01-02T12:04:05Z"
_KEYS = {"AccessKeyId": "ASIAEXAMPLE", "SecretAccessKey": "secret", "Token": "token", "Expiration": _LATER}
_ROLE_ARN = "arn:aws:iam::111122223333:role/r"


def _json(value: object) -> bytes:
    return json.dumps(value).encode()


_PRINTED = _json(
    {
        "Version": 1,
        **{key: _KEYS[key] for key in ("AccessKeyId", "SecretAccessKey", "Expiration")},
        "SessionToken": "t",
    }
)
_GIVEN = _json(
    {
        "roleCredentials": {
            "accessKeyId": "ASIAEXAMPLE",
            "secretAccessKey": "secret",
            "sessionToken": "token",
            "expiration": 1767355445000,
        }
    }
)
_LOGIN = {
    "startUrl": "https://example.com/start",
    "region": "us-east-1",
    "accessToken": "token",
    "expiresAt": "2026-01-02T03:09:05Z",
    "clientId": "client",
    "clientSecret": "secret",
    "refreshToken": "refresh",
    "registrationExpiresAt": "2026-03-01T00:00:00Z",
}
_ENDED = _json({**_LOGIN, "expiresAt": "2026-01-02T03:04:04Z"})
_RENEWED = _json({"accessToken": "new", "expiresIn": 28800, "refreshToken": "next", "tokenType": "Bearer"})


def _assumed(action: str) -> bytes:
    return (
        f"<{action}Response xmlns='https://sts.amazonaws.com/doc/2011-06-15/'><{action}Result><Credentials>"
        f"<AccessKeyId>ASIAEXAMPLE</AccessKeyId><SecretAccessKey>secret</SecretAccessKey>"
        f"<SessionToken>token</SessionToken><Expiration>{_LATER}</Expiration></Credentials></{action}Result>"
        f"<ResponseMetadata><RequestId>r</RequestId></ResponseMetadata></{action}Response>"
    ).encode()


_REFUSED = (
    b"<ErrorResponse><Error><Type>Sender</Type><Code>AccessDenied</Code><Message>m</Message></Error>"
    b"<RequestId>r</RequestId></ErrorResponse>"
)
_METADATA = "/latest/meta-data/iam/security-credentials/"
# Looked through in this order; what has no answer is a missing file, or a 404.
_GOOD: dict[str, bytes] = {
    "/latest/api/token": b"token",
    f"{_METADATA}role": _json({"Code": "Success", **_KEYS}),
    _METADATA: b"role\n",
    "/latest/meta-data/placement/region": b"us-east-1",
    "http://169.254.170.2/": _json(_KEYS),
    "portal.sso": _GIVEN,
    "oidc.": _RENEWED,
    "/sso/cache/": _json(_LOGIN),
    "/token-file": b"token",
    "a-program": _PRINTED,
    "Action=AssumeRole&": _assumed("AssumeRole"),
    "Action=AssumeRoleWithWebIdentity&": _assumed("AssumeRoleWithWebIdentity"),
}
_STATUSES = (*[200] * 24, 204, 301, 400, 401, 403, 404, 405, 429, 500, 503)


class _Services:
    """Answers effects: `special` by the input, all others well. Written files are read again."""

    def __init__(self, special: Answers, status: int = 200, *, lost: bool = False) -> None:
        self.answers = {**special, **{name: data for name, data in _GOOD.items() if name not in special}}
        self.special = special
        self.status = status
        self.lost = lost
        self.files: dict[str, bytes] = {}

    def __call__(self, effect: Effect) -> object:
        match effect:
            case ReadFile():
                return self.files.get(effect.path) or self._found(effect.path)[1]
            case WriteFile():
                json.loads(effect.data)  # only a login is ever written
                self.files[effect.path] = effect.data
                return None
            case RunProcess():
                found = self._found(effect.argv[0])[1]
                if found is None:
                    raise CredentialsError("program: cannot be run")
                return found
            case Send():
                body = effect.request.body.decode("ascii") if effect.request.method == "POST" else ""
                name, found = self._found(f"{effect.request.url}?{body}")
                if self.lost and name in self.special:
                    raise TransportError("lost")
                status = self.status if name in self.special else 200 if found is not None else 404
                return HttpResponse(status, {}, found or b"")
            case Ask():
                return "123456"
            case _:
                raise AssertionError(f"not expected: {effect}")

    def _found(self, place: str) -> tuple[str, bytes | None]:
        for name, data in self.answers.items():
            if name in place:
                return name, data
        return "", None


def _world(environ: Mapping[str, str]) -> World:
    return quiet_world({"HOME": "/h", "AWS_REGION": "us-east-1", **environ})


_SESSION = SsoRole(
    start_url="https://example.com/start",
    region="us-east-1",
    account_id="111122223333",
    role_name="Read Only",
    session="s",
)
_FAMILIES = (CredentialsError, ConfigurationError, TransportError)


def _provider(
    name: str,
    source: Source,
    places: tuple[str, ...],
    seeds: tuple[bytes, ...],
    mutations: tuple[Mutation, ...],
    environ: Mapping[str, str] | None = None,
) -> Target:
    """Make the target of one provider: the input stands at one of `places`."""

    def run(data: bytes, draw: Draw) -> object:
        special = {draw.choice(places): data}
        if name == "oidc" and draw.random() < 0.8:
            special["/sso/cache/"] = _ENDED
        services = _Services(special, draw.choice(_STATUSES), lost=draw.random() < 0.02)
        chain = credential_chain(_world(environ or {}), source=source, mfa_token=lambda serial: "123456")
        found = drive(chain.current(), services)
        assert isinstance(found, Credentials)
        assert drive(chain.current(), services).access_key_id  # what is kept is as good
        return found

    return Target(
        name=name,
        seed=lambda draw: draw.choice(seeds),
        run=run,
        refusals=_FAMILIES,
        mutations=mutations,
    )


_CONFIG = b"""\
[default]
region = us-east-1
output = json
[profile keys]
aws_access_key_id = AKIDEXAMPLE
aws_secret_access_key = secret ; a comment
[profile role]
role_arn = arn:aws:iam::111122223333:role/r
source_profile = keys
external_id = x
duration_seconds = 3600
mfa_serial = arn:aws:iam::111122223333:mfa/m
[profile chained]
role_arn = arn:aws:iam::111122223333:role/s
source_profile = role
[profile web]
role_arn = arn:aws:iam::111122223333:role/w
web_identity_token_file = /token-file
[profile instance]
role_arn = arn:aws:iam::111122223333:role/i
credential_source = Ec2InstanceMetadata
[profile sso]
sso_session = s
sso_account_id = 111122223333
sso_role_name = Read Only
services = local
[profile "a name"]
credential_process = a-program "an argument" --flag
max_attempts = 5
retry_mode = standard
[sso-session s]
sso_start_url = https://example.com/start
sso_region = us-east-1
[services local]
sts =
  endpoint_url = http://localhost:4566
sso =
  endpoint_url = http://localhost:4567
"""
_CREDENTIALS = b"""\
[default]
aws_access_key_id = AKIDEXAMPLE
aws_secret_access_key = secret
aws_session_token = token
[role]
aws_access_key_id = AKIDOTHER
aws_secret_access_key = other
"""
_PROFILES = (
    "",
    "default",
    "keys",
    "role",
    "chained",
    "web",
    "instance",
    "sso",
    "a name",
    "x",
    "\x00",
    "\ud800",
)
_WORDS = (
    *(b"[profile x]", b"[default]", b"[profile default]", b"[keys]", b"[sso-session s]", b"[services local]"),
    *(b"[", b"]", b"[]", b"[profile", b"[profile 'x]", b'[profile "x y"]', b"[profile x] # c", b"[a b c d]"),
    *(
        b"source_profile = chained",
        b"source_profile = x",
        b"source_profile = default",
        b"role_arn = r",
        b"# x",
    ),
    *(
        b"aws_access_key_id = A\xc3\xa9",
        b"aws_session_token =",
        b"credential_process = 'a",
        b"credential_process = ",
    ),
    *(
        b"credential_source = Environment",
        b"sso_region = ../x",
        b"region = us-east-1.evil.test/",
        b"region =",
    ),
    *(
        b"endpoint_url = http://a@b",
        b"endpoint_url = http://[::1",
        b"use_fips_endpoint = yes",
        b"services = none",
    ),
    *(
        b"duration_seconds = 1e9",
        b"max_attempts = 0",
        b"retry_mode = fast",
        b"=",
        b"= x",
        b"x",
        b"x =",
        b"x = = =",
    ),
    *(
        b"ca_bundle = /x",
        b"metadata_service_timeout = nan",
        b"ec2_metadata_service_endpoint = http://x:99999",
    ),
    *(
        b"sso_session = t",
        b"sso_start_url = https://other",
        b"web_identity_token_file = /none",
        b"  a = b",
        b"\tc",
    ),
)


def chain_from_files(
    config: bytes, credentials: bytes, profile: str | None, *, environ: Mapping[str, str]
) -> object:
    """Find credentials and Region as the files say, and examine every other source."""
    services = _Services({"/.aws/config": config, "/.aws/credentials": credentials})
    world = _world(environ)
    context = drive(load_context(world, profile=profile, mfa_token=lambda serial: "123456"), services)
    region: object
    try:
        region = drive(resolve_region(context), services)
    except (CredentialsError, ConfigurationError) as error:
        region = error
    attempts = drive(examine_credentials(context), services)
    chain = credential_chain(world, profile=profile, mfa_token=lambda serial: "123456")
    return drive(chain.current(), services), attempts, region


def _profile(data: bytes, draw: Draw) -> object:
    """The input is one of the two files, or both."""
    config, credentials = draw.choice(((data, b""), (data, _CREDENTIALS), (_CONFIG, data), (data, data)))
    name = draw.choice(_PROFILES)
    named_by: dict[str, str] = {"AWS_PROFILE": name} if draw.random() < 0.5 else {}
    argument = name if name and not named_by else None
    region = {"AWS_REGION": draw.choice(("", "us-east-1"))}
    return chain_from_files(config, credentials, argument, environ={**named_by, **region})


_CONTAINER = {"AWS_CONTAINER_CREDENTIALS_RELATIVE_URI": "/v2/x"}
_TOKEN = {"AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE": "/token-file", **_CONTAINER}
_ROLE = AssumeRole(source=StaticKeys(credentials=KEYS), role_arn=_ROLE_ARN, mfa_serial="m")

TARGETS = (
    Target(
        name="profile",
        seed=lambda draw: draw.choice((_CONFIG, _CREDENTIALS)),
        run=_profile,
        refusals=_FAMILIES,
        mutations=lines(_WORDS),
    ),
    _provider(
        "imds",
        InstanceMetadata(),
        (*[f"{_METADATA}role"] * 6, _METADATA, "/latest/api/token"),
        (_GOOD[f"{_METADATA}role"],),
        JSON,
    ),
    _provider("container", Container(), ("http://169.254.170.2/",), (_json(_KEYS),), JSON, _CONTAINER),
    _provider("token file", Container(), ("/token-file",), (b"token", b"x" * 2000), BYTES, _TOKEN),
    _provider("process", Process(argv=("a-program",)), ("a-program",), (_PRINTED,), JSON),
    _provider("sso", _SESSION, ("portal.sso",), (_GIVEN,), JSON),
    _provider("sso cache", _SESSION, ("/sso/cache/",), (_json(_LOGIN),), JSON),
    _provider("oidc", _SESSION, ("oidc.",), (_RENEWED,), JSON),
    _provider("sts", _ROLE, ("Action=AssumeRole&",), (_assumed("AssumeRole"), _REFUSED), XML),
    _provider(
        "web identity",
        WebIdentity(role_arn=_ROLE_ARN, token_file="/token-file"),
        ("Action=AssumeRoleWithWebIdentity&", "/token-file"),
        (_assumed("AssumeRoleWithWebIdentity"), _REFUSED, b"token"),
        XML,
    ),
)
