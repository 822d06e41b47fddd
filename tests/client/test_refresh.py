"""Credentials through the public clients: a crowd's first calls, expiry, what EC2 calls expired."""

from __future__ import annotations

import json
import re
import threading
from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import anyio
import pytest

from ec2query import AsyncClient, AuthenticationFailed, Client, CredentialsError, ServiceError, ec2
from ec2query.client.world import system_world
from ec2query.errors import Ec2QueryError
from ec2query.protocol.timestamp import format_timestamp
from support.server import PATIENCE, Peer, Start, answer
from support.ways import in_thread

pytestmark = pytest.mark.anyio

CALL = ec2.DescribeIpamByoasn()
ANSWER = b"<DescribeIpamByoasnResponse><requestId>r-1</requestId></DescribeIpamByoasnResponse>"
REFUSAL = b"<Response><Errors><Error><Code>%s</Code><Message>m</Message></Error></Errors></Response>"
CALLERS = 1000
SIGNED_BY = re.compile(r"Credential=([^/]+)/")


@dataclass
class Cloud:
    """A container's endpoint that numbers its keys, and an EC2 that may call some of them expired."""

    lives: timedelta = timedelta(hours=1)
    now: Callable[[], datetime] = lambda: datetime.now(UTC)
    broken: bool = False
    held: bool = False
    expired: Callable[[str], bool] = lambda key: False
    code: bytes = b"RequestExpired"
    fetched: int = 0
    signed: list[tuple[str, str]] = field(default_factory=list[tuple[str, str]])
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def __call__(self, peer: Peer) -> None:
        while request := peer.request():
            headers = dict(request.headers)
            if request.line.startswith("GET /container "):
                if self.held:
                    peer.hold()
                peer.send(self._keys())
                continue
            [key] = SIGNED_BY.findall(headers["authorization"])
            with self._lock:
                self.signed.append((key, headers["x-amz-date"]))
            if self.expired(key):
                peer.send(answer(REFUSAL % self.code, status="400 Bad Request"))
            else:
                peer.send(answer(ANSWER))

    def _keys(self) -> bytes:
        with self._lock:
            self.fetched += 1
            parts = {"AccessKeyId": f"KEY{self.fetched}", "SecretAccessKey": "s", "Token": "t"}
        if self.broken:
            return answer(b"", status="403 Forbidden")
        ends = (self.now() + self.lives).replace(microsecond=0)
        return answer(json.dumps({**parts, "Expiration": format_timestamp(ends, "iso8601")}).encode())


def options(url: str, **changes: Any) -> dict[str, Any]:
    environ = {
        "AWS_REGION": "us-east-1",
        "AWS_ENDPOINT_URL": url,
        "AWS_CONTAINER_CREDENTIALS_FULL_URI": f"{url}container",
        "AWS_EC2_METADATA_DISABLED": "true",
    }
    # Both ends share this process and its thousand callers: nothing is to run out of time.
    return {"world": replace(system_world(), environ=environ, **changes), "timeout": PATIENCE * 3}


Outcome = str | type[Ec2QueryError]
Meanwhile = Callable[[], Awaitable[None]]
Crowd = Callable[..., Awaitable[list[Outcome]]]


async def _nothing() -> None:
    """Nothing happens meanwhile."""


async def async_crowd(count: int, given: dict[str, Any], meanwhile: Meanwhile = _nothing) -> list[Outcome]:
    """Let tasks share an AsyncClient, and each make a call."""
    outcomes: list[Outcome] = []

    async def call(client: AsyncClient) -> None:
        try:
            outcomes.append((await client.send(CALL)).request_id or "")
        except Ec2QueryError as error:
            outcomes.append(type(error))

    async with AsyncClient(**given) as client, anyio.create_task_group() as tasks:
        for _ in range(count):
            tasks.start_soon(call, client)
        await meanwhile()
    return outcomes


async def thread_crowd(count: int, given: dict[str, Any], meanwhile: Meanwhile = _nothing) -> list[Outcome]:
    """Let threads share a Client, and each make a call."""
    outcomes: list[Outcome] = []

    def call(client: Client) -> None:
        try:
            outcomes.append(client.send(CALL).request_id or "")
        except Ec2QueryError as error:
            outcomes.append(type(error))

    with Client(**given) as client:
        threads = [threading.Thread(target=call, args=(client,), daemon=True) for _ in range(count)]
        for thread in threads:
            thread.start()
        await meanwhile()
        for thread in threads:
            await in_thread(thread.join)
    return outcomes


@pytest.fixture(params=[async_crowd, thread_crowd], ids=["AsyncClient", "Client"])
def crowd(request: pytest.FixtureRequest) -> Crowd:
    found: Crowd = request.param
    return found


async def test_a_thousand_first_calls_cause_one_fetch(start: Start, crowd: Crowd) -> None:
    """Whoever comes while the keys are asked for waits for them; each call is signed with them."""
    cloud = Cloud(held=True)
    server = start(cloud)

    async def release() -> None:
        await in_thread(server.await_request)
        server.gate.set()

    outcomes = await crowd(CALLERS, options(server.url), release)
    assert outcomes == ["r-1"] * CALLERS
    assert cloud.fetched == 1
    assert Counter(key for key, _ in cloud.signed) == {"KEY1": CALLERS}


