"""Finding the event loop that runs, and connections that end in the moment of being used."""

from __future__ import annotations

import asyncio
import gc
import threading
from collections.abc import AsyncIterator, Callable, Coroutine

import anyio
import anyio.lowlevel
import httpx
import pytest
import trio

from ec2query.client.network import running_network
from ec2query.client.transport import LaneTransport
from ec2query.errors import ConfigurationError
from support.server import OK, PATIENCE, Peer, ScriptedServer, Start
from support.ways import AsyncWay, in_thread, post


def one_answer(peer: Peer) -> None:
    """Answer once, and close when the gate opens."""
    peer.request()
    peer.send(OK)
    peer.hold()


class ClosingBody(httpx.ByteStream):
    """A body that has the server close its idle connections before the first byte is written."""

    def __init__(self, server: ScriptedServer) -> None:
        super().__init__(b"Action=Late")
        self._server = server

    async def __aiter__(self) -> AsyncIterator[bytes]:
        if not self._server.gate.is_set():
            self._server.gate.set()
            await in_thread(self._server.await_end)
        for _ in range(10):
            await anyio.lowlevel.checkpoint()
        yield b"Action=Late"


def closing_request(server: ScriptedServer) -> httpx.Request:
    return httpx.Request(
        "POST", server.url, headers={"host": "x", "content-length": "11"}, stream=ClosingBody(server)
    )


@pytest.mark.anyio
@pytest.mark.parametrize("anyio_backend", ["asyncio"])
async def test_a_connection_that_ends_before_the_first_byte_is_replaced(start: Start) -> None:
    """Where it is certain that nothing was sent, a fresh connection is used; the server sees one request."""
    server = start(one_answer)
    async with LaneTransport() as transport:
        first = await transport.handle_async_request(
            httpx.Request("POST", server.url, content=b"Action=First")
        )
        await first.aread()
        await first.aclose()
        second = await transport.handle_async_request(closing_request(server))
        assert (await second.aread()) == b"ok"
        await second.aclose()
        assert [request.body for request in server.requests] == [b"Action=First", b"Action=Late"]
        assert server.accepted == 2


@pytest.mark.anyio
@pytest.mark.parametrize("anyio_backend", ["asyncio"])
async def test_a_new_connection_that_ends_before_the_first_byte_sent_nothing(start: Start) -> None:
    """A server that accepts and closes at once took nothing: as if it had not accepted."""
    server = start(Peer.hold)
    async with LaneTransport() as transport:
        with pytest.raises(httpx.ConnectError):
            await transport.handle_async_request(closing_request(server))
        assert transport.open_connections == 0


@pytest.mark.anyio
async def test_who_is_cancelled_leaves_a_function_to_itself(
    anyio_backend: str, caplog: pytest.LogCaptureFixture
) -> None:
    """What it raises later is heard by nobody, and harms nobody."""
    begun, go_on, over = (threading.Event() for _ in range(3))

    def function() -> None:
        begun.set()
        go_on.wait(PATIENCE)
        over.set()
        raise ValueError("nobody hears this")

    async with anyio.create_task_group() as group:
        group.start_soon(running_network().in_thread, function)
        await in_thread(begun.wait)
        group.cancel_scope.cancel()
    assert not over.is_set()
    go_on.set()
    await in_thread(over.wait)
    for _ in range(20):
        await anyio.lowlevel.checkpoint()
    assert await running_network().in_thread(lambda: 5) == 5
    assert caplog.records == []


@pytest.mark.anyio
async def test_the_running_library_is_found(anyio_backend: str) -> None:
    """No package is asked: asyncio and trio themselves are."""
    assert type(running_network()).__name__.lower().removeprefix("_") == anyio_backend
    assert running_network().is_running_here()


RUNS: dict[str, Callable[[Callable[[], Coroutine[None, None, None]]], None]] = {
    "asyncio": lambda call: asyncio.run(call()),
    "trio": lambda call: trio.run(call),
}


# asyncio warns of connections that a loop leaves behind; here the next loop must not trip over them.
@pytest.mark.filterwarnings("ignore::ResourceWarning", "ignore::pytest.PytestUnraisableExceptionWarning")
@pytest.mark.parametrize("first", RUNS)
@pytest.mark.parametrize("second", RUNS)
def test_a_client_outlives_its_loop(start: Start, first: str, second: str) -> None:
    """A transport used in one loop after another begins anew, and the old connections are closed."""
    server, way = start(), AsyncWay()

    async def call() -> None:
        assert (await way.run(post(server.url))).status == 200
        assert way.open_connections == 1

    async def call_and_close() -> None:
        await call()
        await way.aclose()

    RUNS[first](call)
    RUNS[second](call_and_close)
    for _ in range(2):
        server.await_end()
    assert (server.accepted, server.open) == (2, 0)
    gc.collect()


@pytest.mark.anyio
async def test_a_client_in_two_loops_at_once_is_refused(start: Start) -> None:
    """Another thread's loop cannot use this loop's connections; the error says what to do."""
    server, way = start(), AsyncWay()
    await way.run(post(server.url))
    failures: list[BaseException] = []

    def elsewhere() -> None:
        try:
            asyncio.run(way.run(post(server.url)))
        except ConfigurationError as error:
            failures.append(error)

    thread = threading.Thread(target=elsewhere)
    thread.start()
    await in_thread(thread.join)
    assert [str(failure) for failure in failures] == [
        "this client is in use on another event loop; make a client for each loop"
    ]
    assert (await way.run(post(server.url))).status == 200
    assert server.accepted == 1
    await way.aclose()
