"""The drivers: every effect performed, every failure thrown into the flow, every flow closed."""

from __future__ import annotations

import threading
from collections.abc import Awaitable, Callable, Generator
from pathlib import Path
from typing import Any, TypeVar

import anyio
import anyio.lowlevel
import anyio.to_thread
import httpx
import pytest

from ec2query.client.drivers import AsyncDriver, BlockingDriver
from ec2query.errors import (
    ConfigurationError,
    CredentialsError,
    Ec2QueryError,
    ResponseError,
    TransportError,
)
from ec2query.protocol.effects import (
    Effect,
    Flow,
    Send,
    ask,
    pause,
    read_file,
    run_process,
    send,
    shared,
    sleep,
    write_file,
)
from ec2query.protocol.message import HttpRequest

pytestmark = pytest.mark.anyio

T = TypeVar("T")

REQUEST = HttpRequest("POST", "https://ec2.test/", {}, b"Action=X")


def ok(request: httpx.Request) -> httpx.Response:
    return httpx.Response(200, content=b"ok")


class Runner:
    """Runs flows with either driver, over a handler instead of a network."""

    def __init__(self, *, blocking: bool) -> None:
        self.blocking = blocking

    async def __call__(
        self, flow: Flow[T], handler: Callable[[httpx.Request], httpx.Response] = ok, **options: Any
    ) -> T:
        if self.blocking:
            driver = BlockingDriver(httpx.MockTransport(handler), **options)
            return await anyio.to_thread.run_sync(driver.run, flow)
        return await AsyncDriver(httpx.MockTransport(handler), **options).run(flow)


@pytest.fixture(params=["async", "blocking"])
def run(request: pytest.FixtureRequest) -> Runner:
    return Runner(blocking=request.param == "blocking")


async def test_a_flow_is_a_script(run: Runner, tmp_path: Path) -> None:
    """Every effect in turn, each with its reply."""
    slept: list[float] = []

    def script() -> Flow[list[object]]:
        response = yield from send(REQUEST)
        yield from sleep(1.5)
        yield from pause()
        yield from write_file("/cache/token", b"token")
        token = yield from read_file("/cache/token")
        missing = yield from read_file("/cache/none")
        output = yield from run_process(("/bin/echo", "hello"))
        code = yield from ask(lambda about: about.upper(), "mfa")
        return [response.status, response.body, token, missing, output, code]

    result = await run(script(), sleep=slept.append, root=str(tmp_path))
    assert result == [200, b"ok", b"token", None, b"hello\n", "MFA"]
    assert slept == [1.5]
    assert (tmp_path / "cache" / "token").read_bytes() == b"token"


async def test_a_flow_that_asks_for_nothing(run: Runner) -> None:
    """A flow may return at once."""

    def nothing() -> Flow[int]:
        return 7
        yield

    assert await run(nothing()) == 7


def unreachable(request: httpx.Request) -> httpx.Response:
    raise httpx.ConnectError("no route")


FAILURES: dict[str, tuple[Callable[[], Flow[object]], type[Ec2QueryError]]] = {
    "send": (lambda: send(REQUEST), TransportError),
    "read": (lambda: read_file("/"), ConfigurationError),
    "write": (lambda: write_file("/", b""), ConfigurationError),
    "run": (lambda: run_process(("/no/such/program",)), CredentialsError),
    "ask": (lambda: ask(int, "mfa"), CredentialsError),  # type: ignore[arg-type]
    "ask, no str": (lambda: ask(lambda about: 7, "mfa"), CredentialsError),  # type: ignore[arg-type,return-value]
    "shared": (lambda: shared("key", lambda: send(REQUEST)), TransportError),
}


@pytest.mark.parametrize("case", FAILURES)
async def test_a_failure_is_thrown_into_the_flow(run: Runner, case: str, tmp_path: Path) -> None:
    """A flow may handle what failed, and go on."""
    begin, kind = FAILURES[case]

    def careful() -> Flow[Ec2QueryError]:
        try:
            yield from begin()
        except Ec2QueryError as error:
            yield from pause()
            return error
        raise AssertionError("nothing failed")

    assert type(await run(careful(), unreachable, root=str(tmp_path))) is kind


async def test_a_failure_that_the_flow_does_not_handle(run: Runner) -> None:
    """It is the flow's failure."""
    with pytest.raises(TransportError, match="no route") as caught:
        await run(send(REQUEST), unreachable)
    assert isinstance(caught.value.__cause__, httpx.ConnectError)


def watched(events: list[str], flow: Callable[[], Flow[object]]) -> Flow[object]:
    try:
        return (yield from flow())
    except Exception as error:
        events.append(type(error).__name__)
        raise
    finally:
        events.append("closed")


async def test_a_defect_closes_the_flow_and_comes_through(run: Runner) -> None:
    """What is not of our tree is not the flow's to handle."""

    def broken(request: httpx.Request) -> httpx.Response:
        raise KeyError("mistake")

    events: list[str] = []
    with pytest.raises(KeyError, match="mistake"):
        await run(watched(events, lambda: send(REQUEST)), broken)
    assert events == ["closed"]


