"""Calls that a hostile server answers: through each client, without a network."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

import anyio
import httpx

from ec2query import AsyncClient, Client, Credentials, World
from ec2query.shape import Operation

__all__ = ["KEYS", "NOW", "WAYS", "answering", "ask", "quiet_world"]

KEYS = Credentials("AKIDEXAMPLE0000", "wJalrXUtnFEMI")
NOW = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
WAYS = ("asyncio", "trio", "blocking")


def quiet_world(environ: Mapping[str, str] | None = None) -> World:
    """A world in which time stands still and waiting takes none."""
    return World(
        environ=environ or {},
        now=lambda: NOW,
        monotonic=lambda: 0.0,
        random=lambda: 0.0,
        token=lambda: "token",
        sleep=lambda seconds: None,
    )


def answering(
    body: bytes, status: int = 200, headers: Mapping[str, str] | None = None
) -> Callable[[httpx.Request], httpx.Response]:
    """Answer each request so; httpx decodes nothing and adds no header."""
    return lambda request: httpx.Response(status, headers=headers or {}, stream=httpx.ByteStream(body))


def ask(
    way: str, operation: Operation[Any], answer: Callable[[httpx.Request], httpx.Response], **options: Any
) -> Any:
    """Send an operation through one of WAYS, in one attempt unless told otherwise."""
    given = {"region": "us-east-1", "credentials": KEYS, "world": quiet_world(), "max_attempts": 1, **options}
    transport = httpx.MockTransport(answer)
    if way == "blocking":
        with Client(**given, transport=transport) as client:
            return client.send(operation)

    async def main() -> Any:
        async with AsyncClient(**given, transport=transport) as client:
            return await client.send(operation)

    return anyio.run(main, backend=way)
