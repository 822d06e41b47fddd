"""The container's endpoint: which is asked, with which token, and what becomes of its answers."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest

from ec2query import Credentials
from ec2query.credentials.container import container_credentials, container_url
from ec2query.credentials.context import Context
from ec2query.errors import ConfigurationError, CredentialsError, Ec2QueryError, TransportTimeout
from ec2query.protocol.effects import ReadFile, Send
from ec2query.protocol.message import HttpResponse
from support.stage import Stage, answer, lost

RELATIVE, FULL = "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI", "AWS_CONTAINER_CREDENTIALS_FULL_URI"
TOKEN, TOKEN_FILE = "AWS_CONTAINER_AUTHORIZATION_TOKEN", "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE"
KEYS = {
    "AccessKeyId": "AKIDEXAMPLE",
    "SecretAccessKey": "CANARY",
    "Token": "CANARYTOKEN",
    "Expiration": "2030-01-01T18:00:00Z",
}
ECS = {RELATIVE: "/v2/credentials/x?id=1"}
GET = "GET http://169.254.170.2/v2/credentials/x?id=1"


def ask(stage: Stage) -> Credentials:
    return stage.run(container_credentials(Context(world=stage.world)))


def test_ecs_is_asked_at_its_address() -> None:
    """The relative URI goes to 169.254.170.2, within 2 s, and the answer holds all four parts."""
    stage = Stage(ECS, exchanges=[(GET, answer(json.dumps(KEYS)))])
    assert ask(stage) == Credentials(
        "AKIDEXAMPLE", "CANARY", "CANARYTOKEN", datetime(2030, 1, 1, 18, tzinfo=UTC)
    )
    sent = stage.effects[0]
    assert isinstance(sent, Send)
    assert (sent.timeout.connect, sent.timeout.read) == (2.0, 2.0)
    assert "authorization" not in sent.request.headers


def test_eks_is_asked_with_the_token_in_its_file() -> None:
    """The file's token goes before the variable's, and is read anew for each attempt."""
    stage = Stage(
        {FULL: "http://169.254.170.23/v1/credentials", TOKEN_FILE: "/t", TOKEN: "other"},
        {"/t": b"Bearer CANARY"},
        exchanges=[
            ("GET http://169.254.170.23/v1/credentials", answer("", 503)),
            ("GET http://169.254.170.23/v1/credentials", answer(json.dumps(KEYS))),
        ],
    )
    ask(stage)
    assert [request.headers["authorization"] for request in stage.requests] == ["Bearer CANARY"] * 2
    assert stage.effects.count(ReadFile("/t")) == 2


def test_the_variables_token_serves_too() -> None:
    """Without a token file, AWS_CONTAINER_AUTHORIZATION_TOKEN is sent."""
    stage = Stage({**ECS, TOKEN: "CANARY"}, exchanges=[(GET, answer(json.dumps(KEYS)))])
    ask(stage)
    assert stage.requests[0].headers["authorization"] == "CANARY"


@pytest.mark.parametrize(
    ("environ", "expected"),
    [
        ({}, None),
        ({RELATIVE: " ", FULL: ""}, None),
        ({RELATIVE: "/x", FULL: "http://127.0.0.1/y"}, "http://169.254.170.2/x"),
        ({FULL: "http://127.0.0.1:1234/a?b=c"}, "http://127.0.0.1:1234/a?b=c"),
        ({FULL: "http://127.9.9.9"}, "http://127.9.9.9/"),
        ({FULL: "http://localhost/a"}, "http://localhost/a"),
        ({FULL: "http://[::1]:80/a"}, "http://[::1]:80/a"),
        ({FULL: "http://169.254.170.2/a"}, "http://169.254.170.2/a"),
        ({FULL: "http://169.254.170.23/a"}, "http://169.254.170.23/a"),
        ({FULL: "http://[fd00:ec2::23]/a"}, "http://[fd00:ec2::23]/a"),
        ({FULL: "http://[FD00:EC2:0::23]/a"}, "http://[fd00:ec2:0::23]/a"),
        ({FULL: "https://example.com/a"}, "https://example.com/a"),
    ],
)
def test_which_url_is_asked(environ: dict[str, str], expected: str | None) -> None:
    """The relative URI goes first; over http only known hosts, over https any."""
    assert container_url(environ) == expected


@pytest.mark.parametrize(
    "environ",
    [
        {RELATIVE: "@example.com/x"},
        {RELATIVE: "x"},
        {RELATIVE: ":80/x"},
        {FULL: "http://example.com/a"},
        {FULL: "http://169.254.169.254/a"},
        {FULL: "http://169.254.170.2.example.com/a"},
        {FULL: "http://127.0.0.1@example.com/a"},
        {FULL: "http://user:pw@127.0.0.1/a"},
        {FULL: "http://127.0.0.1\\@example.com/a"},
        {FULL: "http://example.com#@127.0.0.1/a"},
        {FULL: "http://2130706433/a"},
        {FULL: "http://0177.0.0.1/a"},
        {FULL: "http://localhost.example.com/a"},
        {FULL: "http://[::1/a"},
        {FULL: "http://127.0.0.1:99999/a"},
        {FULL: "ftp://127.0.0.1/a"},
        {FULL: "127.0.0.1/a"},
        {FULL: "http:///a"},
    ],
)
def test_another_host_is_refused_before_the_token_is_read(environ: dict[str, str]) -> None:
    """No name is resolved, no file read, nothing sent."""
    stage = Stage({**environ, TOKEN_FILE: "/t"}, {"/t": b"CANARY"})
    with pytest.raises(ConfigurationError, match="AWS_CONTAINER_CREDENTIALS_") as caught:
        ask(stage)
    assert stage.effects == []
    assert "pw" not in str(caught.value)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"CANARY\n", "a CR or LF"),
        (b"CANARY\rx", "a CR or LF"),
        (b"", "got nothing"),
        (b" CANARY", "blanks at an end"),
        (b"CANARY\xc3\xa9", "other characters"),
        (b"CANARY\x00", "other characters"),
        (None, "got no such file"),
    ],
)
def test_a_token_that_is_none_is_refused(content: bytes | None, said: str) -> None:
    """It would otherwise split the header, or be another file's content."""
    files = {"/t": content} if content is not None else {}
    stage = Stage({**ECS, TOKEN_FILE: "/t"}, files)
    with pytest.raises(CredentialsError, match=f"{TOKEN_FILE}: .*/t") as caught:
        ask(stage)
    assert said in str(caught.value)
    assert "CANARY" not in str(caught.value)
    assert not stage.requests