async def test_cancelling_closes_the_flow(anyio_backend: str) -> None:
    """A flow that sleeps is closed when its driver is cancelled."""
    events: list[str] = []
    driver = AsyncDriver(httpx.MockTransport(ok))
    async with anyio.create_task_group() as group:
        group.start_soon(driver.run, watched(events, lambda: sleep(3600)))
        for _ in range(5):
            await anyio.lowlevel.checkpoint()
        group.cancel_scope.cancel()
    assert events == ["closed"]


async def test_sleep_may_be_a_coroutine_function(anyio_backend: str) -> None:
    """AsyncClient awaits the sleep that it was given."""
    slept: list[float] = []

    async def sleeping(seconds: float) -> None:
        await anyio.lowlevel.checkpoint()
        slept.append(seconds)

    await AsyncDriver(httpx.MockTransport(ok), sleep=sleeping).run(sleep(2.0))
    assert slept == [2.0]


async def test_a_blocking_caller_cannot_await(anyio_backend: str) -> None:
    """A coroutine function given to Client is a mistake that says so."""

    async def sleeping(seconds: float) -> None:
        raise AssertionError

    async def answer(about: str) -> str:
        raise AssertionError

    driver = BlockingDriver(httpx.MockTransport(ok), sleep=sleeping)
    with pytest.raises(ConfigurationError, match="sleep: expected a plain function"):
        driver.run(sleep(1.0))
    with pytest.raises(CredentialsError, match=r"mfa: .* AsyncClient"):
        driver.run(ask(answer, "mfa"))


async def test_a_question_is_asked_off_the_event_loop(anyio_backend: str) -> None:
    """A function that blocks does not stop other tasks; an awaitable answer is awaited on the loop."""
    threads: list[threading.Thread] = []

    def answer(about: str) -> Awaitable[str]:
        threads.append(threading.current_thread())

        async def later() -> str:
            threads.append(threading.current_thread())
            return about[::-1]

        return later()

    assert await AsyncDriver(httpx.MockTransport(ok)).run(ask(answer, "afm")) == "mfa"
    assert [thread is threading.current_thread() for thread in threads] == [False, True]


async def test_a_question_may_fail_in_our_words(run: Runner) -> None:
    """An error of our tree that the function raises stays what it is."""

    def answer(about: str) -> str:
        raise ConfigurationError("no terminal")

    with pytest.raises(ConfigurationError, match="no terminal"):
        await run(ask(answer, "mfa"))


async def test_a_pause_lets_others_in(anyio_backend: str) -> None:
    """Between two pieces of work another task has its turn."""
    order: list[str] = []

    def pieces() -> Flow[None]:
        for name in "ac":
            order.append(name)
            yield from pause()
            yield from pause()

    async def other() -> None:
        order.append("b")

    driver = AsyncDriver(httpx.MockTransport(ok))
    async with anyio.create_task_group() as group:
        group.start_soon(driver.run, pieces())
        group.start_soon(other)
    assert sorted(order[:2]) == ["a", "b"]
    assert order[2] == "c"


async def test_tasks_share_a_run(anyio_backend: str) -> None:
    """Ten flows that need credentials at once fetch them once."""
    requests: list[httpx.Request] = []
    gate = anyio.Event()

    async def handler(request: httpx.Request) -> httpx.Response:
        requests.append(request)
        await gate.wait()
        return httpx.Response(200, content=b"credentials")

    driver = AsyncDriver(httpx.MockTransport(handler))
    bodies: list[bytes] = []

    async def call() -> None:
        bodies.append((await driver.run(shared("credentials", lambda: send(REQUEST)))).body)

    async with anyio.create_task_group() as group:
        for _ in range(10):
            group.start_soon(call)
        for _ in range(10):
            await anyio.lowlevel.checkpoint()
        gate.set()
    assert (len(requests), bodies) == (1, [b"credentials"] * 10)


async def test_the_limit_of_the_effect_counts(run: Runner) -> None:
    """`max_body` is passed on to the sender."""
    with pytest.raises(ResponseError, match="limit of 1 bytes"):
        await run(send(REQUEST, max_body=1))


async def test_an_effect_that_nobody_knows_is_a_defect(run: Runner) -> None:
    """A flow that asks for something else is wrong, and is closed."""
    events: list[str] = []

    def strange() -> Generator[Effect, object, None]:
        yield "please"  # type: ignore[misc]

    with pytest.raises(KeyError):
        await run(watched(events, strange))
    assert events == ["closed"]


async def test_the_given_clock_judges_the_pace(run: Runner) -> None:
    """`monotonic` is asked, not the system's clock."""
    seconds = iter(range(0, 10_000, 100))

    def handler(request: httpx.Request) -> httpx.Response:
        return httpx.Response(200, content=b"ok")

    with pytest.raises(TransportError, match="too slowly"):
        await run(drive_one(), handler, monotonic=lambda: float(next(seconds)))


def drive_one() -> Flow[object]:
    reply = yield Send(REQUEST)
    return reply
