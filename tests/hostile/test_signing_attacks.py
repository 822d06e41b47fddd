"""Attacks on signatures: what is sent is what was meant and signed, to the host meant, or nothing is.

Whatever reaches the transport is verified by botocore's signer, from the bytes that would go out.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any, NamedTuple
from urllib.parse import parse_qsl, urlsplit

import anyio
import httpx
import pytest
from botocore.auth import SigV4Auth, SigV4QueryAuth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials as PeerCredentials

from ec2query import (
    AsyncClient,
    Client,
    ConfigurationError,
    Credentials,
    CredentialsError,
    Ec2QueryError,
    ParameterError,
    ec2,
)
from ec2query.protocol.effects import Flow, Send, send
from ec2query.protocol.endpoint_url import host_header
from ec2query.protocol.message import HttpRequest
from ec2query.protocol.sign import presign, sign
from support.hostile import KEYS, NOW, WAYS, quiet_world

ANSWER = b"<DescribeVpcsResponse><requestId>r</requestId></DescribeVpcsResponse>"
SPLIT = ("\r\nx-evil: 1", "\n", "\r", "\0", "\x0b", "\x1f", "\x7f", "\u2028", "\xa0", "é")
TEMPORARY = Credentials("ASIAEXAMPLE00000", "hunter2/+=", "token/+==")


class Signed(NamedTuple):
    """What a verified signature says."""

    access_key_id: str
    date: str
    region: str
    service: str
    at: str
    host: str


_CLAIM = re.compile(
    r"AWS4-HMAC-SHA256 Credential=([^/,\s]+)/([0-9]{8})/([^/,\s]+)/([^/,\s]+)/aws4_request,"
    r" SignedHeaders=([a-z0-9;-]+), Signature=([0-9a-f]{64})"
)


def verified(request: httpx.Request | HttpRequest, *known: Credentials) -> Signed:
    """Verify the signature as a server does, by botocore: no header twice, none unsigned that matters."""
    raw = (
        [(name.decode().lower(), value.decode()) for name, value in request.headers.raw]
        if isinstance(request, httpx.Request)
        else list(request.headers.items())
    )
    headers = dict(raw)
    assert len(headers) == len(raw), raw
    claim = _CLAIM.fullmatch(headers["authorization"])
    assert claim is not None, headers["authorization"]
    key, date, region, service, names, signature = claim.groups()
    token = headers.get("x-amz-security-token")
    (credentials,) = [each for each in known if (each.access_key_id, each.session_token) == (key, token)]
    unsigned = set(headers) - set(names.split(";"))
    assert unsigned <= {"authorization", "user-agent", "content-length", "traceparent"}, unsigned
    assert headers["x-amz-date"][:8] == date
    peer = AWSRequest(
        method=request.method,
        url=str(request.url),
        headers={name: headers[name] for name in names.split(";")},
        data=request.content if isinstance(request, httpx.Request) else request.body,
    )
    peer.context["timestamp"] = headers["x-amz-date"]
    auth = SigV4Auth(PeerCredentials(key, credentials.secret_access_key, token), service, region)
    text = auth.string_to_sign(peer, auth.canonical_request(peer))
    assert auth.signature(text, peer) == signature
    if isinstance(request, httpx.Request):
        assert headers["host"] == request.url.netloc.decode().lower()
    return Signed(key, date, region, service, headers["x-amz-date"], headers["host"])


Handler = Callable[[httpx.Request], httpx.Response]


class Wire:
    """The requests that reached the transport."""

    def __init__(self, *replies: int) -> None:
        self.requests: list[httpx.Request] = []
        self._replies = list(replies)

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.requests.append(request)
        status = self._replies.pop(0) if self._replies else 200
        root = re.search(rb"Action=(\w+)", request.content)
        body = ANSWER if root is None else ANSWER.replace(b"DescribeVpcs", root[1])
        return httpx.Response(status, stream=httpx.ByteStream(b"" if status >= 500 else body))

    @property
    def pairs(self) -> list[tuple[str, str]]:
        (request,) = self.requests
        return parse_qsl(request.content.decode("ascii"), keep_blank_values=True, strict_parsing=True)


def through(way: str, wire: Handler, use: Callable[[Any], Any], **options: Any) -> Any:
    """Use a client of one of WAYS; `use` gives a value, or for AsyncClient something to await."""
    given = {"region": "us-east-1", "credentials": KEYS, "world": quiet_world(), **options}
    if not {"transport", "http_client"} & given.keys():
        given["transport"] = httpx.MockTransport(wire)
    if way == "blocking":
        with Client(**given) as client:
            return use(client)

    async def main() -> Any:
        async with AsyncClient(**given) as client:
            return await use(client)

    return anyio.run(main, backend=way)


def describe(client: Any) -> Any:
    return client.send(ec2.DescribeVpcs())


def call_raw(pairs: Any, client: Any) -> Any:
    return client.call_raw("DescribeVpcs", pairs)


def call(action: str, client: Any) -> Any:
    return client.call(action, {})


# Regions


@pytest.mark.parametrize(
    ("place", "way"), list(zip(["argument", "AWS_REGION", "AWS_DEFAULT_REGION"], WAYS, strict=True))
)
@pytest.mark.parametrize(
    "region",
    [
        *(f"us-east-1{bad}a" for bad in SPLIT),
        *("us-east-1@evil.example", "evil.example#", "evil.example/", "evil.example?", "us-east-1:80"),
        *("evil.example\\", "%65vil", "us-east-1.evil.example", "us.east.1", "us_east_1", "-us", "us-", "1"),
        *("a" * 64, "us-eаst-1", "ｕs-east-1", "us-east-1.", "[::1]", "us east 1"),
    ],
)
def test_a_region_becomes_no_host(region: str, place: str, way: str) -> None:
    """It is refused wherever it was set, before anything is sent."""
    wire = Wire()
    given: dict[str, Any] = {"region": region} if place == "argument" else {"region": None}
    environ = {} if place == "argument" else {place: region}
    with pytest.raises(ConfigurationError, match="Region: expected"):
        through(way, wire, describe, world=quiet_world(environ), **given)
    assert wire.requests == []


# Endpoints

ENDPOINTS = {
    "https://ec2.example": "ec2.example",
    "HTTPS://EC2.Example/": "ec2.example",
    "https://ec2.example:443": "ec2.example",
    "http://ec2.example:80/": "ec2.example",
    "http://ec2.example:443": "ec2.example:443",
    "https://ec2.example:80": "ec2.example:80",
    "http://ec2.example:05000": "ec2.example:5000",
    "http://127.0.0.1:5000": "127.0.0.1:5000",
    "http://[2001:DB8::1]": "[2001:db8::1]",
    "http://[::1]:80": "[::1]",
    "https://[::FFFF:192.0.2.1]:8443": "[::ffff:192.0.2.1]:8443",
    "http://xn--mnchen-3ya.example": "xn--mnchen-3ya.example",
    "http://ec2_emulator:5000": "ec2_emulator:5000",
}


@pytest.mark.parametrize(
    ("place", "way"), list(zip(["argument", "AWS_ENDPOINT_URL_EC2", "AWS_ENDPOINT_URL"], WAYS, strict=True))
)
@pytest.mark.parametrize("url", ENDPOINTS)
def test_the_host_signed_is_the_host_asked(url: str, place: str, way: str) -> None:
    """In the form that every server computes: lower case, no default port."""
    wire = Wire()
    given: dict[str, Any] = {"endpoint_url": url} if place == "argument" else {}
    environ = {} if place == "argument" else {place: url}
    through(way, wire, describe, world=quiet_world(environ), **given)
    (request,) = wire.requests
    assert verified(request, KEYS).host == ENDPOINTS[url]


@pytest.mark.parametrize(
    ("place", "way"), list(zip(["argument", "AWS_ENDPOINT_URL_EC2", "AWS_ENDPOINT_URL"], WAYS, strict=True))
)
@pytest.mark.parametrize(
    "url",
    [
        *(f"https://ec2.example{bad}" for bad in SPLIT),
        *(
            "https://hunter2@evil.example",
            "https://a:hunter2@evil.example",
            "https://ec2.example@evil.example",
        ),
        *(
            "https://ec2.example\\@evil.example",
            "https://ec2.example\\.evil.example",
            "https:\\\\evil.example",
        ),
        *("https://ec2.example#@evil.example", "https://ec2.example?@evil.example", "https://ec2.example/#"),
        *("https://ec2.example/path", "https://ec2.example//", "https://ec2.example/..", "https:///evil"),
        *("https://ec2.example%2f.evil.example", "https://%65c2.example", "https://ec2%00.example"),
        *("https://ec2.example:80:443", "https://ec2.example:", "https://ec2.example:0", "https://e:65536"),
        *("https://ec2.example:８０", "https://ec2.example:+80", "https://ec2.example:-1", "https://e:1e2"),
        *("https://ec2.example.", "https://ec2..example", "https://.ec2.example", "https://-ec2.example"),
        *("https://[fe80::1%eth0]", "https://[fe80::1%25eth0]", "https://[::1", "https://::1", "https://[]"),
        *(
            "https://[::1].evil.example",
            "https://[::1]@evil.example",
            "https://a[::1]",
            "https://[127.0.0.1]",
        ),
        *("https://127.1", "https://2130706433", "https://0x7f.1", "https://0177.0.0.1", "https://1.2.3.256"),
        *("https://ec2.exаmple", "https://ｅc2.example", "https://ec2。example", "https://ec2.example\u200b"),
        *("ftp://ec2.example", "ec2.example", "//ec2.example", "https:ec2.example", "https:/ec2.example"),
        *("javascript:alert(1)", "file:///etc/passwd", "https://", f"https://{'a' * 64}.example"),
    ],
)
def test_an_endpoint_is_a_host_or_is_refused(url: str, place: str, way: str) -> None:
    """Wherever it was set, before anything is sent, and without showing what may be a password."""
    wire = Wire()
    given: dict[str, Any] = {"endpoint_url": url} if place == "argument" else {}
    environ = {} if place == "argument" else {place: url}
    with pytest.raises(ConfigurationError, match="expected http") as caught:
        through(way, wire, describe, world=quiet_world(environ), **given)
    assert wire.requests == []
    assert "hunter2" not in str(caught.value)


# Of one's own requests, `sign` takes any URL: then signer, Host and connection must agree, or nobody goes.
URLS = [
    *("http://EC2.Example:80/", "https://ec2.example:0443/", "http://user:pw@ec2.example:8080/a?b=c#d"),
    *(
        "http://ec2.example./",
        "http://ec2.example:/",
        "http://ec2.example:65535/",
        "http://[2001:DB8::1]:80/",
    ),
    *("http://good\\@evil.example/", "http://good\\.evil.example/", "http://good#@evil.example/"),
    *("http://good?@evil.example/", "http://good/@evil.example/", "http://a@b@evil.example/"),
    *("http://[fe80::1%25eth0]/", "http://[::1]evil/", "http://good%2eevil/", "http://good%00evil/"),
    *("http://good%40evil/", "http:good/", "http:///good/", "http://good:80:81/", "http://good;evil/"),
    *("http://xn--/", "http://xn--a/", "http://ec2..example/", "http://good,evil/", "http://good%/"),
]


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("url", URLS)
def test_no_url_is_read_in_two_ways(url: str, way: str) -> None:
    """The host that is connected to is the one that was signed; where they differ, nothing is sent."""
    wire = Wire()

    def use(client: Any) -> Any:
        request = sign(HttpRequest("POST", url, {}, b"Action=X"), KEYS, "us-east-1", "ec2", NOW)
        return client.run(send(request))

    try:
        through(way, wire, use)
    except Ec2QueryError:
        assert wire.requests == []
    else:
        (request,) = wire.requests
        assert request.headers["host"] == host_header(url)
        host, port = request.url.raw_host.decode(), request.url.port
        netloc = (f"[{host}]" if ":" in host else host) + (f":{port}" if port else "")
        assert netloc.lower() == request.headers["host"]


# Keys, tokens, header values


@pytest.mark.parametrize(
    ("variable", "way"),
    list(zip(["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"], WAYS, strict=True)),
)
@pytest.mark.parametrize("bad", [each for each in SPLIT if each != "\0"])
def test_a_key_splits_no_header(bad: str, variable: str, way: str) -> None:
    """From the environment, too: nothing is sent, nothing is shown."""
    wire = Wire()
    environ = {
        "AWS_ACCESS_KEY_ID": "AKIDEXAMPLE00000",
        "AWS_SECRET_ACCESS_KEY": "s",
        "AWS_SESSION_TOKEN": "t",
    }
    environ[variable] = f"hunter2{bad}hunter2"
    with pytest.raises(CredentialsError) as caught:
        through(way, wire, describe, credentials=None, world=quiet_world(environ))
    assert wire.requests == []
    assert "hunter2" not in str(caught.value)


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("bad", SPLIT)
def test_no_header_of_ours_is_split(bad: str, way: str) -> None:
    """The token that names a call is a header; an application's name is made one."""
    wire, world = Wire(), replace(quiet_world(), token=lambda: f"t{bad}t")
    with pytest.raises(ConfigurationError, match="amz-sdk-invocation-id"):
        through(way, wire, lambda client: client.send(ec2.DescribeVpcs()), world=world)
    assert wire.requests == []
    through(way, wire, describe, app_id=f"app{bad}x-evil: 1")
    (request,) = wire.requests
    assert "x-evil" not in request.headers
    assert re.fullmatch(r"[!-~ ]+", request.headers["user-agent"])
    verified(request, KEYS)


