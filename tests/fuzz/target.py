"""What is fuzzed, as a value: a function of bytes, seeds, mutations, and the errors that it documents.

`judge` runs one input. A value, or an error of the documented families that says something, is fine;
anything else is a finding, a broken invariant (an AssertionError of the target's own) included.
"""

from __future__ import annotations

import random
import traceback
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from fuzz.mutations import BYTES, Draw, Mutation

__all__ = ["Outcome", "Seed", "Stuck", "Target", "input_of", "judge"]

Seed: TypeAlias = Callable[[Draw], bytes]

_STEPS = (0, 1, 1, 1, 2, 2, 3, 4, 6, 10)
_LONGEST = 256 * 1024


class Stuck(BaseException):
    """A case did not end; not an Exception, so that nothing takes it for one of its own."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """`run` is given the input, and chance for what else it needs: the status, the pieces it comes in.

    `mutations` know the input's format, and leave it whole; those of `BYTES` do not.
    """

    name: str
    seed: Seed
    run: Callable[[bytes, Draw], object]
    refusals: tuple[type[Exception], ...]
    mutations: Sequence[Mutation] = BYTES


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one input: `kind` is `result`, an error's class, or `finding`."""

    kind: str
    signature: str = ""
    detail: str = ""


def input_of(target: Target, seed: int, number: int) -> bytes:
    """Make the input of a case: the same for the same target, seed and number."""
    draw = random.Random(f"{target.name} {seed} {number}")
    data = target.seed(draw)
    # Half of the inputs stay well-formed: a reader that refuses all has not been tested.
    mutations = target.mutations if draw.random() < 0.5 else (*target.mutations, *BYTES)
    for _ in range(draw.choice(_STEPS)):
        data = draw.choice(mutations)(data, draw)[:_LONGEST]
    if draw.random() < 0.05:
        data = _spliced(data, target.seed(draw), draw)
    return data


def _spliced(one: bytes, other: bytes, draw: Draw) -> bytes:
    return one[: draw.randrange(len(one) + 1)] + other[draw.randrange(len(other) + 1) :]


def judge(target: Target, data: bytes, chance: str) -> Outcome:
    """Run one input; `chance` seeds what the target draws, so that a shorter input meets the same."""
    try:
        value = target.run(data, random.Random(chance))
        repr(value)
    except target.refusals as error:
        if not str(error).strip():
            return Outcome("finding", f"{type(error).__name__} without words", "an error that says nothing")
        return Outcome(type(error).__name__)
    except (Exception, Stuck) as error:
        return Outcome("finding", _signature(error), "".join(traceback.format_exception(error)[-4:]))
    return Outcome("result")


def _signature(error: BaseException) -> str:
    frames = traceback.extract_tb(error.__traceback__)
    ours = [frame for frame in frames if "ec2query" in frame.filename] or frames
    place = f"{ours[-1].filename.rpartition('/')[2]}:{ours[-1].lineno}" if ours else "nowhere"
    return f"{type(error).__name__} at {place}"
