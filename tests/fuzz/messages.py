"""Targets: HTTP answers, to an exchange alone, and to a whole call with its retries."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

import h11
import httpx

from ec2query import ec2
from ec2query.client.drivers import BlockingDriver
from ec2query.client.http11 import Exchange
from ec2query.errors import ResponseError, ServiceError, TransportError
from ec2query.protocol.call import call, call_raw
from ec2query.protocol.channel import Channel, GivenCredentials
from ec2query.protocol.endpoint import Endpoint
from ec2query.protocol.retry import Retries
from ec2query.protocol.retry_policy import STANDARD
from ec2query.shape import Operation
from fuzz.answers import ROOT, pieces_of
from fuzz.mutations import Draw, lines
from fuzz.seeds import answer_seed
from fuzz.target import Target
from fuzz.xml_mutations import XML
from support.hostile import KEYS, quiet_world

__all__ = ["HEADERS", "TARGETS"]

HEADERS = (
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
        b"x-amzn-requestid: \0",
    ),
    *(b"Date: Fri, 02 Jan 2026 99999999999999999999:04:05 GMT", b"Date: Fri, 02 Jan 2037 03:04:05 GMT"),
    *(b"x-amz-retry-after: 99999999999999", b"x-amz-retry-after: \xb2", b": x", b"x", b" folded", b"x: \xff"),
    *(b"HTTP/1.1 200 OK", b"HTTP/1.1 503 x", b"HTTP/1.1 100 Continue\r\n", b"HTTP/1.1 204 x", b"HTTP/2 200"),
    *(
        b"HTTP/1.0 200 OK",
        b"HTTP/1.1 101 x",
        b"HTTP/1.1 304 x",
        b"HTTP/1.1 999 x",
        b"HTTP/1.1 20 x",
        b"ffffffff",
    ),
    *(b"0", b"1;a=b", b"-1", b"1" * 30, b"0\r\nTrailer: x\r\n", b"", b"x:" + b" " * 200 + b"y", b"Date: ,"),
)


def _seed(draw: Draw) -> bytes:
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


class _Read(NamedTuple):
    """What an answer was read as; `whole` where its end was seen."""

    status: int
    headers: Sequence[tuple[bytes, bytes]]
    body: bytes
    whole: bool


def _ours(pieces: Sequence[bytes]) -> _Read | str:
    """Read the pieces, behind which the connection ends, by an Exchange."""
    exchange, body, left = Exchange(), [], iter((*pieces, b""))
    assert exchange.begin(httpx.Request("POST", "https://ec2.test/", content=b"x"), b"x")
    try:
        while not exchange.begun:
            exchange.feed(next(left))
        while not exchange.done:
            if piece := exchange.take():
                body.append(piece)
            elif not exchange.done:
                exchange.feed(next(left))
    except httpx.RemoteProtocolError as error:
        return f"refused: {error}"
    except StopIteration:
        raise AssertionError("it waits behind the connection's end") from None
    assert not exchange.take(), "more comes behind the end"
    return _Read(exchange.status, exchange.headers, b"".join(body), whole=exchange.done)


def _theirs(data: bytes) -> _Read | str:
    """Read the same by h11 alone."""
    connection = h11.Connection(h11.CLIENT, max_incomplete_event_size=len(data) + 1)
    request = h11.Request(method="POST", target="/", headers=[("Host", "ec2.test"), ("Content-Length", "0")])
    connection.send(request)
    connection.send(h11.EndOfMessage())
    head: h11.Response | None = None
    body: list[bytes] = []
    whole = False
    try:
        connection.receive_data(data)
        connection.receive_data(b"")
        while isinstance(
            event := connection.next_event(), h11.Response | h11.InformationalResponse | h11.Data
        ):
            if isinstance(event, h11.Response):
                head = event
            elif isinstance(event, h11.Data):
                body.append(bytes(event.data))
        whole = isinstance(event, h11.EndOfMessage)
    except h11.RemoteProtocolError:
        pass
    if head is None:
        return "refused"
    return _Read(head.status_code, head.headers.raw_items(), b"".join(body), whole=whole)


def _exchange(data: bytes, draw: Draw) -> object:
    """The same comes out in whatever pieces it comes, and nothing that h11 reads otherwise."""
    found = _ours([data])
    pieces = _ours(pieces_of(data, draw))
    if isinstance(found, str):
        assert isinstance(pieces, str), f"in pieces {pieces!r:.200}, whole {found}"
        raise TransportError(found)
    assert found == pieces, f"in pieces {pieces!r:.200}, whole {found!r:.200}"
    theirs = _theirs(data)
    if isinstance(theirs, _Read) and b"chunked" in dict(found.headers).get(b"Transfer-Encoding", b"").lower():
        theirs = theirs._replace(whole=True)  # it judges trailers, which are dropped here
    assert found == theirs, f"ours {found!r:.200}, h11's {theirs!r:.200}"
    return found


class _Server(httpx.BaseTransport):
    """Answers each request with the same bytes, in pieces, and closes the connection."""

    def __init__(self, data: bytes, draw: Draw) -> None:
        self._pieces = pieces_of(data, draw)

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        exchange, pieces = Exchange(), iter(self._pieces)
        assert exchange.begin(request, request.read())
        while not exchange.begun:
            piece = next(pieces, b"")
            exchange.feed(piece)
            assert piece or exchange.begun, "an exchange that waits behind the connection's end"
        return httpx.Response(exchange.status, headers=exchange.headers, stream=_Body(exchange, pieces))


class _Body(httpx.SyncByteStream):
    def __init__(self, exchange: Exchange, pieces: Iterator[bytes]) -> None:
        self._exchange, self._pieces = exchange, pieces

    def __iter__(self) -> Iterator[bytes]:
        while True:
            if piece := self._exchange.take():
                yield piece
            elif self._exchange.done:
                return
            else:
                self._exchange.feed(next(self._pieces, b""))


_CALLED: dict[str, Operation[Any]] = {
    "DescribeIpamByoasn": ec2.DescribeIpamByoasn(),
    "AssociateIpamByoasn": ec2.AssociateIpamByoasn(asn="64496", cidr="192.0.2.0/24"),
    "DescribeVpcs": ec2.DescribeVpcs(),
    "DescribeInstances": ec2.DescribeInstances(),
}


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
    action = root[1].decode("ascii") if root and root[1][:1].isalpha() else "DescribeIpamByoasn"
    operation = _CALLED.get(action)
    if operation is None or draw.random() < 0.3:
        return driver.run(call_raw(action[:256], {}, channel, service=ec2.SERVICE))
    return driver.run(call(operation, channel))


TARGETS = (
    Target(
        name="exchange",
        seed=_seed,
        run=_exchange,
        refusals=(TransportError,),
        mutations=lines(HEADERS, b"\r\n"),
    ),
    Target(
        name="http",
        seed=_seed,
        run=_http,
        refusals=(ServiceError, ResponseError, TransportError),
        mutations=(*lines(HEADERS, b"\r\n"), *XML),
    ),
)
