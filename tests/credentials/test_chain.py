"""The order of sources: who answers, who is passed, who ends the search."""

from __future__ import annotations

import json

import pytest

from ec2query import Credentials
from ec2query.credentials.chain import examine_credentials, resolve_credentials
from ec2query.credentials.context import Context, load_context
from ec2query.credentials.report import Resolution
from ec2query.errors import ConfigurationError, CredentialsError, Ec2QueryError
from ec2query.protocol.message import HttpResponse
from support.stage import Exchange, Stage, answer, lost

IMDS = "http://169.254.169.254/latest"
STS = "POST https://sts.us-east-1.amazonaws.com/"


def keys(name: str) -> str:
    return json.dumps(
        {
            "AccessKeyId": name,
            "SecretAccessKey": "CANARY",
            "Token": "CANARYTOKEN",
            "Expiration": "2030-01-01T18:00:00Z",
        }
    )


ENVIRONMENT = {"AWS_ACCESS_KEY_ID": "ENVIRONMENT", "AWS_SECRET_ACCESS_KEY": "CANARY"}
PROFILE = b"[default]\naws_access_key_id = PROFILE\naws_secret_access_key = CANARY\n"
NAMED = (
    b"[profile dev]\naws_access_key_id = DEV\naws_secret_access_key = CANARY\n[profile bare]\nregion = r\n"
)
WEB = {"AWS_WEB_IDENTITY_TOKEN_FILE": "/t", "AWS_ROLE_ARN": "arn:aws:iam::111122223333:role/r"}
CONTAINER = {"AWS_CONTAINER_CREDENTIALS_RELATIVE_URI": "/c"}
CONTAINER_SENT: Exchange = ("GET http://169.254.170.2/c", answer(keys("CONTAINER")))
WEB_SENT: Exchange = (
    STS,
    answer(
        "<AssumeRoleWithWebIdentityResponse><AssumeRoleWithWebIdentityResult><Credentials>"
        "<AccessKeyId>WEBIDENTITY</AccessKeyId><SecretAccessKey>CANARY</SecretAccessKey>"
        "<SessionToken>CANARYTOKEN</SessionToken><Expiration>2030-01-01T18:00:00Z</Expiration>"
        "</Credentials></AssumeRoleWithWebIdentityResult></AssumeRoleWithWebIdentityResponse>"
    ),
)
IMDS_SENT: list[Exchange] = [
    (f"PUT {IMDS}/api/token", answer("t")),
    (f"GET {IMDS}/meta-data/iam/security-credentials/", answer("role")),
    (f"GET {IMDS}/meta-data/iam/security-credentials/role", answer(keys("INSTANCE"))),
]
ARGUMENT = Credentials("ARGUMENT", "CANARY")


def stage(environ: dict[str, str], config: bytes | None, *exchanges: Exchange) -> Stage:
    files = {"/t": b"CANARYJWT"} | ({"/h/.aws/config": config} if config is not None else {})
    return Stage({"HOME": "/h", "AWS_REGION": "us-east-1", **environ}, files, exchanges=exchanges)


def resolve(stage: Stage, credentials: Credentials | None = None, profile: str | None = None) -> Resolution:
    context = stage.run(load_context(stage.world, profile=profile))
    found = stage.run(resolve_credentials(context, credentials))
    stage.done()
    return found


@pytest.mark.parametrize(
    ("argument", "environ", "config", "exchanges", "expected"),
    [
        (ARGUMENT, {}, None, [], "ARGUMENT"),
        (ARGUMENT, ENVIRONMENT, None, [], "ARGUMENT"),
        (None, ENVIRONMENT, None, [], "ENVIRONMENT"),
        (None, ENVIRONMENT, PROFILE, [], "ENVIRONMENT"),
        (None, {}, PROFILE, [], "PROFILE"),
        (None, WEB, PROFILE, [], "PROFILE"),
        (None, WEB, None, [WEB_SENT], "WEBIDENTITY"),
        (None, {**WEB, **CONTAINER}, None, [WEB_SENT], "WEBIDENTITY"),
        (None, CONTAINER, None, [CONTAINER_SENT], "CONTAINER"),
        (None, CONTAINER, b"[default]\nregion = r", [CONTAINER_SENT], "CONTAINER"),
        (None, {}, None, IMDS_SENT, "INSTANCE"),
        # Blank is unset.
        (None, dict.fromkeys(ENVIRONMENT, " "), PROFILE, [], "PROFILE"),
        (None, dict.fromkeys({**WEB, **CONTAINER, "AWS_PROFILE": ""}, ""), None, IMDS_SENT, "INSTANCE"),
        (None, {**ENVIRONMENT, "AWS_SESSION_TOKEN": ""}, None, [], "ENVIRONMENT"),
        # AWS_PROFILE does not outrank the environment's keys, not even if it is wrong.
        (None, {**ENVIRONMENT, "AWS_PROFILE": "dev"}, NAMED, [], "ENVIRONMENT"),
        (None, {**ENVIRONMENT, "AWS_PROFILE": "nope"}, NAMED, [], "ENVIRONMENT"),
        (None, {"AWS_PROFILE": "dev"}, NAMED, [], "DEV"),
        (None, {"AWS_PROFILE": "bare", **CONTAINER}, NAMED, [CONTAINER_SENT], "CONTAINER"),
    ],
)
def test_the_first_that_is_configured_answers(
    argument: Credentials | None,
    environ: dict[str, str],
    config: bytes | None,
    exchanges: list[Exchange],
    expected: str,
) -> None:
    """Each source alone, and each with its neighbour."""
    found = resolve(stage(environ, config, *exchanges), argument)
    assert found.credentials.access_key_id == expected
    assert found.attempts[-1].outcome == "answered"
    assert [attempt.outcome for attempt in found.attempts[:-1]] == ["absent"] * (len(found.attempts) - 1)
    assert "CANARY" not in repr(found)


