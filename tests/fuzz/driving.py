"""Driving a flow whose world answers by a function: files, programs and services of the input's making."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TypeVar

from ec2query.errors import Ec2QueryError
from ec2query.protocol.effects import Effect, Flow, Pause, Shared, Sleep

__all__ = ["drive"]

T = TypeVar("T")

# No flow of credentials needs more; one that does never ends.
_MOST_EFFECTS = 200


def drive(flow: Flow[T], reply: Callable[[Effect], object]) -> T:
    """Run a flow: an error of ours that `reply` raises is thrown into it."""
    perform: Callable[[], Effect] = partial(next, flow)
    for _ in range(_MOST_EFFECTS):
        try:
            effect = perform()
        except StopIteration as end:
            result: T = end.value
            return result
        try:
            answer = _answer(effect, reply)
        except Ec2QueryError as error:
            perform = partial(flow.throw, error)
        else:
            perform = partial(flow.send, answer)
    flow.close()
    raise AssertionError(f"more than {_MOST_EFFECTS} effects")


def _answer(effect: Effect, reply: Callable[[Effect], object]) -> object:
    if isinstance(effect, Shared):
        return drive(effect.flow(), reply)
    if isinstance(effect, Sleep):
        assert 0 <= effect.seconds < 3600, "a sleep without end"
    return None if isinstance(effect, Sleep | Pause) else reply(effect)
