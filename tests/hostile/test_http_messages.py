"""Servers that bend HTTP/1.1: a result or one typed error, in bounds, and no answer for another's request.

Each case is played on a loopback socket to the transports of asyncio, trio and threads. Afterwards another
call is made: it gets its own answer, on the same connection only where nothing is in doubt.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any, NamedTuple

import anyio.lowlevel
import pytest

from ec2query import ResponseError, TransportError, TransportTimeout
from ec2query.client import blocking_transport, network_asyncio, network_trio
from ec2query.protocol.effects import Timeout
from support.server import PATIENCE, Peer, ScriptedServer, Start, answer
from support.ways import Way, in_thread, post

pytestmark = pytest.mark.anyio

TINY = 0.05  # seconds: a trigger, never a measure
MEBI = 1024 * 1024
OK = b"HTTP/1.1 200 OK\r\n"
CHUNKED = OK + b"Transfer-Encoding: chunked\r\n\r\n"
AB = b"Content-Length: 2\r\n\r\nab"


class Taken(NamedTuple):
    """What is sent, what is made of it, and whether the connection serves the next call too."""

    message: bytes
    body: bytes = b"ab"
    reused: bool = False
    status: int = 200
    ends: bool = False  # the server closes behind it


TAKEN: dict[str, Taken] = {
    "a plain answer": Taken(OK + AB, reused=True),
    "the same length twice": Taken(OK + b"Content-Length: 2\r\n" + AB, reused=True),
    "the same length in a list": Taken(OK + b"Content-Length: 2, 2\r\n\r\nab", reused=True),
    "a length and chunks": Taken(
        OK + b"Content-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab\r\n0\r\n\r\n"
    ),
    "a folded header": Taken(OK + b"A: b\r\n  c\r\n" + AB, reused=True),
    "bare line feeds": Taken(OK.replace(b"\r", b"") + AB.replace(b"\r", b""), reused=True),
    "no reason": Taken(b"HTTP/1.1 200\r\n" + AB, reused=True),
    "a header of nothing": Taken(OK + b"A:\r\nB: \t \r\n" + AB, reused=True),
    "bytes over 127": Taken(OK + b"A: \xff\xfe\r\n" + AB, reused=True),
    "close": Taken(OK + b"Connection: close\r\n" + AB),
    "close among others": Taken(OK + b"Connection: keep-alive\r\nConnection: x, Close\r\n" + AB),
    "HTTP/1.0": Taken(b"HTTP/1.0 200 OK\r\n" + AB),
    "HTTP/1.0 that would stay": Taken(b"HTTP/1.0 200 OK\r\nConnection: keep-alive\r\n" + AB),
    "HTTP/1.0 without a length": Taken(b"HTTP/1.0 200 OK\r\n\r\nab", ends=True),
    "no length": Taken(OK + b"\r\nab", ends=True),
    "204 with a body": Taken(b"HTTP/1.1 204 No Content\r\n" + AB, body=b"", status=204),
    "304 with a body": Taken(b"HTTP/1.1 304 Not Modified\r\n" + AB, body=b"", status=304),
    "204 in chunks": Taken(
        CHUNKED.replace(b"200 OK", b"204 No") + b"2\r\nab\r\n0\r\n\r\n", body=b"", status=204
    ),
    "204 of some length": Taken(
        b"HTTP/1.1 204 No\r\nContent-Length: 2\r\n\r\n", body=b"", status=204, reused=True
    ),
    "a byte too many": Taken(OK + AB + b"c"),
    "a second answer": Taken(OK + AB + answer(b"smuggled")),
    "a second answer in a header": Taken(OK + b"A: b\r\n\r\n" + answer(b"smuggled"), body=answer(b"smuggled"),
                                         ends=True),
    "a second answer behind chunks": Taken(CHUNKED + b"2\r\nab\r\n0\r\n\r\n" + answer(b"smuggled")),
    "a last chunk said in many digits": Taken(CHUNKED + b"02\r\nab\r\n00000000\r\n\r\n", reused=True),
    "extensions and trailers": Taken(CHUNKED + b"2;a=b\r\nab\r\n0;c\r\nA: b\r\nC:\r\n\r\n", reused=True),
    "a few interim answers": Taken(b"HTTP/1.1 103 Early\r\nA: b\r\n\r\n" * 16 + OK + AB, reused=True),
    "a head of nearly 100 KiB": Taken(OK + b"A: " + b"b" * 100_000 + b"\r\n" + AB, reused=True),
    "nearly a thousand headers": Taken(OK + b"A: b\r\n" * 990 + AB, reused=True),
}  # fmt: skip


def playing(message: bytes, *, ends: bool = False) -> Callable[[Peer], None]:
    """Answer each request with its own body, but `Action=Bad` with the message."""

    def script(peer: Peer) -> None:
        while (request := peer.request()) is not None:
            if request.body != b"Action=Bad":
                peer.send(answer(request.body))
                continue
            peer.send(message)
            if ends:
                return

    return script


async def next_call(way: Way, server: ScriptedServer, *, reused: bool) -> None:
    """Nothing is left in doubt: the next call has its own answer, where it should."""
    assert (way.open_connections, way.idle_connections) == ((1, 1) if reused else (0, 0))
    assert (await way.run(post(server.url, b"Action=Next"))).body == b"Action=Next"
    assert server.accepted == (1 if reused else 2)
    assert (way.open_connections, way.idle_connections) == (1, 1)


@pytest.mark.parametrize("name", TAKEN)
async def test_what_is_taken(start: Start, way: Way, name: str) -> None:
    """The body is what the framing says, and what it does not cover is nobody's answer."""
    case = TAKEN[name]
    server = start(playing(case.message, ends=case.ends))
    response = await way.run(post(server.url, b"Action=Bad", timeout=Timeout(read=PATIENCE)))
    assert (response.status, response.body) == (case.status, case.body)
    await next_call(way, server, reused=case.reused)


