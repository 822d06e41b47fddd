"""What a flow may know of the world, as one frozen value: environment, clocks, chance, tokens.

Flows never look these up themselves, so a test that passes a fixed World gets the same bytes each
time. The real one is made in `ec2query.client`.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import field
from datetime import datetime

from ..frozen import frozen

__all__ = ["World"]


@frozen(kw_only=True)
class World:
    """Everything outside, apart from the network and the disk.

    `environ` is read at call time. `now` gives aware UTC, `monotonic` seconds, `random` a float in
    [0, 1) (one draw for each delay), `token` a fresh idempotency token (one for each logical call).
    `sleep`, where given, replaces the driver's own: it may be a coroutine function for AsyncClient.
    """

    environ: Mapping[str, str] = field(repr=False)
    now: Callable[[], datetime]
    monotonic: Callable[[], float]
    random: Callable[[], float]
    token: Callable[[], str]
    sleep: Callable[[float], Awaitable[None] | None] | None = None
