"""`ec2query.protocol.call` and `attempts`: one call, played effect by effect."""

from __future__ import annotations

import dataclasses
import logging
from datetime import timedelta
from email.utils import format_datetime
from typing import Any
from urllib.parse import parse_qs

import pytest

from ec2query.errors import (
    AuthenticationFailed,
    CredentialsError,
    Ec2QueryError,
    NotFound,
    ParameterError,
    ResponseError,
    ServerFault,
    ServiceError,
    Throttled,
    TransportError,
    TransportTimeout,
    Unauthorized,
)
from ec2query.protocol.call import call, permitted
from ec2query.protocol.channel import Channel, GivenCredentials
from ec2query.protocol.effects import Flow
from ec2query.protocol.endpoint import Endpoint
from ec2query.protocol.events import AttemptEvent
from ec2query.protocol.message import HttpRequest, HttpResponse
from ec2query.protocol.retry import Retries
from ec2query.protocol.retry_policy import STANDARD, Policy
from ec2query.protocol.sign import Credentials
from support.play import NOW, FakeTime, Played, Reply, play
from support.toy import Change, DescribeIt, Do, DoResult

KEYS = Credentials("AKIDEXAMPLE", "secret")


def ok(action: str = "Do") -> HttpResponse:
    return HttpResponse(200, {}, f"<{action}Response><requestId>r</requestId></{action}Response>".encode())


def refused(code: str, status: int = 400, **headers: str) -> HttpResponse:
    body = f"<Response><Errors><Error><Code>{code}</Code><Message>m</Message></Error></Errors></Response>"
    return HttpResponse(
        status, {name.replace("_", "-"): text for name, text in headers.items()}, body.encode()
    )


def channel(time: FakeTime, policy: Policy = STANDARD, **parts: Any) -> Channel:
    given: dict[str, Any] = {
        "endpoint": Endpoint("https://ec2.us-east-1.amazonaws.com", "us-east-1"),
        "credentials": GivenCredentials(KEYS),
        "world": time.world,
        "user_agent": "ec2query/test",
        "retries": Retries(policy, random=time.world.random, clock=time.world.monotonic),
    }
    return Channel(**{**given, **parts})


def test_the_request() -> None:
    """One POST of a form, signed at the world's time, with nothing in it that was not asked for."""
    time, played = FakeTime(), Played()
    result = play(call(Do(text="a b"), channel(time)), [ok()], time, played)
    assert result == DoResult()
    assert result.request_id == "r"
    (request,) = played.requests
    assert (request.method, request.url) == ("POST", "https://ec2.us-east-1.amazonaws.com")
    assert request.body == b"Action=Do&Version=2020-01-08&Text=a%20b&ClientToken=token-1"
    assert set(request.headers) == {
        "host",
        "content-type",
        "user-agent",
        "accept-encoding",
        "amz-sdk-invocation-id",
        "amz-sdk-request",
        "x-amz-date",
        "authorization",
    }
    assert request.headers["x-amz-date"] == "20260102T030405Z"
    assert request.headers["content-type"] == "application/x-www-form-urlencoded; charset=utf-8"
    assert "/20260102/us-east-1/toy/aws4_request" in request.headers["authorization"]


def test_attempts_are_counted_and_signed_anew() -> None:
    """Token and invocation id are drawn once; number, date and signature belong to the attempt."""
    time, played = FakeTime(), Played()
    play(call(Do(), channel(time)), [refused("InternalError", 500), HttpResponse(503), ok()], time, played)
    heads = [request.headers for request in played.requests]
    assert [head["amz-sdk-request"] for head in heads] == [f"attempt={i}; max=3" for i in (1, 2, 3)]
    assert len({head["amz-sdk-invocation-id"] for head in heads}) == 1
    assert len({request.body for request in played.requests}) == 1
    assert len({head["authorization"] for head in heads}) == 3
    assert time.tokens == 1
    assert played.sleeps == [0.05, 0.1]