class Splitting:
    """A signer that signs in a header of its own making."""

    def __init__(self, name: str, value: str) -> None:
        self._header = {name: value}

    def sign(
        self, request: HttpRequest, credentials: Credentials, *, region: str, service: str, now: datetime
    ) -> HttpRequest:
        return replace(request, headers={**request.headers, **self._header})


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("bad", SPLIT)
def test_no_header_of_a_signer_is_split(bad: str, way: str) -> None:
    """Neither by its name nor by its value."""
    wire = Wire()
    for signer in (Splitting("authorization", f"a{bad}b"), Splitting(f"a{bad}", "b")):
        with pytest.raises(ConfigurationError, match="header"):
            through(way, wire, describe, signer=signer)
    assert wire.requests == []


SPACED = ["a   b", "a \t b", '"a   b"', "a" + " " * 300 + "b", "a,  b", "a;b=c", "=", "%20  +"]


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("value", SPACED)
def test_blanks_in_a_header_are_signed_as_servers_read_them(value: str, way: str) -> None:
    """What is sent keeps its blanks, and the signature counts a row of them as one."""
    wire = Wire()

    def use(client: Any) -> Any:
        request = HttpRequest(
            "POST", "https://ec2.example/", {"x-note": value, "x-a": "", "a": "b"}, b"Action=X"
        )
        return client.run(send(sign(request, TEMPORARY, "us-east-1", "ec2", NOW)))

    through(way, wire, use)
    (request,) = wire.requests
    assert request.headers["x-note"] == value
    verified(request, TEMPORARY)


