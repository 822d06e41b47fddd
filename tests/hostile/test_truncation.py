"""Cut off at every byte: what is not whole is never taken for an answer, and is one typed error."""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Callable

import pytest

from ec2query import Ec2QueryError, ResponseError, ServiceError, TransportError, ec2
from ec2query.protocol.effects import Timeout
from ec2query.protocol.parse import parse
from ec2query.protocol.raw import RawDecoder
from ec2query.protocol.xml import Limits
from support.hostile import WAYS, answering, ask
from support.server import OK, Peer, Start
from support.ways import Way, post

ANSWER = (
    "<?xml version='1.0' encoding='UTF-8'?>\n"
    "<DescribeVpcsResponse xmlns='http://ec2.amazonaws.com/doc/2016-11-15/'><!-- --><requestId>r</requestId>"
    "<vpcSet><item><vpcId>vpc-1</vpcId><isDefault>true</isDefault><tagSet><item><key>é</key>"
    "<value><![CDATA[<v>]]>&#8364;</value></item></tagSet></item></vpcSet></DescribeVpcsResponse>"
).encode()
REFUSAL = (
    b"<?xml version='1.0'?><Response><Errors><Error><Code>AuthFailure</Code><Message>m &amp; n</Message>"
    b"</Error></Errors><RequestID>r</RequestID></Response>"
)
ASK = ec2.DescribeVpcs()


def test_a_typed_answer() -> None:
    """Whole it is a result; any beginning of it is a ResponseError."""
    assert parse(ec2.DescribeVpcs, 200, {}, ANSWER).vpcs[0].tags[0].value == "<v>€"
    for end in range(len(ANSWER)):
        with pytest.raises(ResponseError):
            parse(ec2.DescribeVpcs, 200, {}, ANSWER[:end])


def test_an_answer_that_no_type_describes() -> None:
    """The same without a model."""
    for end in range(len(ANSWER)):
        decoder = RawDecoder("DescribeVpcs", 200, {}, limits=Limits())
        decoder.feed(ANSWER[:end])
        with pytest.raises(ResponseError):
            decoder.close()


@pytest.mark.parametrize("status", [200, 401, 503])
def test_an_error_document(status: int) -> None:
    """Whole it names its code; a beginning of it is broken, and none is no document."""
    with pytest.raises(ServiceError, match="AuthFailure: m & n"):
        parse(ec2.DescribeVpcs, status, {}, REFUSAL)
    for end in range(len(REFUSAL)):
        with pytest.raises((ResponseError, ServiceError)) as caught:
            parse(ec2.DescribeVpcs, status, {}, REFUSAL[:end])
        assert isinstance(caught.value, ResponseError) or (not end and "no EC2 error" in str(caught.value))


CODINGS: dict[str, tuple[str, Callable[[bytes], bytes]]] = {
    "gzip": ("gzip", gzip.compress),
    "deflate": ("deflate", zlib.compress),
    "gzip twice": ("gzip, gzip", lambda data: gzip.compress(gzip.compress(data))),
}


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("name", CODINGS)
def test_a_coded_answer(name: str, way: str) -> None:
    """Through each client, whatever Content-Length says."""
    coding, encode = CODINGS[name]
    body = encode(ANSWER)
    for end in range(0, len(body), 1 if way == "blocking" else 7):
        for headers in ({}, {"content-length": str(end)}, {"content-length": str(len(body))}):
            with pytest.raises(ResponseError):
                ask(way, ASK, answering(body[:end], 200, {**headers, "content-encoding": coding}))
    assert ask(way, ASK, answering(body, 200, {"content-encoding": coding})).request_id == "r"


HEAD = b"HTTP/1.1 200 OK\r\nX-Amzn-RequestId: r-1\r\n"
BODY = b"<a/>"
MESSAGES = {
    "a length": HEAD + b"Content-Length: 4\r\n\r\n" + BODY,
    "chunks": HEAD + b"Transfer-Encoding: chunked\r\n\r\n2\r\n<a\r\n2;x=y\r\n/>\r\n0\r\nT: x\r\n\r\n",
    "an interim answer": b"HTTP/1.1 100 Continue\r\n\r\n" + HEAD + b"Content-Length: 4\r\n\r\n" + BODY,
    "gzip": HEAD
    + b"Content-Encoding: gzip\r\nContent-Length: %d\r\n\r\n" % len(gzip.compress(BODY, mtime=0))
    + gzip.compress(BODY, mtime=0),
}


