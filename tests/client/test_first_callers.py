"""A client's first calls, many at once: all of them go through one transport, which its closing ends."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import anyio
import pytest

from ec2query import AsyncClient, Client, Credentials, ec2, system_world
from support.server import Peer, Script, ScriptedServer, Start, answer

KEYS = Credentials("AKIDEXAMPLE", "wJalrXUtnFEMI")
READ = ec2.DescribeIpamByoasn()
ANSWER = answer(b"<DescribeIpamByoasnResponse><requestId>r</requestId></DescribeIpamByoasnResponse>")
CALLERS = 8

Fan = Callable[[str, dict[str, str]], None]


def together(servers: list[ScriptedServer]) -> Script:
    """Answer nobody before everybody has asked, so that each caller needs a connection of its own."""

    def script(peer: Peer) -> None:
        while peer.request() is not None:
            if len(servers[0].requests) >= CALLERS:
                servers[0].gate.set()
            peer.hold()
            peer.send(ANSWER)

    return script


def from_threads(url: str, environ: dict[str, str]) -> None:
    world = dataclasses.replace(system_world(), environ=environ)
    with (
        Client(region="us-east-1", credentials=KEYS, endpoint_url=url, world=world) as client,
        ThreadPoolExecutor(CALLERS) as threads,
    ):
        assert {result.request_id for result in threads.map(client.send, [READ] * CALLERS)} == {"r"}


def from_tasks(backend: str) -> Fan:
    def fan(url: str, environ: dict[str, str]) -> None:
        async def main() -> None:
            world = dataclasses.replace(system_world(), environ=environ)
            client = AsyncClient(region="us-east-1", credentials=KEYS, endpoint_url=url, world=world)
            async with client, anyio.create_task_group() as tasks:
                for _ in range(CALLERS):
                    tasks.start_soon(client.send, READ)

        anyio.run(main, backend=backend)

    return fan


FANS = {"asyncio": from_tasks("asyncio"), "trio": from_tasks("trio"), "threads": from_threads}


@pytest.mark.parametrize("fan", FANS.values(), ids=FANS)
@pytest.mark.parametrize("proxied", [False, True], ids=["direct", "by a proxy"])
def test_the_first_callers_share_what_is_closed_with_the_client(
    start: Start, fan: Fan, proxied: bool
) -> None:
    """However many callers begin at once, closing the client leaves no connection open."""
    servers: list[ScriptedServer] = []
    server = start(together(servers))
    servers.append(server)
    if proxied:
        fan("http://ec2.example", {"HTTP_PROXY": server.url})
    else:
        fan(server.url, {})
    for _ in range(CALLERS):
        server.await_end()
    assert server.accepted == CALLERS
    target = "http://ec2.example/" if proxied else "/"
    assert {request.line for request in server.requests} == {f"POST {target} HTTP/1.1"}