REFUSED: dict[str, bytes] = {
    "two lengths": OK + b"Content-Length: 2\r\nContent-Length: 3\r\n\r\nabc",
    "two lengths in a list": OK + b"Content-Length: 2, 3\r\n\r\nabc",
    "a length below nothing": OK + b"Content-Length: -2\r\n\r\nab",
    "a length with a sign": OK + b"Content-Length: +2\r\n\r\nab",
    "a length in hexadecimal": OK + b"Content-Length: 0x2\r\n\r\nab",
    "a length in two words": OK + b"Content-Length: 2 2\r\n\r\nab",
    "a length in words": OK + b"Content-Length: two\r\n\r\nab",
    "a length in other digits": OK + b"Content-Length: \xd9\xa2\r\n\r\nab",
    "no length after all": OK + b"Content-Length:\r\n\r\nab",
    "a length of 5000 digits": OK + b"Content-Length: " + b"9" * 5000 + b"\r\n\r\nab",
    "a length and longer chunks": OK
    + b"Content-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n",
    "two codings": OK + b"Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n",
    "chunks twice": OK + b"Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    "a coding nearly chunked": OK + b"Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n",
    "a coding behind a control character": OK + b"Transfer-Encoding: \x0bchunked\r\n\r\n0\r\n\r\n",
    "a header without a colon": OK + b"nonsense\r\n" + AB,
    "a blank before the colon": OK + b"A : b\r\n" + AB,
    "a header without a name": OK + b": b\r\n" + AB,
    "a name over 127": OK + b"\xc3\xa9: b\r\n" + AB,
    "a fold before any header": OK + b" a\r\n" + AB,
    "a bare CR": OK + b"A: b\rSet-Cookie: c\r\n" + AB,
    "NUL in a value": OK + b"A: b\0c\r\n" + AB,
    "NUL in a name": OK + b"A\0: b\r\n" + AB,
    "NUL in the reason": b"HTTP/1.1 200 O\0K\r\n" + AB,
    "a head over 100 KiB": OK + b"A: " + b"b" * 103_000 + b"\r\n" + AB,
    "thousands of headers": OK + b"".join(b"A%d: b\r\n" % n for n in range(5000)) + AB,
    "a value of blanks": OK + b"A:" + b" " * 90_000 + b"\0\r\n" + AB,
    "a value of tabs": OK + b"A:" + b"\t " * 45_000 + b"\0\r\n" + AB,
    "one interim answer too many": b"HTTP/1.1 100 Continue\r\n\r\n" * 17 + OK + AB,
    "a switch of protocols": b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\n\r\nab",
    "HTTP/0.9": b"<a/>",
    "HTTP/2 in the first line": b"HTTP/2 200\r\n\r\n",
    "HTTP/2 in frames": b"\0\0\x12\x04\0\0\0\0\0\0\x03\0\0\0\x80",
    "a request": b"GET / HTTP/1.1\r\nHost: x\r\n\r\n",
    "an empty line first": b"\r\n" + OK + AB,
    "a status of two digits": b"HTTP/1.1 20 OK\r\n" + AB,
    "a status of letters": b"HTTP/1.1 2OO OK\r\n" + AB,
    "a chunk of 2^64": CHUNKED + b"10000000000000000\r\nab",
    "a chunk below nothing": CHUNKED + b"-2\r\nab\r\n0\r\n\r\n",
    "a chunk longer than it says": CHUNKED + b"1\r\nab\r\n0\r\n\r\n",
    "a bare line feed in a chunk's line": CHUNKED + b"2\nab\r\n0\r\n\r\n",
    "a chunk's line of blanks": CHUNKED + b"2;" + b" " * MEBI + b"\n\r\nab\r\n0\r\n\r\n",
    "a megabyte of extension": CHUNKED + b"2;a=" + b"b" * MEBI + b"\r\nab\r\n0\r\n\r\n",
    "a megabyte of trailers": CHUNKED + b"2\r\nab\r\n0\r\n" + b"A: b\r\n" * 200_000 + b"\r\n",
    "a trailer without a colon": CHUNKED + b"2\r\nab\r\n0\r\nnonsense\r\n\r\n",
}  # fmt: skip


