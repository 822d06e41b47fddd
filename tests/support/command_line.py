"""Runs of the command line in tests: what they are given, and how they ended."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

from ec2query.emulator import Emulator

__all__ = ["CommandLine", "Ended", "Endpoint"]


@dataclass(frozen=True)
class Endpoint:
    """A running emulator and where it listens."""

    emulator: Emulator
    url: str


@dataclass(frozen=True)
class Ended:
    """How a run of the command line ended."""

    status: int
    out: str
    err: str


CommandLine: TypeAlias = Callable[..., Ended]
"""Runs `ec2query` in process with these arguments."""
