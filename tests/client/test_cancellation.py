"""Cancelling an exchange at every stage leaves no connection, no waiter, and a pool that works."""

from __future__ import annotations

import anyio
import anyio.lowlevel
import pytest

from support.certificates import Authority
from support.server import OK, Peer, Script, ScriptedServer, Start, serve
from support.ways import AsyncWay, in_thread, post

pytestmark = pytest.mark.anyio


def silent(peer: Peer) -> None:
    """Read the request and say nothing, unless it is the last call."""
    request = peer.request()
    if request is not None and request.body == b"Action=Last":
        peer.send(OK)
    peer.linger()


def half_a_head(peer: Peer) -> None:
    request = peer.request()
    if request is not None and request.body == b"Action=Last":
        peer.send(OK)
    else:
        peer.send(b"HTTP/1.1 200 OK\r\nContent-Le")
    peer.linger()


def half_a_body(peer: Peer) -> None:
    request = peer.request()
    if request is not None and request.body == b"Action=Last":
        peer.send(OK)
    else:
        peer.send(b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc")
    peer.linger()


async def finish(way: AsyncWay, server: ScriptedServer, *, ended: int) -> None:
    """Nothing is open or owed, and the pool still works."""
    for _ in range(ended):
        await in_thread(server.await_end)
    assert way.open_connections == 0
    assert (await way.run(post(server.url, b"Action=Last"))).status == 200
    assert way.open_connections == 1
    await way.aclose()
    await in_thread(server.await_end)
    assert server.open == 0


@pytest.mark.parametrize("script", [silent, half_a_head, half_a_body])
async def test_while_the_answer_is_awaited(start: Start, script: Script) -> None:
    """Before the head, within it, within the body."""
    way, server = AsyncWay(), start(script)
    async with anyio.create_task_group() as group:
        group.start_soon(way.run, post(server.url))
        await in_thread(server.await_request)
        for _ in range(20):
            await anyio.lowlevel.checkpoint()
        group.cancel_scope.cancel()
    await finish(way, server, ended=1)


async def test_while_the_request_is_written(start: Start) -> None:
    """The server does not read, so that the body is stuck halfway."""

    def script(peer: Peer) -> None:
        peer.hold()
        serve(peer)

    way, server = AsyncWay(), start(script)
    async with anyio.create_task_group() as group:
        group.start_soon(way.run, post(server.url, b"x" * 30_000_000))
        while server.accepted == 0:
            await anyio.lowlevel.checkpoint()
        for _ in range(20):
            await anyio.lowlevel.checkpoint()
        group.cancel_scope.cancel()
    server.gate.set()
    await finish(way, server, ended=1)


async def test_while_the_connection_is_used_again(start: Start) -> None:
    """A kept connection is closed as a new one is."""

    def script(peer: Peer) -> None:
        while (request := peer.request()) is not None:
            if request.body == b"Action=Silent":
                peer.linger()
                return
            peer.send(OK)

    way, server = AsyncWay(), start(script)
    await way.run(post(server.url))
    await in_thread(server.await_request)
    async with anyio.create_task_group() as group:
        group.start_soon(way.run, post(server.url, b"Action=Silent"))
        await in_thread(server.await_request)
        group.cancel_scope.cancel()
    assert server.accepted == 1
    await finish(way, server, ended=1)


async def test_while_a_connection_is_awaited(start: Start) -> None:
    """Who gives up waiting leaves the queue, and the next in it is served."""

    def script(peer: Peer) -> None:
        while peer.request() is not None:
            peer.hold()
            peer.send(OK)

    way, server = AsyncWay(max_connections=1), start(script)
    statuses: list[int] = []

    async def call(scope: anyio.CancelScope) -> None:
        with scope:
            statuses.append((await way.run(post(server.url))).status)

    scopes = [anyio.CancelScope() for _ in range(4)]
    async with anyio.create_task_group() as group:
        group.start_soon(call, scopes[0])
        await in_thread(server.await_request)
        for scope in scopes[1:]:
            group.start_soon(call, scope)
        for _ in range(20):
            await anyio.lowlevel.checkpoint()
        scopes[1].cancel()
        scopes[3].cancel()
        for _ in range(20):
            await anyio.lowlevel.checkpoint()
        server.gate.set()
    assert statuses == [200, 200]
    assert (way.open_connections, server.accepted) == (1, 1)
    await way.aclose()


async def test_together_with_the_grant(start: Start) -> None:
    """Who is cancelled in the moment of being served hands the connection on."""

    def script(peer: Peer) -> None:
        while peer.request() is not None:
            peer.hold()
            peer.send(OK)

    way, server = AsyncWay(max_connections=1), start(script)
    statuses: list[int] = []
    doomed = anyio.CancelScope()

    async def first() -> None:
        statuses.append((await way.run(post(server.url))).status)
        doomed.cancel()

    async def second() -> None:
        with doomed:
            await way.run(post(server.url))

    async with anyio.create_task_group() as group:
        group.start_soon(first)
        await in_thread(server.await_request)
        group.start_soon(second)
        for _ in range(20):
            await anyio.lowlevel.checkpoint()
        server.gate.set()
    with anyio.fail_after(20):
        assert (await way.run(post(server.url))).status == 200
    assert way.open_connections == 1
    await way.aclose()


async def test_while_connecting(start: Start, authority: Authority) -> None:
    """The server accepts, but never shakes hands."""
    from ec2query.client.tls import shared_context

    shared_context(str(authority.bundle))
    way, server = AsyncWay(ca_bundle=str(authority.bundle)), start(Peer.linger)
    async with anyio.create_task_group() as group:
        group.start_soon(way.run, post(server.url.replace("http:", "https:")))
        while server.accepted == 0:
            await anyio.lowlevel.checkpoint()
        for _ in range(20):
            await anyio.lowlevel.checkpoint()
        group.cancel_scope.cancel()
    await in_thread(server.await_end)
    assert way.open_connections == 0
    await way.aclose()


@pytest.mark.parametrize("secure", [False, True], ids=["http", "https"])
async def test_at_any_await(start: Start, authority: Authority, *, secure: bool) -> None:
    """Cancelled after so many turns of the loop, for every number of turns that an exchange takes."""
    context = authority.server_context("127.0.0.1") if secure else None
    way = AsyncWay(max_connections=2, ca_bundle=str(authority.bundle))
    server = start(context=context)
    finished = 0
    for number in range(60):
        turns = number * (4 if secure else 1)
        async with anyio.create_task_group() as group:

            async def call() -> None:
                nonlocal finished
                await way.run(post(server.url))
                finished += 1

            group.start_soon(call)
            for _ in range(turns):
                await anyio.lowlevel.checkpoint()
            group.cancel_scope.cancel()
        assert way.open_connections <= 1
        assert (await way.run(post(server.url))).status == 200
        if number % 2:
            drop_idle(way)  # so that every other one begins by connecting
    await way.aclose()
    assert way.open_connections == 0
    assert 0 < finished < 60


def drop_idle(way: AsyncWay) -> None:
    """Close the idle connections, as if they had grown old."""
    lanes = vars(way.transport)["_lanes"]
    lanes.expire(float("inf"))
