"""Planted secrets: none shows in a `repr`, an error, a traceback or a log, whatever the sources do."""

from __future__ import annotations

import json
import logging
import traceback
from collections.abc import Iterator
from datetime import timedelta
from hashlib import sha1
from itertools import product

import pytest

from ec2query import Credentials
from ec2query.credentials.cached import CachedCredentials, credential_chain
from ec2query.credentials.chain import examine_credentials
from ec2query.credentials.context import load_context
from ec2query.credentials.keys import shown_time
from ec2query.errors import Ec2QueryError
from ec2query.protocol.message import HttpResponse
from support.stage import NOW, Exchange, Stage, answer, lost

STS = "POST https://sts.us-east-1.amazonaws.com/"
IMDS = "http://169.254.169.254/latest"
LATER = shown_time(NOW + timedelta(hours=1))
KEYS = {"AccessKeyId": "ASIAEXAMPLE", "SecretAccessKey": "CANARY1", "Token": "CANARY2", "Expiration": LATER}
PROCESS = {"Version": 1, **KEYS, "SessionToken": "CANARY3"}
ROLE = "role_arn = arn:aws:iam::111122223333:role/r\n"
SSO = (
    "sso_session = s\nsso_account_id = 1\nsso_role_name = r\n"
    "[sso-session s]\nsso_region = us-east-1\nsso_start_url = https://example.com\n"
)
LOGIN = {
    "accessToken": "CANARY4",
    "refreshToken": "CANARY5",
    "clientId": "CANARY6",
    "clientSecret": "CANARY7",
    "expiresAt": shown_time(NOW + timedelta(minutes=1)),
}
PORTAL = "GET https://portal.sso.us-east-1.amazonaws.com/federation/credentials?role_name=r&account_id=1"
OIDC = "POST https://oidc.us-east-1.amazonaws.com/token"


def sts(action: str) -> HttpResponse:
    keys = "".join(f"<{key}>{text}</{key}>" for key, text in {**KEYS, "SessionToken": "CANARY8"}.items())
    result = f"<{action}Result><Credentials>{keys}</Credentials></{action}Result>"
    return answer(f"<{action}Response>{result}</{action}Response>")


# name: (environment, config, exchanges of a success)
PROVIDERS: dict[str, tuple[dict[str, str], str, list[Exchange]]] = {
    "environment": (
        {
            "AWS_ACCESS_KEY_ID": "AKIDEXAMPLE",
            "AWS_SECRET_ACCESS_KEY": "CANARY",
            "AWS_SESSION_TOKEN": "CANARY",
        },
        "",
        [],
    ),
    "static": (
        {},
        "[default]\naws_access_key_id = AKIDEXAMPLE\naws_secret_access_key = CANARY\n"
        "aws_session_token = CANARY",
        [],
    ),
    "assume role": (
        {},
        f"[default]\n{ROLE}source_profile = b\nexternal_id = CANARY\nmfa_serial = m\n"
        "[profile b]\naws_access_key_id = AKIDEXAMPLE\naws_secret_access_key = CANARY",
        [(STS, sts("AssumeRole"))],
    ),
    "web identity": (
        {},
        f"[default]\n{ROLE}web_identity_token_file = /t",
        [(STS, sts("AssumeRoleWithWebIdentity"))],
    ),
    "sso": (
        {},
        f"[default]\n{SSO}",
        [
            (OIDC, answer(json.dumps({"accessToken": "CANARY9", "expiresIn": 1, "refreshToken": "CANARY"}))),
            (
                PORTAL,
                answer(
                    json.dumps(
                        {
                            "roleCredentials": {
                                "accessKeyId": "ASIAEXAMPLE",
                                "secretAccessKey": "CANARY",
                                "sessionToken": "CANARY",
                                "expiration": int((NOW + timedelta(hours=1)).timestamp() * 1000),
                            }
                        }
                    )
                ),
            ),
        ],
    ),
    "process": ({}, "[default]\ncredential_process = p CANARY", []),
    "container": (
        {
            "AWS_CONTAINER_CREDENTIALS_FULL_URI": "http://169.254.170.23/x",
            "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE": "/t",
        },
        "",
        [("GET http://169.254.170.23/x", answer(json.dumps(KEYS)))],
    ),
    "instance metadata": (
        {},
        "",
        [
            (f"PUT {IMDS}/api/token", answer("CANARY")),
            (f"GET {IMDS}/meta-data/iam/security-credentials/", answer("role")),
            (f"GET {IMDS}/meta-data/iam/security-credentials/role", answer(json.dumps(KEYS))),
        ],
    ),
}

