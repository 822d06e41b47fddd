"""Waiting on asyncio and trio alike: anyio's ways, imported when one is first needed.

To import anyio takes as long as to import all of ours, and a process whose first call neither waits in
line nor is retried needs nothing of it.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING, TypeVar

from .network import running_network

if TYPE_CHECKING:
    import anyio

__all__ = ["checkpoint", "event", "fail_after", "in_thread", "sleep"]

T = TypeVar("T")


async def sleep(seconds: float) -> None:
    """Let time pass."""
    import anyio

    await anyio.sleep(seconds)


async def checkpoint() -> None:
    """Let other tasks run."""
    import anyio.lowlevel

    await anyio.lowlevel.checkpoint()


def event() -> anyio.Event:
    """Make something to wait for."""
    import anyio

    return anyio.Event()


def fail_after(seconds: float | None) -> AbstractContextManager[object]:
    """Bound a block in time. Raises: TimeoutError."""
    import anyio

    return anyio.fail_after(seconds)


async def in_thread(function: Callable[[], T]) -> T:
    """Wait for a function in a thread; who is cancelled leaves it to itself."""
    return await running_network().in_thread(function)
