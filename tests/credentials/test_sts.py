"""STS: what is asked of it, how its answers are read, and what its refusals say."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qsl

import pytest

from ec2query import Credentials
from ec2query.credentials.context import Context, MfaToken, load_context
from ec2query.credentials.sources import AssumeRole, EnvironmentKeys, WebIdentity
from ec2query.credentials.sts import assume_role, assume_role_with_web_identity, get_caller_identity
from ec2query.errors import (
    ConfigurationError,
    CredentialsError,
    Ec2QueryError,
    ResponseError,
    TransportTimeout,
    Unauthorized,
)
from ec2query.protocol.message import HttpRequest, HttpResponse
from support.stage import NOW, Stage, answer, lost

ARN = "arn:aws:iam::111122223333:role/r"
BASE = Credentials("AKIDBASE1", "CANARYBASE", "CANARYBASETOKEN")
PLACE = "f, line 2, profile 'x', role_arn"
ROLE = AssumeRole(source=EnvironmentKeys(), role_arn=ARN, where=PLACE)
WEB = WebIdentity(role_arn=ARN, token_file="/t", where="AWS_WEB_IDENTITY_TOKEN_FILE")
US = {"AWS_REGION": "us-west-2"}
STS = "POST https://sts.us-west-2.amazonaws.com/"


def assumed(action: str = "AssumeRole", lacks: str = "") -> HttpResponse:
    """An answer in STS's form."""
    parts = {
        "AccessKeyId": "ASIAEXAMPLE",
        "SecretAccessKey": "CANARY",
        "SessionToken": "CANARYTOKEN",
        "Expiration": "2030-01-01T13:00:00Z",
    }
    keys = "".join(f"<{name}>{text}</{name}>" for name, text in parts.items() if name != lacks)
    return answer(
        f'<{action}Response xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><{action}Result>'
        f"<AssumedRoleUser><Arn>a</Arn></AssumedRoleUser><Credentials>{keys}</Credentials></{action}Result>"
        f"<ResponseMetadata><RequestId>r-1</RequestId></ResponseMetadata></{action}Response>"
    )


def refused(code: str, message: str, status: int = 403) -> HttpResponse:
    """A refusal in STS's form."""
    return answer(
        '<ErrorResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><Error><Type>Sender</Type>'
        f"<Code>{code}</Code><Message>{message}</Message></Error><RequestId>r-2</RequestId></ErrorResponse>",
        status,
    )


def context(stage: Stage, mfa_token: MfaToken | None = None) -> Context:
    return stage.run(load_context(stage.world, mfa_token=mfa_token))


def pairs(request: HttpRequest) -> dict[str, str]:
    return dict(parse_qsl(request.body.decode()))


def test_a_role_is_assumed_at_the_regional_endpoint() -> None:
    """The request is signed for STS in that Region; the answer's four parts are the credentials."""
    stage = Stage(US, exchanges=[(STS, assumed())])
    found = stage.run(assume_role(ROLE, BASE, context(stage)))
    assert found == Credentials("ASIAEXAMPLE", "CANARY", "CANARYTOKEN", datetime(2030, 1, 1, 13, tzinfo=UTC))
    request = stage.requests[0]
    assert pairs(request) == {
        "Action": "AssumeRole",
        "Version": "2011-06-15",
        "RoleArn": ARN,
        "RoleSessionName": f"ec2query-{int(NOW.timestamp())}",
    }
    assert "Credential=AKIDBASE1/20300101/us-west-2/sts/aws4_request" in request.headers["authorization"]
    assert request.headers["x-amz-security-token"] == "CANARYBASETOKEN"


def test_every_setting_of_a_role_is_sent() -> None:
    """external_id, duration_seconds, role_session_name, mfa_serial with the code that the caller gives."""
    source = AssumeRole(
        source=EnvironmentKeys(),
        role_arn=ARN,
        where=PLACE,
        external_id="x",
        duration_seconds=900,
        session_name="n",
        mfa_serial="arn:mfa",
    )
    asked: list[str] = []

    def code(serial: str) -> str:
        asked.append(serial)
        return " 123456\n"

    stage = Stage(US, exchanges=[(STS, assumed())])
    stage.run(assume_role(source, BASE, context(stage, code)))
    assert asked == ["arn:mfa"]
    assert list(pairs(stage.requests[0]).items())[2:] == [
        ("RoleArn", ARN),
        ("RoleSessionName", "n"),
        ("ExternalId", "x"),
        ("DurationSeconds", "900"),
        ("SerialNumber", "arn:mfa"),
        ("TokenCode", "123456"),
    ]


