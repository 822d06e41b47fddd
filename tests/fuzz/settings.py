"""Targets: the shared files and the environment, through the search for credentials and Region."""

from __future__ import annotations

from collections.abc import Mapping

from ec2query.credentials import credential_chain, examine_credentials, load_context, resolve_region
from ec2query.errors import ConfigurationError, CredentialsError
from fuzz.driving import drive
from fuzz.mutations import Draw, lines
from fuzz.services import FAMILIES, Services, world_of
from fuzz.target import Target

__all__ = ["TARGETS"]

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


def _search(config: bytes, credentials: bytes, profile: str | None, *, environ: Mapping[str, str]) -> object:
    """Find credentials and Region as the files say, and examine every other source."""
    services = Services({"/.aws/config": config, "/.aws/credentials": credentials})
    world = world_of(environ)
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
    return _search(config, credentials, argument, environ={**named_by, **region})


_VARIABLES = b"""\
HOME=/h
AWS_PROFILE=role
AWS_REGION=us-east-1
AWS_DEFAULT_REGION=us-west-2
AWS_CONFIG_FILE=~/.aws/config
AWS_SHARED_CREDENTIALS_FILE=/h/.aws/credentials
AWS_CONTAINER_CREDENTIALS_FULL_URI=http://169.254.170.23/v1/credentials
AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE=/token-file
AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE=IPv4
AWS_METADATA_SERVICE_TIMEOUT=1
AWS_METADATA_SERVICE_NUM_ATTEMPTS=2
AWS_USE_FIPS_ENDPOINT=false
AWS_USE_DUALSTACK_ENDPOINT=false
AWS_MAX_ATTEMPTS=3
AWS_RETRY_MODE=standard
AWS_SDK_UA_APP_ID=app
"""
_MORE_VARIABLES = (
    *(
        b"AWS_ACCESS_KEY_ID=AKIDEXAMPLE",
        b"AWS_SECRET_ACCESS_KEY=secret",
        b"AWS_SESSION_TOKEN=t",
        b"AWS_PROFILE=",
    ),
    *(
        b"AWS_CREDENTIAL_EXPIRATION=2026-01-02T12:00:00Z",
        b"AWS_CREDENTIAL_EXPIRATION=x",
        b"AWS_PROFILE=chained",
    ),
    *(
        b"AWS_WEB_IDENTITY_TOKEN_FILE=/token-file",
        b"AWS_ROLE_ARN=r",
        b"AWS_ROLE_SESSION_NAME=\xff",
        b"HOME=\xff",
    ),
    *(b"AWS_CONTAINER_CREDENTIALS_RELATIVE_URI=/v2/x", b"AWS_CONTAINER_CREDENTIALS_RELATIVE_URI=@evil.test/"),
    *(
        b"AWS_CONTAINER_CREDENTIALS_FULL_URI=http://[::1",
        b"AWS_CONTAINER_CREDENTIALS_FULL_URI=https://a b/\xff",
    ),
    *(b"AWS_CONTAINER_AUTHORIZATION_TOKEN=a\xff", b"AWS_EC2_METADATA_DISABLED=yes", b"AWS_PROFILE=sso"),
    *(
        b"AWS_ENDPOINT_URL=http://x:99999",
        b"AWS_ENDPOINT_URL_STS=http://[",
        b"AWS_ENDPOINT_URL_SSO=http://h\xff",
    ),
    *(
        b"AWS_EC2_METADATA_SERVICE_ENDPOINT=http://[::1]",
        b"AWS_METADATA_SERVICE_TIMEOUT=nan",
        b"AWS_REGION=\xff",
    ),
    *(
        b"AWS_REGION=us-east-1.evil.test/#",
        b"AWS_IGNORE_CONFIGURED_ENDPOINT_URLS=x",
        b"USERPROFILE=C:\\",
        b"=",
    ),
)


def _environment(data: bytes, draw: Draw) -> object:
    """The input is the environment, as the system's bytes come to Python; the files are good."""
    found = (line.decode("utf-8", "surrogateescape").partition("=") for line in data.split(b"\n"))
    environ = {name: value for name, _, value in found}
    profile = draw.choice((None, None, "keys", "sso"))
    return _search(_CONFIG, _CREDENTIALS, profile, environ=environ)


TARGETS = (
    Target(
        name="profile",
        seed=lambda draw: draw.choice((_CONFIG, _CREDENTIALS)),
        run=_profile,
        refusals=FAMILIES,
        mutations=lines(_WORDS),
    ),
    Target(
        name="environment",
        seed=lambda draw: _VARIABLES,
        run=_environment,
        refusals=FAMILIES,
        mutations=lines(_MORE_VARIABLES),
    ),
)
