"""What the fault server saw and did, counted: the other side's word for every promise of the client."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import Any

__all__ = ["Ledger"]


@dataclass(slots=True)
class Ledger:
    """`attempts` is how often each call was read to its end, `effects` how often it was carried out.

    requests: whose first byte came. `faults` by kind, `refused` by error code (what was wrong with a
    request), `keys`: how often each of the rotating credentials was fetched.
    arrived, throttled, done: requests by the second since the first one.
    stale: requests signed with keys that had expired by then.
    torn: calls whose invocation id changed, or whose attempts did not count upward.
    """

    requests: int = 0
    connections: int = 0
    torn: int = 0
    stale: int = 0
    faults: Counter[str] = field(default_factory=Counter[str])
    refused: Counter[str] = field(default_factory=Counter[str])
    attempts: Counter[str] = field(default_factory=Counter[str])
    effects: Counter[str] = field(default_factory=Counter[str])
    keys: Counter[str] = field(default_factory=Counter[str])
    arrived: Counter[str] = field(default_factory=Counter[str])
    throttled: Counter[str] = field(default_factory=Counter[str])
    done: Counter[str] = field(default_factory=Counter[str])

    def to_json(self) -> dict[str, object]:
        return {each.name: getattr(self, each.name) for each in fields(self)}

    @classmethod
    def from_json(cls, members: Mapping[str, Any]) -> Ledger:
        ledger = cls()
        for name, value in members.items():
            setattr(ledger, name, value if isinstance(value, int) else Counter(value))
        return ledger