REPLIES: dict[str, HttpResponse | Ec2QueryError] = {
    "timeout": lost(),
    "400": answer(
        "<ErrorResponse><Error><Code>X</Code><Message>CANARYJWT</Message></Error></ErrorResponse>", 400
    ),
    "500": answer('{"message": "CANARY"}', 500),
    "text": answer("CANARY"),
    "half": answer('{"SecretAccessKey": "CANARY"'),
    "half xml": answer("<AssumeRoleResponse><SecretAccessKey>CANARY"),
    "other": answer('{"SecretAccessKey": ["CANARY"], "accessToken": {"CANARY": 1}, "Expiration": "CANARY"}'),
}

STATUSES = ("timeout", "400", "500")


def scenarios() -> Iterator[tuple[str, str]]:
    """Each provider with its success, and each of its requests answered in each wrong way."""
    for name, (_, _, exchanges) in PROVIDERS.items():
        yield name, "success"
        for (number, (asked, _)), reply in product(enumerate(exchanges), REPLIES):
            # Any text is a token or a role's name to IMDS.
            if (
                asked.endswith(("/token", "security-credentials/"))
                and IMDS in asked
                and reply not in STATUSES
            ):
                continue
            yield name, f"{number} {reply}"


def set_up(name: str, case: str) -> Stage:
    environ, config, exchanges = PROVIDERS[name]
    number, _, reply = case.partition(" ")
    if reply:
        before, asked = exchanges[: int(number)], exchanges[int(number)][0]
        # A failed refresh of a login that still lives is followed by its use.
        after = [(PORTAL, REPLIES[reply])] * 3 if asked == OIDC else []
        repeated = 1 if not _is_retried(asked, reply) else 3
        exchanges = [*before, *[(asked, REPLIES[reply])] * repeated, *after]
    login = f"/h/.aws/sso/cache/{sha1(b's').hexdigest()}.json"
    return Stage(
        {"HOME": "/h", "AWS_REGION": "us-east-1", **environ},
        {"/h/.aws/config": config.encode(), "/t": b"CANARYJWT", login: json.dumps(LOGIN).encode()},
        {("p", "CANARY"): json.dumps(PROCESS).encode()},
        exchanges,
    )


def _is_retried(asked: str, reply: str) -> bool:
    if IMDS in asked:
        return False
    malformed = ("text", "half", "half xml") if "sts" not in asked else ("text", "half", "half xml", "other")
    return reply in ("timeout", "500", *malformed)


def shown(stage: Stage, chain: CachedCredentials) -> Iterator[str]:
    """Everything of a run that a person or a log may see."""
    try:
        found = stage.run(chain.resolution())
    except Ec2QueryError as error:
        yield repr(error)
        yield from traceback.format_exception(error)
        yield repr(vars(error))
    else:
        yield repr(found)
        yield str(found)
        yield repr(found.credentials)
    yield repr(chain)
    yield repr(stage.effects)
    yield repr(stage.requests)


@pytest.mark.parametrize(("name", "case"), list(scenarios()))
def test_no_secret_is_shown(name: str, case: str, caplog: pytest.LogCaptureFixture) -> None:
    """With every logger at DEBUG."""
    caplog.set_level(logging.DEBUG)
    stage = set_up(name, case)
    chain = credential_chain(stage.world, mfa_token=lambda _: "CANARY")
    for text in shown(stage, chain):
        assert "CANARY" not in text
    assert "CANARY" not in caplog.text
    if case == "success":
        stage.done()
        assert isinstance(stage.run(chain.current()), Credentials)


@pytest.mark.parametrize("name", PROVIDERS)
def test_no_secret_is_in_a_report(name: str) -> None:
    """What `doctor` is given shows none either."""
    stage = set_up(name, "success")
    stage.environ = {**stage.environ, "AWS_EC2_METADATA_DISABLED": str(name != "instance metadata").lower()}
    context = stage.run(load_context(stage.world, mfa_token=lambda _: "CANARY"))
    assert "CANARY" not in repr(context)
    report = stage.run(examine_credentials(context))
    assert "CANARY" not in repr(report)
    assert any(attempt.outcome == "answered" for attempt in report)
