"""A diagnosis: checks by section, what to do next, and whether a call can be signed."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal, NamedTuple, TypeAlias

from ..credentials.report import Attempt
from ..errors import CredentialsError, Ec2QueryError
from .client_options import spoken
from .exits import next_step, one_line

__all__ = ["SECTIONS", "Check", "Diagnosis", "Outcome"]

Outcome: TypeAlias = Literal["ok", "set", "answered", "absent", "not asked", "warning", "failed"]


SECTIONS = (
    "Environment",
    "Shared files",
    "Settings",
    "Region",
    "Endpoint",
    "Credentials",
    "Answers",
)


class Check(NamedTuple):
    """What was looked at, and what became of it."""

    name: str
    outcome: Outcome
    detail: str


@dataclass(slots=True)
class Diagnosis:
    """Filled in as things are looked at; `signable` says whether a call can be signed."""

    sections: dict[str, list[Check]] = field(default_factory=lambda: {name: [] for name in SECTIONS})
    advice: list[str] = field(default_factory=list[str])
    signable: bool = True

    def add(self, section: str, name: str, outcome: Outcome, detail: str) -> None:
        """Note one check."""
        self.sections[section].append(Check(name, outcome, one_line(detail)))

    def attempt(self, section: str, attempt: Attempt) -> None:
        """Note what became of a place that was looked at, but for an argument that was not given."""
        if attempt.name != "argument" or attempt.outcome == "answered":
            self.add(
                section,
                spoken(attempt.name),
                attempt.outcome,
                attempt.detail.removeprefix(f"{attempt.name}: "),
            )

    def fail(self, section: str, name: str, error: Ec2QueryError, *, blocks: bool = True) -> None:
        """Note a failure, and what to do about it; with `blocks` no call can be signed."""
        self.add(section, name, "failed", str(error))
        # That of credentials leads here.
        advice = "" if isinstance(error, CredentialsError) else next_step(error)
        self.advise(f"{one_line(str(error))}; {advice}" if advice else str(error), blocks=blocks)

    def advise(self, sentence: str, *, blocks: bool = True) -> None:
        """Say what to do next."""
        self.signable = self.signable and not blocks
        self.advice.append(one_line(sentence))
