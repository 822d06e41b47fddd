"""All targets, by name."""

from __future__ import annotations

from fuzz import answers, identity, messages, served, settings
from fuzz.target import Target

__all__ = ["TARGETS"]

_ROOMS = (answers, settings, identity, messages, served)

TARGETS: dict[str, Target] = {target.name: target for room in _ROOMS for target in room.TARGETS}
