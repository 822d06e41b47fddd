"""What became of each place that was looked at: for errors, `whoami` and `doctor`."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal, NamedTuple, TypeAlias

from ..protocol.access_key import Credentials

__all__ = ["Attempt", "Outcome", "Resolution", "sentence"]

# `not asked`: an earlier place had answered, or a setting passes this one over.
Outcome: TypeAlias = Literal["answered", "absent", "failed", "not asked"]


class Attempt(NamedTuple):
    """One place: its name, what became of it, and why; `credentials` where it answered with some."""

    name: str
    outcome: Outcome
    detail: str
    credentials: Credentials | None = None


class Resolution(NamedTuple):
    """Credentials, the name of the source that answered, and every place that was looked at."""

    credentials: Credentials
    source: str
    detail: str
    attempts: tuple[Attempt, ...]


def sentence(attempts: Iterable[Attempt]) -> str:
    """Say in one line what became of each, but for an argument that was not given."""
    return "; ".join(
        attempt.detail if attempt.detail.startswith(attempt.name) else f"{attempt.name}: {attempt.detail}"
        for attempt in attempts
        if attempt.name != "argument" or attempt.outcome == "answered"
    )