def test_a_token_that_was_given_is_kept() -> None:
    """The caller's own idempotency token is never replaced."""
    time, played = FakeTime(), Played()
    play(call(Do(client_token="mine"), channel(time)), [ok()], time, played)
    assert parse_qs(played.requests[0].body.decode())["ClientToken"] == ["mine"]


RETRIED: dict[str, tuple[HttpResponse | Exception, list[float]]] = {
    "throttled": (refused("RequestLimitExceeded", 503), [1.0]),
    "an error of theirs": (refused("InternalError", 500), [0.05]),
    "an empty 503": (HttpResponse(503), [0.05]),
    "an HTML 502": (HttpResponse(502, {}, b"<html>"), [0.05]),
    "a broken connection": (TransportError("reset"), [0.05]),
    "a timeout": (TransportTimeout("late"), [0.05]),
    "a truncated body": (ResponseError("truncated", status=200), [0.05]),
    "malformed XML": (HttpResponse(200, {}, b"<DoResponse><text>"), [0.05]),
    "a wait that was asked for": (refused("InternalError", 500, x_amz_retry_after="1500"), [1.5]),
}


@pytest.mark.parametrize("name", RETRIED)
def test_what_is_retried(name: str) -> None:
    """Throttling, faults of theirs and of the way lead to a second attempt after the right wait."""
    reply, sleeps = RETRIED[name]
    time, played = FakeTime(), Played()
    assert play(call(Do(), channel(time)), [reply, ok()], time, played) == DoResult()
    assert played.sleeps == sleeps


FINAL: list[tuple[HttpResponse | Exception, type[Ec2QueryError]]] = [
    (refused("InvalidVpcID.NotFound"), NotFound),
    (refused("UnauthorizedOperation", 403), Unauthorized),
    (refused("AuthFailure", 401), AuthenticationFailed),
    (refused("InsufficientInstanceCapacity", 500), ServerFault),
    (HttpResponse(302), ServiceError),
    (HttpResponse(404, {}, b"<html>"), ServiceError),
]


@pytest.mark.parametrize(("reply", "family"), FINAL)
def test_what_is_not_retried(reply: HttpResponse, family: type[Ec2QueryError]) -> None:
    """What would stay wrong is raised at once."""
    time = FakeTime()
    with pytest.raises(family):
        play(call(Do(), channel(time)), [reply], time)


def test_the_last_error_is_raised() -> None:
    """When the attempts are used up, the last one's error comes out."""
    time = FakeTime()
    replies = [refused("RequestLimitExceeded", 503), HttpResponse(500), refused("RequestLimitExceeded", 503)]
    with pytest.raises(Throttled):
        play(call(Do(), channel(time)), replies, time)


def test_an_answer_that_broke_off_names_its_operation() -> None:
    """The transport does not know whose bytes it reads; the error that comes out does."""
    time = FakeTime()
    broken: list[Reply] = [ResponseError("the body broke off", status=200) for _ in range(3)]
    with pytest.raises(ResponseError, match=r"^Do: the body broke off") as caught:
        play(call(Do(), channel(time)), broken, time)
    assert caught.value.operation == "Do"


def test_a_deadline_ends_the_attempts() -> None:
    """No attempt gets more time than is left, and none is begun that could not end in time."""
    time, played = FakeTime(), Played()

    def late(request: HttpRequest) -> HttpResponse:
        time.seconds += 2
        return HttpResponse(503)

    with pytest.raises(ServerFault):
        play(call(Do(), channel(time, deadline=4.1)), [late, late], time, played)
    assert [round(timeout.total, 3) for timeout in played.timeouts] == [4.1, 2.05]
    assert played.sleeps == [0.05]


