"""A stage for flows: files, programs and HTTP exchanges by table, a clock that only Sleep moves.

`Stage.run(flow)` performs what a flow asks for and remembers it; an exchange that is not the next
one expected fails the test.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TypeAlias, TypeVar

from ec2query.errors import ConfigurationError, CredentialsError, Ec2QueryError, TransportTimeout
from ec2query.protocol.effects import (
    Ask,
    Effect,
    Flow,
    Pause,
    ReadFile,
    RunProcess,
    Send,
    Shared,
    Sleep,
    WriteFile,
)
from ec2query.protocol.message import HttpRequest, HttpResponse
from ec2query.protocol.world import World

__all__ = ["NOW", "Exchange", "Stage", "answer", "lost"]

T = TypeVar("T")

NOW = datetime(2030, 1, 1, 12, 0, 0, tzinfo=UTC)

# (method and URL, what comes back)
Exchange: TypeAlias = "tuple[str, HttpResponse | Ec2QueryError]"


def answer(body: bytes | str = b"", status: int = 200) -> HttpResponse:
    """An HTTP answer."""
    return HttpResponse(status, {}, body.encode() if isinstance(body, str) else body)


def lost() -> Ec2QueryError:
    """No answer in time."""
    return TransportTimeout("no answer")


@dataclass
class Stage:
    """What the world holds, and what was asked of it."""

    environ: Mapping[str, str] = field(default_factory=dict[str, str])
    files: dict[str, bytes] = field(default_factory=dict[str, bytes])
    programs: Mapping[tuple[str, ...], bytes] = field(default_factory=dict[tuple[str, ...], bytes])
    exchanges: Sequence[Exchange] = ()
    read_only: bool = False
    now: datetime = NOW
    random: float = 0.5
    requests: list[HttpRequest] = field(default_factory=list[HttpRequest])
    effects: list[Effect] = field(default_factory=list[Effect])

    @property
    def world(self) -> World:
        return World(
            environ=self.environ,
            now=lambda: self.now,
            monotonic=lambda: self.now.timestamp(),
            random=lambda: self.random,
            token=lambda: "token",
        )

    @property
    def sleeps(self) -> list[float]:
        return [effect.seconds for effect in self.effects if isinstance(effect, Sleep)]

    def run(self, flow: Flow[T]) -> T:
        """Run a flow to its end."""
        perform: Callable[[], Effect] = lambda: next(flow)  # noqa: E731
        try:
            while True:
                effect = perform()
                try:
                    reply = self._perform(effect)
                except Ec2QueryError as error:
                    perform = _thrower(flow, error)
                else:
                    perform = _sender(flow, reply)
        except StopIteration as stop:
            result: T = stop.value
            return result

    def done(self) -> None:
        """Fail where an exchange that was expected did not happen."""
        assert len(self.requests) == len(self.exchanges), self.exchanges[len(self.requests) :]

    def _perform(self, effect: Effect) -> object:
        self.effects.append(effect)
        match effect:
            case Send():
                return self._exchange(effect.request)
            case Sleep():
                self.now += timedelta(seconds=effect.seconds)
                return None
            case Pause():
                return None
            case ReadFile():
                return self.files.get(effect.path)
            case WriteFile():
                if self.read_only:
                    raise ConfigurationError(f"{effect.path}: read-only")
                self.files[effect.path] = effect.data
                return None
            case RunProcess():
                if effect.argv not in self.programs:
                    raise CredentialsError(f"program {effect.argv[0]!r}: cannot be run")
                return self.programs[effect.argv]
            case Ask():
                return effect.answer(effect.about)
            case Shared():
                return self.run(effect.flow())

    def _exchange(self, request: HttpRequest) -> HttpResponse:
        asked = f"{request.method} {request.url}"
        number = len(self.requests)
        assert number < len(self.exchanges), f"not expected: {asked}"
        self.requests.append(request)
        expected, reply = self.exchanges[number]
        assert asked == expected
        if isinstance(reply, Ec2QueryError):
            raise reply
        return reply


def _thrower(flow: Flow[T], error: Ec2QueryError) -> Callable[[], Effect]:
    return lambda: flow.throw(error)


def _sender(flow: Flow[T], reply: object) -> Callable[[], Effect]:
    return lambda: flow.send(reply)
