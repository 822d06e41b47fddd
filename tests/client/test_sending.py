"""Performing `Send` through transports and httpx clients that were given: what goes out, what comes back."""

from __future__ import annotations

import gzip
from collections.abc import AsyncIterator, Callable, Iterator

import anyio
import httpx
import pytest

from ec2query.client.sending import AsyncSender, BlockingSender
from ec2query.errors import (
    ConfigurationError,
    Ec2QueryError,
    ResponseError,
    TransportError,
    TransportTimeout,
)
from ec2query.protocol.effects import Send, Timeout
from ec2query.protocol.message import HttpRequest, HttpResponse
from support.server import OK, Peer, Start, answer
from support.ways import in_thread

pytestmark = pytest.mark.anyio

URL = "https://ec2.test/"
REQUEST = HttpRequest("POST", URL, {"host": "ec2.test", "x-amz-date": "20260102T030405Z"}, b"Action=X")

Handler = Callable[[httpx.Request], httpx.Response]


class Clock:
    """Seconds that pass when the test says so."""

    def __init__(self) -> None:
        self.seconds = 0.0

    def __call__(self) -> float:
        return self.seconds


class Stream(httpx.AsyncByteStream, httpx.SyncByteStream):
    """A body in chunks, between which time passes; a chunk may be an exception."""

    def __init__(self, *chunks: bytes | Exception, clock: Clock | None = None, seconds: float = 0.0) -> None:
        self._chunks = chunks
        self._clock = clock or Clock()
        self._seconds = seconds
        self.closed = False

    def __iter__(self) -> Iterator[bytes]:
        for chunk in self._chunks:
            self._clock.seconds += self._seconds
            if isinstance(chunk, Exception):
                raise chunk
            yield chunk

    async def __aiter__(self) -> AsyncIterator[bytes]:
        for chunk in self:
            yield chunk

    def close(self) -> None:
        self.closed = True

    async def aclose(self) -> None:
        self.closed = True


@pytest.fixture(params=["async", "blocking"])
def transmit(request: pytest.FixtureRequest) -> Transmit:
    return Transmit(blocking=request.param == "blocking")


class Transmit:
    """Sends through a handler, by either sender, as a transport or as a client."""

    def __init__(self, *, blocking: bool) -> None:
        self._blocking = blocking
        self.clock = Clock()

    async def __call__(
        self,
        handler: Handler,
        effect: Send | None = None,
        *,
        client: bool = False,
        hooks: dict[str, list[Callable[..., object]]] | None = None,
    ) -> HttpResponse:
        effect = effect or Send(REQUEST)
        transport = httpx.MockTransport(handler)
        if self._blocking:
            given = httpx.Client(transport=transport, event_hooks=hooks) if client else transport
            return BlockingSender(given, self.clock)(effect)
        async_given = httpx.AsyncClient(transport=transport, event_hooks=asynchronous(hooks))
        return await AsyncSender(async_given if client else transport, self.clock)(effect)


def asynchronous(
    hooks: dict[str, list[Callable[..., object]]] | None,
) -> dict[str, list[Callable[..., object]]]:
    def wrap(hook: Callable[..., object]) -> Callable[..., object]:
        async def run(message: object) -> None:
            result = hook(message)
            if result is not None:
                await result  # type: ignore[misc]

        return run

    return {event: [wrap(hook) for hook in each] for event, each in (hooks or {}).items()}


def ok(request: httpx.Request) -> httpx.Response:
    return httpx.Response(200, content=b"ok")


@pytest.mark.parametrize("client", [False, True], ids=["transport", "client"])
async def test_the_request_is_what_was_asked_for(transmit: Transmit, *, client: bool) -> None:
    """Method, URL, headers and body arrive unchanged, with the timeouts of the effect."""
    seen: list[httpx.Request] = []

    def handler(request: httpx.Request) -> httpx.Response:
        seen.append(request)
        return ok(request)

    effect = Send(REQUEST, Timeout(connect=1.0, read=2.0, write=3.0, pool=None, slowest=None))
    assert (await transmit(handler, effect, client=client)).body == b"ok"
    (request,) = seen
    assert (request.method, str(request.url), request.content) == ("POST", URL, b"Action=X")
    assert dict(request.headers) == {
        "host": "ec2.test",
        "x-amz-date": "20260102T030405Z",
        "content-length": "8",
    }
    assert request.extensions["timeout"] == {"connect": 1.0, "read": 2.0, "write": 3.0, "pool": None}


