"""`ec2query.protocol.sign`: AWS's published vectors, botocore's own bytes, and no other trace."""

from __future__ import annotations

import random
import string
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from hashlib import sha256
from urllib.parse import parse_qsl, urlencode, urlsplit

import pytest
from botocore.auth import SigV4Auth, SigV4QueryAuth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials as PeerCredentials

from ec2query.errors import ConfigurationError, ParameterError
from ec2query.protocol.message import HttpRequest
from ec2query.protocol.sign import Anatomy, Credentials, Signer, SigV4Signer, anatomy, presign, sign

# The example key of AWS's documents, and the time of its published signatures.
EXAMPLE = Credentials("AKIDEXAMPLE", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY")
THEN = datetime(2015, 8, 30, 12, 36, tzinfo=UTC)
STS_TOKEN = (
    "AQoDYXdzEPT//////////wEXAMPLEtc764bNrC9SAPBSM22wDOk4x4HIZ8j4FZTwdQWLWsKWHGBuFqwAeMicRXmxfpSPfIeoIYRqTflf"
    "KD8YUuwthAx7mSEI/qkPpKPi/kMcGdQrmGdeehM4IC1NtBmUpp2wUE8phUZampKsburEDy0KPkyQDYwT7WZ0wq5VSXDvp75YU9HFvlRd"
    "8Tx6q6fE8YQcHNVXAkiY9q6d+xo0rKwT38xVqr7ZD0u0iPPkUL64lIZbqBAz+scqKmlzm8FDrypNC9Yjc8fPOLn9FX9KSYvKTr4rvx3i"
    "SIlTJabIQwj2ICCR/oLxBA=="
)
FORM = "application/x-www-form-urlencoded; charset=utf-8"
URL = "https://ec2.us-east-1.amazonaws.com/"
BODY = b"Action=DisassociateIpamByoasn&Version=2016-11-15&Asn=64500&Cidr=203.0.113.0%2F24"
CALL = HttpRequest("POST", URL, {"content-type": FORM, "user-agent": "ec2query"}, BODY)
TEMPORARY = Credentials("ASIACANARYKEYID00", "canary-secret-key", "canary-session-token")

UNRESERVED = f"-._~{string.digits}{string.ascii_uppercase}{string.ascii_lowercase}"
# aws-sig-v4-test-suite: name, method, path and query, headers, body, signature.
SUITE: list[tuple[str, str, str, Mapping[str, str], bytes, str]] = [
    ("get-vanilla", "GET", "/", {}, b"", "5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31"),
    (
        "get-relative", "GET", "/example/..", {}, b"",
        "5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31",
    ),
    (
        "get-slashes", "GET", "//example//", {}, b"",
        "9a624bd73a37c9a373b5312afbebe7a714a789de108f0bdfe846570885f57e84",
    ),
    (
        "get-vanilla-empty-query-key", "GET", "/?Param1=value1", {}, b"",
        "a67d582fa61cc504c4bae71f336f98b97f1ea3c7a6bfe1b6e45aec72011b9aeb",
    ),
    (
        "get-vanilla-query-order-key-case", "GET", "/?Param2=value2&Param1=value1", {}, b"",
        "b97d918cfa904a5beff61c982a1b6f458b799221646efd99d3219ec94cdf2500",
    ),
    (
        "get-vanilla-query-order-value", "GET", "/?Param1=value2&Param1=value1", {}, b"",
        "5772eed61e12b33fae39ee5e7012498b51d56abc0abb7c60486157bd471c4694",
    ),
    (
        "get-vanilla-query-unreserved", "GET", f"/?{UNRESERVED}={UNRESERVED}", {}, b"",
        "9c3e54bfcdf0b19771a7f523ee5669cdf59bc7cc0884027167c21bb143a40197",
    ),
    (
        "get-vanilla-utf8-query", "GET", "/?%E1%88%B4=bar", {}, b"",
        "2cdec8eed098649ff3a119c94853b13c643bcf08f8b0a1d91e12c9027818dd04",
    ),
    (
        "get-header-value-trim", "GET", "/", {"my-header1": "value1", "my-header2": '"a   b   c"'}, b"",
        "acc3ed3afb60bb290fc8d2dd0098b9911fcaa05412b367055dee359757a9c736",
    ),
    (
        "post-vanilla", "POST", "/", {}, b"",
        "5da7c1a2acd57cee7505fc6676e4e544621c30862966e37dddb68e92efbe5d6b",
    ),
    (
        "post-vanilla-query", "POST", "/?Param1=value1", {}, b"",
        "28038455d6de14eafc1f9222cf5aa6f1a96197d7deb8263271d420d138af7f11",
    ),
    (
        "post-header-key-sort", "POST", "/", {"my-header1": "value1"}, b"",
        "c5410059b04c1ee005303aed430f6e6645f61f4dc9e1461ec8f8916fdf18852c",
    ),
    (
        "post-header-value-case", "POST", "/", {"my-header1": "VALUE1"}, b"",
        "cdbc9802e29d2942e5e10b5bccfdd67c5f22c7c4e8ae67b53629efa58b974b7d",
    ),
    (
        "post-x-www-form-urlencoded", "POST", "/", {"content-type": "application/x-www-form-urlencoded"},
        b"Param1=value1", "ff11897932ad3f4e8b18135d722051e5ac45fc38421b1da7b9d196a0fe09473a",
    ),
    (
        "post-x-www-form-urlencoded-parameters", "POST", "/",
        {"content-type": "application/x-www-form-urlencoded; charset=utf8"}, b"Param1=value1",
        "1a72ec8f64bd914b0e42e42607c7fbce7fb2c7465f63e3092b3b0d39fa77a6fe",
    ),
]  # fmt: skip


@pytest.mark.parametrize(
    ("method", "path", "headers", "body", "signature"),
    [case[1:] for case in SUITE],
    ids=[c[0] for c in SUITE],
)
def test_published_vectors(
    method: str, path: str, headers: Mapping[str, str], body: bytes, signature: str
) -> None:
    """The signatures that AWS publishes come out."""
    request = HttpRequest(method, f"https://example.amazonaws.com{path}", headers, body)
    steps = anatomy(request, EXAMPLE, "us-east-1", "service", THEN)
    assert steps.signature == signature, steps.canonical_request
    assert sign(request, EXAMPLE, "us-east-1", "service", THEN).headers["authorization"] == (
        "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/service/aws4_request,"
        f" SignedHeaders={steps.signed_headers}, Signature={signature}"
    )


def test_published_vector_with_session_token() -> None:
    """post-sts-header-before: the session token is signed."""
    temporary = replace(EXAMPLE, session_token=STS_TOKEN)
    request = HttpRequest("POST", "https://example.amazonaws.com/")
    steps = anatomy(request, temporary, "us-east-1", "service", THEN)
    assert steps.signed_headers == "host;x-amz-date;x-amz-security-token"
    assert steps.signature == "85d96828115b5dc0cfc3bd16ad9e210dd772bbebba041836c64533a82be05ead"


def test_published_worked_example() -> None:
    """IAM's ListUsers, step by step as the AWS General Reference walks through it."""
    request = HttpRequest(
        "GET", "https://iam.amazonaws.com/?Action=ListUsers&Version=2010-05-08", {"content-type": FORM}
    )
    steps = anatomy(request, EXAMPLE, "us-east-1", "iam", THEN)
    assert (
        sha256(steps.canonical_request.encode()).hexdigest()
        == "f536975d06c0309214f805bb90ccff089219ecd68b2577efef23edd43b7e1a59"
    )
    assert steps == Anatomy(
        canonical_request=steps.canonical_request,
        string_to_sign="AWS4-HMAC-SHA256\n20150830T123600Z\n20150830/us-east-1/iam/aws4_request\n"
        "f536975d06c0309214f805bb90ccff089219ecd68b2577efef23edd43b7e1a59",
        signature="5d672d79c15b13162d9279b0855cfba6789a8edb4c82c400e06b5924a6f2b5d7",
        signed_headers="content-type;host;x-amz-date",
        scope="20150830/us-east-1/iam/aws4_request",
    )


def peer_request(request: HttpRequest) -> AWSRequest:
    """Return botocore's picture of a request."""
    return AWSRequest(
        method=request.method, url=request.url, headers=dict(request.headers), data=request.body
    )


def peer_credentials(credentials: Credentials) -> PeerCredentials:
    """Return botocore's picture of credentials."""
    return PeerCredentials(
        credentials.access_key_id, credentials.secret_access_key, credentials.session_token
    )


def drawn(draw: random.Random) -> tuple[HttpRequest, Credentials, str]:
    """Return a random request, credentials and Region."""

    def text(alphabet: str, most: int) -> str:
        return "".join(draw.choices(alphabet, k=draw.randint(1, most)))

    visible = string.ascii_letters + string.digits + string.punctuation
    headers = {"content-type": FORM, "amz-sdk-invocation-id": text(string.hexdigits, 36)}
    headers |= {"amz-sdk-request": f"attempt={draw.randint(1, 9)}; max=9", "user-agent": text(visible, 40)}
    for _ in range(draw.randint(0, 5)):
        headers[f"x-{text(string.ascii_lowercase, 9)}"] = text(visible, 20) + "  " + text(visible, 20)
    host = text(string.ascii_letters, 20) + draw.choice(["", ":80", ":443", ":8443", ".example", "."])
    host = draw.choice([host.replace(".:", ":"), "[2001:DB8::1]:5000", "[::1]", "192.0.2.1:8080"])
    query = "&".join(
        f"{text(string.ascii_letters, 5)}={text(UNRESERVED, 5)}" for _ in range(draw.randint(0, 4))
    )
    url = f"{draw.choice(['http', 'https'])}://{host}{draw.choice(['', '/', '/a//b/../c'])}"
    request = HttpRequest(
        draw.choice(["POST", "GET", "PUT"]),
        f"{url}?{query}" if query else url,
        headers,
        draw.randbytes(draw.randint(0, 300)),
    )
    token = draw.choice([None, text(visible, 900)])
    credentials = Credentials(text(string.ascii_uppercase, 20), text(visible, 40), token)
    return request, credentials, text(string.ascii_lowercase, 9)


@pytest.mark.parametrize("seed", range(100))
def test_botocore_signs_the_same_bytes(seed: int) -> None:
    """`add_auth`, whatever time it read, and `sign` at that time give the same headers."""
    request, credentials, region = drawn(random.Random(seed))
    peer = peer_request(request)
    SigV4Auth(peer_credentials(credentials), "ec2", region).add_auth(peer)
    theirs = {name.lower(): value for name, value in peer.headers.items()}
    now = datetime.strptime(theirs["x-amz-date"], "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)
    signed = sign(request, credentials, region, "ec2", now)
    ours = dict(signed.headers)
    assert {name: ours[name] for name in theirs} == theirs
    assert set(ours) - set(theirs) == {"host"}
    assert replace(signed, headers=request.headers) == request


@pytest.mark.parametrize("seed", range(100))
def test_botocore_takes_the_same_steps_at_any_time(seed: int) -> None:
    """Canonical request, string to sign and signature are botocore's at any second of any day."""
    draw = random.Random(seed)
    request, credentials, region = drawn(draw)
    credentials = replace(credentials, session_token=None)
    now = datetime(2000, 1, 1, tzinfo=UTC) + timedelta(seconds=draw.randrange(10**9))
    peer = peer_request(request)
    peer.context["timestamp"] = peer.headers["X-Amz-Date"] = f"{now:%Y%m%dT%H%M%SZ}"
    auth = SigV4Auth(peer_credentials(credentials), "sts", region)
    canonical = auth.canonical_request(peer)
    text = auth.string_to_sign(peer, canonical)
    assert anatomy(request, credentials, region, "sts", now) == Anatomy(
        canonical_request=canonical,
        string_to_sign=text,
        signature=str(auth.signature(text, peer)),
        signed_headers=auth.signed_headers(auth.headers_to_sign(peer)),
        scope=auth.credential_scope(peer),
    )


@pytest.mark.parametrize("credentials", [EXAMPLE, replace(EXAMPLE, session_token=STS_TOKEN)])
@pytest.mark.parametrize("expires", [1, 3600, 604800])
@pytest.mark.parametrize(
    ("url", "pairs"),
    [
        (URL, {}),
        (f"{URL}?Action=DescribeIpams&Version=2016-11-15", {}),
        (URL, {"Action": "CopySnapshot", "Description": "a b+c/d~é&=", "Empty": ""}),
        ("http://127.0.0.1:5000/?x=%20y", {"Action": "DescribeIpams"}),
    ],
)
def test_botocore_presigns_the_same_url(
    credentials: Credentials, expires: int, url: str, pairs: dict[str, str]
) -> None:
    """`SigV4QueryAuth`, whatever time it read, and `presign` at that time give the same URL."""
    peer = AWSRequest(method="GET", url=url, headers={"Content-Type": FORM}, data=pairs)
    SigV4QueryAuth(peer_credentials(credentials), "ec2", "us-east-1", expires=expires).add_auth(peer)
    theirs = str(peer.url)
    date = dict(parse_qsl(urlsplit(theirs).query))["X-Amz-Date"]
    now = datetime.strptime(date, "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)
    form = urlencode(pairs).encode()
    request = HttpRequest("POST" if pairs else "GET", url, {"content-type": FORM}, form)
    presigned = presign(request, credentials, "us-east-1", "ec2", now, expires)
    assert presigned == HttpRequest("GET", theirs, {"host": urlsplit(url).netloc})


def test_presigned_url_keeps_repeated_pairs_and_signed_headers() -> None:
    """Nothing is lost where a key comes twice; a header of the caller's own is signed and returned."""
    request = HttpRequest("GET", f"{URL}?a=1&b=&a=2", {"x-purpose": "test", "user-agent": "ec2query"})
    presigned = presign(request, EXAMPLE, "us-east-1", "ec2", THEN)
    pairs = parse_qsl(urlsplit(presigned.url).query, keep_blank_values=True)
    assert pairs[:3] == [("a", "1"), ("b", ""), ("a", "2")]
    assert ("X-Amz-SignedHeaders", "host;x-purpose") in pairs
    assert presigned.headers == {"x-purpose": "test", "host": "ec2.us-east-1.amazonaws.com"}


def test_presigning_twice_replaces_the_signature() -> None:
    """A presigned URL presigned with other credentials holds theirs alone."""
    once = presign(CALL, TEMPORARY, "us-east-1", "ec2", THEN)
    assert presign(once, EXAMPLE, "us-east-1", "ec2", THEN) == presign(
        CALL, EXAMPLE, "us-east-1", "ec2", THEN
    )


@pytest.mark.parametrize("expires", [0, -1, 604801, True])
def test_presigning_checks_the_expiry(expires: int) -> None:
    """A URL is good for 1 second to 7 days."""
    with pytest.raises(ParameterError, match="1 to 604800 seconds"):
        presign(CALL, EXAMPLE, "us-east-1", "ec2", THEN, expires)


@pytest.mark.parametrize(
    ("content_type", "body"),
    [("application/json", b"{}"), (FORM, b"\xff=1"), (FORM, b"a=%FF"), (FORM, "é=1".encode())],
)
def test_presigning_takes_forms_alone(content_type: str, body: bytes) -> None:
    """A body that is not percent-encoded UTF-8 pairs cannot move into a URL."""
    with pytest.raises(ParameterError, match="presign body"):
        presign(
            HttpRequest("POST", URL, {"content-type": content_type}, body), EXAMPLE, "us-east-1", "ec2", THEN
        )


def test_signing_again_replaces_the_signature() -> None:
    """A signed request signed with other credentials, later, is as if it had never been signed."""
    later = THEN + timedelta(hours=1)
    first = sign(CALL, TEMPORARY, "us-east-1", "ec2", THEN)
    assert first.headers["x-amz-security-token"] == "canary-session-token"
    again = sign(first, EXAMPLE, "us-west-2", "ec2", later)
    assert dict(again.headers) == dict(sign(CALL, EXAMPLE, "us-west-2", "ec2", later).headers)
    assert "x-amz-security-token" not in again.headers


def test_a_date_header_gives_way() -> None:
    """`x-amz-date` is the signing time; a `date` that could contradict it does not go out."""
    dated = HttpRequest("POST", URL, {"date": "Sun, 30 Aug 2015 12:36:00 GMT"}, BODY)
    assert "date" not in sign(dated, EXAMPLE, "us-east-1", "ec2", THEN).headers


def test_what_goes_out_is_signed() -> None:
    """All headers are signed but those that a proxy may change."""
    kept = ["amz-sdk-invocation-id", "amz-sdk-request", "content-type", "x-custom"]
    changed = [
        "connection",
        "expect",
        "te",
        "traceparent",
        "transfer-encoding",
        "user-agent",
        "x-amzn-trace-id",
    ]
    request = HttpRequest("POST", URL, dict.fromkeys([*changed, *kept], "x"), BODY)
    steps = anatomy(request, TEMPORARY, "us-east-1", "ec2", THEN)
    assert steps.signed_headers.split(";") == sorted([*kept, "host", "x-amz-date", "x-amz-security-token"])
    assert set(sign(request, TEMPORARY, "us-east-1", "ec2", THEN).headers) >= {*kept, *changed}


def test_a_payload_hash_of_the_request_is_believed() -> None:
    """`x-amz-content-sha256: UNSIGNED-PAYLOAD` stands in the canonical request as it is."""
    request = replace(CALL, headers={"x-amz-content-sha256": "UNSIGNED-PAYLOAD"})
    assert anatomy(request, EXAMPLE, "us-east-1", "ec2", THEN).canonical_request.endswith(
        "\nUNSIGNED-PAYLOAD"
    )


def test_a_host_header_of_the_request_is_signed() -> None:
    """A request through a tunnel may name a host that its URL does not."""
    request = HttpRequest("POST", "http://127.0.0.1:8080/", {"host": "ec2.us-east-1.amazonaws.com"})
    direct = HttpRequest("POST", "https://ec2.us-east-1.amazonaws.com/")
    assert (
        anatomy(request, EXAMPLE, "us-east-1", "ec2", THEN).signature
        == anatomy(direct, EXAMPLE, "us-east-1", "ec2", THEN).signature
    )


@pytest.mark.parametrize(
    ("now", "scope"),
    [
        (datetime(2026, 12, 31, 23, 59, 59, 999999, tzinfo=UTC), "20261231"),
        (datetime(2027, 1, 1, tzinfo=UTC), "20270101"),
        (datetime(2027, 1, 1, 0, 30, tzinfo=timezone(timedelta(hours=1))), "20261231"),
        (datetime(2026, 12, 31, 20, tzinfo=timezone(timedelta(hours=-5))), "20270101"),
    ],
)
def test_the_date_rolls_over_at_midnight_utc(now: datetime, scope: str) -> None:
    """The scope's date, the key's and `x-amz-date` are those of `now` in UTC."""
    steps = anatomy(CALL, EXAMPLE, "us-east-1", "ec2", now)
    assert steps.scope == f"{scope}/us-east-1/ec2/aws4_request"
    peer = peer_request(CALL)
    peer.context["timestamp"] = f"{scope}T000000Z"
    assert steps.signature == SigV4Auth(peer_credentials(EXAMPLE), "ec2", "us-east-1").signature(
        steps.string_to_sign, peer
    )
    assert sign(CALL, EXAMPLE, "us-east-1", "ec2", now).headers["x-amz-date"].startswith(f"{scope}T")


def test_a_naive_time_is_refused() -> None:
    """A time without a zone could be any of 26 hours."""
    naive = datetime(2026, 1, 1)
    for make in (sign, presign, anatomy):
        with pytest.raises(ParameterError, match="naive"):
            make(CALL, EXAMPLE, "us-east-1", "ec2", naive)


@pytest.mark.parametrize(
    "bad", ["", "us-east-1\r\nx: y", "us-east-1\n", "a\0b", "a b", "a/b", "a,b", "é", "-a", "a-"]
)
def test_a_region_or_service_that_would_split_the_header_is_refused(bad: str) -> None:
    """Neither Region nor service can leave its place in the scope."""
    for make in (sign, presign, anatomy):
        with pytest.raises(ConfigurationError, match="signing Region"):
            make(CALL, EXAMPLE, bad, "ec2", THEN)
        with pytest.raises(ConfigurationError, match="signing service"):
            make(CALL, EXAMPLE, "us-east-1", bad, THEN)


@pytest.mark.parametrize(
    "url", ["https:///", "ftp://host/", "host/", "https://host:port/", "https://[::1/", "https://h:99999/"]
)
def test_a_url_without_a_host_is_refused(url: str) -> None:
    """What has no host has no Host header either."""
    for make in (sign, presign, anatomy):
        with pytest.raises(ConfigurationError, match="request URL"):
            make(HttpRequest("POST", url), EXAMPLE, "us-east-1", "ec2", THEN)


def test_anatomy_masks_the_session_token() -> None:
    """The steps may be shown; the signature is still the real one."""
    steps = anatomy(CALL, TEMPORARY, "us-east-1", "ec2", THEN)
    assert "x-amz-security-token:***\n" in steps.canonical_request
    for canary in ("canary-session-token", "canary-secret-key"):
        assert canary not in repr(steps)
    assert steps.signature in sign(CALL, TEMPORARY, "us-east-1", "ec2", THEN).headers["authorization"]
    presigned = presign(CALL, TEMPORARY, "us-east-1", "ec2", THEN)
    assert "canary-session-token" not in repr(anatomy(presigned, EXAMPLE, "us-east-1", "ec2", THEN))


def test_the_default_signer_signs_as_the_function_does() -> None:
    """SigV4Signer is `sign` behind the one-method protocol."""
    signer: Signer = SigV4Signer()
    assert signer.sign(CALL, EXAMPLE, region="us-east-1", service="ec2", now=THEN) == sign(
        CALL, EXAMPLE, "us-east-1", "ec2", THEN
    )


SILENT = """
import logging, sys
shown = []
class Show(logging.Handler):
    def emit(self, record):
        shown.append(f"{record.name}: {record.getMessage()}")
logging.basicConfig(level=logging.DEBUG, handlers=[Show()])
from datetime import UTC, datetime
from ec2query.protocol import sign as module
from ec2query.protocol.message import HttpRequest
heavy = ("botocore", "urllib3", "xml", "httpx")
loaded = sorted(name for name in sys.modules if name.partition(".")[0] in heavy)
assert not loaded, loaded
credentials = module.Credentials("ASIACANARYKEYID00", "canary-secret-key", "canary-session-token")
request = HttpRequest("POST", "https://ec2.us-east-1.amazonaws.com/", {}, b"Action=DescribeIpams")
for step in (module.sign, module.presign, module.anatomy):
    step(request, credentials, "us-east-1", "ec2", datetime.now(UTC))
    for name in logging.root.manager.loggerDict:
        logging.getLogger(name).setLevel(logging.DEBUG)
assert "botocore.auth" in logging.root.manager.loggerDict
for name in ("botocore.credentials", "botocore.session", "botocore.loaders"):
    assert name not in sys.modules, name
assert not shown, shown
print("silent")
"""


def test_nothing_is_logged_and_botocore_loads_at_the_first_signature() -> None:
    """With every logger at DEBUG nothing is said; importing the module loads no botocore."""
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", SILENT], capture_output=True, text=True, check=False
    )
    assert (done.stdout, done.stderr) == ("silent\n", "")