def test_an_unknown_outcome_is_told() -> None:
    """A change that its caller cannot repeat without harm says which attempts may have taken effect."""
    time = FakeTime()
    replies: list[Reply] = [TransportTimeout("late"), refused("InvalidParameterValue")]
    for harmful in (Change(), Do()):
        with pytest.raises(ServiceError, match="attempt 1 may have taken effect"):
            play(call(harmful, channel(time)), replies, time)
    for harmless in (Do(client_token="mine"), DescribeIt()):
        with pytest.raises(ServiceError) as caught:
            play(call(harmless, channel(time)), replies, time)
        assert "may have taken effect" not in str(caught.value)


def test_retries_of_an_unknown_outcome_can_be_switched_off() -> None:
    """With `retry_unknown` off, the first such failure is the last, and a refused connect is not one."""
    time = FakeTime()
    policy = dataclasses.replace(STANDARD, retry_unknown=False)
    with pytest.raises(TransportTimeout, match="may have taken effect"):
        play(call(Change(), channel(time, policy)), [TransportTimeout("late")], time)
    play(
        call(Change(), channel(time, policy)),
        [TransportError("refused", sent=False), ok("Change")],
        time,
    )


@pytest.mark.parametrize(
    "code", ["RequestExpired", "AuthFailure", "SignatureDoesNotMatch", "RequestTimeTooSkewed"]
)
def test_a_wrong_clock_is_corrected_once(code: str) -> None:
    """The next attempt is signed at the server's time, at once and beyond the attempts allowed."""
    time, played = FakeTime(), Played()
    theirs = format_datetime(NOW + timedelta(hours=2), usegmt=True)
    shared = channel(time, dataclasses.replace(STANDARD, attempts=1))
    play(call(Do(), shared), [refused(code, 400, date=theirs), ok()], time, played)
    assert [request.headers["x-amz-date"] for request in played.requests] == [
        "20260102T030405Z",
        "20260102T050405Z",
    ]
    assert played.sleeps == []
    assert shared.clock.offset == timedelta(hours=2)
    with pytest.raises(AuthenticationFailed):
        play(call(Do(), shared), [refused(code, 400, date=theirs)], time)


@pytest.mark.parametrize("code", ["RequestExpired", "SignatureDoesNotMatch"])
def test_a_clock_that_never_agrees_is_corrected_once_a_call(code: str) -> None:
    """A server whose date moves on with each answer gets two attempts, and then its error comes out."""
    time, played, hours = FakeTime(), Played(), iter(range(2, 100, 2))

    def moving(request: HttpRequest) -> HttpResponse:
        return refused(code, 400, date=format_datetime(NOW + timedelta(hours=next(hours)), usegmt=True))

    shared = channel(time)
    with pytest.raises(AuthenticationFailed):
        play(call(Do(), shared), [moving, moving], time, played)
    assert len(played.requests) == 2
    assert shared.clock.offset == timedelta(hours=2)


class Rotating:
    """Credentials that can be refreshed."""

    def __init__(self) -> None:
        self.serial = 0

    def current(self) -> Flow[Credentials]:
        return Credentials(f"AKID{self.serial:08d}", "secret", "token", NOW + timedelta(minutes=1))
        yield

    def renew(self, used: Credentials) -> bool:
        self.serial += 1
        return True


def test_expired_credentials_are_refreshed_once() -> None:
    """RequestExpired with temporary credentials asks for others and tries again."""
    time, played = FakeTime(), Played()
    shared = channel(time, credentials=Rotating())
    play(call(Do(), shared), [refused("RequestExpired"), ok()], time, played)
    keys = [request.headers["authorization"].partition("Credential=")[2][:12] for request in played.requests]
    assert keys == ["AKID00000000", "AKID00000001"]


def test_given_credentials_that_have_expired_end_the_call() -> None:
    """Nothing can refresh what the caller gave: the error comes out after one attempt."""
    time = FakeTime()
    given = GivenCredentials(Credentials("AKIDEXAMPLE", "secret", "token", NOW + timedelta(minutes=1)))
    with pytest.raises(AuthenticationFailed):
        play(call(Do(), channel(time, credentials=given)), [refused("RequestExpired")], time)


