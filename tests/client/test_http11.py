"""Exchanges without a socket: requests as bytes, answers in any pieces, what may follow and what not."""

from __future__ import annotations

import httpx
import pytest

from ec2query.client.http11 import Exchange

OK = b"HTTP/1.1 200 OK\r\n"
CHUNKED = OK + b"Transfer-Encoding: chunked\r\n\r\n"


def request(method: str = "POST", **options: object) -> httpx.Request:
    return httpx.Request(method, "http://ec2.test/a%2Fb?x=1", **options)  # type: ignore[arg-type]


def begun(method: str = "POST") -> Exchange:
    exchange = Exchange()
    exchange.begin(request(method), b"")
    return exchange


def read(exchange: Exchange, data: bytes, size: int = 0) -> bytes:
    """Feed an answer in pieces of `size` bytes (0: all at once), and take its body."""
    body = b""
    for begin in range(0, len(data), size or len(data)):
        exchange.feed(data[begin : begin + (size or len(data))])
        while exchange.begun and (piece := exchange.take()):
            body += piece
    return body


# The answer, its status, its body, and whether the connection may be used again.
ANSWERS: dict[str, tuple[bytes, int, bytes, bool]] = {
    "a length": (OK + b"Content-Length: 2\r\n\r\nab", 200, b"ab", True),
    "no body": (b"HTTP/1.1 204 No Content\r\nA: b\r\n\r\n", 204, b"", True),
    "chunks": (CHUNKED + b"2\r\nab\r\n1;x=1\r\nc\r\n0\r\n\r\n", 200, b"abc", True),
    "an interim one": (b"HTTP/1.1 100 Go\r\n\r\n" + OK + b"Content-Length: 1\r\n\r\na", 200, b"a", True),
    "a last answer": (OK + b"Connection: close\r\nContent-Length: 1\r\n\r\na", 200, b"a", False),
    "HTTP/1.0": (b"HTTP/1.0 200 OK\r\nContent-Length: 1\r\n\r\na", 200, b"a", False),
}  # fmt: skip


@pytest.mark.parametrize("size", [0, 1, 7])
@pytest.mark.parametrize("case", ANSWERS)
def test_an_answer_is_read(case: str, size: int) -> None:
    """Status, body and the connection's fate do not depend on how the bytes come."""
    data, status, body, reusable = ANSWERS[case]
    exchange = begun()
    assert read(exchange, data, size) == body
    assert (exchange.status, exchange.done, exchange.reusable) == (status, True, reusable)


def test_headers_are_as_they_came() -> None:
    """Names keep their case, repetitions their place."""
    exchange = begun()
    read(exchange, OK + b"Via: a\r\nX-Y:  z \r\nVIA: b\r\nContent-Length: 0\r\n\r\n")
    assert exchange.headers == [(b"Via", b"a"), (b"X-Y", b"z"), (b"VIA", b"b"), (b"Content-Length", b"0")]


def test_one_exchange_follows_another() -> None:
    """What was read of the last answer is not taken for the next."""
    exchange = begun()
    for number in range(3):
        assert read(exchange, OK + b"Content-Length: 1\r\n\r\n%d" % number) == b"%d" % number
        assert exchange.reusable
        assert exchange.begin(request(), b"").startswith(b"POST ")
        assert (exchange.begun, exchange.done, exchange.reusable) == (False, False, False)


def test_a_body_that_ends_with_the_connection() -> None:
    """Neither length nor chunks: everything belongs to it, and the connection is gone."""
    exchange = begun()
    assert read(exchange, OK + b"\r\nabc") == b"abc"
    assert not exchange.done
    exchange.feed(b"")
    assert exchange.take() == b""
    assert (exchange.done, exchange.reusable) == (True, False)


def test_the_answer_to_head_has_no_body() -> None:
    """Its length is that of another answer."""
    exchange = begun("HEAD")
    assert read(exchange, OK + b"Content-Length: 9\r\n\r\n") == b""
    assert exchange.reusable


def test_bytes_behind_the_answer_end_the_connection() -> None:
    """What nobody asked for is not taken for the next answer."""
    exchange = begun()
    assert read(exchange, OK + b"Content-Length: 1\r\n\r\naHTTP/1.1 200") == b"a"
    assert (exchange.done, exchange.reusable) == (True, False)


def test_a_body_not_taken_keeps_the_connection_from_being_used_again() -> None:
    """Only who has taken everything knows that nothing is left."""
    exchange = begun()
    exchange.feed(OK + b"Content-Length: 1\r\n\r\na")
    assert (exchange.begun, exchange.reusable) == (True, False)


BROKEN: dict[str, bytes] = {
    "another protocol": b"SSH-2.0-OpenSSH_9.6\r\n\r\n",
    "a switch of protocols": b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\n\r\n",
    "a line without a colon": OK + b"nonsense\r\n\r\n",
    "two lengths": OK + b"Content-Length: 1\r\nContent-Length: 2\r\n\r\nab",
    "an unknown coding": OK + b"Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n",
    "an endless head": OK + b"A: " + b"b" * 200_000,
    "a chunk's size of letters": CHUNKED + b"zz\r\n",
    "a chunk longer than its size": CHUNKED + b"1\r\nab\r\n0\r\n\r\n",
    "an end before the head's": OK,
    "an end before the body's": OK + b"Content-Length: 2\r\n\r\na",
    "an end before the last chunk": CHUNKED + b"1\r\na\r\n",
}


@pytest.mark.parametrize("size", [0, 1000])
@pytest.mark.parametrize("case", BROKEN)
def test_a_broken_answer_is_an_error(case: str, size: int) -> None:
    """It is httpx's, as of every transport, and the connection is not used again."""
    exchange = begun()

    def to_the_end() -> None:
        read(exchange, BROKEN[case], size)
        exchange.feed(b"")
        exchange.take()

    with pytest.raises(httpx.RemoteProtocolError) as caught:
        to_the_end()
    assert caught.value.__cause__ is caught.value.__context__ is None
    assert "nonsense" not in str(caught.value)
    assert not exchange.reusable


def test_a_request_is_written_whole() -> None:
    """Line, headers in their order, the body's true length."""
    made = request(headers=[("Host", "ec2.test"), ("content-length", "7"), ("A", "b c")])
    assert Exchange().begin(made, b"ab") == (
        b"POST /a%2Fb?x=1 HTTP/1.1\r\nHost: ec2.test\r\nA: b c\r\ncontent-length: 2\r\n\r\nab"
    )


def test_a_body_without_a_length_is_given_one() -> None:
    """What was to be sent in chunks is sent whole."""
    made = request(headers=[("Host", "ec2.test"), ("Transfer-Encoding", "chunked")])
    assert Exchange().begin(made, b"").endswith(b"\r\nHost: ec2.test\r\ncontent-length: 0\r\n\r\n")


@pytest.mark.parametrize("header", [("a", "b\r\nc: d"), ("a", "b\nc"), ("a", "b\0"), ("a b", "c"), ("", "b")])
def test_a_request_cannot_be_split(header: tuple[str, str]) -> None:
    """A header that holds a line's end, or is none, is refused."""
    with pytest.raises(httpx.LocalProtocolError):
        Exchange().begin(request(headers=[("host", "x"), header]), b"")