async def test_no_timeout_is_longer_than_the_total(transmit: Transmit) -> None:
    """The total bounds each part, also where a part has no bound of its own."""
    seen: list[dict[str, float | None]] = []

    def handler(request: httpx.Request) -> httpx.Response:
        seen.append(dict(request.extensions["timeout"]))
        return ok(request)

    await transmit(handler, Send(REQUEST, Timeout(connect=1.0, read=60.0, write=None, pool=60.0, total=5.0)))
    assert seen == [{"connect": 1.0, "read": 5.0, "write": 5.0, "pool": 5.0, "total": 5.0}]


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
async def test_a_client_does_not_follow_redirects(transmit: Transmit, status: int) -> None:
    """A client that would follow does not, for a signed request."""
    response = await transmit(
        lambda request: httpx.Response(status, headers={"location": "https://elsewhere.test/"}), client=True
    )
    assert (response.status, response.headers["location"]) == (status, "https://elsewhere.test/")


async def test_a_clients_own_settings_do_not_reach_the_request() -> None:
    """Default headers, cookies, parameters and credentials of the client are not added."""
    seen: list[httpx.Request] = []

    def handler(request: httpx.Request) -> httpx.Response:
        seen.append(request)
        return ok(request)

    client = httpx.AsyncClient(
        transport=httpx.MockTransport(handler),
        auth=("user", "password"),
        headers={"x-default": "1"},
        cookies={"a": "b"},
        params={"c": "d"},
        follow_redirects=True,
    )
    async with client:
        await AsyncSender(client, Clock())(Send(REQUEST))
    assert sorted(seen[0].headers) == ["content-length", "host", "x-amz-date"]
    assert str(seen[0].url) == URL


CHANGES: dict[str, Callable[[httpx.Headers], object]] = {
    "setting": lambda headers: headers.__setitem__("X-Amz-Date", "never"),
    "deleting": lambda headers: headers.__delitem__("host"),
    "updating": lambda headers: headers.update({"Host": "elsewhere", "x-amz-target": "x"}),
    "popping": lambda headers: headers.pop("content-length", None),
    "authorizing": lambda headers: headers.__setitem__("Authorization", "Basic x"),
    "eating cookies": lambda headers: headers.setdefault("cookie", "a=b"),
}


@pytest.mark.parametrize("change", CHANGES)
async def test_event_hooks_cannot_break_the_signature(transmit: Transmit, change: str) -> None:
    """What was signed stays as it was, and nothing is added that would have to be signed."""
    seen: list[dict[str, str]] = []

    def handler(request: httpx.Request) -> httpx.Response:
        seen.append(dict(request.headers))
        return ok(request)

    def hook(request: httpx.Request) -> None:
        CHANGES[change](request.headers)

    await transmit(handler, client=True, hooks={"request": [hook]})
    assert seen == [{"host": "ec2.test", "x-amz-date": "20260102T030405Z", "content-length": "8"}]


async def test_event_hooks_may_add_what_is_not_signed(transmit: Transmit) -> None:
    """A tracing header is nobody's harm."""
    seen: list[str] = []

    def handler(request: httpx.Request) -> httpx.Response:
        seen.append(request.headers["traceparent"])
        return ok(request)

    def hook(request: httpx.Request) -> None:
        request.headers["traceparent"] = "00-1"
        request.headers["traceparent"] = "00-2"
        del request.headers["traceparent"]
        request.headers.update({"traceparent": "00-3"})

    await transmit(handler, client=True, hooks={"request": [hook]})
    assert seen == ["00-1"]


def reading(response: httpx.Response) -> object:
    return response.aread() if isinstance(response.stream, httpx.AsyncByteStream) else response.read()


async def test_an_event_hook_may_read_the_answer(start: Start) -> None:
    """What a hook has read, and decoded, is not decoded again."""

    def script(peer: Peer) -> None:
        while peer.request() is not None:
            peer.send(answer(gzip.compress(b"<xml/>"), "Content-Encoding: gzip"))

    server = start(script)
    effect = Send(HttpRequest("POST", server.url, {}, b"Action=X"))

    async def hook(response: httpx.Response) -> None:
        await response.aread()

    async with httpx.AsyncClient(event_hooks={"response": [hook]}) as client:
        sender = AsyncSender(client, Clock())
        assert (await sender(effect)).body == b"<xml/>"
        with pytest.raises(ResponseError, match="limit of 5 bytes"):
            await sender(Send(effect.request, max_body=5))