# Parameters

RAW: list[tuple[str, Iterable[tuple[str, str]]]] = [
    ("another name", [("Action.1", "DeleteVpc"), ("Actions", "x"), ("X.Action", "y"), ("Version.1", "1")]),
    ("a pair in a name", [("a&Action=DeleteVpc&b", "c"), ("a=b", "c"), ("a\r\nAction", "b"), ("+", " ")]),
    ("a pair in a value", [("a", "b&Action=DeleteVpc"), ("b", "c\0&Version=1"), ("c", "=&"), ("d", "\r\n")]),
    ("an encoded name", [("%41ction", "DeleteVpc"), ("Action%00", "x"), ("a%26Action", "DeleteVpc")]),
    ("a name that looks alike", [("Аction", "DeleteVpc"), ("Ａction", "x"), ("Action\u200b", "y")]),
    ("a name and a blank", [("Action ", "DeleteVpc"), (" Action", "x"), ("Action\t", "y")]),
    ("a name twice", [("a", "1"), ("a", "2"), ("A", "3")]),
    ("separators of other days", [("a;Action=DeleteVpc;b", "c"), ("a", "b;Action=DeleteVpc")]),
]  # fmt: skip


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize(("name", "pairs"), RAW, ids=[name for name, _ in RAW])
def test_a_raw_pair_stays_one_pair(name: str, pairs: list[tuple[str, str]], way: str) -> None:
    """One Action and one Version, in front, and behind them what was given, whatever it holds."""
    wire = Wire()
    through(way, wire, lambda client: client.call_raw("DescribeVpcs", pairs))
    assert wire.pairs == [("Action", "DescribeVpcs"), ("Version", ec2.SERVICE.version), *pairs]
    verified(wire.requests[0], KEYS)


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize(
    "name",
    [
        "Action",
        "action",
        "ACTION",
        "aCtIoN",
        "Version",
        "VERSION",
        "X-Amz-Signature",
        "x-amz-date",
        "Signature",
    ],
)
def test_a_raw_call_has_one_name(name: str, way: str) -> None:
    """Another Action, Version or signature among the pairs is refused, in a list and in a mapping."""
    wire = Wire()
    for pairs in ([("a", "b"), (name, "DeleteVpc")], {name: "DeleteVpc"}):
        with pytest.raises(ParameterError, match="reserved"):
            through(way, wire, partial(call_raw, pairs))
    assert wire.requests == []


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("name", ["Action", "action", "Version", "VpcId.1&Action", "vpcIds.1", "VpcIds\0"])
def test_a_modelled_call_has_its_members_alone(name: str, way: str) -> None:
    """A name that the model does not know is refused."""
    wire = Wire()
    with pytest.raises(ParameterError):
        through(way, wire, lambda client: client.call("DescribeVpcs", {name: "DeleteVpc"}))
    for action in ("DescribeVpcs&Action=DeleteVpc", "describe_vpcs", "SERVICE", "Operation", "__name__"):
        with pytest.raises(ParameterError):
            through(way, wire, partial(call, action))
    assert wire.requests == []


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize(
    "value", ["a&Action=DeleteVpc", "a\r\nb", "a;Version=1", "%26Action=x", "a\0", "é&", "+ "]
)
def test_a_value_stays_a_value(value: str, way: str) -> None:
    """Whatever it holds, in a list or in a structure."""
    wire = Wire()
    given = {"VpcIds": [value], "Filters": [{"Name": value, "Values": [value]}], "NextToken": value}
    through(way, wire, lambda client: client.call("DescribeVpcs", given))
    names = sorted(name for name, _ in wire.pairs)
    assert names == ["Action", "Filter.1.Name", "Filter.1.Value.1", "NextToken", "Version", "VpcId.1"]
    assert {text for name, text in wire.pairs if name not in ("Action", "Version")} == {value}
    verified(wire.requests[0], KEYS)