@pytest.mark.parametrize(
    ("mfa_token", "said"),
    [
        (None, "pass mfa_token="),
        (lambda _: 123456, "the answer about arn:mfa: expected a str, got a int"),
    ],
)
def test_without_a_code_no_request_is_made(mfa_token: Any, said: str) -> None:
    """Someone must be there to read the device."""
    source = AssumeRole(source=EnvironmentKeys(), role_arn=ARN, where=PLACE, mfa_serial="arn:mfa")
    stage = Stage(US)
    with pytest.raises(CredentialsError, match="arn:mfa") as caught:
        stage.run(assume_role(source, BASE, context(stage, mfa_token)))
    assert said in str(caught.value)


def test_a_web_identity_is_not_signed() -> None:
    """The token in the file is the proof; it is read anew each time."""
    stage = Stage(US, {"/t": b"CANARYJWT"}, exchanges=[(STS, assumed("AssumeRoleWithWebIdentity"))] * 2)
    for token in (b"CANARYJWT", b"CANARYNEW"):
        stage.files["/t"] = token
        stage.run(assume_role_with_web_identity(WEB, context(stage)))
    assert [pairs(request)["WebIdentityToken"] for request in stage.requests] == ["CANARYJWT", "CANARYNEW"]
    assert pairs(stage.requests[0])["Action"] == "AssumeRoleWithWebIdentity"
    assert not any("authorization" in request.headers for request in stage.requests)


@pytest.mark.parametrize("content", [None, b"", b"CANARY\n", b"CAN\rARY"])
def test_a_web_identity_token_that_is_none_is_refused(content: bytes | None) -> None:
    """The error names the variable and the file."""
    stage = Stage(US, {"/t": content} if content is not None else {})
    with pytest.raises(CredentialsError, match=r"AWS_WEB_IDENTITY_TOKEN_FILE: .*/t") as caught:
        stage.run(assume_role_with_web_identity(WEB, context(stage)))
    assert "CANARY" not in str(caught.value)


ENDPOINTS: list[tuple[Mapping[str, str], str]] = [
    ({"AWS_REGION": "cn-north-1"}, "https://sts.cn-north-1.amazonaws.com.cn/"),
    ({**US, "AWS_USE_FIPS_ENDPOINT": "true"}, "https://sts-fips.us-west-2.amazonaws.com/"),
    ({**US, "AWS_USE_DUALSTACK_ENDPOINT": "true"}, "https://sts.us-west-2.api.aws/"),
    ({**US, "AWS_ENDPOINT_URL_STS": "http://127.0.0.1:5000"}, "http://127.0.0.1:5000/"),
    ({**US, "AWS_ENDPOINT_URL": "http://127.0.0.1:5000"}, "http://127.0.0.1:5000/"),
    ({**US, "AWS_ENDPOINT_URL_EC2": "http://127.0.0.1:5000"}, "https://sts.us-west-2.amazonaws.com/"),
]


@pytest.mark.parametrize(("environ", "url"), ENDPOINTS)
def test_endpoint_rules_are_those_of_ec2(environ: dict[str, str], url: str) -> None:
    """Partition, FIPS, dual-stack, custom endpoints."""
    stage = Stage(environ, exchanges=[(f"POST {url}", assumed())])
    stage.run(assume_role(ROLE, BASE, context(stage)))


def test_without_a_region_there_is_no_endpoint() -> None:
    """The error lists every place where a Region may stand."""
    stage = Stage({"AWS_EC2_METADATA_DISABLED": "true"})
    with pytest.raises(ConfigurationError, match="no Region: AWS_REGION: not set"):
        stage.run(assume_role(ROLE, BASE, context(stage)))