async def test_a_hook_that_raises_for_status_is_named(transmit: Transmit) -> None:
    """An httpx error that a hook raises does not escape."""

    def hook(response: httpx.Response) -> None:
        raise httpx.HTTPStatusError("503", request=httpx.Request("POST", URL), response=response)

    with pytest.raises(TransportError, match="the HTTP client given failed: 503"):
        await transmit(ok, client=True, hooks={"response": [hook]})


async def test_a_closed_client_is_a_mistake(anyio_backend: str) -> None:
    """A client that was closed too early cannot be sent with; that is the caller's setting."""
    client = httpx.AsyncClient()
    await client.aclose()
    with pytest.raises(ConfigurationError, match="the httpx client given is closed"):
        await AsyncSender(client, Clock())(Send(REQUEST))
    with httpx.Client() as blocking:
        pass
    with pytest.raises(ConfigurationError, match="the httpx client given is closed"):
        BlockingSender(blocking, Clock())(Send(REQUEST))


HEAD = {"x-amzn-requestid": "r-1"}


@pytest.mark.parametrize(
    "error", [httpx.ReadError("reset"), httpx.RemoteProtocolError("x"), OSError(104, "reset")]
)
async def test_a_body_that_breaks_off_is_a_response_error(transmit: Transmit, error: Exception) -> None:
    """An answer had begun, so it is the answer that is wrong; its bytes are counted, not shown."""
    stream = Stream(b"secret", error)
    with pytest.raises(ResponseError, match="the body broke off after 6 bytes") as caught:
        await transmit(lambda request: httpx.Response(200, headers=HEAD, stream=stream))
    assert (caught.value.status, caught.value.request_id) == (200, "r-1")
    assert "secret" not in str(caught.value)
    assert stream.closed


async def test_a_body_that_stops_is_a_timeout(transmit: Transmit) -> None:
    """A timeout is one, also within the body."""
    stream = Stream(b"abc", httpx.ReadTimeout("slow"))
    with pytest.raises(TransportTimeout):
        await transmit(lambda request: httpx.Response(200, stream=stream))
    assert stream.closed


async def test_a_defect_of_a_transport_is_not_hidden(transmit: Transmit) -> None:
    """Exceptions that are nobody's network come through as they are, and the body is closed."""
    stream = Stream(b"abc", KeyError("mistake"))
    with pytest.raises(KeyError, match="mistake"):
        await transmit(lambda request: httpx.Response(200, stream=stream))
    assert stream.closed

    def handler(request: httpx.Request) -> httpx.Response:
        raise KeyError("another")

    with pytest.raises(KeyError, match="another"):
        await transmit(handler)


LENGTHS: list[tuple[str, int, dict[str, str], bytes, bool]] = [
    ("POST", 200, {"content-length": "3"}, b"abc", True),
    ("POST", 200, {"content-length": "4"}, b"abc", False),
    ("POST", 200, {"content-length": "2"}, b"abc", False),
    ("POST", 200, {"content-length": "3, 3"}, b"abc", True),
    ("POST", 200, {}, b"abc", True),
    ("HEAD", 200, {"content-length": "4"}, b"", True),
    ("GET", 204, {"content-length": "4"}, b"", True),
    ("GET", 304, {"content-length": "4"}, b"", True),
]


@pytest.mark.parametrize(("method", "status", "headers", "body", "good"), LENGTHS)
async def test_the_length_must_be_right(
    transmit: Transmit, method: str, status: int, headers: dict[str, str], body: bytes, *, good: bool
) -> None:
    """A body shorter or longer than its Content-Length is truncated, whoever did the HTTP."""
    effect = Send(HttpRequest(method, URL))

    def handler(request: httpx.Request) -> httpx.Response:
        return httpx.Response(status, headers=headers, stream=Stream(body))

    if good:
        assert (await transmit(handler, effect)).body == body
    else:
        with pytest.raises(ResponseError, match=r"truncated: expected \d bytes, got 3"):
            await transmit(handler, effect)