SMUGGLED = [
    ("https://ec2.example/?X-Amz-Expires=604800&a=b", b"Action=X"),
    ("https://ec2.example/?x-amz-expires=604800&X%2DAmz%2DSignature=0", b"Action=X&a=b"),
    ("https://ec2.example/", b"Action=X&X-Amz-Expires=604800&a=b"),
    ("https://ec2.example/", b"Action=X&X%2dAmz%2dCredential=evil&x-amz-signedheaders=a&a=b"),
    ("https://ec2.example/?X-Amz-Security-Token=evil", b"Action=X&X-Amz-Date=20000101T000000Z&a=b"),
    ("https://ec2.example/#?X-Amz-Expires=604800", b"Action=X&a=b"),
]


@pytest.mark.parametrize(("url", "body"), SMUGGLED)
@pytest.mark.parametrize("credentials", [KEYS, TEMPORARY])
def test_a_presigned_url_has_one_signature(url: str, body: bytes, credentials: Credentials) -> None:
    """What would say something else of it, in URL or form, is not in it; the rest is, and is signed."""
    made = presign(HttpRequest("POST", url, {}, body), credentials, "us-east-1", "ec2", NOW, 60)
    pairs = parse_qsl(urlsplit(made.url).query, keep_blank_values=True)
    names = [name.lower() for name, _ in pairs]
    assert len(set(names)) == len(names)
    said = dict(pairs)
    assert (said["X-Amz-Expires"], said["X-Amz-Date"][:8], said["Action"]) == ("60", "20260102", "X")
    assert said.get("X-Amz-Security-Token") == credentials.session_token
    assert presigned_by(made.url, credentials)


