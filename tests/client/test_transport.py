"""Both lane transports on real sockets: reuse, limits, timeouts, broken answers, clean endings."""

from __future__ import annotations

import anyio
import anyio.lowlevel
import httpx
import pytest

from ec2query.client.blocking_transport import BlockingLaneTransport
from ec2query.client.transport import LaneTransport
from ec2query.errors import (
    ConfigurationError,
    Ec2QueryError,
    ResponseError,
    TransportError,
    TransportTimeout,
)
from ec2query.protocol.effects import Timeout
from support.server import OK, PATIENCE, Peer, Start, answer
from support.ways import MakeWay, Way, get, in_thread, post

pytestmark = pytest.mark.anyio

TINY = 0.05  # seconds: a trigger, never a measure
MEBI = 1024 * 1024


async def test_a_connection_is_used_again(start: Start, way: Way) -> None:
    """Ten calls, one after the other, need one connection."""
    server = start()
    for number in range(10):
        response = await way.run(post(server.url, b"Action=%d" % number))
        assert (response.status, response.body) == (200, b"ok")
    assert server.accepted == 1
    assert (way.open_connections, way.idle_connections) == (1, 1)
    assert [request.body for request in server.requests] == [b"Action=%d" % n for n in range(10)]


async def test_the_request_on_the_wire_is_what_was_asked_for(start: Start, way: Way) -> None:
    """Nothing is added but what HTTP needs: Host and Content-Length."""
    server = start()
    await way.run(post(f"{server.url}a%2Fb?x=1&y=%20", b"Action=X"))
    (request,) = server.requests
    assert request.line == "POST /a%2Fb?x=1&y=%20 HTTP/1.1"
    assert sorted(request.headers) == [
        ("content-length", "8"),
        ("content-type", "application/x-www-form-urlencoded"),
        ("host", f"127.0.0.1:{server.port}"),
    ]


async def test_a_get_has_no_body(start: Start, way: Way) -> None:
    """A GET goes without Content-Length."""
    server = start()
    await way.run(get(server.url))
    (request,) = server.requests
    assert request.line == "GET / HTTP/1.1"
    assert [name for name, _ in request.headers] == ["host"]


async def test_an_answer_has_lower_case_headers_and_joined_duplicates(start: Start, way: Way) -> None:
    """Header names are folded, and what comes twice is joined by a comma."""

    def script(peer: Peer) -> None:
        peer.request()
        peer.send(answer(b"ok", "X-Amzn-RequestId: r-1", "Via: a", "VIA: b"))
        peer.linger()

    response = await way.run(post(start(script).url))
    assert response.headers == {"content-length": "2", "x-amzn-requestid": "r-1", "via": "a, b"}


@pytest.mark.parametrize("status", ["301 Moved", "302 Found", "307 Temporary", "308 Permanent"])
async def test_a_redirect_is_an_answer_like_any_other(start: Start, way: Way, status: str) -> None:
    """Redirects are not followed: the credentials are for this host."""
    elsewhere = start()

    def script(peer: Peer) -> None:
        peer.request()
        peer.send(answer(b"", f"Location: {elsewhere.url}", status=status))
        peer.linger()

    response = await way.run(post(start(script).url))
    assert response.status == int(status[:3])
    assert elsewhere.accepted == 0


