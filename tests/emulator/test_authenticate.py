"""`ec2query.emulator.authenticate`: which signatures are good."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from hashlib import sha256

import pytest
from botocore.auth import SigV4Auth, SigV4QueryAuth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials as BotocoreCredentials

from ec2query import ec2
from ec2query.emulator import EXAMPLE_CREDENTIALS
from ec2query.emulator.authenticate import authenticate
from ec2query.errors import AuthenticationFailed, ServiceError
from ec2query.protocol.message import HttpRequest
from ec2query.protocol.serialize import serialize
from ec2query.protocol.sign import Credentials, presign, sign
from support.account import NOW

BODY = serialize(ec2.DescribeIpams())
URL = "https://ec2.us-east-1.amazonaws.com/"
FORM = {"content-type": "application/x-www-form-urlencoded; charset=utf-8"}
UNSIGNED = HttpRequest("POST", URL, FORM, BODY)
TEMPORARY = Credentials("ASIAEXAMPLE", "secret", "a/session+token=", NOW + timedelta(hours=1))
TABLE = {known.access_key_id: known for known in (EXAMPLE_CREDENTIALS, TEMPORARY)}
MINUTE = timedelta(minutes=1)


def signed(credentials: Credentials = EXAMPLE_CREDENTIALS, now: datetime = NOW) -> HttpRequest:
    return sign(UNSIGNED, credentials, "us-east-1", "ec2", now)


def verify(request: HttpRequest, now: datetime = NOW) -> Credentials:
    return authenticate(request, TABLE, region="us-east-1", now=now, skew=15 * MINUTE)


def with_header(request: HttpRequest, name: str, value: str | None) -> HttpRequest:
    headers = {key: text for key, text in request.headers.items() if key != name}
    return replace(request, headers=headers if value is None else {**headers, name: value})


def replaced(request: HttpRequest, old: str, new: str) -> HttpRequest:
    assert old in request.headers["authorization"]
    return with_header(request, "authorization", request.headers["authorization"].replace(old, new))


@pytest.mark.parametrize("credentials", [EXAMPLE_CREDENTIALS, TEMPORARY], ids=["lasting", "temporary"])
@pytest.mark.parametrize("minutes", [-15, 0, 15])
def test_our_signature(credentials: Credentials, minutes: int) -> None:
    """What `sign` signs is good, up to a quarter of an hour apart."""
    assert verify(signed(credentials), NOW + minutes * MINUTE) == credentials


@pytest.mark.parametrize("credentials", [EXAMPLE_CREDENTIALS, TEMPORARY], ids=["lasting", "temporary"])
def test_botocores_signature(credentials: Credentials, monkeypatch: pytest.MonkeyPatch) -> None:
    """What botocore signs is good, headers of its own included."""
    monkeypatch.setattr("botocore.auth.get_current_datetime", lambda: NOW.replace(tzinfo=None))
    headers = {**FORM, "User-Agent": "Boto3/1", "amz-sdk-invocation-id": "1", "amz-sdk-request": "attempt=1"}
    request = AWSRequest("POST", URL, headers, BODY)
    theirs = BotocoreCredentials(
        credentials.access_key_id, credentials.secret_access_key, credentials.session_token
    )
    SigV4Auth(theirs, "ec2", "us-east-1").add_auth(request)
    # What is on the wire besides: http.client adds these.
    sent = {name.lower(): str(value) for name, value in request.headers.items()}
    sent |= {"host": "ec2.us-east-1.amazonaws.com", "accept-encoding": "identity", "content-length": "44"}
    assert verify(HttpRequest("POST", URL, sent, BODY)) == credentials


@pytest.mark.parametrize("credentials", [EXAMPLE_CREDENTIALS, TEMPORARY], ids=["lasting", "temporary"])
@pytest.mark.parametrize("seconds", [-900, 0, 3600])
def test_our_presigned_url(credentials: Credentials, seconds: int) -> None:
    """A presigned URL is good until it expires, whatever headers it is fetched with."""
    made = presign(UNSIGNED, credentials, "us-east-1", "ec2", NOW, 3600)
    fetched = with_header(with_header(made, "host", "ec2.us-east-1.amazonaws.com"), "accept", "*/*")
    assert verify(fetched, NOW + timedelta(seconds=min(seconds, 3599))) == credentials


def test_botocores_presigned_url(monkeypatch: pytest.MonkeyPatch) -> None:
    """So is one of botocore's."""
    monkeypatch.setattr("botocore.auth.get_current_datetime", lambda: NOW.replace(tzinfo=None))
    request = AWSRequest("GET", URL, {}, params={"Action": "DescribeIpams", "Version": "2016-11-15"})
    known = BotocoreCredentials(EXAMPLE_CREDENTIALS.access_key_id, EXAMPLE_CREDENTIALS.secret_access_key)
    SigV4QueryAuth(known, "ec2", "us-east-1", expires=60).add_auth(request)
    fetched = HttpRequest("GET", str(request.url), {"host": "ec2.us-east-1.amazonaws.com"})
    assert verify(fetched) == EXAMPLE_CREDENTIALS


