"""Targets: HTTP messages, to the client and to the emulator, and the files of recorded exchanges."""

from __future__ import annotations

from collections.abc import Iterator, MutableMapping
from typing import Any

import h11
import httpx

from ec2query import ec2
from ec2query.client.drivers import BlockingDriver
from ec2query.client.http11 import Exchange as HttpExchange
from ec2query.emulator import EXAMPLE_CREDENTIALS, EmulatorApplication
from ec2query.emulator.perform import operation_named as emulated
from ec2query.errors import (
    ResponseError,
    ServiceError,
    TransportError,
)
from ec2query.protocol.call import call, call_raw
from ec2query.protocol.channel import Channel, GivenCredentials
from ec2query.protocol.endpoint import Endpoint
from ec2query.protocol.message import HttpRequest
from ec2query.protocol.parse import parse
from ec2query.protocol.retry import Retries
from ec2query.protocol.retry_policy import STANDARD
from ec2query.protocol.sign import sign
from ec2query.replay import MalformedExchange, read_exchange, write_exchange
from ec2query.shape import Operation
from fuzz.answers import ROOT, pieces_of
from fuzz.answers import TARGETS as ANSWERS
from fuzz.mutations import Draw, form, lines
from fuzz.seeds import answer_seed, exchange_seed, fixtures
from fuzz.target import Target
from support.account import NOW, emulator, request_for
from support.hostile import KEYS, quiet_world

__all__ = ["TARGETS"]

_HEADERS = (
    *(b"Content-Length: 5", b"Content-Length: 5, 6", b"Content-Length: -1", b"Content-Length: " + b"9" * 30),
    *(
        b"Transfer-Encoding: chunked",
        b"Transfer-Encoding: gzip, chunked",
        b"Connection: close",
        b"Upgrade: x",
    ),
    *(
        b"Content-Encoding: gzip",
        b"Content-Encoding: br",
        b"Content-Type: text/html",
        b"x-amzn-requestid: r\x00",
    ),
    *(
        b"Date: Fri, 02 Jan 2026 99999999999999999999:04:05 GMT",
        b"Date: Fri, 02 Jan 2037 03:04:05 GMT",
        b"Date: ,",
    ),
    *(
        b"x-amz-retry-after: 99999999999999",
        b"x-amz-retry-after: \xb2",
        b": x",
        b"x",
        b" folded",
        b"x: \xff\xfe",
    ),
    *(
        b"HTTP/1.1 200 OK",
        b"HTTP/1.1 503 x",
        b"HTTP/1.1 100 Continue\r\n",
        b"HTTP/1.1 204 x",
        b"HTTP/2 200",
        b"",
    ),
    *(
        b"HTTP/1.0 200 OK",
        b"HTTP/1.1 101 x",
        b"HTTP/1.1 304 x",
        b"HTTP/1.1 999 x",
        b"HTTP/1.1 20 x",
        b"ffffffff",
    ),
    *(b"0", b"1;a=b", b"-1", b"1" * 30, b"0\r\nTrailer: x\r\n"),
)


def _answer_seed(draw: Draw) -> bytes:
    """Draw an HTTP answer: with a length, in chunks, or to the connection's end."""
    body = answer_seed(draw)[:8000]
    status = draw.choice((b"200 OK", b"200 OK", b"400 Bad Request", b"503 Service Unavailable", b"401"))
    head = b"HTTP/1.1 " + status + b"\r\nContent-Type: text/xml\r\nDate: Fri, 02 Jan 2026 03:04:05 GMT\r\n"
    framing = draw.randrange(3)
    if framing == 0:
        return b"%bContent-Length: %d\r\n\r\n%b" % (head, len(body), body)
    if framing == 1:
        chunks = b"".join(b"%x\r\n%b\r\n" % (len(piece), piece) for piece in pieces_of(body, draw))
        return b"%bTransfer-Encoding: chunked\r\n\r\n%b0\r\n\r\n" % (head, chunks)
    return b"%bConnection: close\r\n\r\n%b" % (head, body)


class _Server(httpx.BaseTransport):
    """Answers each request with the same bytes, in pieces, and closes the connection."""

    def __init__(self, data: bytes, draw: Draw) -> None:
        self._pieces = pieces_of(data, draw)

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        present, pieces = HttpExchange(), iter(self._pieces)
        assert present.begin(request, request.read())
        while not present.begun:
            piece = next(pieces, b"")
            present.feed(piece)
            assert piece or present.begun, "an exchange that waits behind the connection's end"
        return httpx.Response(present.status, headers=present.headers, stream=_Body(present, pieces))


