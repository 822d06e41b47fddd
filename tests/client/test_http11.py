"""HTTP/1.1 by tables, and beside h11 on random answers cut into random pieces."""

from __future__ import annotations

import random

import h11
import httpx
import pytest

from ec2query.client.http11 import ResponseReader, request_bytes

# Status, headers, body, and whether the connection may be used again.
Read = tuple[int, list[tuple[bytes, bytes]], bytes, bool]


def read(data: bytes, *, method: str = "POST", size: int = 0, end: bool = False) -> Read:
    """Feed an answer in pieces of `size` bytes (0: all at once); `end` ends the connection after it."""
    reader = ResponseReader(method)
    body = b""
    for begin in range(0, len(data), size or len(data)):
        reader.feed(data[begin : begin + (size or len(data))])
        body += reader.take()
    if end:
        reader.feed(b"")
    body += reader.take()
    assert reader.done, "the answer is not complete"
    return reader.status, reader.headers, body, reader.reusable


OK = b"HTTP/1.1 200 OK\r\n"
ONE = (b"Content-Length", b"1")

ANSWERS: dict[str, tuple[bytes, Read]] = {
    "a length": (OK + b"Content-Length: 2\r\n\r\nab", (200, [(b"Content-Length", b"2")], b"ab", True)),
    "the same length twice": (
        OK + b"Content-Length: 2\r\nContent-Length: 2, 2\r\n\r\nab",
        (200, [(b"Content-Length", b"2"), (b"Content-Length", b"2, 2")], b"ab", True),
    ),
    "no body": (b"HTTP/1.1 204 No Content\r\nA: b\r\n\r\n", (204, [(b"A", b"b")], b"", True)),
    "no reason": (b"HTTP/1.1 204\r\n\r\n", (204, [], b"", True)),
    "bare line feeds": (b"HTTP/1.1 200 OK\nContent-Length: 1\n\na", (200, [ONE], b"a", True)),
    "blanks around a value": (b"HTTP/1.1 204 X\r\nA:\t  b c \t\r\n\r\n", (204, [(b"A", b"b c")], b"", True)),
    "an empty value": (b"HTTP/1.1 204 X\r\nA:\r\nB: \r\n\r\n", (204, [(b"A", b""), (b"B", b"")], b"", True)),
    "a folded value": (b"HTTP/1.1 204 X\r\nA: b\r\n  c\r\n\r\n", (204, [(b"A", b"b c")], b"", True)),
    "a value beyond ASCII": (b"HTTP/1.1 204 X\r\nA: \xe9\r\n\r\n", (204, [(b"A", b"\xe9")], b"", True)),
    "chunks": (
        OK + b"transfer-encoding: Chunked\r\n\r\n3\r\nabc\r\n0A;x=1\r\n0123456789\r\n0\r\nT: x\r\n\r\n",
        (200, [(b"transfer-encoding", b"Chunked")], b"abc0123456789", True),
    ),
    "chunks and a length": (
        OK + b"Content-Length: 9\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n0\r\n\r\n",
        (200, [(b"Content-Length", b"9"), (b"Transfer-Encoding", b"chunked")], b"a", False),
    ),
    "interim answers": (
        b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\nHTTP/1.1 204 X\r\n\r\n",
        (204, [], b"", True),
    ),
    "a last answer": (
        b"HTTP/1.1 204 X\r\nConnection: x, Close\r\n\r\n",
        (204, [(b"Connection", b"x, Close")], b"", False),
    ),
    "HTTP/1.0": (b"HTTP/1.0 200 OK\r\nContent-Length: 1\r\n\r\na", (200, [ONE], b"a", False)),
    "bytes behind": (OK + b"Content-Length: 1\r\n\r\naHTTP/1.1", (200, [ONE], b"a", False)),
    "bytes behind chunks": (
        OK + b"Transfer-Encoding: chunked\r\n\r\n0\r\n\r\nx",
        (200, [(b"Transfer-Encoding", b"chunked")], b"", False),
    ),
}  # fmt: skip


@pytest.mark.parametrize("size", [0, 1, 7])
@pytest.mark.parametrize("case", ANSWERS)
def test_an_answer_is_read(case: str, size: int) -> None:
    """Status, headers, body and the connection's fate do not depend on how the bytes come."""
    data, expected = ANSWERS[case]
    if size and "behind" in case:  # what comes after the end is seen only with the end
        expected = (*expected[:3], size == 7 and expected[3])
    assert read(data, size=size) == expected


def test_a_body_that_ends_with_the_connection() -> None:
    """Neither length nor chunks: everything belongs to it, and the connection is gone."""
    assert read(OK + b"\r\nabc", size=2, end=True) == (200, [], b"abc", False)


