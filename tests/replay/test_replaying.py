"""Replay and its transport: recorded requests are answered, all others are refused."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TypeVar

import anyio
import pytest

from ec2query import AsyncClient, Credentials, Ec2QueryError, Throttled, ec2
from ec2query.protocol.message import HttpRequest
from ec2query.replay import (
    Exchange,
    Recorder,
    Redaction,
    Replay,
    ReplayTransport,
    UnexpectedRequest,
    UnusedExchanges,
    save,
)
from ec2query.shape import Operation, Result
from support.exchanges import answered, client_of, exchange
from support.recording import KEY, REGION

R = TypeVar("R", bound=Result)

PAIR = ec2.DisassociateIpamByoasn(asn="64500", cidr="203.0.113.0/24")


def vpcs(name: str) -> str:
    return f"<DescribeVpcsResponse><requestId>{name}</requestId></DescribeVpcsResponse>"


def ask(replay: Replay, operation: Operation[R], token: str = "token-2") -> str | None:
    return client_of(ReplayTransport(replay), token=token).send(operation).request_id


def shuffled(request: HttpRequest) -> HttpRequest:
    pairs = [tuple(pair.split("=")) for pair in request.body.decode().split("&")]
    return replace(request, body="&".join("=".join(pair) for pair in reversed(pairs)).encode())


def test_a_recorded_request_is_answered_whatever_its_order_and_signature() -> None:
    """Pairs count, not their order; headers do not count at all."""
    recorded = exchange(PAIR)
    replay = Replay([recorded])
    other = replace(shuffled(recorded.request), headers={}, url="https://elsewhere/")
    assert replay.answer(other) == recorded.response


def test_the_same_request_is_answered_by_its_recordings_in_turn() -> None:
    """Then it is refused, or answered by the last again."""
    recorded = [exchange(ec2.DescribeVpcs(), answered(vpcs(name))) for name in ("one", "two")]
    strict, lasting = Replay(recorded), Replay(recorded, repeat=True)
    assert [ask(strict, ec2.DescribeVpcs()) for _ in range(2)] == ["one", "two"]
    assert [ask(lasting, ec2.DescribeVpcs()) for _ in range(4)] == ["one", "two", "two", "two"]
    with pytest.raises(UnexpectedRequest, match="at most 2 of this request, as recorded, got one more"):
        ask(strict, ec2.DescribeVpcs())


def test_an_async_client_is_answered_too() -> None:
    """The same transport serves both."""

    async def send() -> str | None:
        transport = ReplayTransport(Replay([exchange(ec2.DescribeVpcs(), answered(vpcs("one")))]))
        async with AsyncClient(region=REGION, credentials=KEY, transport=transport) as client:
            return (await client.send(ec2.DescribeVpcs())).request_id

    assert anyio.run(send) == "one"


def test_a_recorded_error_is_that_error() -> None:
    """Status, code and headers are replayed."""
    throttled = "<Response><Errors><Error><Code>RequestLimitExceeded</Code></Error></Errors></Response>"
    replay = Replay([exchange(ec2.DescribeVpcs(), answered(throttled, 503, x_amzn_requestid="r"))])
    with pytest.raises(Throttled) as caught:
        ask(replay, ec2.DescribeVpcs())
    assert (caught.value.status, caught.value.request_id) == (503, "r")


def test_a_token_that_the_client_made_up_fits_any_other() -> None:
    """A new call has a new one; a token that the caller chose is compared."""
    run = ec2.RunInstances(image_id="ami-1", min_count=1, max_count=1)
    chosen = replace(run, client_token="chosen")
    replay = Replay([exchange(run, token="token-1"), exchange(chosen)])
    ask(replay, chosen)
    ask(replay, run, token="another")
    with pytest.raises(UnexpectedRequest, match=r"ClientToken \(recorded"):
        ask(replay, replace(run, client_token="chosen differently"))


def test_what_was_redacted_fits_whatever_redaction_makes_the_same() -> None:
    """User data of any content, accounts of any number; but not a missing member."""
    run = ec2.RunInstances(image_id="ami-1", min_count=1, max_count=1, user_data="recorded")
    owner = ec2.DescribeVpcs(filters=[ec2.Filter(name="owner-id", values=["123456789012"])])
    recorder = Recorder(redaction=Redaction(account_ids=True))
    recorded = [exchange(run, recorder=recorder), exchange(owner, recorder=recorder)]
    replay = Replay(recorded, repeat=True)
    ask(replay, run)
    ask(replay, replace(run, user_data=b"another"))
    ask(replay, owner)
    ask(replay, ec2.DescribeVpcs(filters=[ec2.Filter(name="owner-id", values=["210987654321"])]))
    with pytest.raises(UnexpectedRequest, match=r"UserData \(recorded 'REDACTED', got none\)"):
        ask(replay, replace(run, user_data=None))


def test_a_redaction_of_ones_own_is_compared_with() -> None:
    """Replay hides what the recording hid."""
    redaction = Redaction(members=("Value",))

    def tagging(value: str) -> ec2.CreateTags:
        return ec2.CreateTags(resources=["i-1"], tags=[ec2.Tag(key="a", value=value)])

    recorded = exchange(tagging("x"), recorder=Recorder(redaction=redaction))
    request = exchange(tagging("y")).request
    assert Replay([recorded], redaction=redaction).answer(request) == recorded.response
    with pytest.raises(UnexpectedRequest):
        Replay([recorded]).answer(request)


def test_an_unexpected_request_names_the_nearest_and_what_differs() -> None:
    """The recording with the fewest differing pairs, each with both values, none of them a secret."""
    recorded = [
        replace(exchange(ec2.DescribeByoipCidrs(max_results=5)), source="a.exchange"),
        replace(exchange(replace(PAIR, asn="64501", dry_run=True)), source="b.exchange"),
        replace(exchange(PAIR), source="c.exchange"),
    ]
    request = exchange(replace(PAIR, asn="64502")).request
    with pytest.raises(UnexpectedRequest) as caught:
        Replay(recorded).answer(request)
    assert str(caught.value) == (
        "DisassociateIpamByoasn: expected a recorded request, got another; the nearest, c.exchange,"
        " differs in Asn (recorded '64500', got '64502'); make the recorded call, or record this one"
    )
    assert caught.value.nearest == recorded[2]
    assert [tuple(difference) for difference in caught.value.differences] == [("Asn", "64500", "64502")]


def test_a_difference_shows_no_secret_and_no_novel() -> None:
    """Values are redacted and cut; a key that is missing on one side has none there."""
    run = ec2.RunInstances(image_id="ami-1", min_count=1, max_count=1)
    recorded = exchange(replace(run, key_name="k" * 200))
    with pytest.raises(UnexpectedRequest) as caught:
        Replay([recorded]).answer(exchange(replace(run, user_data="cAnArY")).request)
    sentence = str(caught.value)
    assert f"KeyName (recorded '{'k' * 79}…', got none)" in sentence
    assert "UserData (recorded none, got 'REDACTED')" in sentence


STRANGE: dict[str, tuple[Callable[[Exchange], HttpRequest], str]] = {
    "another action": (
        lambda recorded: exchange(ec2.DescribeVpcs()).request,
        r"DescribeVpcs: expected a recorded action \(DisassociateIpamByoasn\), got one that is not",
    ),
    "no call of EC2": (
        lambda recorded: HttpRequest("GET", "http://user:pw@169.254.169.254/latest?x=1"),
        r"expected an EC2 request, got GET http://REDACTED@169\.254\.169\.254/latest\?REDACTED;",
    ),
    "a key twice": (
        lambda recorded: replace(recorded.request, body=recorded.request.body + b"&Asn=64501"),
        r"Asn \(recorded '64500', got '64500 and 64501'\)",
    ),
}


@pytest.mark.parametrize("kind", STRANGE)
def test_strange_requests_are_refused(kind: str) -> None:
    """Each with what to do about it."""
    recorded = exchange(PAIR)
    make, sentence = STRANGE[kind]
    with pytest.raises(UnexpectedRequest, match=sentence):
        Replay([recorded]).answer(make(recorded))


def test_an_unexpected_request_is_not_retried_and_not_forgotten() -> None:
    """It reaches the caller as it is; and where the caller catches it, the check at the end tells."""
    replay = Replay([exchange(PAIR)])
    client = client_of(ReplayTransport(replay))
    with pytest.raises(UnexpectedRequest, match="a recorded action"), replay:  # noqa: PT012
        with pytest.raises(Ec2QueryError):
            client.send(ec2.DescribeVpcs())
        client.send(PAIR)


def test_unused_recordings_are_named() -> None:
    """Leaving the block checks that all were used; an error on the way is not hidden by it."""
    recorded = [exchange(PAIR), replace(exchange(ec2.DescribeVpcs()), source="v.exchange")]
    replay = Replay(recorded)
    with (
        pytest.raises(UnusedExchanges, match="all of 2 recorded exchanges to be used, got 1 unused: v"),
        replay,
    ):
        client_of(ReplayTransport(replay)).send(PAIR)
    assert replay.unused == (recorded[1],)
    with pytest.raises(ZeroDivisionError), Replay(recorded):
        _ = 1 / 0


def test_a_folder_is_replayed(tmp_path: Path) -> None:
    """All of its files, and all must be used."""
    save(exchange(ec2.DescribeVpcs(), answered(vpcs("one"))), tmp_path / "x.exchange")
    with Replay.load(tmp_path) as replay:
        assert ask(replay, ec2.DescribeVpcs()) == "one"
    assert replay.unused == ()


def test_recording_with_temporary_credentials_replays_with_any() -> None:
    """Credentials are no part of a request's identity."""
    recorder = Recorder()
    exchange(ec2.DescribeVpcs(), recorder=recorder, credentials=Credentials("AKIDX", "s", "token"))
    ask(Replay(recorder.exchanges), ec2.DescribeVpcs())