async def test_a_trickle_is_too_slow(transmit: Transmit) -> None:
    """Bytes that keep coming, but fewer than a second's worth in a window, end in a timeout."""
    stream = Stream(*[b"x"] * 100, clock=transmit.clock, seconds=4.0)
    with pytest.raises(TransportTimeout, match="expected 1 bytes per second, got 5 bytes in 20 s") as caught:
        await transmit(lambda request: httpx.Response(200, stream=stream))
    assert caught.value.sent is True
    assert stream.closed


PACES = [
    Timeout(slowest=0.25),  # exactly as slow as allowed
    Timeout(slowest=None),
    Timeout(window=1000.0),
]


@pytest.mark.parametrize("pace", PACES)
async def test_a_slow_answer_is_taken(transmit: Transmit, pace: Timeout) -> None:
    """The pace is a setting: lower, off, or looked at over a longer window."""
    stream = Stream(*[b"x"] * 100, clock=transmit.clock, seconds=4.0)
    response = await transmit(lambda request: httpx.Response(200, stream=stream), Send(REQUEST, pace))
    assert response.body == b"x" * 100


async def test_a_pause_in_the_middle_is_judged_by_its_window(transmit: Transmit) -> None:
    """Bytes of an earlier window do not make up for a silent one."""
    stream = Stream(b"x" * 1000, b"x", b"x", clock=transmit.clock, seconds=25.0)
    with pytest.raises(TransportTimeout, match="got 1 bytes in 25 s"):
        await transmit(lambda request: httpx.Response(200, stream=stream))


async def test_the_total_is_looked_at_between_chunks() -> None:
    """The blocking sender, which nobody can cancel, stops at the first chunk after the end."""
    clock = Clock()
    stream = Stream(*[b"x"] * 10, clock=clock, seconds=2.0)
    sender = BlockingSender(httpx.MockTransport(lambda request: httpx.Response(200, stream=stream)), clock)
    with pytest.raises(TransportTimeout, match="no complete answer came in the 5 s allowed in all"):
        sender(Send(REQUEST, Timeout(total=5.0)))
    assert clock.seconds == 6.0
    assert stream.closed


async def test_the_total_ends_a_transport_that_hangs(anyio_backend: str) -> None:
    """The asynchronous sender ends whatever the transport is doing."""

    async def handler(request: httpx.Request) -> httpx.Response:
        await anyio.sleep_forever()
        raise AssertionError

    with pytest.raises(TransportTimeout, match="allowed in all"):
        await AsyncSender(httpx.MockTransport(handler), Clock())(Send(REQUEST, Timeout(total=0.01)))


@pytest.mark.parametrize(
    "kind", [httpx.HTTPTransport, httpx.AsyncHTTPTransport, httpx.Client, httpx.AsyncClient]
)
async def test_httpx_itself_can_be_given(start: Start, kind: Callable[[], object]) -> None:
    """Stock transports and clients send as ours do, and keep their connections."""

    def script(peer: Peer) -> None:
        while peer.request() is not None:
            peer.send(OK)

    server = start(script)
    effect = Send(HttpRequest("POST", server.url, {}, b"Action=X"))
    given = kind()
    if isinstance(given, httpx.AsyncBaseTransport | httpx.AsyncClient):
        sender = AsyncSender(given, Clock())
        assert [(await sender(effect)).body for _ in range(2)] == [b"ok", b"ok"]
        await given.aclose()
    else:
        assert isinstance(given, httpx.BaseTransport | httpx.Client)
        blocking = BlockingSender(given, Clock())
        assert [(await in_thread(lambda: blocking(effect))).body for _ in range(2)] == [b"ok", b"ok"]
        given.close()
    assert server.accepted == 1
    assert dict(server.requests[0].headers)["host"] == f"127.0.0.1:{server.port}"


async def test_every_error_is_of_one_tree(transmit: Transmit) -> None:
    """Whatever httpx can raise in place of an answer, one `except` catches it."""

    def raiser(kind: type[Exception]) -> Handler:
        def handler(request: httpx.Request) -> httpx.Response:
            raise kind("x")

        return handler

    kinds = [
        each
        for each in vars(httpx).values()
        if isinstance(each, type) and issubclass(each, httpx.RequestError)
    ]
    assert len(kinds) > 15
    for kind in kinds:
        with pytest.raises(Ec2QueryError):
            await transmit(raiser(kind))
