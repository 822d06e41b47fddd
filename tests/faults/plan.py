"""What the fault server is told to do wrong, as one value, and the draws that it takes.

An attempt is faulty by the plan's share; then its family is drawn by weight, and its kind evenly.
"""

from __future__ import annotations

import json
import random
from dataclasses import asdict, dataclass
from enum import Enum

__all__ = ["FAMILIES", "WEIGHTS", "Fault", "Plan", "draw_fault"]


class Fault(Enum):
    """One way in which an attempt fails."""

    RESET_BEFORE_READING = "reset before reading"
    RESET_AFTER_READING = "reset after reading"
    RESET_IN_THE_BODY = "reset in the body"
    XML_500 = "500, XML"
    HTML_500 = "500, HTML"
    EMPTY_500 = "500, empty"
    XML_503 = "503, XML"
    HTML_503 = "503, HTML"
    EMPTY_503 = "503, empty"
    THROTTLED = "RequestLimitExceeded"
    STALL_BEFORE_THE_HEAD = "stall before the head"
    STALL_IN_THE_BODY = "stall in the body"
    TRUNCATED = "truncated body"
    MALFORMED = "malformed XML, 200"
    TRICKLE_OF_THE_HEAD = "trickle of the head"
    TRICKLE_OF_THE_BODY = "trickle of the body"


FAMILIES: dict[str, tuple[Fault, ...]] = {
    "resets": (Fault.RESET_BEFORE_READING, Fault.RESET_AFTER_READING, Fault.RESET_IN_THE_BODY),
    "5xx": (
        *(Fault.XML_500, Fault.HTML_500, Fault.EMPTY_500),
        *(Fault.XML_503, Fault.HTML_503, Fault.EMPTY_503),
    ),
    "throttling": (Fault.THROTTLED,),
    "stalls": (Fault.STALL_BEFORE_THE_HEAD, Fault.STALL_IN_THE_BODY),
    "truncation": (Fault.TRUNCATED,),
    "malformed": (Fault.MALFORMED,),
    "trickles": (Fault.TRICKLE_OF_THE_HEAD, Fault.TRICKLE_OF_THE_BODY),
}

# A third of the faults is throttling, a sixth costs a timeout.
WEIGHTS = {
    "resets": 1.0,
    "5xx": 1.0,
    "throttling": 2.0,
    "stalls": 0.5,
    "truncation": 0.5,
    "malformed": 0.5,
    "trickles": 0.5,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """How the server behaves until it is told otherwise.

    share: of the attempts, 0 to 1, that are faulty; families: of these kinds.
    rate: requests a second beyond which it throttles, with bursts of a second's worth; None: never.
    skew: seconds that its clock is ahead of the true time.
    delay: seconds that it takes to answer.
    padding: characters that make a Describe's answer longer.
    deliveries: how an answer goes out, one of these drawn for each; see `delivery`.
    rotation: seconds between two rotations of the credentials; each are good for as long again.
    """

    share: float = 0.0
    families: tuple[str, ...] = tuple(FAMILIES)
    rate: float | None = None
    skew: float = 0.0
    delay: float = 0.0
    padding: int = 0
    deliveries: tuple[str, ...] = ("whole", "whole", "whole", "split", "chunked", "closing")
    rotation: float = 1.0

    def to_json(self) -> str:
        return json.dumps(asdict(self))

    @classmethod
    def from_json(cls, text: str) -> Plan:
        members = json.loads(text)
        lists = {name: tuple(members[name]) for name in ("families", "deliveries")}
        return cls(**{**members, **lists})


def draw_fault(plan: Plan, chance: random.Random) -> Fault | None:
    """Draw what is wrong with the next attempt; None: nothing. One draw where nothing can be."""
    if chance.random() >= plan.share:
        return None
    weights = [WEIGHTS[family] for family in plan.families]
    return chance.choice(FAMILIES[chance.choices(plan.families, weights)[0]])