def test_a_profile_argument_outranks_the_environment() -> None:
    """Keys and web identity of the environment are passed over, container and instance are not."""
    environ = {**ENVIRONMENT, **WEB, "AWS_PROFILE": "nope"}
    found = resolve(stage(environ, NAMED), profile="dev")
    assert found.credentials.access_key_id == "DEV"
    assert [(a.name, a.outcome) for a in found.attempts] == [
        ("argument", "absent"),
        ("environment", "not asked"),
        ("profile 'dev'", "answered"),
    ]
    found = resolve(stage({**environ, **CONTAINER}, NAMED, CONTAINER_SENT), profile="bare")
    assert found.credentials.access_key_id == "CONTAINER"


@pytest.mark.parametrize(
    ("environ", "config", "exchanges", "said"),
    [
        ({"AWS_ACCESS_KEY_ID": "X"}, PROFILE, [], "AWS_SECRET_ACCESS_KEY is not"),
        (
            {**ENVIRONMENT, "AWS_CREDENTIAL_EXPIRATION": "2029-01-01T00:00:00Z"},
            PROFILE,
            [],
            "got some that expired at 2029-01-01T00:00:00Z; renew them, or set the clock"
            " (it says 2030-01-01T12:00:00Z)",
        ),
        ({**CONTAINER, "AWS_PROFILE": "nope"}, NAMED, [], "profile 'nope', named by AWS_PROFILE"),
        (CONTAINER, b"[default]\nrole_arn = r", [], "role_arn: expected source_profile"),
        ({**CONTAINER, "AWS_WEB_IDENTITY_TOKEN_FILE": "/t"}, None, [], "AWS_ROLE_ARN is not"),
        ({**WEB, **CONTAINER}, None, [(STS, answer("<x/>", 403))], "AWS_WEB_IDENTITY_TOKEN_FILE: STS"),
        (CONTAINER, None, [("GET http://169.254.170.2/c", answer("", 404))], "container credentials"),
        (
            CONTAINER,
            None,
            [("GET http://169.254.170.2/c", lost())] * 3,
            "container: container credentials: no answer",
        ),
        (
            CONTAINER,
            None,
            [("GET http://169.254.170.2/c", answer(keys("X").replace("2030", "2029")))],
            "expired at 2029-01-01T18:00:00Z",
        ),
        ({}, None, [*IMDS_SENT[:2], (IMDS_SENT[2][0], answer("", 500))], "got 500"),
    ],
)
def test_a_source_that_is_configured_and_fails_ends_the_search(
    environ: dict[str, str], config: bytes | None, exchanges: list[Exchange], said: str
) -> None:
    """Another source would give another identity than the one that was meant."""
    with pytest.raises((CredentialsError, ConfigurationError)) as caught:
        resolve(stage(environ, config, *exchanges))
    assert said in str(caught.value)


def test_nothing_configured_names_every_source() -> None:
    """One sentence: what was looked at, and what to do next."""
    with pytest.raises(CredentialsError) as caught:
        resolve(stage({"AWS_EC2_METADATA_DISABLED": "true"}, None))
    assert str(caught.value) == (
        "no credentials: environment: AWS_ACCESS_KEY_ID is not set;"
        " profile 'default': not in the shared files (missing: /h/.aws/config, /h/.aws/credentials);"
        " web identity: AWS_WEB_IDENTITY_TOKEN_FILE is not set;"
        " container: neither AWS_CONTAINER_CREDENTIALS_RELATIVE_URI"
        " nor AWS_CONTAINER_CREDENTIALS_FULL_URI is set;"
        " instance metadata: AWS_EC2_METADATA_DISABLED is true;"
        " set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, write a profile with `aws configure`,"
        " or name one with profile= (on the command line: --profile)"
    )


