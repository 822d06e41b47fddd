"""Playing a flow: each effect that it asks for is answered from a list, and time is a number."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar

from ec2query.protocol.effects import Flow, Pause, Send, Sleep
from ec2query.protocol.message import HttpRequest, HttpResponse
from ec2query.protocol.world import World

__all__ = ["NOW", "FakeTime", "Played", "Reply", "play"]

T = TypeVar("T")

NOW = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)

# A reply: a response, an error to throw in, or a function of the request.
Reply = HttpResponse | Exception | Callable[[HttpRequest], HttpResponse]


class FakeTime:
    """Clocks that stand still but for sleeping, and chance that always draws the same."""

    def __init__(self, *, environ: Mapping[str, str] | None = None, chance: float = 1.0) -> None:
        self.seconds = 0.0
        self.tokens = 0
        self.world = World(
            environ=environ or {},
            now=lambda: NOW + timedelta(seconds=self.seconds),
            monotonic=lambda: self.seconds,
            random=lambda: chance,
            token=self._token,
        )

    def _token(self) -> str:
        self.tokens += 1
        return f"token-{self.tokens}"


class Played:
    """What a flow asked for, in order."""

    def __init__(self) -> None:
        self.requests: list[HttpRequest] = []
        self.timeouts: list[Any] = []
        self.sleeps: list[float] = []
        self.pauses = 0


def play(flow: Flow[T], replies: Sequence[Reply], time: FakeTime, played: Played | None = None) -> T:
    """Run a flow: `Send` takes the next reply, `Sleep` lets the fake time pass."""
    played = played if played is not None else Played()
    waiting = list(replies)
    reply: object = None
    failure: Exception | None = None
    while True:
        try:
            effect = flow.throw(failure) if failure is not None else flow.send(reply)
        except StopIteration as end:
            assert not waiting, f"{len(waiting)} replies were not asked for"
            result: T = end.value
            return result
        reply, failure = None, None
        if isinstance(effect, Sleep):
            played.sleeps.append(effect.seconds)
            time.seconds += effect.seconds
        elif isinstance(effect, Pause):
            played.pauses += 1
        else:
            assert isinstance(effect, Send), effect
            played.requests.append(effect.request)
            played.timeouts.append(effect.timeout)
            assert waiting, "the flow sent more requests than there are replies"
            answer = waiting.pop(0)
            if isinstance(answer, Exception):
                failure = answer
            else:
                reply = answer(effect.request) if callable(answer) else answer