def test_the_answer_to_head_has_no_body() -> None:
    """Its length is that of another answer."""
    assert read(OK + b"Content-Length: 9\r\n\r\n", method="HEAD")[2:] == (b"", True)


def test_a_body_not_taken_keeps_the_connection_from_being_used_again() -> None:
    """Only who has taken everything knows that nothing is left."""
    reader = ResponseReader("POST")
    reader.feed(OK + b"Content-Length: 1\r\n\r\na")
    assert (reader.begun, reader.reusable) == (True, False)


BROKEN: dict[str, bytes] = {
    "another protocol": b"SSH-2.0-OpenSSH_9.6\r\n\r\n",
    "HTTP/2": b"HTTP/2 200\r\n\r\n",
    "a status of two digits": b"HTTP/1.1 20 OK\r\n\r\n",
    "a status below 100": b"HTTP/1.1 020 OK\r\n\r\n",
    "a switch of protocols": b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\n\r\n",
    "a line without a colon": OK + b"nonsense\r\n\r\n",
    "a blank before the colon": OK + b"Content-Length : 1\r\n\r\na",
    "a name with a blank": OK + b"Content Length: 1\r\n\r\na",
    "no name": OK + b": 1\r\n\r\n",
    "a carriage return in a value": OK + b"A: b\rc\r\n\r\n",
    "a zero byte in a value": OK + b"A: b\0c\r\n\r\n",
    "two lengths": OK + b"Content-Length: 1\r\nContent-Length: 2\r\n\r\nab",
    "a signed length": OK + b"Content-Length: +1\r\n\r\na",
    "a length of letters": OK + b"Content-Length: one\r\n\r\na",
    "a length beyond measure": OK + b"Content-Length: " + b"9" * 19 + b"\r\n\r\n",
    "an unknown coding": OK + b"Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n",
    "chunked twice": OK + b"Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    "an endless head": OK + b"A: " + b"b" * 200_000,
    "endless interim answers": b"HTTP/1.1 100 Continue\r\nA: b\r\n\r\n" * 10_000,
    "a chunk's size of letters": OK + b"Transfer-Encoding: chunked\r\n\r\nzz\r\n",
    "a signed size": OK + b"Transfer-Encoding: chunked\r\n\r\n-1\r\n",
    "a size beyond measure": OK + b"Transfer-Encoding: chunked\r\n\r\n" + b"f" * 17 + b"\r\n",
    "an endless size": OK + b"Transfer-Encoding: chunked\r\n\r\n1;" + b"x" * 10_000,
    "a chunk longer than its size": OK + b"Transfer-Encoding: chunked\r\n\r\n1\r\nab\r\n0\r\n\r\n",
    "endless trailers": OK + b"Transfer-Encoding: chunked\r\n\r\n0\r\n" + b"T: x\r\n" * 50_000,
}


@pytest.mark.parametrize("size", [0, 1000])
@pytest.mark.parametrize("case", BROKEN)
def test_what_could_mean_something_else_is_refused(case: str, size: int) -> None:
    """Doubtful framing is an error, never a guess, and names no byte of what came."""
    with pytest.raises(httpx.RemoteProtocolError):
        read(BROKEN[case], size=size)


SLOW: dict[str, bytes] = {
    "blanks before a value that is none": OK + b"A:" + b" " * 90_000 + b"\1\r\n\r\n",
    "blanks after a value that is none": OK + b"A: x" + b" " * 90_000 + b"\1\r\n\r\n",
    "blanks within a value that is none": OK + b"A: x" + b" x" * 45_000 + b"\1\r\n\r\n",
    "blanks beside a fold": OK + b"A: b\r\n c\r\nB: d" + b" " * 90_000 + b"\1\r\n\r\n",
}


@pytest.mark.parametrize("case", SLOW)
def test_a_head_of_blanks_is_refused_in_linear_time(case: str) -> None:
    """Tried in every way in which blanks can be divided, it would take minutes."""
    with pytest.raises(httpx.RemoteProtocolError, match="no header"):
        read(SLOW[case])


CUT = [
    b"",
    b"HTTP/1.1 200",
    OK,
    OK + b"Content-Length: 2\r\n\r\na",
    OK + b"Transfer-Encoding: chunked\r\n\r\n1\r\n",
]


@pytest.mark.parametrize("data", CUT)
def test_an_end_before_the_end(data: bytes) -> None:
    """A connection that ends too early is an error."""
    reader = ResponseReader("POST")
    if data:
        reader.feed(data)
        reader.take()
    with pytest.raises(httpx.RemoteProtocolError, match="closed before"):
        reader.feed(b"")