def role(name: str, source: str) -> str:
    return f"[{name}]\nrole_arn = arn:aws:iam::111122223333:role/{name.split()[-1]}\n{source}\n"


def assumed(name: str) -> HttpResponse:
    return answer(
        "<AssumeRoleResponse><AssumeRoleResult><Credentials>"
        f"<AccessKeyId>{name}</AccessKeyId><SecretAccessKey>CANARY</SecretAccessKey>"
        "<SessionToken>CANARYTOKEN</SessionToken><Expiration>2030-01-01T18:00:00Z</Expiration>"
        "</Credentials></AssumeRoleResult></AssumeRoleResponse>"
    )


def test_roles_are_assumed_one_with_the_other() -> None:
    """default assumes with b's role, which is assumed with c's keys."""
    config = (
        role("default", "source_profile = b")
        + role("profile b", "source_profile = c")
        + "[profile c]\naws_access_key_id = CKEY\naws_secret_access_key = CANARY\n"
    )
    play = stage({}, config.encode(), (STS, assumed("BROLE")), (STS, assumed("DEFAULTROLE")))
    assert resolve(play).credentials.access_key_id == "DEFAULTROLE"
    assert [request.headers["authorization"].split("/")[0][-5:] for request in play.requests] == [
        "=CKEY",
        "BROLE",
    ]


@pytest.mark.parametrize(
    ("source", "environ", "exchanges"),
    [
        ("Environment", {**ENVIRONMENT}, []),
        ("EcsContainer", CONTAINER, [CONTAINER_SENT]),
        ("Ec2InstanceMetadata", {}, IMDS_SENT),
    ],
)
def test_a_role_is_assumed_with_a_credential_source(
    source: str, environ: dict[str, str], exchanges: list[Exchange]
) -> None:
    """Where the profile argument is given, the environment's keys still serve as a source."""
    config = role("profile p", f"credential_source = {source}").encode()
    play = stage(environ, config, *exchanges, (STS, assumed("ROLE")))
    assert resolve(play, profile="p").credentials.access_key_id == "ROLE"


@pytest.mark.parametrize(
    ("source", "exchanges", "said"),
    [
        ("Environment", [], "got none: AWS_ACCESS_KEY_ID is not set"),
        ("EcsContainer", [], "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI: expected it or"),
        ("Ec2InstanceMetadata", [(IMDS_SENT[0][0], lost())], "this is no EC2 instance"),
    ],
)
def test_a_credential_source_that_is_absent_is_an_error(
    source: str, exchanges: list[Exchange], said: str
) -> None:
    """The profile says that it is there; the chain does not go on without it."""
    config = role("default", f"credential_source = {source}").encode()
    with pytest.raises((CredentialsError, ConfigurationError)) as caught:
        resolve(stage({}, config, *exchanges))
    assert said in str(caught.value)


def test_every_source_is_examined() -> None:
    """A report goes on behind an answer and behind a failure."""
    environ = {**ENVIRONMENT, **CONTAINER, "AWS_PROFILE": "nope", "AWS_WEB_IDENTITY_TOKEN_FILE": "/t"}
    play = stage(environ, NAMED, ("GET http://169.254.170.2/c", answer("", 403)), *IMDS_SENT)
    context = play.run(load_context(play.world))
    report = play.run(examine_credentials(context))
    assert [(attempt.name, attempt.outcome) for attempt in report] == [
        ("argument", "absent"),
        ("environment", "answered"),
        ("profile 'nope'", "failed"),
        ("web identity", "failed"),
        ("container", "failed"),
        ("instance metadata", "answered"),
    ]
    assert all(attempt.detail for attempt in report)
    assert report[1].detail == resolve(stage(ENVIRONMENT, None)).detail
    assert report[-1].credentials is not None


def test_the_argument_is_described_alike_in_both() -> None:
    """The short way that needs no file says what the long way says."""
    play = stage({}, None, (IMDS_SENT[0][0], lost()))
    context = Context(world=play.world)
    [long, *_] = play.run(examine_credentials(context, ARGUMENT))
    short = play.run(resolve_credentials(context, ARGUMENT))
    assert (short.source, short.detail) == (long.name, long.detail)


def test_a_malformed_file_is_an_error_whatever_else_there_is() -> None:
    """Settings besides keys may stand in it."""
    with pytest.raises(Ec2QueryError, match=r"/h/\.aws/config, line 1"):
        resolve(stage(ENVIRONMENT, b"CANARY"))