@pytest.mark.anyio
@pytest.mark.parametrize("name", MESSAGES)
async def test_an_http_message(start: Start, way: Way, name: str) -> None:
    """Over a connection that ends after each byte: no answer until the head is whole, then a broken one."""
    message = MESSAGES[name]

    def script(peer: Peer) -> None:
        request = peer.request()
        if request is not None:
            peer.send(message[: int(request.body)])

    server = start(script)
    whole = message.index(b"\r\n\r\n", 40) + 4
    for end in range(len(message)):
        with pytest.raises(ResponseError if end >= whole else TransportError) as caught:
            await way.run(post(server.url, b"%d" % end, timeout=Timeout(read=20)))
        if isinstance(caught.value, ResponseError):
            assert (caught.value.status, caught.value.request_id) == (200, "r-1")
    assert (await way.run(post(server.url, b"%d" % len(message)))).body == BODY
    assert len(server.requests) == len(message) + 1


GARBAGE = {
    "another protocol": b"SSH-2.0-OpenSSH_9.6\r\n",
    "TLS": b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + bytes(range(256)),
    "HTTP/2": b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    "HTTP/0.9": BODY,
    "a status beyond measure": b"HTTP/1.1 99999 OK\r\n\r\n",
    "a header without a name": b"HTTP/1.1 200 OK\r\n: x\r\n\r\n",
    "a NUL in a header": b"HTTP/1.1 200 OK\r\nA: b\0c\r\n\r\n",
    "a head without end": b"HTTP/1.1 200 OK\r\n" + b"A: b\r\n" * 100_000,
    "a header without end": b"HTTP/1.1 200 OK\r\nA: " + b"b" * 1_000_000,
    "interim answers without end": b"HTTP/1.1 100 Continue\r\n\r\n" * 50_000,
    "two lengths": b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\nContent-Length: 5\r\n\r\n<a/>x",
    "a length that is none": b"HTTP/1.1 200 OK\r\nContent-Length: -4\r\n\r\n<a/>",
    "a length beyond measure": b"HTTP/1.1 200 OK\r\nContent-Length: " + b"9" * 5000 + b"\r\n\r\n<a/>",
    "a chunk's size that is none": b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n<a/>",
    "a chunk's size beyond measure": b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + b"f" * 5000,
    "a coding that nobody knows": b"HTTP/1.1 200 OK\r\nTransfer-Encoding: rot13\r\n\r\n<a/>",
    "a switch of protocols": b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\n\r\n<a/>",
}


@pytest.mark.anyio
@pytest.mark.parametrize("name", GARBAGE)
async def test_what_is_no_http_message(start: Start, way: Way, name: str) -> None:
    """One of our errors, the connection is closed, and the next call works."""

    def script(peer: Peer) -> None:
        request = peer.request()
        if request is not None:
            peer.send(GARBAGE[name] if request.body == b"Action=Bad" else OK)

    server = start(script)
    with pytest.raises((TransportError, ResponseError)) as caught:
        await way.run(post(server.url, b"Action=Bad", timeout=Timeout(read=20)))
    assert len(str(caught.value)) < 400
    assert way.open_connections == 0
    assert (await way.run(post(server.url))).status == 200


HEADERS: dict[str, dict[str, str]] = {
    "a length of 5000 digits": {"content-length": "9" * 5000},
    "two lengths": {"content-length": "4, 5"},
    "a length in words": {"content-length": "four"},
    "a date that is none": {"date": "yesterday"},
    "a date of many commas": {"date": "," * 50_000},
    "a date beyond all years": {"date": "Mon, 01 Jan 99999 00:00:00 GMT"},
    "a wait that is none": {"x-amz-retry-after": "soon"},
    "a wait beyond measure": {"x-amz-retry-after": "9" * 5000},
    "a wait below nothing": {"x-amz-retry-after": "-1000"},
    "a request id of many lines": {"x-amzn-requestid": "a\nb\r\nc"},
    "codings without end": {"content-encoding": ",".join(["gzip"] * 10_000)},
    "a coding that nobody knows": {"content-encoding": "x" * 10_000},
    "a type that is none": {"content-type": ";" * 10_000},
}


@pytest.mark.parametrize("status", [200, 400, 503])
@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("name", HEADERS)
def test_headers_that_make_no_sense(name: str, way: str, status: int) -> None:
    """They are passed over, or the error is one of ours; three attempts, so that all that reads them does."""
    body = b"<Response><Errors><Error><Code>RequestExpired</Code></Error></Errors></Response>"
    with pytest.raises(Ec2QueryError) as caught:
        ask(way, ASK, answering(body, status, HEADERS[name]), max_attempts=3)
    assert isinstance(caught.value, ServiceError | ResponseError)