def by_h11(data: bytes, size: int) -> Read | None:
    """Read the same with h11; None where it refuses, or wants more."""
    connection = h11.Connection(h11.CLIENT)
    connection.send(h11.Request(method="POST", target="/", headers=[("host", "x")]))
    connection.send(h11.EndOfMessage())
    pieces = [data[begin : begin + size] for begin in range(0, len(data), size)]
    status, headers, body = 0, list[tuple[bytes, bytes]](), b""
    try:
        while True:
            event = connection.next_event()
            if event is h11.NEED_DATA:
                connection.receive_data(pieces.pop(0) if pieces else b"")
            elif isinstance(event, h11.Response):
                status, headers = event.status_code, list(event.headers.raw_items())
            elif isinstance(event, h11.Data):
                body += event.data
            elif isinstance(event, h11.EndOfMessage):
                reusable = connection.their_state is h11.DONE and not connection.trailing_data[0]
                return status, headers, body, reusable and not pieces
    except h11.RemoteProtocolError:
        return None


def drawn(draw: random.Random) -> bytes:
    """Draw an answer, most of them sound."""
    body = draw.randbytes(draw.choice([0, 1, 5, 300]))
    lines = [draw.choice([b"HTTP/1.1 200 OK", b"HTTP/1.1 503 Slow Down", b"HTTP/1.0 200", b"HTTP/1.1 204 X"])]
    lines += [draw.choice([b"A: b", b"Via:1", b"x-y:  z", b"E:", b"Connection: close"]) for _ in range(3)]
    if draw.random() < 0.5:
        lines.append(b"Content-Length: %d" % len(body))
    else:
        lines.append(b"Transfer-Encoding: chunked")
        cut = draw.randrange(len(body) + 1)
        parts = [part for part in (body[:cut], body[cut:]) if part]
        body = b"".join(b"%x\r\n%b\r\n" % (len(part), part) for part in parts) + b"0\r\n\r\n"
    if lines[0].startswith(b"HTTP/1.1 204"):
        body = b""
    whole = b"\r\n".join([*lines, b"", body])
    if draw.random() < 0.5:  # and some with a byte that is wrong
        place = draw.randrange(len(whole))
        whole = whole[:place] + bytes([draw.choice(b"\r\n\0 :9a\xff")]) + whole[place + 1 :]
    return whole


@pytest.mark.parametrize("seed", range(20))
def test_h11_reads_the_same(seed: int) -> None:
    """What both accept they read alike; what h11 refuses is not accepted."""
    draw = random.Random(seed)
    agreed = 0
    for _ in range(200):
        data, size = drawn(draw), draw.choice([1, 3, 50, 1000])
        theirs = by_h11(data, size)
        try:
            ours = read(data, size=size, end=True)
        except httpx.RemoteProtocolError:
            continue
        assert theirs is not None, data
        assert ours[:3] == theirs[:3], data
        agreed += 1
    assert agreed > 60


def request(**options: object) -> httpx.Request:
    return httpx.Request("POST", "http://ec2.test/a%2Fb?x=1", **options)  # type: ignore[arg-type]


def test_a_request_is_written_whole() -> None:
    """Line, headers as they are, the body's true length last."""
    made = request(
        headers=[("Host", "ec2.test"), ("content-length", "7"), ("A", "b c")], stream=httpx.ByteStream(b"ab")
    )
    assert request_bytes(made, b"ab") == (
        b"POST /a%2Fb?x=1 HTTP/1.1\r\nHost: ec2.test\r\nA: b c\r\ncontent-length: 2\r\n\r\nab"
    )


def test_a_body_without_a_length_is_given_one() -> None:
    """What was to be sent in chunks is sent whole."""
    made = request(
        headers=[("Host", "ec2.test"), ("Transfer-Encoding", "chunked")], stream=httpx.ByteStream(b"")
    )
    assert request_bytes(made, b"").endswith(b"\r\nHost: ec2.test\r\ncontent-length: 0\r\n\r\n")


@pytest.mark.parametrize(
    "header",
    [("a", "b\r\nc: d"), ("a", "b\nc"), ("a", "b\0"), ("a", " b"), ("a b", "c"), ("a:", "b"), ("", "b")],
)  # fmt: skip
def test_a_request_cannot_be_split(header: tuple[str, str]) -> None:
    """A header that holds a line's end, or is none, is refused, and not shown."""
    with pytest.raises(httpx.LocalProtocolError, match="not allowed"):
        request_bytes(request(headers=[header]), b"")
