"""Both ways to send, behind one face: what is promised of one transport is promised of the other."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Protocol, TypeVar

import anyio
import anyio.to_thread

from ec2query.client.blocking_transport import BlockingLaneTransport
from ec2query.client.drivers import AsyncDriver, BlockingDriver
from ec2query.client.transport import LaneTransport
from ec2query.protocol.effects import Flow, Timeout, send
from ec2query.protocol.message import HttpRequest, HttpResponse

__all__ = ["AsyncWay", "BlockingWay", "MakeWay", "Way", "get", "in_thread", "post"]

T = TypeVar("T")


class Way(Protocol):
    """A driver over its default transport."""

    async def run(self, flow: Flow[T]) -> T: ...
    async def aclose(self) -> None: ...
    @property
    def open_connections(self) -> int: ...
    @property
    def idle_connections(self) -> int: ...


MakeWay = Callable[..., Way]


class AsyncWay:
    def __init__(self, **options: Any) -> None:
        self.transport = LaneTransport(**options)
        self._driver = AsyncDriver(self.transport)

    async def run(self, flow: Flow[T]) -> T:
        return await self._driver.run(flow)

    async def aclose(self) -> None:
        await self.transport.aclose()

    @property
    def open_connections(self) -> int:
        return self.transport.open_connections

    @property
    def idle_connections(self) -> int:
        return self.transport.idle_connections


class BlockingWay:
    def __init__(self, **options: Any) -> None:
        self.transport = BlockingLaneTransport(**options)
        self._driver = BlockingDriver(self.transport)

    async def run(self, flow: Flow[T]) -> T:
        return await anyio.to_thread.run_sync(self._driver.run, flow)

    async def aclose(self) -> None:
        self.transport.close()

    @property
    def open_connections(self) -> int:
        return self.transport.open_connections

    @property
    def idle_connections(self) -> int:
        return self.transport.idle_connections


async def in_thread(function: Callable[[], T]) -> T:
    """Wait for something that another thread does."""
    return await anyio.to_thread.run_sync(function)


def post(
    url: str,
    body: bytes = b"Action=DescribeIpams",
    *,
    timeout: Timeout | None = None,
    max_body: int | None = None,
) -> Flow[HttpResponse]:
    """The flow of one POST."""
    request = HttpRequest("POST", url, {"content-type": "application/x-www-form-urlencoded"}, body)
    return send(request, timeout, max_body)


def get(url: str) -> Flow[HttpResponse]:
    """The flow of one GET."""
    return send(HttpRequest("GET", url))