def test_a_hashed_body_is_hashed_again() -> None:
    """A true x-amz-content-sha256 is no obstacle."""
    hashed = with_header(UNSIGNED, "x-amz-content-sha256", sha256(BODY).hexdigest())
    verify(sign(hashed, EXAMPLE_CREDENTIALS, "us-east-1", "ec2", NOW))


def lying_about_its_hash() -> HttpRequest:
    """A body that was changed under a signed hash."""
    hashed = with_header(UNSIGNED, "x-amz-content-sha256", sha256(BODY).hexdigest())
    return replace(sign(hashed, EXAMPLE_CREDENTIALS, "us-east-1", "ec2", NOW), body=BODY + b"&DryRun=true")


def unsigned_token() -> HttpRequest:
    """A session token that the signature does not cover."""
    return replaced(signed(TEMPORARY), ";x-amz-security-token", "")


def presigned(expires: int = 3600) -> HttpRequest:
    return presign(UNSIGNED, EXAMPLE_CREDENTIALS, "us-east-1", "ec2", NOW, expires)


def elsewhere(region: str, service: str = "ec2") -> HttpRequest:
    return sign(UNSIGNED, EXAMPLE_CREDENTIALS, region, service, NOW)


STRANGER = Credentials("AKIASTRANGER", "secret")
LIAR = Credentials(EXAMPLE_CREDENTIALS.access_key_id, "another-secret")
OTHER_TOKEN = replace(TEMPORARY, session_token="another")
EXPIRED = "RequestExpired"
MISMATCH = "SignatureDoesNotMatch"

