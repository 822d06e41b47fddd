"""All targets, by name."""

from __future__ import annotations

from fuzz import answers, identity, messages, served
from fuzz.target import Target

__all__ = ["TARGETS"]

TARGETS: dict[str, Target] = {
    target.name: target
    for target in (*answers.TARGETS, *identity.TARGETS, *messages.TARGETS, *served.TARGETS)
}
