"""Attempts and waits, and what is worth another try."""

from __future__ import annotations

import pytest

from ec2query.credentials.exchange import Absent, Transient, ask_often, fetch, may_pass
from ec2query.errors import (
    CredentialsError,
    Ec2QueryError,
    ResponseError,
    ServiceError,
    Throttled,
    TransportError,
    TransportTimeout,
)
from ec2query.protocol.effects import Flow, Timeout, pause
from ec2query.protocol.message import HttpRequest
from support.stage import Stage


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        (TransportError("x"), True),
        (TransportTimeout("x"), True),
        (Transient("x"), True),
        (ResponseError("truncated"), True),
        (Throttled("Throttling", "x"), True),
        (ServiceError("X", "x", status=503), True),
        (ServiceError("IDPCommunicationError", "x"), True),
        (ServiceError("AccessDenied", "x", status=403), False),
        (CredentialsError("x"), False),
        (Absent("x"), False),
    ],
)
def test_what_may_pass(error: Ec2QueryError, expected: bool) -> None:
    """Losses, overload and truncated answers; not a refusal, not an absence."""
    assert may_pass(error) is expected


@pytest.mark.parametrize(
    ("attempts", "sleeps"), [(1, []), (2, [0.5]), (8, [0.5, 1.0, 2.0, 4.0, 8.0, 10.0, 10.0])]
)
def test_waits_double_up_to_a_cap(attempts: int, sleeps: list[float]) -> None:
    """A random part (here: half) of 1 s, 2 s, 4 s … 20 s; the last error goes up."""
    stage, asked = Stage(random=0.5), 0

    def once() -> Flow[None]:
        nonlocal asked
        asked += 1
        yield from pause()
        raise Transient(f"failure {asked}")

    with pytest.raises(Transient, match=f"failure {attempts}"):
        stage.run(ask_often(once, attempts, stage.world))
    assert stage.sleeps == sleeps


def test_an_answer_over_the_limit_says_what_was_asked() -> None:
    """And shows nothing of it."""
    error = ResponseError("the body is larger than 1048576 bytes", excerpt="CANARY")
    stage = Stage(exchanges=[("GET http://127.0.0.1/", error)])
    with pytest.raises(Transient, match="a source: the body is larger") as caught:
        stage.run(fetch("a source", HttpRequest("GET", "http://127.0.0.1/"), Timeout()))
    assert "CANARY" not in str(caught.value)


def test_a_loss_keeps_what_is_known_of_it() -> None:
    """Its kind, and whether anything was sent."""
    stage = Stage(exchanges=[("GET http://127.0.0.1/", TransportTimeout("too slow", sent=False))])
    with pytest.raises(TransportTimeout, match="a source: too slow") as caught:
        stage.run(fetch("a source", HttpRequest("GET", "http://127.0.0.1/"), Timeout()))
    assert caught.value.sent is False