@pytest.mark.parametrize("ended", [timedelta(0), timedelta(hours=1)])
def test_nothing_is_signed_with_expired_credentials(ended: timedelta) -> None:
    """Whoever gave them: the call ends before anything is sent, and the clock is named."""
    time = FakeTime()
    given = GivenCredentials(Credentials("AKIDEXAMPLE", "secret", "token", NOW - ended))
    with pytest.raises(
        CredentialsError, match=r"expired at 2026-01-02T.*the clock \(it says 2026-01-02T03:04"
    ):
        play(call(Do(), channel(time, credentials=given)), [], time)


def test_events() -> None:
    """Each attempt tells once what became of it and what follows."""
    time, seen = FakeTime(), list[AttemptEvent]()
    shared = channel(time, on_attempt=seen.append)
    play(call(Do(), shared), [refused("RequestLimitExceeded", 503), TransportError("reset"), ok()], time)
    told = [(e.attempt, e.status, e.error, e.delay, e.reason, e.request_id) for e in seen]
    assert told == [
        (1, 503, "RequestLimitExceeded", 1.0, "throttling", None),
        (2, None, "TransportError", 0.1, "transient", None),
        (3, 200, None, None, None, "r"),
    ]
    assert {(e.operation, e.region, e.invocation_id) for e in seen} == {("Do", "us-east-1", "token-1")}


def test_each_attempt_is_logged(caplog: pytest.LogCaptureFixture) -> None:
    """One line for each, whether anybody listens to events or not."""
    caplog.set_level(logging.DEBUG, logger="ec2query")
    time = FakeTime()
    play(
        call(Do(), channel(time)), [refused("RequestLimitExceeded", 503), TransportError("lost"), ok()], time
    )
    assert [record.getMessage() for record in caplog.records] == [
        "Do: attempt 1, request id None, 0.000 s",
        "Do: attempt 2, request id None, 0.000 s",
        "Do: attempt 3, request id 'r', 0.000 s",
    ]


def test_credentials_that_cannot_be_had_are_not_an_attempt() -> None:
    """Their error comes out as it is, and nothing is sent."""

    class Nothing:
        def current(self) -> Flow[Credentials]:
            raise CredentialsError("none")
            yield

        def renew(self, used: Credentials) -> bool:
            raise AssertionError

    time = FakeTime()
    with pytest.raises(CredentialsError, match="none"):
        play(call(Do(), channel(time, credentials=Nothing())), [], time)


def test_a_long_answer_lets_others_in() -> None:
    """Between pieces of a large body the flow asks for a pause."""
    time, played = FakeTime(), Played()
    body = b"<DoResponse>" + b"<textSet><item>a</item></textSet>" * 20_000 + b"</DoResponse>"
    play(call(Do(), channel(time)), [HttpResponse(200, {}, body)], time, played)
    assert played.pauses == -(-len(body) // (64 * 1024))


@pytest.mark.parametrize(
    ("reply", "answer"),
    [(refused("DryRunOperation", 412), True), (refused("UnauthorizedOperation", 403), False)],
)
def test_a_dry_run_is_a_value(reply: HttpResponse, answer: bool) -> None:
    """Permitted or denied; the request says DryRun."""
    time, played = FakeTime(), Played()
    assert play(permitted(Do(text="a"), channel(time)), [reply], time, played) is answer
    assert parse_qs(played.requests[0].body.decode())["DryRun"] == ["true"]


def test_a_dry_run_raises_what_is_no_answer_to_it() -> None:
    """Other errors come out; a result means that the call was carried out, and is an error."""
    time = FakeTime()
    with pytest.raises(NotFound):
        play(permitted(Do(), channel(time)), [refused("InvalidVpcID.NotFound")], time)
    with pytest.raises(ResponseError, match="as if it were a real call"):
        play(permitted(Do(), channel(time)), [ok()], time)
    with pytest.raises(ParameterError, match="DryRun"):
        play(permitted(Change(), channel(time)), [], time)