@pytest.mark.parametrize("reply", [lost(), answer("CANARY", 500), answer("CANARY", 429), answer("{CANARY")])
def test_what_may_pass_is_tried_three_times(reply: HttpResponse | Ec2QueryError) -> None:
    """Timeouts, 5xx, 429 and truncated answers; between them a random part of 1 s, then of 2 s."""
    stage = Stage(ECS, exchanges=[(GET, reply), (GET, reply), (GET, answer(json.dumps(KEYS)))])
    assert ask(stage).access_key_id == "AKIDEXAMPLE"
    assert stage.sleeps == [0.5, 1.0]
    stage = Stage(ECS, exchanges=[(GET, reply)] * 3)
    with pytest.raises((CredentialsError, TransportTimeout)) as caught:
        ask(stage)
    stage.done()
    assert "CANARY" not in str(caught.value)


@pytest.mark.parametrize(
    ("reply", "said"),
    [
        (answer("CANARY", 403), "expected status 200, got 403"),
        (answer("CANARY", 404), "expected status 200, got 404"),
        (answer("CANARY", 302), "expected status 200, got 302"),
        *(
            (answer(json.dumps({**KEYS, key: None})), f"under {key}, got none")
            for key in ("AccessKeyId", "SecretAccessKey", "Token", "Expiration")
        ),
        (answer(json.dumps({**KEYS, "Token": 5})), "expected a text under Token, got a value of type int"),
        (answer(json.dumps({**KEYS, "Expiration": "CANARY"})), "expected a time under Expiration"),
        (
            answer(json.dumps({**KEYS, "SecretAccessKey": "CANARY\n"})),
            "secret_access_key: expected printable",
        ),
    ],
)
def test_what_will_not_pass_is_said_at_once(reply: HttpResponse, said: str) -> None:
    """A refusal or an answer without its parts; the body is never quoted."""
    stage = Stage(ECS, exchanges=[(GET, reply)])
    with pytest.raises(CredentialsError) as caught:
        ask(stage)
    assert said in str(caught.value)
    assert "CANARY" not in str(caught.value)