async def test_a_chunked_body_is_put_together(start: Start, way: Way) -> None:
    """Chunked transfer is undone, and the connection is used again."""

    def script(peer: Peer) -> None:
        while peer.request() is not None:
            peer.send(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
            peer.send(b"3\r\nabc\r\n")
            peer.send(b"2\r\nde\r\n0\r\n\r\n")

    server = start(script)
    for _ in range(2):
        assert (await way.run(post(server.url))).body == b"abcde"
    assert server.accepted == 1


async def test_a_body_that_ends_with_the_connection(start: Start, way: Way) -> None:
    """Without a length the connection's end is the body's, and the next call opens another."""

    def script(peer: Peer) -> None:
        peer.request()
        peer.send(b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\nabc")

    server = start(script)
    for _ in range(2):
        assert (await way.run(post(server.url))).body == b"abc"
    assert server.accepted == 2
    assert way.open_connections == 0


async def test_an_interim_answer_is_skipped(start: Start, way: Way) -> None:
    """100 Continue is not the answer."""

    def script(peer: Peer) -> None:
        peer.request()
        peer.send(b"HTTP/1.1 100 Continue\r\n\r\n" + OK)
        peer.linger()

    assert (await way.run(post(start(script).url))).status == 200


async def test_an_idle_connection_that_the_server_closed_is_replaced(start: Start, way: Way) -> None:
    """A connection found closed before anything was written is not used, and nobody notices."""

    def script(peer: Peer) -> None:
        peer.request()
        peer.send(OK)

    server = start(script)
    for _ in range(3):
        assert (await way.run(post(server.url))).status == 200
        await in_thread(server.await_end)
    assert server.accepted == 3
    assert way.open_connections == 1


async def test_an_idle_connection_with_bytes_nobody_asked_for_is_replaced(start: Start, way: Way) -> None:
    """An answer that comes without a request is not taken for the next request's."""

    def script(peer: Peer) -> None:
        peer.request()
        peer.send(OK + answer(b"smuggled"))
        peer.linger()

    server = start(script)
    for _ in range(2):
        assert (await way.run(post(server.url))).body == b"ok"
    assert server.accepted == 2


async def test_an_old_idle_connection_is_closed(start: Start, make_way: MakeWay) -> None:
    """After `idle_seconds` a connection is not used again."""
    way, server = make_way(idle_seconds=0.0), start()
    for _ in range(2):
        await way.run(post(server.url))
    await in_thread(server.await_end)
    assert server.accepted == 2
    assert way.open_connections <= 1


async def test_no_more_connections_than_allowed(start: Start, make_way: MakeWay) -> None:
    """Twelve calls at once share three connections."""
    way, server = make_way(max_connections=3), start()
    statuses: list[int] = []

    async def call() -> None:
        statuses.append((await way.run(post(server.url))).status)

    async with anyio.create_task_group() as group:
        for _ in range(12):
            group.start_soon(call)
    assert statuses == [200] * 12
    assert server.accepted <= 3
    assert way.open_connections <= 3


async def test_who_waits_longest_is_served_first(start: Start, make_way: MakeWay) -> None:
    """With one connection, calls are sent in the order in which they were made."""

    def script(peer: Peer) -> None:
        while peer.request() is not None:
            peer.hold()
            peer.send(OK)

    way, server = make_way(max_connections=1), start(script)
    queued = anyio.Event()

    async def call(number: int) -> None:
        await way.run(post(server.url, b"Action=%d" % number))

    async with anyio.create_task_group() as group:
        group.start_soon(call, 0)
        await in_thread(server.await_request)
        for number in range(1, 5):
            group.start_soon(call, number)
            while waiting(way) < number:
                await anyio.lowlevel.checkpoint()
        queued.set()
        server.gate.set()
    assert [request.body for request in server.requests] == [b"Action=%d" % n for n in range(5)]


def waiting(way: Way) -> int:
    lanes = vars(vars(way)["transport"])["_lanes"]
    count: int = lanes.waiting
    return count


async def test_no_connection_becomes_free_in_time(start: Start, make_way: MakeWay) -> None:
    """The wait for a connection is bounded, nothing was sent, and the connection goes on being used."""

    def script(peer: Peer) -> None:
        while peer.request() is not None:
            peer.hold()
            peer.send(OK)

    way, server = make_way(max_connections=1), start(script)
    async with anyio.create_task_group() as group:
        group.start_soon(way.run, post(server.url))
        await in_thread(server.await_request)
        with pytest.raises(TransportTimeout, match="no connection became free") as caught:
            await way.run(post(server.url, timeout=Timeout(pool=TINY)))
        assert caught.value.sent is False
        assert (way.open_connections, way.idle_connections) == (1, 0)
        server.gate.set()
    assert (await way.run(post(server.url))).status == 200
    assert server.accepted == 1


async def test_a_full_house_gives_up_an_idle_connection_to_another_host(
    start: Start, make_way: MakeWay
) -> None:
    """An idle connection to one host does not keep others from another."""
    way, one, other = make_way(max_connections=1), start(), start()
    for server in (one, other, one):
        assert (await way.run(post(server.url))).status == 200
    assert way.open_connections == 1
    assert (one.accepted, other.accepted) == (2, 1)


async def test_nobody_listens(way: Way) -> None:
    """A refused connection says so, and that nothing was sent."""
    with pytest.raises(TransportError, match=r"POST http://127\.0\.0\.1:1: connecting failed") as caught:
        await way.run(post("http://127.0.0.1:1/secret-path?secret=query"))
    assert caught.value.sent is False
    assert "secret" not in str(caught.value)
    assert way.open_connections == 0


async def test_an_unknown_host(way: Way) -> None:
    """A name that has no address is a connection that failed."""
    with pytest.raises(TransportError, match="connecting failed") as caught:
        await way.run(post("http://no-such-host.invalid/"))
    assert caught.value.sent is False


BROKEN_HEADS = {
    "closed at once": (b"", "no HTTP/1.1 answer came"),
    "half a head": (b"HTTP/1.1 200 OK\r\nContent-Le", "no HTTP/1.1 answer came"),
    "not HTTP": (b"SSH-2.0-OpenSSH_9.6\r\n\r\n", "no HTTP/1.1 answer came"),
    "a header without a colon": (b"HTTP/1.1 200 OK\r\nnonsense\r\n\r\n", "no HTTP/1.1 answer came"),
    "two lengths": (
        b"HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab",
        "no HTTP/1.1 answer came",
    ),
    "an endless head": (b"HTTP/1.1 200 OK\r\nX: " + b"a" * 300_000, "no HTTP/1.1 answer came"),
}


@pytest.mark.parametrize("case", BROKEN_HEADS)
async def test_no_answer_comes(start: Start, way: Way, case: str) -> None:
    """What is not an HTTP answer is a TransportError, and the request may have been carried out."""
    data, sentence = BROKEN_HEADS[case]

    def script(peer: Peer) -> None:
        peer.request()
        peer.send(data)

    with pytest.raises(TransportError, match=sentence) as caught:
        await way.run(post(start(script).url))
    assert caught.value.sent is True
    assert not isinstance(caught.value, TransportTimeout)
    assert way.open_connections == 0


async def test_a_reset_before_the_answer(start: Start, way: Way) -> None:
    """A connection reset after the request is a TransportError that was sent."""

    def script(peer: Peer) -> None:
        peer.request()
        peer.reset()

    with pytest.raises(TransportError) as caught:
        await way.run(post(start(script).url))
    assert caught.value.sent is True
    assert way.open_connections == 0


HEAD = b"HTTP/1.1 200 OK\r\nx-amzn-RequestId: r-1\r\n"
BROKEN_BODIES = {
    "too short": HEAD + b"Content-Length: 10\r\n\r\nabc",
    "a chunk too short": HEAD + b"Transfer-Encoding: chunked\r\n\r\na\r\nabc",
    "no last chunk": HEAD + b"Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n",
    "a chunk of no size": HEAD + b"Transfer-Encoding: chunked\r\n\r\nzz\r\nabc\r\n0\r\n\r\n",
}


@pytest.mark.parametrize("reset", [False, True], ids=["fin", "reset"])
@pytest.mark.parametrize("case", BROKEN_BODIES)
async def test_the_answer_breaks_off(start: Start, way: Way, case: str, *, reset: bool) -> None:
    """A body cut short is a ResponseError that knows status and request id."""

    def script(peer: Peer) -> None:
        peer.request()
        peer.send(BROKEN_BODIES[case])
        if reset:
            peer.hold()
            peer.reset()

    server = start(script)
    if reset:
        server.gate.set()
    with pytest.raises((ResponseError, TransportError)) as caught:
        await way.run(post(server.url))
    if not reset:  # a reset may overtake the head, and then no answer came
        assert isinstance(caught.value, ResponseError)
        assert (caught.value.status, caught.value.request_id) == (200, "r-1")
        assert "broke off after" in str(caught.value)
    assert way.open_connections == 0


async def test_an_answer_in_two_instalments(start: Start, way: Way) -> None:
    """Head and body may come in any pieces."""
    document = answer(b"x" * 5)

    def script(peer: Peer) -> None:
        peer.request()
        for byte in document:
            peer.send(bytes([byte]))
        peer.linger()

    assert (await way.run(post(start(script).url))).body == b"x" * 5


async def test_an_early_answer_to_a_long_request(start: Start, way: Way) -> None:
    """A server that answers and closes before it has read the body is heard."""

    def script(peer: Peer) -> None:
        peer.send(answer(b"too large", "Connection: close", status="413 Too Large"))
        peer.linger()

    response = await way.run(post(start(script).url, b"x" * 3_000_000))
    assert (response.status, response.body) == (413, b"too large")


async def test_a_large_body_goes_both_ways(start: Start, way: Way) -> None:
    """Eight megabytes are sent and received whole."""
    body = bytes(range(256)) * 32768

    def script(peer: Peer) -> None:
        while (request := peer.request()) is not None:
            peer.send(answer(request.body))

    assert (await way.run(post(start(script).url, body))).body == body


async def test_the_answer_does_not_come_in_time(start: Start, way: Way) -> None:
    """Silence is a TransportTimeout, the connection is closed, and the next call works."""

    def script(peer: Peer) -> None:
        request = peer.request()
        if request is not None and request.body == b"Action=Silent":
            peer.linger()
        else:
            peer.send(OK)
            peer.linger()

    server = start(script)
    with pytest.raises(TransportTimeout, match="no answer came in the time allowed") as caught:
        await way.run(post(server.url, b"Action=Silent", timeout=Timeout(read=TINY)))
    assert caught.value.sent is True
    await in_thread(server.await_end)
    assert way.open_connections == 0
    assert (await way.run(post(server.url))).status == 200


SILENT_BODY = [Timeout(read=TINY), Timeout(window=TINY), Timeout(total=TINY)]


@pytest.mark.parametrize("bound", SILENT_BODY, ids=["read", "window", "total"])
async def test_the_body_does_not_come_in_time(start: Start, way: Way, bound: Timeout) -> None:
    """An answer that stops halfway is bounded by the read timeout, the pace and the total."""

    def script(peer: Peer) -> None:
        peer.request()
        peer.send(b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc")
        peer.linger()

    server = start(script)
    with pytest.raises(TransportTimeout):
        await way.run(post(server.url, timeout=bound))
    await in_thread(server.await_end)
    assert way.open_connections == 0


async def test_the_total_bounds_a_trickle(start: Start, way: Way) -> None:
    """Bytes that keep coming do not extend the time allowed in all."""

    def script(peer: Peer) -> None:
        peer.request()
        peer.send(b"HTTP/1.1 200 OK\r\nContent-Length: 1000000000\r\n\r\n")
        while True:
            peer.send(b"x")

    with pytest.raises(TransportTimeout):
        await way.run(post(start(script).url, timeout=Timeout(total=TINY)))
    assert way.open_connections == 0


async def test_the_head_of_an_answer_does_not_trickle_in_for_ever(start: Start, way: Way) -> None:
    """Each byte is in time, the head as a whole is not."""

    def script(peer: Peer) -> None:
        peer.request()
        peer.send(b"HTTP/1.1 200 OK\r\nA: ")
        while True:
            peer.send(b"b")
            peer.dawdle()

    with pytest.raises(TransportTimeout, match="no answer came in the time allowed") as caught:
        await way.run(post(start(script).url, timeout=Timeout(read=TINY, write=TINY)))
    assert caught.value.sent is True
    assert way.open_connections == 0


async def test_a_slow_body_is_not_held_to_the_time_of_the_head(start: Start, way: Way) -> None:
    """Once the head has come, each read has its own time again, on a kept connection too."""

    def script(peer: Peer) -> None:
        while peer.request() is not None:
            peer.send(b"HTTP/1.1 200 OK\r\nContent-Length: 60\r\n\r\n")
            for _ in range(60):
                peer.send(b"x")
                peer.dawdle()

    server = start(script)
    for _ in range(2):
        assert len((await way.run(post(server.url, timeout=Timeout(read=0.2)))).body) == 60
    assert server.accepted == 1


async def test_the_server_does_not_read(start: Start, way: Way) -> None:
    """A request that nobody takes is bounded by the write timeout."""

    def script(peer: Peer) -> None:
        peer.hold()

    with pytest.raises(TransportTimeout, match="sending took longer") as caught:
        await way.run(post(start(script).url, b"x" * 30_000_000, timeout=Timeout(write=TINY)))
    assert caught.value.sent is True
    assert way.open_connections == 0


async def test_a_body_over_the_limit(start: Start, way: Way) -> None:
    """What is longer than allowed is not read to its end, and the connection is closed."""

    def script(peer: Peer) -> None:
        peer.request()
        peer.send(b"HTTP/1.1 200 OK\r\nContent-Length: 100000000\r\n\r\n" + b"x" * 300_000)
        peer.linger()

    server = start(script)
    with pytest.raises(ResponseError, match="limit of 1000 bytes") as caught:
        await way.run(post(server.url, max_body=1000))
    assert caught.value.status == 200
    await in_thread(server.await_end)
    assert way.open_connections == 0


@pytest.mark.parametrize("coding", ["br", "zstd", "gzip"])
async def test_a_body_that_cannot_be_decoded(start: Start, way: Way, coding: str) -> None:
    """An unknown or broken content coding is a ResponseError that knows the status."""

    def script(peer: Peer) -> None:
        peer.request()
        peer.send(answer(b"<xml/>" * 1000, f"Content-Encoding: {coding}"))
        peer.linger()

    with pytest.raises(ResponseError, match="coding") as caught:
        await way.run(post(start(script).url))
    assert caught.value.status == 200
    assert way.open_connections == 0


async def test_a_closed_transport_refuses(start: Start, way: Way) -> None:
    """After the end every call is refused, and no connection is left."""
    server = start()
    await way.run(post(server.url))
    await way.aclose()
    await in_thread(server.await_end)
    with pytest.raises(ConfigurationError, match="closed"):
        await way.run(post(server.url))
    assert way.open_connections == 0
    assert server.open == 0


async def test_closing_ends_calls_under_way(start: Start, make_way: MakeWay) -> None:
    """Closing a transport in use fails its calls, those that wait included."""

    def script(peer: Peer) -> None:
        peer.request()
        peer.linger()

    way, server = make_way(max_connections=1), start(script)
    failures: list[Ec2QueryError] = []

    async def call() -> None:
        with pytest.raises(Ec2QueryError) as caught:
            await way.run(post(server.url))
        failures.append(caught.value)

    with anyio.fail_after(PATIENCE / 2):  # by when the server would have gone
        async with anyio.create_task_group() as group:
            group.start_soon(call)
            await in_thread(server.await_request)
            group.start_soon(call)
            while waiting(way) < 1:
                await anyio.lowlevel.checkpoint()
            await way.aclose()
    assert {type(failure) for failure in failures} == {TransportError, ConfigurationError}
    assert way.open_connections == 0


async def test_who_does_not_read_is_not_sent_more(start: Start, anyio_backend: str) -> None:
    """An answer that nobody takes stays with the server, but for what fits in buffers."""
    sent = [0]

    def script(peer: Peer) -> None:
        peer.request()
        peer.send(b"HTTP/1.1 200 OK\r\n\r\n")
        while sent[0] < 256 * MEBI:
            peer.send(b"x" * 65536)
            sent[0] += 65536

    server, transport = start(script), LaneTransport()
    request = httpx.Request("POST", server.url, extensions={"timeout": {}})
    response = await transport.handle_async_request(request)
    before = -1
    while before < sent[0] < 256 * MEBI:
        before = sent[0]
        with anyio.move_on_after(0.3):  # of which the server needs a thousandth for one of its pieces
            await anyio.Event().wait()
    assert sent[0] < 64 * MEBI
    await response.aclose()
    assert transport.open_connections == 0
    await transport.aclose()


async def test_the_total_bounds_a_silent_server_for_threads(start: Start, anyio_backend: str) -> None:
    """Where no part has a bound of its own, all of them together have."""

    def script(peer: Peer) -> None:
        peer.request()
        peer.linger()

    server, transport = start(script), BlockingLaneTransport()
    request = httpx.Request("POST", server.url, extensions={"timeout": {"total": TINY}})
    with pytest.raises(httpx.ReadTimeout):
        await in_thread(lambda: transport.handle_request(request))
    assert transport.open_connections == 0
    transport.close()


async def test_a_limit_of_nothing_is_refused(make_way: MakeWay) -> None:
    """A transport without connections could never send."""
    with pytest.raises(ConfigurationError, match="max_connections"):
        make_way(max_connections=0)


async def test_another_scheme_is_refused(way: Way) -> None:
    """Only http and https can be sent to."""
    with pytest.raises(TransportError, match="http or https") as caught:
        await way.run(post("ftp://127.0.0.1/"))
    assert caught.value.sent is False