REFUSED: dict[str, tuple[Callable[[], HttpRequest], int, str, int]] = {
    "no signature": (lambda: UNSIGNED, 0, "AuthFailure", 401),
    "an unknown key": (lambda: signed(STRANGER), 0, "AuthFailure", 401),
    "another session token": (lambda: signed(OTHER_TOKEN), 0, "AuthFailure", 401),
    "no session token": (
        lambda: with_header(signed(TEMPORARY), "x-amz-security-token", None),
        0,
        "AuthFailure",
        401,
    ),
    "a token for a lasting key": (
        lambda: with_header(signed(), "x-amz-security-token", "t"),
        0,
        "AuthFailure",
        401,
    ),
    "another secret": (lambda: signed(LIAR), 0, MISMATCH, 403),
    "a changed body": (
        lambda: replace(signed(), body=BODY.replace(b"Describe", b"Delete")),
        0,
        MISMATCH,
        403,
    ),
    "a changed body under its old hash": (lying_about_its_hash, 0, MISMATCH, 403),
    "a changed method": (lambda: replace(signed(), method="PUT"), 0, MISMATCH, 403),
    "a changed path": (lambda: replace(signed(), url=URL + "x"), 0, MISMATCH, 403),
    "an added query": (lambda: replace(signed(), url=URL + "?a=b"), 0, MISMATCH, 403),
    "a changed header": (lambda: with_header(signed(), "content-type", "text/plain"), 0, MISMATCH, 403),
    "a header that was signed and is gone": (
        lambda: with_header(signed(), "content-type", None),
        0,
        MISMATCH,
        403,
    ),
    "a changed host": (lambda: with_header(signed(), "host", "example.com"), 0, MISMATCH, 403),
    "a host that is not signed": (lambda: replaced(signed(), ";host;", ";"), 0, MISMATCH, 403),
    "a token that is not signed": (unsigned_token, 0, MISMATCH, 403),
    "a changed signature": (lambda: replaced(signed(), "Signature=", "Signature=0"), 0, MISMATCH, 403),
    "another time": (
        lambda: with_header(signed(), "x-amz-date", "20260102T120001Z"),
        0,
        MISMATCH,
        403,
    ),
    "another day's scope": (lambda: replaced(signed(), "/20260102/", "/20260103/"), 0, MISMATCH, 403),
    "another Region": (lambda: elsewhere("eu-west-1"), 0, MISMATCH, 403),
    "another service": (lambda: elsewhere("us-east-1", "sts"), 0, MISMATCH, 403),
    "too old": (signed, 901, EXPIRED, 400),
    "too new": (signed, -901, EXPIRED, 400),
    "expired credentials": (lambda: signed(TEMPORARY, NOW + 60 * MINUTE), 3600, EXPIRED, 400),
    "another algorithm": (
        lambda: replaced(signed(), "AWS4-HMAC-SHA256", "AWS4-ECDSA"),
        0,
        "IncompleteSignature",
        400,
    ),
    "no credential": (lambda: replaced(signed(), "Credential=", "Who="), 0, "IncompleteSignature", 400),
    "no time": (lambda: with_header(signed(), "x-amz-date", None), 0, "IncompleteSignature", 400),
    "no time of the calendar": (
        lambda: with_header(signed(), "x-amz-date", "20260230T000000Z"),
        0,
        "IncompleteSignature",
        400,
    ),
    "basic authorization": (
        lambda: with_header(UNSIGNED, "authorization", "Basic dXNlcjpwYXNz"),
        0,
        "IncompleteSignature",
        400,
    ),
    "presigned, and expired": (lambda: presigned(60), 61, EXPIRED, 400),
    "presigned, from the future": (presigned, -901, EXPIRED, 400),
    "presigned, with another action": (
        lambda: replace(presigned(), url=presigned().url.replace("DescribeIpams", "DeleteIpam")),
        0,
        MISMATCH,
        403,
    ),
    "presigned, for longer": (
        lambda: replace(presigned(), url=presigned().url.replace("Expires=3600", "Expires=7200")),
        0,
        MISMATCH,
        403,
    ),
    "presigned for no time": (
        lambda: replace(presigned(), url=presigned().url.replace("Expires=3600", "Expires=0")),
        0,
        "IncompleteSignature",
        400,
    ),
    "presigned for too long": (
        lambda: replace(presigned(), url=presigned().url.replace("Expires=3600", "Expires=999999")),
        0,
        MISMATCH,
        403,
    ),
    "presigned without a signature": (
        lambda: replace(presigned(), url=presigned().url.partition("&X-Amz-Signature")[0]),
        0,
        "IncompleteSignature",
        400,
    ),
}


@pytest.mark.parametrize("name", REFUSED)
def test_refusals(name: str) -> None:
    """Each way in which a signature can be wrong has its code and status."""
    make, seconds, code, status = REFUSED[name]
    with pytest.raises(AuthenticationFailed if code != "IncompleteSignature" else ServiceError) as refused:
        verify(make(), NOW + timedelta(seconds=seconds))
    assert (refused.value.code, refused.value.status) == (code, status)


def test_no_refusal_shows_a_secret() -> None:
    """What is answered holds neither the secret key nor the right signature."""
    right = signed().headers["authorization"].partition("Signature=")[2]
    with pytest.raises(AuthenticationFailed) as refused:
        verify(replaced(signed(), right, "0" * 64))
    assert right not in refused.value.message
    assert EXAMPLE_CREDENTIALS.secret_access_key not in refused.value.message
