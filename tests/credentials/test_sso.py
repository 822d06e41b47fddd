"""IAM Identity Center: the login's token, its refresh, and the role's credentials."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from hashlib import sha1

import pytest

from ec2query import Credentials
from ec2query.credentials.context import load_context
from ec2query.credentials.keys import shown_time
from ec2query.credentials.sources import SsoRole
from ec2query.credentials.sso import sso_credentials
from ec2query.credentials.sso_token import cache_path
from ec2query.errors import ConfigurationError, CredentialsError, Ec2QueryError, TransportTimeout
from ec2query.protocol.effects import WriteFile
from ec2query.protocol.message import HttpResponse
from support.stage import NOW, Exchange, Stage, answer, lost

START = "https://example.com/start"
PLACE = "f, line 3, profile 'x', sso_session"
SESSION = SsoRole(
    start_url=START,
    region="eu-west-1",
    account_id="111122223333",
    role_name="Read Only",
    where=PLACE,
    profile="x",
    session="s",
)
LEGACY = SsoRole(
    start_url=START,
    region="eu-west-1",
    account_id="111122223333",
    role_name="Read Only",
    where=PLACE,
    profile="x",
)
GET = (
    "GET https://portal.sso.eu-west-1.amazonaws.com/federation/credentials"
    "?role_name=Read+Only&account_id=111122223333"
)
POST = "POST https://oidc.eu-west-1.amazonaws.com/token"
KEYS = {
    "accessKeyId": "ASIAEXAMPLE",
    "secretAccessKey": "CANARY",
    "sessionToken": "CANARYTOKEN",
    "expiration": int((NOW + timedelta(hours=1)).timestamp() * 1000),
}
GIVEN: Exchange = (GET, answer(json.dumps({"roleCredentials": KEYS})))
RENEWED: Exchange = (
    POST,
    answer(json.dumps({"accessToken": "CANARYNEW", "expiresIn": 28800, "refreshToken": "CANARYNEXT"})),
)


def login(minutes: float, **changed: object) -> bytes:
    """A cached login whose token lives for so many minutes more."""
    parts = {
        "startUrl": START,
        "region": "eu-west-1",
        "accessToken": "CANARYOLD",
        "expiresAt": shown_time(NOW + timedelta(minutes=minutes)),
        "clientId": "client",
        "clientSecret": "CANARYCLIENT",
        "registrationExpiresAt": shown_time(NOW + timedelta(days=9)),
        "refreshToken": "CANARYREFRESH",
        **changed,
    }
    return json.dumps({key: value for key, value in parts.items() if value is not None}).encode()


def at(source: SsoRole) -> str:
    name = sha1((source.session or source.start_url).encode()).hexdigest()
    return f"/h/.aws/sso/cache/{name}.json"


def ask(source: SsoRole, stage: Stage) -> Credentials:
    return stage.run(sso_credentials(source, stage.run(load_context(stage.world))))


def set_up(source: SsoRole, cached: bytes | None, *exchanges: Exchange) -> Stage:
    files = {at(source): cached} if cached is not None else {}
    return Stage({"HOME": "/h"}, files, exchanges=exchanges)


def test_the_cache_is_where_the_cli_puts_it() -> None:
    """Named by the SHA-1 of the session's name, in the legacy form of the start URL."""
    assert cache_path(SESSION, "/h") == "/h/.aws/sso/cache/a0f1490a20d0211c997b44bc357e1972deab8ae3.json"
    assert cache_path(LEGACY, "/h") == at(LEGACY)


@pytest.mark.parametrize("source", [SESSION, LEGACY])
def test_a_live_login_gives_the_roles_credentials(source: SsoRole) -> None:
    """The token goes into its header; nothing is refreshed or written."""
    stage = set_up(source, login(60), GIVEN)
    assert ask(source, stage) == Credentials(
        "ASIAEXAMPLE", "CANARY", "CANARYTOKEN", datetime(2030, 1, 1, 13, tzinfo=UTC)
    )
    assert stage.requests[0].headers["x-amz-sso_bearer_token"] == "CANARYOLD"
    assert not [effect for effect in stage.effects if isinstance(effect, WriteFile)]


