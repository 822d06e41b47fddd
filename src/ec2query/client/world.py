"""The real World: the process's environment, the system's clocks, its randomness."""

from __future__ import annotations

import os
import time
from datetime import UTC, datetime

from ..protocol.world import World

__all__ = ["system_world"]


def system_world() -> World:
    """Give the world as it is; `environ` is live, so a change of os.environ is seen by the next call."""
    return World(environ=os.environ, now=_now, monotonic=time.monotonic, random=_random, token=_token)


def _now() -> datetime:
    return datetime.now(UTC)


# Imported at the first draw: a client that is only constructed pays for neither.
def _random() -> float:
    import random

    return random.random()  # noqa: S311 -- jitter, not a secret


def _token() -> str:
    import uuid

    return str(uuid.uuid4())