@pytest.mark.parametrize("name", REFUSED)
async def test_what_is_refused(start: Start, way: Way, name: str) -> None:
    """At once, and not only when the server goes: one short error, and the connection is closed."""
    server = start(playing(REFUSED[name]))
    with pytest.raises((TransportError, ResponseError)) as caught:
        await way.run(post(server.url, b"Action=Bad", timeout=Timeout(read=PATIENCE)))
    assert not isinstance(caught.value, TransportTimeout)
    assert len(str(caught.value)) < 300
    await in_thread(server.await_end)
    await next_call(way, server, reused=False)


# What comes first, and what comes then, again and again.
ENDLESS: dict[str, tuple[bytes, bytes]] = {
    "interim answers": (b"", b"HTTP/1.1 100 Continue\r\n\r\n"),
    "one header": (OK + b"A: ", b"b" * 1000),
    "headers": (OK, b"A: b\r\n" * 100),
    "a folded header": (OK + b"A: b\r\n", b" c\r\n" * 100),
    "a first line": (b"HTTP/1.1 200 ", b"O" * 1000),
    "a chunk's size": (CHUNKED, b"0" * 1000),
    "a chunk's extension": (CHUNKED + b"2;a=", b"b" * 1000),
    "extensions": (CHUNKED, b"1;a=b;c=d;e=f\r\na\r\n"),
    "a trailer": (CHUNKED + b"0\r\nA: ", b"b" * 1000),
    "trailers": (CHUNKED + b"0\r\n", b"A: b\r\n" * 100),
    "a body": (OK + b"\r\n", b"a" * 1000),
    "chunks": (CHUNKED, b"400\r\n" + b"a" * 1024 + b"\r\n"),
}