def presigned_by(url: str, credentials: Credentials) -> bool:
    """Verify a presigned URL by botocore."""
    location, _, signature = url.rpartition("&X-Amz-Signature=")
    said = dict(parse_qsl(urlsplit(url).query, keep_blank_values=True))
    _, date, region, service, _ = said["X-Amz-Credential"].split("/")
    assert said["X-Amz-Date"][:8] == date
    peer = AWSRequest(method="GET", url=location, headers={"host": host_header(url)})
    peer.context["timestamp"] = said["X-Amz-Date"]
    auth = SigV4QueryAuth(
        PeerCredentials(said["X-Amz-Credential"].partition("/")[0], credentials.secret_access_key),
        service,
        region,
    )
    return bool(auth.signature(auth.string_to_sign(peer, auth.canonical_request(peer)), peer) == signature)


def test_a_presigned_url_keeps_what_comes_twice() -> None:
    """Two Actions that the caller wrote are the caller's, in their order; both are signed."""
    request = HttpRequest("POST", "https://ec2.example/?Action=A", {}, b"Action=B&action=C&Version=1")
    url = presign(request, KEYS, "us-east-1", "ec2", NOW).url
    pairs = parse_qsl(urlsplit(url).query)
    assert pairs[:4] == [("Action", "A"), ("Action", "B"), ("action", "C"), ("Version", "1")]
    assert presigned_by(url, KEYS)


