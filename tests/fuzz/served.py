"""Targets: requests to the emulator, as forms and as HTTP, and the files of recorded exchanges."""

from __future__ import annotations

from collections.abc import MutableMapping
from typing import Any

import h11

from ec2query import ec2
from ec2query.emulator import EXAMPLE_CREDENTIALS, EmulatorApplication
from ec2query.emulator.perform import operation_named as emulated
from ec2query.errors import ResponseError, ServiceError
from ec2query.protocol.message import HttpRequest
from ec2query.protocol.parse import parse
from ec2query.protocol.sign import sign
from ec2query.replay import MalformedExchange, read_exchange, write_exchange
from fuzz.messages import HEADERS
from fuzz.mutations import Draw, form, lines
from fuzz.seeds import exchange_seed, fixtures
from fuzz.target import Target
from support.account import NOW, emulator, request_for

__all__ = ["TARGETS"]

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
    *HEADERS[:10],
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
    """What is read is written and read again as the same; what is long takes the writer some time."""
    text = data.decode("utf-8", draw.choice(("replace", "surrogateescape", "ignore")))
    found = read_exchange(text, "x")
    if len(data) < 20_000:
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