@pytest.mark.parametrize("name", ENDLESS)
async def test_what_does_not_end_is_ended(start: Start, way: Way, name: str) -> None:
    """However fast it comes, what is taken of it is bounded; the limit of a body is MiB here."""
    first, again = ENDLESS[name]
    taken: list[int] = []

    def script(peer: Peer) -> None:
        while (request := peer.request()) is not None:
            if request.body != b"Action=Bad":
                peer.send(answer(request.body))
                continue
            peer.send(first)
            pieces = again * (65536 // len(again) + 1)
            taken.append(0)
            while True:  # until the client goes
                peer.send(pieces)
                taken[0] += len(pieces)

    server = start(script)
    with pytest.raises((TransportError, ResponseError)) as caught:
        await way.run(post(server.url, b"Action=Bad", timeout=Timeout(read=PATIENCE), max_body=MEBI))
    assert not isinstance(caught.value, TransportTimeout)
    await in_thread(server.await_end)
    assert taken[0] < 32 * MEBI  # most of it in the buffers of two sockets
    await next_call(way, server, reused=False)


TRICKLING: dict[str, tuple[bytes, bytes]] = {
    "a head": (OK + b"A: ", b"b"),
    "an interim answer": (b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early\r\nA: ", b"b"),
    "a chunk's size": (CHUNKED, b"0"),
    "a chunk's extension": (CHUNKED + b"2;", b"a"),
    "a trailer": (CHUNKED + b"2\r\nab\r\n0\r\nA: ", b"b"),
}


@pytest.mark.parametrize("name", TRICKLING)
async def test_what_trickles_is_a_timeout(start: Start, way: Way, name: str) -> None:
    """Each byte is in time, but none of them is a byte of the body: the read as a whole is not."""
    first, again = TRICKLING[name]

    def script(peer: Peer) -> None:
        while (request := peer.request()) is not None:
            if request.body != b"Action=Bad":
                peer.send(answer(request.body))
                continue
            peer.send(first)
            while True:  # until the client goes
                peer.send(again)
                peer.dawdle()

    server = start(script)
    with pytest.raises(TransportTimeout):
        await way.run(post(server.url, b"Action=Bad", timeout=Timeout(read=TINY)))
    await in_thread(server.await_end)
    await next_call(way, server, reused=False)


async def test_an_answer_to_head_alone(start: Start, way: Way) -> None:
    """A length without a body is waited for, and is a timeout: the next answer is not taken for it."""
    server = start(playing(OK + b"Content-Length: 2\r\n\r\n"))
    with pytest.raises(TransportTimeout):
        await way.run(post(server.url, b"Action=Bad", timeout=Timeout(read=TINY)))
    await next_call(way, server, reused=False)


@pytest.fixture
def late(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let no request begin on a new connection before the server has said something."""
    connects = {name: vars(module)["connect"] for name, module in NETWORKS.items()}

    def patient(name: str) -> Callable[..., Any]:
        async def connect(*args: Any) -> Any:
            stream = await connects[name](*args)
            while stream.quiet:
                await anyio.lowlevel.checkpoint()
            return stream

        def connect_blocking(*args: Any) -> Any:
            stream = connects[name](*args)
            while stream.quiet:
                threading.Event().wait(0.001)
            return stream

        return connect_blocking if name == "blocking" else connect

    for name, module in NETWORKS.items():
        monkeypatch.setattr(module, "connect", patient(name))


NETWORKS = {"asyncio": network_asyncio, "trio": network_trio, "blocking": blocking_transport}


@pytest.mark.usefixtures("late")
async def test_an_answer_before_its_request(start: Start, way: Way) -> None:
    """It is heard, but who speaks unasked is not asked again: the real answer would be the next call's."""

    def script(peer: Peer) -> None:
        peer.send(answer(b"early"))
        peer.linger()

    server = start(script)
    for number in range(3):
        response = await way.run(post(server.url, b"Action=Any", timeout=Timeout(read=PATIENCE)))
        assert response.body == b"early"
        assert (server.accepted, way.open_connections) == (number + 1, 0)


async def test_an_answer_to_a_request_that_is_not_read(start: Start, way: Way) -> None:
    """The server answers as if it would stay, and goes: its answer may be lost, the next call's is not."""

    def script(peer: Peer) -> None:
        if server.accepted == 1:
            peer.send(answer(b"too large", status="413 Too Large"))
            return
        while (request := peer.request()) is not None:
            peer.send(answer(request.body))

    server = start(script)
    lost: list[TransportError] = []
    try:
        response = await way.run(post(server.url, b"x" * 20_000_000, timeout=Timeout(read=PATIENCE)))
        assert (response.status, response.body) == (413, b"too large")
    except TransportError as error:
        lost.append(error)
    assert all(error.sent for error in lost)
    await in_thread(server.await_end)
    assert (await way.run(post(server.url, b"Action=Next"))).body == b"Action=Next"
    assert way.open_connections == 1
