"""The real World: the process's environment, the system's clocks, its randomness."""

from __future__ import annotations

import os
import time
from datetime import UTC, datetime

from ..protocol.world import World

__all__ = ["system_world"]

# The bits of a UUID that chance decides, and those that say version 4, variant 10.
_DRAWN = 0xFFFFFFFF_FFFF_0FFF_3FFF_FFFFFFFFFFFF
_VERSION = 0x00000000_0000_4000_8000_000000000000


def system_world() -> World:
    """Give the world as it is; `environ` is live, so a change of os.environ is seen by the next call."""
    return World(environ=os.environ, now=_now, monotonic=time.monotonic, random=_random, token=_token)


def _now() -> datetime:
    return datetime.now(UTC)


def _random() -> float:
    import random  # at the first draw: most processes never retry

    return random.random()  # noqa: S311 -- jitter, not a secret


def _token() -> str:
    """Draw a UUID of version 4: https://www.rfc-editor.org/rfc/rfc9562#section-5.4."""
    # Loading `uuid` takes as long as making ten calls.
    digits = f"{int.from_bytes(os.urandom(16)) & _DRAWN | _VERSION:032x}"
    return f"{digits[:8]}-{digits[8:12]}-{digits[12:16]}-{digits[16:20]}-{digits[20:]}"