class _Body(httpx.SyncByteStream):
    def __init__(self, present: HttpExchange, pieces: Iterator[bytes]) -> None:
        self._present, self._pieces = present, pieces

    def __iter__(self) -> Iterator[bytes]:
        ended = False
        while not self._present.done:
            if piece := self._present.take():
                yield piece
            elif not self._present.done:
                assert not ended, "a body that waits behind the connection's end"
                received = next(self._pieces, b"")
                ended = not received
                self._present.feed(received)


def _http(data: bytes, draw: Draw) -> object:
    """A whole call, with its retries, of a server that answers with the input."""
    world = quiet_world()
    channel = Channel(
        endpoint=Endpoint("https://ec2.us-east-1.amazonaws.com", "us-east-1"),
        credentials=GivenCredentials(KEYS),
        world=world,
        user_agent="x",
        retries=Retries(STANDARD, random=world.random, clock=world.monotonic),
    )
    driver = BlockingDriver(_Server(data, draw), sleep=lambda seconds: None, monotonic=world.monotonic)
    root = ROOT.search(data[:10_000])
    action = root[1].decode("ascii") if root else "DescribeIpamByoasn"
    operation = _CALLED.get(action)
    if operation is None or draw.random() < 0.3:
        return driver.run(call_raw(action[:256], {}, channel, service=ec2.SERVICE))
    return driver.run(call(operation, channel))


_CALLED: dict[str, Operation[Any]] = {
    "DescribeIpamByoasn": ec2.DescribeIpamByoasn(),
    "AssociateIpamByoasn": ec2.AssociateIpamByoasn(asn="64496", cidr="192.0.2.0/24"),
    "DescribeVpcs": ec2.DescribeVpcs(),
    "DescribeInstances": ec2.DescribeInstances(),
}
_FORM_WORDS = (
    *(b"Action", b"Asn=64496", b"Cidr=203.0.113.0/24", b"IpamId=ipam-1", b"MaxResults=0", b"MaxResults=1e9"),
    *(
        b"NextToken=x",
        b"DryRun=true",
        b"Tag.1.Key=a",
        b"Description=%00",
        b"Description=%EF%BF%BF",
        b"Asn=%F0%9F",
    ),
    *(
        b"Cidr=::/0",
        b"Cidr=203.0.113.0/99999999999",
        b"Cidr=%C2%B2",
        b"Asn=-1",
        b"Asn=4294967296",
        b"Asn=%D9%A1",
    ),
    *(
        f"Action={action}".encode()
        for action in ("CreateIpam", "DeleteIpam", "ProvisionByoipCidr", "Nothing")
    ),
    *(b"CidrAuthorizationContext.Message=1|aws|1", b"AsnAuthorizationContext.Signature=x", b"ClientToken="),
)


def _emulated_seed(draw: Draw) -> bytes:
    bodies = [each.request.body for each in fixtures() if emulated(each.action) is not None]
    return draw.choice(bodies)


def _emulated(data: bytes, draw: Draw) -> object:
    """A form, signed as it is: whatever it holds, the emulator's answer is one that the client can read."""
    unsigned = HttpRequest("POST", "https://ec2.us-east-1.amazonaws.com/", {"content-type": "x"}, data)
    answer = emulator()[0].handle(sign(unsigned, EXAMPLE_CREDENTIALS, "us-east-1", "ec2", NOW))
    action = answer.body.partition(b"Response")[0].rpartition(b"<")[2].decode("ascii")
    operation = emulated(action) or ec2.DescribeIpamByoasn
    return parse(operation, answer.status, answer.headers, answer.body)


def _request_seed(draw: Draw) -> bytes:
    request = request_for(draw.choice(_SIGNED))
    head = "".join(f"{name}: {value}\r\n" for name, value in request.headers.items())
    return b"POST / HTTP/1.1\r\n%bcontent-length: %d\r\n\r\n%b" % (
        head.encode(),
        len(request.body),
        request.body,
    )


