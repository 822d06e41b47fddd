"""What clients may share: a quota and a rate, among tasks and among threads, first come first served."""

from __future__ import annotations

import heapq
import itertools
import threading
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import anyio
import httpx
import pytest

from ec2query import (
    AsyncClient,
    AttemptEvent,
    Client,
    Limiter,
    Policy,
    Quota,
    Retries,
    ServerFault,
    World,
    ec2,
)
from support.hostile import KEYS, quiet_world

ANSWER = b"<DescribeVpcsResponse><requestId>r</requestId></DescribeVpcsResponse>"


def options(world: World, **more: Any) -> dict[str, Any]:
    return {"region": "us-east-1", "credentials": KEYS, "world": world, **more}


def refuse(request: httpx.Request) -> httpx.Response:
    return httpx.Response(503, stream=httpx.ByteStream(b""))


def test_a_client_has_a_quota_of_its_own() -> None:
    """What one client uses up is not missing to another; its own can be looked at."""
    one, other = (Client(**options(quiet_world()), transport=httpx.MockTransport(refuse)) for _ in range(2))
    assert one.calls.retries is None
    with one, other:
        for client in (one, one, other):
            with pytest.raises(ServerFault):
                client.send(ec2.DescribeVpcs())
        assert one.calls.retries is not None
        assert other.calls.retries is not None
        assert (one.calls.retries.quota.tokens, other.calls.retries.quota.tokens) == (444, 472)
        assert one.calls.retries.limiter is None


def test_clients_may_share_a_quota() -> None:
    """Of 30 tokens the first client takes 28: the second has none left for a retry."""
    world, told = quiet_world(), list[AttemptEvent]()
    retries = Retries(Policy(), random=world.random, clock=world.monotonic, quota=Quota(30))
    given = options(world, retries=retries, on_attempt=told.append)
    for _ in range(2):
        with (
            Client(**given, transport=httpx.MockTransport(refuse)) as client,
            pytest.raises(ServerFault),
        ):
            client.send(ec2.DescribeVpcs())
    assert [event.reason for event in told] == ["transient", "transient", "attempts used up", "quota empty"]
    assert retries.quota.tokens == 2


def test_threads_of_two_clients_share_one_quota() -> None:
    """With a lock it is exact: 140 tokens pay for ten retries, however many ask at once."""
    world, told = quiet_world(), list[AttemptEvent]()
    retries = Retries(
        Policy(attempts=100),
        random=world.random,
        clock=world.monotonic,
        quota=Quota(140, lock=threading.Lock()),
    )
    given = options(world, retries=retries, on_attempt=told.append)
    barrier = threading.Barrier(8)

    def call(client: Client) -> None:
        barrier.wait()
        with pytest.raises(ServerFault):
            client.send(ec2.DescribeVpcs())

    clients = [Client(**given, transport=httpx.MockTransport(refuse)) for _ in range(2)]
    threads = [threading.Thread(target=call, args=(clients[number % 2],)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(event.delay is not None for event in told) == 10
    assert sum(event.reason == "quota empty" for event in told) == 8
    assert retries.quota.tokens == 0


class VirtualTime:
    """Time that passes when every task waits: a loop that is held up would never come so far."""

    def __init__(self) -> None:
        self.now = 1000.25
        self.waits = 0
        self._count = itertools.count()
        self._waiting: list[tuple[float, int, anyio.Event]] = []
        self.world = replace(quiet_world(), monotonic=lambda: self.now, sleep=self.sleep)

    async def sleep(self, seconds: float) -> None:
        self.waits += 1
        over = anyio.Event()
        heapq.heappush(self._waiting, (self.now + seconds, next(self._count), over))
        await over.wait()

    async def pass_until(self, done: Callable[[], bool]) -> None:
        while not done():
            await anyio.wait_all_tasks_blocked()
            if self._waiting:
                self.now, _, over = heapq.heappop(self._waiting)
                over.set()


def throttled_limiter(time: VirtualTime) -> Limiter:
    """A limiter that has measured some ten answers a second, and was then throttled."""
    limiter = Limiter(lambda: time.now, lock=threading.Lock())
    for _ in range(40):
        time.now += 0.1
        limiter.record(throttled=False)
    limiter.record(throttled=True)
    assert limiter.enabled
    assert 3 < limiter.fill_rate < limiter.measured_rate
    return limiter


@pytest.mark.parametrize("backend", ["asyncio", "trio"])
def test_tasks_of_two_clients_are_served_in_the_order_in_which_they_came(backend: str) -> None:
    """Thirty callers at once share one rate; who is cancelled in line holds up nobody."""
    time, served = VirtualTime(), list[str]()
    retries = Retries(
        Policy(mode="adaptive"), random=lambda: 0.0, clock=lambda: time.now, limiter=throttled_limiter(time)
    )
    begun = time.now

    def answer(request: httpx.Request) -> httpx.Response:
        served.append(request.content.decode().rpartition("=")[2])
        return httpx.Response(200, stream=httpx.ByteStream(ANSWER))

    async def main() -> None:
        given = options(time.world, retries=retries, transport=httpx.MockTransport(answer))
        scopes = [anyio.CancelScope() for _ in range(30)]

        async def call(client: AsyncClient, number: int) -> None:
            with scopes[number]:
                await client.send(ec2.DescribeVpcs(next_token=f"{number}"))

        async with (
            AsyncClient(**given) as one,
            AsyncClient(**given) as other,
            anyio.create_task_group() as group,
        ):
            for number in range(30):
                group.start_soon(call, (one, other)[number % 2], number)
                await anyio.wait_all_tasks_blocked()
            for scope in scopes[13::5]:
                scope.cancel()
            await time.pass_until(lambda: len(served) == 26)

    anyio.run(main, backend=backend)
    assert served == [f"{number}" for number in range(30) if number not in (13, 18, 23, 28)]
    assert time.waits >= 20
    assert time.now > begun + 1
    assert retries.limiter is not None
    assert retries.limiter.tokens > -1  # nobody is left in line