@pytest.mark.parametrize("minutes", [14, -14])
def test_a_session_is_refreshed_when_little_is_left(minutes: float) -> None:
    """The new token serves, and the file is replaced, for its owner's eyes only."""
    stage = set_up(SESSION, login(minutes), RENEWED, GIVEN)
    ask(SESSION, stage)
    assert json.loads(stage.requests[0].body) == {
        "clientId": "client",
        "clientSecret": "CANARYCLIENT",
        "refreshToken": "CANARYREFRESH",
        "grantType": "refresh_token",
    }
    assert stage.requests[1].headers["x-amz-sso_bearer_token"] == "CANARYNEW"
    [written] = [effect for effect in stage.effects if isinstance(effect, WriteFile)]
    assert (written.path, written.mode) == (at(SESSION), 0o600)
    assert "CANARY" not in repr(written)
    assert json.loads(written.data) == {
        **json.loads(login(minutes)),
        "accessToken": "CANARYNEW",
        "refreshToken": "CANARYNEXT",
        "expiresAt": "2030-01-01T20:00:00Z",
    }


def test_whatever_else_a_cache_holds_is_written_back_at_no_more_cost() -> None:
    """Nested however deep, it takes as many bytes again, not their square."""
    cached = login(1, more="@").replace(b'"@"', b'{"a":' * 800 + b"1" + b"}" * 800)
    stage = set_up(SESSION, cached, RENEWED, GIVEN)
    ask(SESSION, stage)
    [written] = [effect for effect in stage.effects if isinstance(effect, WriteFile)]
    assert b'"more"' in written.data
    assert len(written.data) < 2 * len(cached)


def test_a_cache_that_cannot_be_written_is_no_failure() -> None:
    """A read-only home: the new token serves this once."""
    stage = set_up(SESSION, login(1), RENEWED, GIVEN)
    stage.read_only = True
    assert ask(SESSION, stage).access_key_id == "ASIAEXAMPLE"


@pytest.mark.parametrize(
    "reply", [answer("CANARY", 400), answer("{}"), answer('{"accessToken": "CANARY", "expiresIn": "1"}')]
)
def test_a_refresh_that_fails_is_silent_while_the_old_token_lives(reply: HttpResponse) -> None:
    """It is an error only when nothing is left."""
    stage = set_up(SESSION, login(5), (POST, reply), GIVEN)
    assert ask(SESSION, stage).access_key_id == "ASIAEXAMPLE"
    assert stage.requests[1].headers["x-amz-sso_bearer_token"] == "CANARYOLD"
    stage = set_up(SESSION, login(-5), (POST, reply))
    with pytest.raises(CredentialsError, match="run `aws sso login --sso-session s`") as caught:
        ask(SESSION, stage)
    assert "CANARY" not in str(caught.value)


@pytest.mark.parametrize(
    ("source", "changed", "command"),
    [
        (LEGACY, {}, "aws sso login --profile x"),
        (SESSION, {"refreshToken": None}, "aws sso login --sso-session s"),
        (SESSION, {"clientSecret": None}, "aws sso login --sso-session s"),
        (SESSION, {"registrationExpiresAt": "2029-12-31T00:00:00Z"}, "aws sso login --sso-session s"),
    ],
)
def test_a_token_that_cannot_be_refreshed_ends(
    source: SsoRole, changed: dict[str, object], command: str
) -> None:
    """While it lives it serves; then the error says how to log in."""
    assert ask(source, set_up(source, login(5, **changed), GIVEN)).access_key_id == "ASIAEXAMPLE"
    with pytest.raises(CredentialsError, match="the token expired at 2030-01-01T11:55:00Z") as caught:
        ask(source, set_up(source, login(-5, **changed)))
    assert command in str(caught.value)