_SIGNED = (ec2.DescribeIpamByoasn(), ec2.AssociateIpamByoasn(asn="64500", cidr="203.0.113.0/24"))
_REQUEST_WORDS = (
    *(
        b"GET / HTTP/1.1",
        b"GET /?Action=DescribeIpams&Version=2016-11-15&X-Amz-Algorithm=AWS4-HMAC-SHA256 HTTP/1.1",
    ),
    *(
        b"POST //[::1/?\xff HTTP/1.1",
        b"POST /%00?%ff HTTP/1.0",
        b"PUT * HTTP/1.1",
        b"POST http://[/ HTTP/1.1",
    ),
    *(
        b"host: [",
        b"host: a@b",
        b"host: x:99999",
        b"host:",
        b"authorization: x",
        b"x-amz-date: 20260102T120000Z",
    ),
    *(
        b"authorization: AWS4-HMAC-SHA256 Credential=a/b, SignedHeaders=host, Signature=\xff",
        b"x-amz-date: \xb2",
    ),
    *(
        b"x-amz-date: 00000000T000000Z",
        b"x-amz-security-token: t",
        b"x-amz-content-sha256: x",
        b"content-length: 0",
    ),
    *_HEADERS[:10],
)


def _served(data: bytes, draw: Draw) -> object:
    """The bytes of a request, read by h11 and handed on as an ASGI server does."""
    connection = h11.Connection(h11.SERVER)
    try:
        connection.receive_data(data)
        connection.receive_data(b"")
        head = connection.next_event()
        if not isinstance(head, h11.Request):
            return "no request"
        body = b""
        while isinstance(event := connection.next_event(), h11.Data):
            body += event.data
    except h11.RemoteProtocolError:
        return "no request"
    path, _, query = head.target.partition(b"?")
    scope = {
        "type": "http",
        "method": head.method.decode("ascii"),
        "scheme": "https",
        "path": path.decode("latin-1"),
        "raw_path": path,
        "query_string": query,
        "headers": list(head.headers),
    }
    status, answer = _asgi(scope, body)
    if status == 413:
        return status
    try:
        return parse(ec2.DescribeIpamByoasn, status, {}, answer)
    except ServiceError as error:
        known = not error.synthesized
        assert known, "an answer without an error document"
        raise
    except ResponseError as error:
        if "expected <DescribeIpamByoasnResponse>" in str(error):
            return "another's answer"
        raise


def _asgi(scope: dict[str, Any], body: bytes) -> tuple[int, bytes]:
    """Run the application, which never waits, without an event loop."""
    sent: list[MutableMapping[str, Any]] = []

    async def receive() -> MutableMapping[str, Any]:
        return {"type": "http.request", "body": body, "more_body": False}

    async def send(message: MutableMapping[str, Any]) -> None:
        sent.append(message)

    running = EmulatorApplication(emulator()[0])(scope, receive, send)
    try:
        running.send(None)
    except StopIteration:
        pass
    start, rest = sent
    return start["status"], rest["body"]


def _replay(data: bytes, draw: Draw) -> object:
    """What is read is written and read again as the same."""
    text = data.decode("utf-8", draw.choice(("replace", "surrogateescape", "ignore")))
    found = read_exchange(text, "x")
    assert read_exchange(write_exchange(found)) == found
    return found


_REPLAY_WORDS = (
    *(
        b"format: 2",
        b"provenance: recorded: x",
        b"signed: 2026-13-01T00:00:00Z",
        b"--- request",
        b"--- response",
    ),
    *(
        b"--- expected",
        b"",
        b"{",
        b'{"result": {}}',
        b'{"error": ' + b"9" * 5000 + b"}",
        b'{"result": ' + b"[" * 5000,
    ),
    *(
        b'{"result": NaN}',
        b"\\x4",
        b"\\q",
        b"\\",
        b"x\\",
        b"POST http://x/",
        b"999",
        b"200",
        b"a: \\xff",
        b"a=\\xff",
    ),
    *(
        b'{"result": "\\ud800"}',
        b"a: b\\r\\n",
        b"A: b",
        b"=",
        b": ",
        b"signed: 2026-01-02T03:04:05Z",
        b"about: \\0",
    ),
)

TARGETS = (
    Target(
        name="http",
        seed=_answer_seed,
        run=_http,
        refusals=(ServiceError, ResponseError, TransportError),
        mutations=(*lines(_HEADERS, b"\r\n"), *ANSWERS[0].mutations),
    ),
    Target(
        name="emulator",
        seed=_emulated_seed,
        run=_emulated,
        refusals=(ServiceError,),
        mutations=form(_FORM_WORDS),
    ),
    Target(
        name="emulator http",
        seed=_request_seed,
        run=_served,
        refusals=(ServiceError,),
        mutations=lines(_REQUEST_WORDS, b"\r\n"),
    ),
    Target(
        name="replay",
        seed=exchange_seed,
        run=_replay,
        refusals=(MalformedExchange,),
        mutations=lines(_REPLAY_WORDS),
    ),
)