@pytest.mark.parametrize(
    "reply",
    [
        lost(),
        answer("<html>CANARY</html>", 503),
        refused("Throttling", "CANARY", 400),
        refused("IDPCommunicationError", "CANARY", 400),
        refused("InternalFailure", "CANARY", 500),
        answer("<AssumeRoleResponse>CANARY"),
    ],
)
def test_what_may_pass_is_tried_three_times(reply: HttpResponse | Ec2QueryError) -> None:
    """Each attempt is signed anew; between them a random part of 0.1 s, then of 0.2 s."""
    stage = Stage(US, exchanges=[(STS, reply), (STS, reply), (STS, assumed())])
    assert stage.run(assume_role(ROLE, BASE, context(stage))).access_key_id == "ASIAEXAMPLE"
    assert stage.sleeps == [0.05, 0.1]
    stage = Stage(US, exchanges=[(STS, reply)] * 3)
    with pytest.raises((CredentialsError, TransportTimeout)):
        stage.run(assume_role(ROLE, BASE, context(stage)))
    stage.done()


def test_a_refusal_says_whose_role_and_why() -> None:
    """Code and message are STS's; what they echo of our secrets is masked."""
    stage = Stage(US, exchanges=[(STS, refused("AccessDenied", "no, CANARYBASE, CANARYBASETOKEN"))])
    with pytest.raises(CredentialsError) as caught:
        stage.run(assume_role(ROLE, BASE, context(stage)))
    assert str(caught.value) == (
        f"{PLACE}: STS gave no credentials: AssumeRole: AccessDenied: no, ***, ***"
        " (status 403, request id r-2)"
    )
    assert caught.value.__context__ is None


def test_an_echoed_token_is_masked() -> None:
    """STS may quote a web identity token that it does not accept."""
    stage = Stage(
        US, {"/t": b"CANARYJWT"}, exchanges=[(STS, refused("InvalidIdentityToken", "CANARYJWT is bad", 400))]
    )
    with pytest.raises(CredentialsError, match=r"\*\*\* is bad"):
        stage.run(assume_role_with_web_identity(WEB, context(stage)))


@pytest.mark.parametrize("key", ["AccessKeyId", "SecretAccessKey", "SessionToken", "Expiration"])
def test_an_answer_that_lacks_a_part_names_it(key: str) -> None:
    """And shows none of the others."""
    stage = Stage(US, exchanges=[(STS, assumed(lacks=key))])
    with pytest.raises(CredentialsError, match=f"expected {key} in the answer of STS, got none") as caught:
        stage.run(assume_role(ROLE, BASE, context(stage)))
    assert "CANARY" not in str(caught.value)


def test_an_answer_without_credentials_is_an_error() -> None:
    """A result that is empty."""
    body = "<AssumeRoleResponse><AssumeRoleResult/></AssumeRoleResponse>"
    stage = Stage(US, exchanges=[(STS, answer(body))])
    with pytest.raises(CredentialsError, match="expected Credentials in the answer of STS, got none"):
        stage.run(assume_role(ROLE, BASE, context(stage)))


def test_the_caller_is_identified() -> None:
    """Account, ARN and user id, as STS writes them."""
    body = (
        '<GetCallerIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><GetCallerIdentityResult>'
        "<Arn>arn:aws:iam::111122223333:user/u</Arn><UserId>AIDA</UserId><Account>111122223333</Account>"
        "</GetCallerIdentityResult><ResponseMetadata><RequestId>r</RequestId></ResponseMetadata>"
        "</GetCallerIdentityResponse>"
    )
    stage = Stage(US, exchanges=[(STS, answer(body))])
    found = stage.run(get_caller_identity(BASE, context(stage)))
    assert (found.account, found.arn, found.user_id) == (
        "111122223333",
        "arn:aws:iam::111122223333:user/u",
        "AIDA",
    )


def test_a_refused_identity_is_a_service_error() -> None:
    """It is an answer of the service to the caller's own question."""
    stage = Stage(US, exchanges=[(STS, refused("AccessDenied", "no"))])
    with pytest.raises(Unauthorized):
        stage.run(get_caller_identity(BASE, context(stage)))


def test_an_answer_without_an_identity_is_an_error() -> None:
    """An empty document is none."""
    stage = Stage(US, exchanges=[(STS, answer("<GetCallerIdentityResponse/>"))])
    with pytest.raises(ResponseError, match="expected a GetCallerIdentityResult, got none"):
        stage.run(get_caller_identity(BASE, context(stage)))