# Midnight

MIDNIGHT = datetime(2026, 12, 31, 23, 59, 59, 500_000, tzinfo=UTC)


class Ticking:
    """A clock that moves with every look at it, and with every wait."""

    def __init__(self, start: datetime, step: timedelta) -> None:
        self.now, self._step = start, step

    def look(self) -> datetime:
        self.now += self._step
        return self.now

    def wait(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)


@pytest.mark.parametrize("way", WAYS)
def test_a_retry_after_midnight_is_of_the_new_day(way: str) -> None:
    """Date, scope and key are those of the attempt, though the key of the day before is at hand."""
    clock, wire = Ticking(MIDNIGHT, timedelta(0)), Wire(503, 503)
    world = replace(quiet_world(), now=clock.look, sleep=clock.wait, random=lambda: 1.0)
    policy = {"AWS_NEW_RETRIES_2026": "false"}  # whole seconds between attempts
    through(way, wire, describe, world=replace(world, environ=policy))
    said = [verified(request, KEYS) for request in wire.requests]
    assert [each.at for each in said] == ["20261231T235959Z", "20270101T000000Z", "20270101T000002Z"]
    assert [each.date for each in said] == ["20261231", "20270101", "20270101"]


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("milliseconds", range(100, 1000, 150))
def test_a_day_does_not_end_within_a_signature(milliseconds: int, way: str) -> None:
    """However often the clock is read meanwhile, what is signed is of one moment."""
    clock, wire = Ticking(MIDNIGHT, timedelta(milliseconds=milliseconds)), Wire()
    world = replace(quiet_world(), now=clock.look)

    def use(client: Any) -> Any:
        return client.send(ec2.CopySnapshot(source_region="eu-west-1", source_snapshot_id="snap-1"))

    through(way, wire, use, world=world, credentials=TEMPORARY)
    said = verified(wire.requests[0], TEMPORARY)
    url = dict(wire.pairs)["PresignedUrl"]
    assert presigned_by(url, TEMPORARY)
    assert dict(parse_qsl(urlsplit(url).query))["X-Amz-Date"] == said.at