@pytest.mark.parametrize(
    ("cached", "said"),
    [
        (None, "got no file; run `aws sso login --sso-session s`"),
        (b"CANARY", "expected a JSON object"),
        (login(5, accessToken=None), "under accessToken, got none"),
        (login(5, expiresAt=None), "under expiresAt, got none"),
        (login(5, expiresAt="CANARY"), "expected a time under expiresAt"),
        (login(50, accessToken="CANARY\n"), "a CR or LF"),
        (login(50, accessToken="CANARY\ud800"), "other characters"),
    ],
)
def test_a_login_that_cannot_be_read_is_explained(cached: bytes | None, said: str) -> None:
    """The error names profile and file, and shows nothing of it."""
    with pytest.raises(CredentialsError) as caught:
        ask(SESSION, set_up(SESSION, cached))
    assert str(caught.value).startswith(PLACE)
    assert said in str(caught.value)
    assert "CANARY" not in str(caught.value)


def test_the_form_of_older_clis_is_read() -> None:
    """They wrote `UTC` for `Z`."""
    ask(LEGACY, set_up(LEGACY, login(5, expiresAt="2030-01-01T12:30:00UTC"), GIVEN))


def test_without_a_home_there_is_no_login() -> None:
    """The cache lies in it."""
    with pytest.raises(CredentialsError, match="set HOME"):
        ask(SESSION, Stage())


@pytest.mark.parametrize("reply", [lost(), answer("CANARY", 500), answer("CANARY", 429), answer("CANARY")])
def test_what_may_pass_is_tried_three_times(reply: HttpResponse | Ec2QueryError) -> None:
    """For the role's credentials and for the refresh."""
    stage = set_up(
        SESSION, login(1), (POST, reply), (POST, reply), RENEWED, (GET, reply), (GET, reply), GIVEN
    )
    ask(SESSION, stage)
    stage.done()
    stage = set_up(SESSION, login(60), *[(GET, reply)] * 3)
    with pytest.raises((CredentialsError, TransportTimeout)) as caught:
        ask(SESSION, stage)
    assert "CANARY" not in str(caught.value)
    stage.done()


@pytest.mark.parametrize(
    ("reply", "said"),
    [
        (answer("CANARY", 401), "run `aws sso login --sso-session s`"),
        (answer("CANARY", 403), "check sso_account_id and sso_role_name"),
        (answer("CANARY", 404), "Read Only of account 111122223333 is not assigned"),
        (answer("CANARY", 400), "expected status 200, got 400"),
        (answer("{}"), "expected an object under roleCredentials"),
        *(
            (answer(json.dumps({"roleCredentials": {**KEYS, key: None}})), f"under {key}, got none")
            for key in KEYS
        ),
    ],
)
def test_a_refusal_says_what_to_do(reply: HttpResponse, said: str) -> None:
    """At once, and without the body."""
    with pytest.raises(CredentialsError) as caught:
        ask(SESSION, set_up(SESSION, login(60), (GET, reply)))
    assert said in str(caught.value)
    assert "CANARY" not in str(caught.value)


def test_an_sso_region_cannot_become_a_host() -> None:
    """It is checked before any URL is made of it."""
    source = SsoRole(
        start_url=START, region="x@example.com/", account_id="1", role_name="r", where=PLACE, profile="x"
    )
    with pytest.raises(ConfigurationError, match="Region"):
        ask(source, set_up(source, login(60)))


def test_endpoints_can_be_set() -> None:
    """`AWS_ENDPOINT_URL_SSO` and `AWS_ENDPOINT_URL_SSO_OIDC`."""
    stage = Stage(
        {
            "HOME": "/h",
            "AWS_ENDPOINT_URL_SSO": "http://127.0.0.1:1",
            "AWS_ENDPOINT_URL_SSO_OIDC": "http://127.0.0.1:2",
        },
        {at(SESSION): login(1)},
        exchanges=[
            ("POST http://127.0.0.1:2/token", RENEWED[1]),
            (GET.replace("https://portal.sso.eu-west-1.amazonaws.com", "http://127.0.0.1:1"), GIVEN[1]),
        ],
    )
    assert ask(SESSION, stage).access_key_id == "ASIAEXAMPLE"
