"""Credentials that are kept: when they are asked for again, by whom, and what a failure does."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from datetime import timedelta

import pytest

from ec2query import Credentials
from ec2query.credentials.cached import CachedCredentials, credential_chain
from ec2query.credentials.context import load_context
from ec2query.credentials.report import Resolution
from ec2query.errors import CredentialsError, Ec2QueryError
from ec2query.protocol.effects import Effect, Flow, Pause, ReadFile, Shared, pause
from support.stage import NOW, Stage


@dataclass
class Source:
    """A source whose keys are numbered; it lets others run before it answers, and can fail."""

    stage: Stage
    minutes: float | None = 60.0
    broken: bool = False
    takes: float = 0.0
    asked: int = 0

    def find(self) -> Flow[Resolution]:
        self.asked += 1
        number = self.asked
        yield from pause()
        self.stage.now += timedelta(minutes=self.takes)
        if self.broken:
            raise CredentialsError("the source is out of order")
        expires_at = self.stage.now + timedelta(minutes=self.minutes) if self.minutes is not None else None
        keys = Credentials(f"KEY{number}", "CANARY", "CANARYTOKEN", expires_at)
        return Resolution(credentials=keys, source="test", detail="", attempts=())


@dataclass
class Play:
    """One caller's cached credentials, and the clock."""

    minutes: float | None = 60.0
    stage: Stage = field(default_factory=lambda: Stage(random=0.0))

    def __post_init__(self) -> None:
        self.source = Source(self.stage, self.minutes)
        self.cached = CachedCredentials(self.stage.world, self.source.find)

    def at(self, minutes: float) -> str:
        """Ask at a time after the beginning; give the access key id."""
        self.stage.now = NOW + timedelta(minutes=minutes)
        return self.stage.run(self.cached.current()).access_key_id


def test_fresh_credentials_are_kept() -> None:
    """Up to the advisory window nobody is asked."""
    play = Play()
    assert [play.at(minutes) for minutes in (0, 1, 30, 44.9)] == ["KEY1"] * 4
    assert play.source.asked == 1


@pytest.mark.parametrize(("minutes", "expected"), [(44, "KEY1"), (46, "KEY2"), (51, "KEY2"), (61, "KEY2")])
def test_they_are_asked_for_again_in_the_window(minutes: float, expected: str) -> None:
    """15 minutes before expiry, and ever after."""
    play = Play()
    play.at(0)
    assert play.at(minutes) == expected


def test_the_window_begins_up_to_a_minute_early() -> None:
    """By chance, so that processes do not ask all together."""
    play = Play(stage=Stage(random=0.5))
    play.at(0)
    assert play.at(44.4) == "KEY1"
    assert play.at(44.6) == "KEY2"


def test_an_advisory_refresh_that_fails_is_silent() -> None:
    """The old keys serve, and the source is left alone for half a minute."""
    play = Play()
    play.at(0)
    play.source.broken = True
    assert play.at(46) == "KEY1"
    assert play.at(46.4) == "KEY1"
    assert play.source.asked == 2
    assert play.at(46.6) == "KEY1"
    assert play.source.asked == 3
    play.source.broken = False
    assert play.at(48) == "KEY4"


@pytest.mark.parametrize("minutes", [51, 59.9, 60, 90])
def test_a_mandatory_refresh_that_fails_is_an_error(minutes: float) -> None:
    """Nobody is given keys that are about to expire, or have."""
    play = Play()
    play.at(0)
    play.source.broken = True
    with pytest.raises(CredentialsError, match="out of order"):
        play.at(minutes)
    play.source.broken = False
    assert play.at(minutes) == "KEY3"


def test_keys_without_expiry_are_kept_for_good() -> None:
    """Nothing says that they end."""
    play = Play(minutes=None)
    assert {play.at(minutes) for minutes in (0, 10**5)} == {"KEY1"}


def test_a_source_that_gives_short_lived_keys_is_not_hammered() -> None:
    """What comes in its window already is asked for again at half of the time that is left."""
    play = Play(minutes=8)
    assert [play.at(minutes) for minutes in (0, 1, 3.9, 4, 7.9, 8)] == [
        "KEY1",
        "KEY1",
        "KEY1",
        "KEY2",
        "KEY2",
        "KEY3",
    ]


def test_expired_keys_are_never_given() -> None:
    """Not even by a source that fails while the refresh was only advised."""
    play = Play()
    play.at(0)
    play.source.broken, play.source.takes = True, 14.0
    with pytest.raises(CredentialsError, match="out of order"):
        play.at(46)


def test_what_a_service_called_expired_is_let_go_of_once() -> None:
    """However many callers report the same keys; keys that are not temporary stay."""
    play = Play()
    play.at(0)
    first = play.stage.run(play.cached.current())
    assert play.cached.renew(first)
    assert play.at(1) == "KEY2"
    assert play.cached.renew(first)
    assert play.at(2) == "KEY2"
    assert not play.cached.renew(Credentials("AKIDEXAMPLE", "CANARY"))
    assert "CANARY" not in repr(play.cached)