async def test_a_failed_fetch_sends_nothing(start: Start, crowd: Crowd) -> None:
    """It is everybody's error who waited, and nobody's request goes out unsigned."""
    cloud = Cloud(broken=True)
    outcomes = await crowd(20, options(start(cloud).url))
    assert outcomes == [CredentialsError] * 20
    assert cloud.signed == []


@pytest.mark.parametrize("code", [b"RequestExpired", b"ExpiredToken"])
async def test_keys_that_ec2_calls_expired_are_fetched_anew_once(
    start: Start, crowd: Crowd, code: bytes
) -> None:
    """However many calls are refused together, and though the keys have an hour to live by their date."""
    cloud = Cloud(expired=lambda key: key == "KEY1", code=code)
    outcomes = await crowd(100, options(start(cloud).url))
    assert outcomes == ["r-1"] * 100
    assert cloud.fetched == 2
    used = Counter(key for key, _ in cloud.signed)
    assert used["KEY2"] == 100
    assert used["KEY1"] <= 100


async def test_a_call_asks_for_other_keys_only_once(start: Start, crowd: Crowd) -> None:
    """If the others are called expired too, that is the answer."""
    cloud = Cloud(expired=lambda key: True)
    assert await crowd(1, options(start(cloud).url)) == [AuthenticationFailed]
    assert (cloud.fetched, [key for key, _ in cloud.signed]) == (2, ["KEY1", "KEY2"])


@pytest.mark.parametrize("code", [b"AuthFailure", b"UnauthorizedOperation"])
async def test_another_refusal_asks_for_no_other_keys(start: Start, crowd: Crowd, code: bytes) -> None:
    """The keys are good, or wrong for good."""
    cloud = Cloud(expired=lambda key: True, code=code)
    [outcome] = await crowd(1, options(start(cloud).url))
    assert isinstance(outcome, type)
    assert issubclass(outcome, ServiceError)
    assert (cloud.fetched, len(cloud.signed)) == (1, 1)


@dataclass
class Hand:
    """A clock that the test moves."""

    begun: datetime = datetime(2030, 1, 1, 12, tzinfo=UTC)
    minutes: float = 0.0

    def __call__(self) -> datetime:
        return self.begun + timedelta(minutes=self.minutes)


# Minutes after the start, whether the source is broken, how the call ends, and with which key it was signed.
HOURS: list[tuple[float, bool, Outcome, str | None]] = [
    (0, False, "r-1", "KEY1"),
    (44, True, "r-1", "KEY1"),
    (46, True, "r-1", "KEY1"),
    (46.4, True, "r-1", "KEY1"),
    (51, True, CredentialsError, None),
    (59.9, True, CredentialsError, None),
    (60, True, CredentialsError, None),
    (600, True, CredentialsError, None),
    (600, False, "r-1", "KEY7"),
    (646, False, "r-1", "KEY8"),
    (700, False, "r-1", "KEY9"),
    (765, False, "r-1", "KEY10"),
]


async def test_nothing_is_signed_with_keys_that_have_expired(start: Start) -> None:
    """A day of a client, with a source that fails for a while: 45 minutes fresh, 5 advised, 10 mandatory."""
    clock = Hand()
    cloud = Cloud(now=clock)
    async with AsyncClient(**options(start(cloud).url, now=clock, random=lambda: 0.0)) as client:
        for minutes, cloud.broken, expected, key in HOURS:
            clock.minutes, before = minutes, len(cloud.signed)
            try:
                outcome: Outcome = (await client.send(CALL)).request_id or ""
            except Ec2QueryError as error:
                outcome = type(error)
            assert (minutes, outcome) == (minutes, expected)
            signed = [(each, date) for each, date in cloud.signed[before:]]
            assert signed == ([] if key is None else [(key, f"{clock():%Y%m%dT%H%M%SZ}")]), minutes


async def test_given_keys_that_have_expired_sign_nothing(start: Start, crowd: Crowd) -> None:
    """Whatever they are: keys, or a source of the caller's own that never renews."""
    from ec2query import Credentials

    cloud = Cloud()
    gone = Credentials("AKIDEXAMPLE", "s", "t", datetime(2020, 1, 1, tzinfo=UTC))
    assert await crowd(1, {**options(start(cloud).url), "credentials": gone}) == [CredentialsError]
    assert (cloud.fetched, cloud.signed) == (0, [])


async def test_a_caller_who_is_cancelled_leaves_the_others_their_keys(start: Start) -> None:
    """Even the one who had begun to ask."""
    cloud = Cloud(held=True)
    server = start(cloud)
    outcomes: list[str | None] = []

    async def call(client: AsyncClient) -> None:
        outcomes.append((await client.send(CALL)).request_id)

    async with AsyncClient(**options(server.url)) as client, anyio.create_task_group() as tasks:
        with anyio.CancelScope() as first:
            async with anyio.create_task_group() as leading:
                leading.start_soon(call, client)
                await in_thread(server.await_request)
                for _ in range(50):
                    tasks.start_soon(call, client)
                await anyio.lowlevel.checkpoint()
                first.cancel()
        server.gate.set()
    assert outcomes == ["r-1"] * 50
    assert cloud.fetched <= 2
