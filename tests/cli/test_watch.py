"""`ec2query.cli.watch`: a flow is watched, and does what it does unwatched."""

from __future__ import annotations

import pytest

from ec2query.cli.watch import Exchange, Stopped, watched
from ec2query.errors import TransportError
from ec2query.protocol.effects import Flow, send, sleep
from ec2query.protocol.message import HttpRequest, HttpResponse
from support.play import FakeTime, Reply, play

OURS = HttpRequest("POST", "https://ec2.example/", {}, b"Action=Do&Version=1")
THEIRS = HttpRequest("POST", "https://sts.example/", {}, b"Action=AssumeRole&Version=1")
FINE = HttpResponse(200, {}, b"<fine/>")


def flow() -> Flow[int]:
    """Fetch credentials, call, fail, wait, call again."""
    yield from send(THEIRS)
    try:
        yield from send(OURS)
    except TransportError:
        yield from sleep(1)
        return (yield from send(OURS)).status
    return 0


def test_exchanges_of_the_action_are_noted() -> None:
    """Attempts that failed too, without an answer; those for credentials are not."""
    seen: list[Exchange] = []
    replies: list[Reply] = [HttpResponse(200), TransportError("reset"), FINE]
    assert play(watched(flow(), seen, action="Do"), replies, FakeTime()) == 200
    assert [(exchange.request, exchange.response) for exchange in seen] == [(OURS, None), (OURS, FINE)]


def test_the_first_request_can_be_stopped() -> None:
    """It is noted, and never asked to be sent."""
    seen: list[Exchange] = []
    with pytest.raises(Stopped):
        play(watched(flow(), seen, action="Do", stop=True), [HttpResponse(200)], FakeTime())
    assert seen == [Exchange(OURS)]