class Crowd:
    """A tiny driver: many flows in turns, one run of each Shared flow, callers that may be cancelled."""

    def __init__(self, flows: list[Flow[Credentials]]) -> None:
        self.results: dict[int, Credentials | Ec2QueryError] = {}
        self._steps: dict[int, Callable[[], Effect]] = {n: flow.__next__ for n, flow in enumerate(flows)}
        self._flows: dict[int, Flow[Credentials]] = dict(enumerate(flows))
        self._runs: dict[Hashable, tuple[Flow[object], list[int]]] = {}

    def turn(self) -> None:
        """Let everyone go one step: the callers first, then the shared runs."""
        for number, step in list(self._steps.items()):
            del self._steps[number]
            self._step(number, step)
        for key, (run, waiting) in list(self._runs.items()):
            try:
                effect = next(run)
            except (StopIteration, Ec2QueryError) as end:
                del self._runs[key]
                for number in waiting:
                    self._wake(number, end)
            else:
                assert isinstance(effect, Pause)

    def _step(self, number: int, step: Callable[[], Effect]) -> None:
        try:
            effect = step()
        except StopIteration as stop:
            self.results[number] = stop.value
        except Ec2QueryError as error:
            self.results[number] = error
        else:
            assert isinstance(effect, Shared)
            self._runs.setdefault(effect.key, (effect.flow(), []))[1].append(number)

    def _wake(self, number: int, end: StopIteration | Ec2QueryError) -> None:
        flow = self._flows[number]
        if isinstance(end, StopIteration):
            value: object = end.value
            self._steps[number] = lambda: flow.send(value)
        else:
            self._steps[number] = lambda: flow.throw(end)

    def cancel(self, number: int) -> None:
        self._steps.pop(number, None)
        self._flows[number].close()
        for _, waiting in self._runs.values():
            if number in waiting:
                waiting.remove(number)

    def play(self) -> None:
        while self._steps or self._runs:
            self.turn()


def test_a_thousand_callers_cause_one_fetch() -> None:
    """All get the same keys."""
    play = Play()
    crowd = Crowd([play.cached.current() for _ in range(1000)])
    crowd.play()
    assert play.source.asked == 1
    assert len({id(found) for found in crowd.results.values()}) == 1
    assert len(crowd.results) == 1000


def test_a_failure_is_everybodys() -> None:
    """And the next who asks tries again."""
    play = Play()
    play.source.broken = True
    crowd = Crowd([play.cached.current() for _ in range(100)])
    crowd.play()
    assert play.source.asked == 1
    assert {type(found) for found in crowd.results.values()} == {CredentialsError}
    play.source.broken = False
    assert play.at(0) == "KEY2"


def test_cancelled_callers_leave_the_others_waiting() -> None:
    """The one who began it, too."""
    play = Play()
    crowd = Crowd([play.cached.current() for _ in range(10)])
    crowd.turn()
    for number in (0, 5):
        crowd.cancel(number)
    crowd.play()
    assert set(crowd.results) == {1, 2, 3, 4, 6, 7, 8, 9}
    assert play.source.asked == 1


def test_in_the_advisory_window_one_asks_and_the_others_go_on() -> None:
    """Only the first waits."""
    play = Play()
    play.at(0)
    play.stage.now = NOW + timedelta(minutes=46)
    crowd = Crowd([play.cached.current() for _ in range(10)])
    crowd.play()
    found = [
        result.access_key_id for _, result in sorted(crowd.results.items()) if isinstance(result, Credentials)
    ]
    assert found == ["KEY2"] + ["KEY1"] * 9
    assert play.source.asked == 2


def test_a_caller_who_comes_too_late_takes_what_the_others_got() -> None:
    """Between seeing stale keys and asking, another's refresh may have ended."""
    play = Play()
    late = play.cached.current()
    asked = next(late)
    assert isinstance(asked, Shared)
    assert play.at(0) == "KEY1"
    found = play.stage.run(asked.flow())
    assert isinstance(found, Resolution)
    assert found.credentials.access_key_id == "KEY1"
    assert play.source.asked == 1


def test_the_whole_chain_is_read_anew_at_each_refresh() -> None:
    """They may have changed; what was just loaded serves once, static arguments need no file."""
    config = b"[default]\naws_access_key_id = FIRST\naws_secret_access_key = CANARY\naws_session_token = T\n"
    stage = Stage({"HOME": "/h"}, {"/h/.aws/config": config})
    chain = credential_chain(stage.world)
    first = stage.run(chain.current())
    stage.files["/h/.aws/config"] = config.replace(b"FIRST", b"SECOND")
    assert stage.run(chain.current()) is first
    assert chain.renew(first)
    assert stage.run(chain.current()).access_key_id == "SECOND"
    loaded = credential_chain(stage.world, loaded=stage.run(load_context(stage.world)))
    stage.effects.clear()
    second = stage.run(loaded.current())
    assert not [effect for effect in stage.effects if isinstance(effect, ReadFile)]
    stage.files["/h/.aws/config"] = config.replace(b"FIRST", b"THIRD")
    assert loaded.renew(second)
    assert stage.run(loaded.current()).access_key_id == "THIRD"
    given = credential_chain(stage.world, credentials=Credentials("GIVEN", "CANARY"))
    stage.effects.clear()
    assert stage.run(given.current()).access_key_id == "GIVEN"
    assert not [effect for effect in stage.effects if isinstance(effect, ReadFile)]
