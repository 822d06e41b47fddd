"""Instance metadata: version 2 only, and what its absence looks like."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest

from ec2query import Credentials
from ec2query.credentials.context import Context, load_context
from ec2query.credentials.exchange import Absent
from ec2query.credentials.imds import instance_credentials, instance_region
from ec2query.errors import CredentialsError, Ec2QueryError
from ec2query.protocol.effects import Send
from ec2query.protocol.message import HttpResponse
from support.stage import Exchange, Stage, answer, lost

HOST = "http://169.254.169.254"
PUT = f"PUT {HOST}/latest/api/token"
LIST = f"GET {HOST}/latest/meta-data/iam/security-credentials/"
REGION = f"GET {HOST}/latest/meta-data/placement/region"
KEYS = {
    "Code": "Success",
    "AccessKeyId": "AKIDEXAMPLE",
    "SecretAccessKey": "CANARY",
    "Token": "CANARYTOKEN",
    "Expiration": "2030-01-01T18:00:00Z",
}
TOKEN: Exchange = (PUT, answer("CANARYIMDS"))
ROLE: Exchange = (LIST, answer("role"))
THREE = {"AWS_METADATA_SERVICE_NUM_ATTEMPTS": "3"}


def context(stage: Stage) -> Context:
    return stage.run(load_context(stage.world))


def ask(stage: Stage) -> Credentials:
    return stage.run(instance_credentials(context(stage)))


def test_the_role_is_asked_with_a_session_token() -> None:
    """A token for six hours, the role's name, its credentials; each within 1 s."""
    stage = Stage(exchanges=[TOKEN, ROLE, (f"{LIST}role", answer(json.dumps(KEYS)))])
    assert ask(stage) == Credentials(
        "AKIDEXAMPLE", "CANARY", "CANARYTOKEN", datetime(2030, 1, 1, 18, tzinfo=UTC)
    )
    stage.done()
    put, *gets = stage.requests
    assert put.headers["x-aws-ec2-metadata-token-ttl-seconds"] == "21600"
    assert [get.headers["x-aws-ec2-metadata-token"] for get in gets] == ["CANARYIMDS"] * 2
    sent = [effect for effect in stage.effects if isinstance(effect, Send)]
    assert {(effect.timeout.connect, effect.timeout.read) for effect in sent} == {(1.0, 1.0)}


@pytest.mark.parametrize(
    ("environ", "host"),
    [
        ({"AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE": "IPv6"}, "http://[fd00:ec2::254]"),
        ({"AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE": "ipv4"}, HOST),
        ({"AWS_EC2_METADATA_SERVICE_ENDPOINT": "http://127.0.0.1:1338/"}, "http://127.0.0.1:1338"),
        ({"AWS_EC2_METADATA_SERVICE_ENDPOINT": " "}, HOST),
    ],
)
def test_the_endpoint_can_be_set(environ: dict[str, str], host: str) -> None:
    """By URL or by IP version."""
    stage = Stage(
        environ,
        exchanges=[
            (f"PUT {host}/latest/api/token", answer("t")),
            (f"GET {host}/latest/meta-data/placement/region", answer("eu-west-1")),
        ],
    )
    assert stage.run(instance_region(context(stage))) == "eu-west-1"


def test_a_roles_name_cannot_leave_its_path() -> None:
    """The first line of the list counts, and only a role's name is taken for one."""
    stage = Stage(
        exchanges=[TOKEN, (LIST, answer("r+=,.@-_1\nother")), (f"{LIST}r+=,.@-_1", answer(json.dumps(KEYS)))]
    )
    ask(stage)
    for name in ("CANARY/../b", "CANARY?x", "CANARY x", "é" * 3, "x" * 65):
        with pytest.raises(CredentialsError, match="expected the name of a role") as caught:
            ask(Stage(exchanges=[TOKEN, (LIST, answer(name))]))
        assert "CANARY" not in str(caught.value)


@pytest.mark.parametrize(
    ("exchanges", "said"),
    [
        ([(PUT, lost())], "this is no EC2 instance"),
        *(([(PUT, answer("", status))], "gives no IMDSv2 token") for status in (403, 404, 405)),
        ([TOKEN, (LIST, answer("", 404))], "the instance's role is not there"),
        ([TOKEN, (LIST, answer("\n"))], "the instance has no role"),
    ],
)
def test_no_instance_or_no_role_is_an_absence(exchanges: list[Exchange], said: str) -> None:
    """The chain goes on; version 1 is never tried."""
    stage = Stage(exchanges=exchanges)
    with pytest.raises(Absent) as caught:
        ask(stage)
    assert said in str(caught.value)
    stage.done()


def test_a_disabled_service_is_not_asked() -> None:
    """AWS_EC2_METADATA_DISABLED is obeyed, in any case."""
    stage = Stage({"AWS_EC2_METADATA_DISABLED": "TRUE"})
    with pytest.raises(Absent, match="AWS_EC2_METADATA_DISABLED is true"):
        ask(stage)
    assert not stage.requests


@pytest.mark.parametrize("reply", [lost(), answer("CANARY", 500), answer("CANARY", 503)])
def test_each_request_is_tried_as_often_as_set(reply: HttpResponse | Ec2QueryError) -> None:
    """AWS_METADATA_SERVICE_NUM_ATTEMPTS counts attempts of each request; unset, there is one."""
    exchanges: list[Exchange] = [
        (PUT, reply),
        (PUT, reply),
        TOKEN,
        (LIST, reply),
        ROLE,
        (f"{LIST}role", reply),
        (f"{LIST}role", answer("{CANARY")),
        (f"{LIST}role", answer(json.dumps(KEYS))),
    ]
    stage = Stage(THREE, exchanges=exchanges)
    assert ask(stage).access_key_id == "AKIDEXAMPLE"
    stage.done()
    stage = Stage(exchanges=[TOKEN, (LIST, reply)])
    with pytest.raises(Ec2QueryError) as caught:
        ask(stage)
    assert "CANARY" not in str(caught.value)


@pytest.mark.parametrize(
    ("exchanges", "said"),
    [
        ([(PUT, answer("CANARY\nx"))], "the session token: expected one line"),
        ([(PUT, answer(""))], "the session token: expected one line"),
        ([(PUT, answer("CANARY", 400))], "expected status 200, got 400"),
        ([TOKEN, ROLE, (f"{LIST}role", answer("CANARY", 401))], "got 401"),
        ([TOKEN, ROLE, (f"{LIST}role", answer("<CANARY>"))], "expected a JSON object"),
        (
            [TOKEN, ROLE, (f"{LIST}role", answer(json.dumps({"Code": "AssumeRoleUnauthorizedAccess"})))],
            "expected the code Success, got AssumeRoleUnauthorizedAccess",
        ),
        ([TOKEN, ROLE, (f"{LIST}role", answer('{"Code": "CANARY 1"}'))], "got another"),
        *(
            ([TOKEN, ROLE, (f"{LIST}role", answer(json.dumps({**KEYS, key: ""})))], f"under {key}")
            for key in ("AccessKeyId", "SecretAccessKey", "Token", "Expiration")
        ),
    ],
)
def test_an_instance_that_answers_wrongly_is_an_error(exchanges: list[Exchange], said: str) -> None:
    """There is a role, and its credentials cannot be had."""
    stage = Stage(exchanges=exchanges)
    with pytest.raises(CredentialsError) as caught:
        ask(stage)
    assert not isinstance(caught.value, Absent)
    assert said in str(caught.value)
    assert "CANARY" not in str(caught.value)
    stage.done()