# Credentials that change


class Changing:
    """A source that gives other credentials each time: the same key id, now and then, with another secret."""

    def __init__(self) -> None:
        self.given: list[Credentials] = []

    def current(self) -> Flow[Credentials]:
        number = len(self.given)
        self.given.append(Credentials(f"ASIAEXAMPLE{number % 3:05d}", f"secret-{number}", f"token-{number}"))
        return self.given[-1]
        yield

    def renew(self, used: Credentials) -> bool:
        return True


@pytest.mark.parametrize("way", WAYS)
def test_an_attempt_is_signed_with_one_set_of_keys(way: str) -> None:
    """Key id, secret and token belong together in each, and in the URL presigned within it."""
    source, wire = Changing(), Wire(503, 503)

    def use(client: Any) -> Any:
        return client.send(ec2.CopySnapshot(source_region="eu-west-1", source_snapshot_id="snap-1"))

    through(way, wire, use, credentials=source)
    assert len(wire.requests) == len(source.given) == 3
    for request, credentials in zip(wire.requests, source.given, strict=True):
        verified(request, credentials)
        url = dict(parse_qsl(request.content.decode()))["PresignedUrl"]
        said = dict(parse_qsl(urlsplit(url).query))
        assert said["X-Amz-Security-Token"] == credentials.session_token
        assert presigned_by(url, credentials)


@pytest.mark.parametrize("backend", ["asyncio", "trio"])
def test_callers_at_once_do_not_mix_their_keys(backend: str) -> None:
    """A hundred calls while the keys change with each: every request verifies with one of the sets."""
    source, wire = Changing(), Wire(*[503] * 20)

    async def main() -> None:
        async with (
            AsyncClient(
                region="us-east-1",
                credentials=source,
                world=quiet_world(),
                transport=httpx.MockTransport(wire),
                max_attempts=21,
            ) as client,
            anyio.create_task_group() as group,
        ):
            for _ in range(100):
                group.start_soon(client.send, ec2.DescribeVpcs())

    anyio.run(main, backend=backend)
    assert len(wire.requests) == 120
    for request in wire.requests:
        verified(request, *source.given)


def test_the_environments_keys_may_change_between_attempts() -> None:
    """Each attempt takes what is there, all of it at once."""
    environ = {"AWS_ACCESS_KEY_ID": "AKIDEXAMPLE00000", "AWS_SECRET_ACCESS_KEY": "one"}
    wire = Wire(503)

    def rotate(seconds: float) -> None:
        environ.update({"AWS_SECRET_ACCESS_KEY": "two", "AWS_SESSION_TOKEN": "t"})

    world = replace(quiet_world(environ), sleep=rotate)
    through("blocking", wire, describe, world=world, credentials=None)
    one, two = wire.requests
    old = Credentials("AKIDEXAMPLE00000", "one")
    verified(one, old)
    verified(two, old, Credentials("AKIDEXAMPLE00000", "two", "t"))


# Hooks of the caller's own httpx client


