"""What the tests of the client room share: both event loops, both transports, a scripted server."""

from __future__ import annotations

import ssl
from collections.abc import AsyncIterator, Iterator
from contextlib import ExitStack
from typing import Any

import pytest

from support.certificates import Authority
from support.server import Script, ScriptedServer, Start, serve
from support.ways import AsyncWay, BlockingWay, MakeWay, Way

__all__ = ["anyio_backend", "authority", "make_way", "start", "way"]


@pytest.fixture(params=["asyncio", "trio"])
def anyio_backend(request: pytest.FixtureRequest) -> str:
    backend: str = request.param
    return backend


@pytest.fixture
def start() -> Iterator[Start]:
    """Start servers that end with the test."""
    with ExitStack() as stack:

        def begin(script: Script = serve, *, context: ssl.SSLContext | None = None) -> ScriptedServer:
            return stack.enter_context(ScriptedServer(script, context=context))

        yield begin


@pytest.fixture(params=["async", "blocking"])
async def make_way(request: pytest.FixtureRequest, anyio_backend: str) -> AsyncIterator[MakeWay]:
    """Make transports, by their options, that are closed with the test."""
    made: list[Way] = []

    def make(**options: Any) -> Way:
        made.append(AsyncWay(**options) if request.param == "async" else BlockingWay(**options))
        return made[-1]

    yield make
    for each in made:
        await each.aclose()


@pytest.fixture
def way(make_way: MakeWay) -> Way:
    """A transport with its defaults."""
    return make_way()


@pytest.fixture(scope="session")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority(tmp_path_factory.mktemp("authority"))
