"""What every provider is given besides its source, as one frozen value."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import field
from typing import TypeAlias

from ..frozen import frozen
from ..protocol.effects import Flow
from ..protocol.world import World
from .profiles import SharedConfig, load_config
from .settings import Settings, settings

__all__ = ["Context", "MfaToken", "load_context"]

# Given the serial number or ARN of an MFA device, answers with the code that it shows.
MfaToken: TypeAlias = Callable[[str], str | Awaitable[str]]


@frozen(kw_only=True)
class Context:
    """The world, what the files and the environment say, and what the caller gave.

    `region` is where STS is asked; where it is None, it is looked for as for EC2.
    """

    world: World
    config: SharedConfig = field(default_factory=SharedConfig)
    settings: Settings = field(default_factory=Settings)
    region: str | None = None
    mfa_token: MfaToken | None = field(default=None, repr=False)
    user_agent: str = "ec2query"


def load_context(
    world: World,
    *,
    profile: str | None = None,
    region: str | None = None,
    mfa_token: MfaToken | None = None,
    user_agent: str = "ec2query",
) -> Flow[Context]:
    """Read the shared files and the settings. Raises ConfigurationError."""
    config = yield from load_config(world.environ, profile)
    return Context(
        world=world,
        config=config,
        settings=settings(world.environ, config),
        region=region,
        mfa_token=mfa_token,
        user_agent=user_agent,
    )