def _assign(name: str, value: object) -> Callable[[httpx.Request], object]:
    return lambda request: setattr(request, name, value)


def _poplast(request: httpx.Request) -> object:
    try:
        return request.headers.popitem()
    except KeyError:
        return None


HOOKS: dict[str, Callable[[httpx.Request], object]] = {
    "setting a date": lambda request: request.headers.__setitem__("X-Amz-Date", "20000101T000000Z"),
    "setting the host": lambda request: request.headers.__setitem__("HOST", "evil.example"),
    "setting a token": lambda request: request.headers.__setitem__("X-Amz-Security-Token", "evil"),
    "setting a type": lambda request: request.headers.__setitem__("content-type", "text/plain"),
    "setting a length": lambda request: request.headers.__setitem__("content-length", "0"),
    "authorizing": lambda request: request.headers.__setitem__("authorization", "Basic evil"),
    "a cookie": lambda request: request.headers.setdefault("Cookie", "a=b"),
    "deleting": lambda request: request.headers.__delitem__("authorization"),
    "updating": lambda request: request.headers.update({"x-amz-date": "x", "Host": "evil.example"}),
    "popping": lambda request: request.headers.pop("x-amz-date", None),
    "popping the last": _poplast,
    "clearing": lambda request: request.headers.clear(),
    "tracing": lambda request: request.headers.__setitem__("traceparent", "00-1"),
    "new headers": _assign("headers", httpx.Headers({"host": "evil.example"})),
    "new headers of a dict": _assign("headers", {"x-amz-date": "x"}),
    "another host": _assign("url", httpx.URL("https://evil.example/")),
    "another path": _assign("url", httpx.URL("https://ec2.us-east-1.amazonaws.com/a?b=c")),
    "another method": _assign("method", "GET"),
    "another body": _assign("stream", httpx.ByteStream(b"Action=DeleteVpc")),
}


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("name", HOOKS)
def test_a_hook_breaks_no_signature(name: str, way: str) -> None:
    """What was signed goes out as it was signed, or nothing does and the error says why."""
    wire = Wire()

    def hook(request: httpx.Request) -> None:
        HOOKS[name](request)

    async def hook_async(request: httpx.Request) -> None:
        HOOKS[name](request)

    transport = httpx.MockTransport(wire)
    given: Any = (
        httpx.Client(transport=transport, event_hooks={"request": [hook]})
        if way == "blocking"
        else httpx.AsyncClient(transport=transport, event_hooks={"request": [hook_async]})
    )
    if name.startswith("another"):
        with pytest.raises(ConfigurationError, match="an event hook of the httpx client given sets"):
            through(way, wire, describe, http_client=given)
        assert wire.requests == []
        return
    through(way, wire, describe, http_client=given)
    (request,) = wire.requests
    assert verified(request, KEYS).host == "ec2.us-east-1.amazonaws.com"
    assert request.content.startswith(b"Action=DescribeVpcs&")


def test_a_verifier_that_verifies() -> None:
    """A changed byte, header, host, date or key is found out."""
    signed = sign(HttpRequest("POST", "https://ec2.example/", {"a": "b"}, b"Action=X"), KEYS, "r", "ec2", NOW)
    verified(signed, KEYS)
    changed: list[Mapping[str, Any]] = [
        {"body": b"Action=Y"},
        {"method": "PUT"},
        {"url": "https://ec2.example/x"},
        {"headers": {**signed.headers, "a": "c"}},
        {"headers": {**signed.headers, "host": "evil.example"}},
        {"headers": {**signed.headers, "x-evil": "1"}},
        {"headers": {**signed.headers, "x-amz-date": "20260103T030405Z"}},
    ]
    for change in changed:
        with pytest.raises(AssertionError):
            verified(replace(signed, **change), KEYS)
    with pytest.raises(AssertionError):
        verified(signed, Credentials(KEYS.access_key_id, "another"))
    assert isinstance(Send(signed), Send)
