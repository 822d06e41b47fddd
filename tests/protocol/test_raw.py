"""`ec2query.protocol.raw`: calls that no type describes, through the same attempts as every other."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qsl

import pytest

from ec2query import ec2
from ec2query.errors import Ec2QueryError, NotFound, ParameterError, ResponseError, ServiceError
from ec2query.protocol.call import call_raw
from ec2query.protocol.channel import Channel, GivenCredentials
from ec2query.protocol.endpoint import Endpoint
from ec2query.protocol.events import AttemptEvent
from ec2query.protocol.message import HttpResponse
from ec2query.protocol.raw import RawDecoder, RawResult, raw_query
from ec2query.protocol.retry import Retries
from ec2query.protocol.sign import Credentials
from ec2query.protocol.xml import Limits
from ec2query.shape import Operation, members
from support.play import FakeTime, Played, Reply, play

SERVICE = ec2.SERVICE


def channel(time: FakeTime, **parts: Any) -> Channel:
    return Channel(
        endpoint=Endpoint("https://ec2.us-east-1.amazonaws.com", "us-east-1"),
        credentials=GivenCredentials(Credentials("AKIDEXAMPLE", "secret")),
        world=time.world,
        user_agent="ec2query/test",
        retries=Retries(random=time.world.random, clock=time.world.monotonic),
        **parts,
    )


def ask(
    *replies: Reply, action: str = "TeachFish", pairs: Any = (), played: Played | None = None, **parts: Any
) -> RawResult:
    """Play one raw call."""
    time = FakeTime()
    flow = call_raw(action, pairs, channel(time, **parts), service=SERVICE)
    return play(flow, replies, time, played)


def answer(inner: str, root: str = "TeachFishResponse", status: int = 200, **headers: str) -> HttpResponse:
    named = {name.replace("_", "-"): text for name, text in headers.items()}
    return HttpResponse(status, named, f"<{root}>{inner}</{root}>".encode())


@pytest.mark.parametrize(
    ("pairs", "tail"),
    [
        ((), ""),
        ({"Fish.1": "ä b&=", "Depth": ""}, "&Fish.1=%C3%A4%20b%26%3D&Depth="),
        ([("Fish.2", "x"), ("Fish.1", "y")], "&Fish.2=x&Fish.1=y"),
        ((("DestinationRegion", "x"), ("UserData", "plain")), "&DestinationRegion=x&UserData=plain"),
    ],
)
def test_the_request(pairs: Any, tail: str) -> None:
    """Action, version and the pairs, in their order and as they are; nothing is added."""
    played = Played()
    ask(answer(""), pairs=pairs, played=played)
    (request,) = played.requests
    assert request.body.decode() == "Action=TeachFish&Version=2016-11-15" + tail
    assert "/us-east-1/ec2/aws4_request" in request.headers["authorization"]


def test_another_version() -> None:
    """The version can be another than the model's."""
    query = raw_query("TeachFish", {}, service=SERVICE, version="2031-01-01")
    assert query.body == b"Action=TeachFish&Version=2031-01-01"


ANSWERS: list[tuple[str, dict[str, Any]]] = [
    ("", {}),
    ("<requestId>r-1</requestId>", {"requestId": "r-1"}),
    ("<fishSet><item><id>1</id></item></fishSet>", {"fishSet": [{"id": "1"}]}),
    ("<fishSet/><next> t </next>", {"fishSet": "", "next": " t "}),
    ("<item><id>1</id></item>", {"item": {"id": "1"}}),
    ("<fish>1</fish><fish>2</fish>", {"fish": ["1", "2"]}),
    ("<fish>1</fish><fish>2</fish><depth>3</depth>", {"fish": ["1", "2"], "depth": "3"}),
]


@pytest.mark.parametrize(("inner", "expected"), ANSWERS)
def test_the_answer(inner: str, expected: dict[str, Any]) -> None:
    """The root's elements by their names, nested."""
    assert ask(answer(inner)) == expected


def test_the_request_id() -> None:
    """It is the body's, else the header's."""
    assert ask(answer("<requestId>r-1</requestId>", x_amzn_requestid="h")).request_id == "r-1"
    assert ask(answer("<RequestId>r-2</RequestId>")).request_id == "r-2"
    assert ask(answer("", x_amzn_requestid="h")).request_id == "h"
    assert ask(answer("")).request_id is None


ERROR = "<Errors><Error><Code>InvalidFish.NotFound</Code><Message>gone</Message></Error></Errors>"
FAULTS: list[tuple[HttpResponse, type[Ec2QueryError], str]] = [
    (answer(ERROR, "Response", 400), NotFound, "InvalidFish.NotFound: gone"),
    (answer(ERROR, "Response", 200), NotFound, "InvalidFish.NotFound: gone"),
    (answer("", "html", 404), ServiceError, "404"),
    (HttpResponse(302), ServiceError, "302"),
    (answer("", "html", 200), ResponseError, "expected <TeachFishResponse>, got <html>"),
    (answer("", "DescribeVpcsResponse"), ResponseError, "expected <TeachFishResponse>"),
    (HttpResponse(200, {}, b"<TeachFishResponse><keyMaterial>canary"), ResponseError, "well-formed"),
    (HttpResponse(200, {}, b"<!DOCTYPE x><TeachFishResponse/>"), ResponseError, "refused"),
    (HttpResponse(200), ResponseError, "empty"),
]


@pytest.mark.parametrize(("reply", "family", "sentence"), FAULTS)
def test_what_is_no_answer(reply: HttpResponse, family: type[Ec2QueryError], sentence: str) -> None:
    """Errors are those of every call, name the action, and show nothing of a body."""
    with pytest.raises(family) as caught:
        ask(reply, reply, reply) if family is ResponseError else ask(reply)
    assert sentence in str(caught.value)
    assert "TeachFish" in str(caught.value)
    assert "canary" not in str(caught.value)


def test_attempts_and_events() -> None:
    """A raw call is retried and told of like any other."""
    seen, played = list[AttemptEvent](), Played()
    result = ask(HttpResponse(503), answer("<x>1</x>"), played=played, on_attempt=seen.append)
    assert result == {"x": "1"}
    assert [event.operation for event in seen] == ["TeachFish", "TeachFish"]
    assert [request.headers["amz-sdk-request"] for request in played.requests] == [
        "attempt=1; max=3",
        "attempt=2; max=3",
    ]


@pytest.mark.parametrize(
    ("action", "pairs", "repeatable"),
    [
        ("TeachFish", {}, False),
        ("TeachFish", {"ClientToken": ""}, False),
        ("TeachFish", {"DryRun": "false"}, False),
        ("TeachFish", {"ClientToken": "mine"}, True),
        ("TeachFish", [("DryRun", "True")], True),
        ("DescribeFish", {}, True),
    ],
)
def test_what_may_be_repeated(action: str, pairs: Any, repeatable: bool) -> None:
    """An action that reads, a dry run, and one with an idempotency token."""
    assert raw_query(action, pairs, service=SERVICE).repeatable is repeatable


REFUSED: list[tuple[Any, Any, str]] = [
    ("", {}, "letters and digits"),
    ("Teach&Fish", {}, "letters and digits"),
    ("TeachFish\n", {}, "letters and digits"),
    ("1Fish", {}, "letters and digits"),
    ("TeachFish", {"": "x"}, "reserved"),
    ("TeachFish", {"Action": "DeleteVpc"}, "reserved"),
    ("TeachFish", {"version": "1"}, "reserved"),
    ("TeachFish", {"X-Amz-Signature": "1"}, "reserved"),
    ("TeachFish", {"x-amz-security-token": "1"}, "reserved"),
    ("TeachFish", {"Signature": "1"}, "reserved"),
    ("TeachFish", {"AWSAccessKeyId": "1"}, "reserved"),
    ("TeachFish", {"Depth": 5}, "expected a str, got a int"),
    ("TeachFish", {5: "Depth"}, "expected a name, got a int"),
    (5, {}, "action: expected a str, got a int"),
    ("TeachFish", {"Depth": "\ud800"}, "surrogate"),
]


@pytest.mark.parametrize(("action", "pairs", "sentence"), REFUSED)
def test_what_cannot_be_sent(action: str, pairs: Any, sentence: str) -> None:
    """Names that would be another call or a signature, and what is no text."""
    with pytest.raises(ParameterError, match=sentence):
        raw_query(action, pairs, service=SERVICE)


@pytest.mark.parametrize("version", ["", "2016-11-15&Action=DeleteVpc", "2016\n", "\ud800", "2016 11", 5])
def test_what_is_no_version(version: Any) -> None:
    """It stands before the pairs, and must not become one."""
    with pytest.raises(ParameterError, match="version: expected"):
        raw_query("TeachFish", {}, service=SERVICE, version=version)


def test_no_member_of_ec2_is_reserved() -> None:
    """Whatever the model knows can be sent raw, too."""
    for name in ec2.__all__:
        kind = getattr(ec2, name)
        if isinstance(kind, type) and issubclass(kind, Operation):
            raw_query(name, {member.key: "x" for member in members(kind)}, service=SERVICE)


def test_a_long_answer_is_read_in_pieces() -> None:
    """Others are let in between, and the limits hold."""
    played = Played()
    inner = "<fishSet>" + "<item>x</item>" * 20_000 + "</fishSet>"
    result = ask(answer(inner), played=played)
    assert len(result["fishSet"]) == 20_000
    assert played.pauses == 5
    deep = answer("<a>" * 9 + "</a>" * 9)
    with pytest.raises(ResponseError, match="deeper than 5"):
        ask(deep, deep, deep, limits=Limits(depth=5))


@pytest.mark.parametrize(
    ("root", "family", "sentence"),
    [
        (
            "<Response><Errors><Error><Code>AuthFailure</Code></Error></Errors></Response>",
            ServiceError,
            "AuthF",
        ),
        ("<Response>", ResponseError, "not well-formed"),
        ("<TeachBirdResponse/>", ResponseError, "expected <TeachFishResponse>"),
    ],
)
def test_a_root_that_comes_last_is_looked_at(root: str, family: type[Ec2QueryError], sentence: str) -> None:
    """Where the reader held its tag back until the end, as it does behind a long piece of another kind."""
    decoder = RawDecoder("TeachFish", 200, {}, limits=Limits())
    decoder.feed(b"<?" + b"x" * 200)
    decoder.feed(f" ?>{root}".encode())
    with pytest.raises(family, match=sentence):
        decoder.close()


def test_the_pairs_of_an_operation_make_the_same_request() -> None:
    """What `serialize` writes can be sent raw and is read as it was."""
    played = Played()
    reply = HttpResponse(200, {}, b"<DescribeVpcsResponse/>")
    ask(reply, action="DescribeVpcs", pairs={"VpcId.1": "vpc-1", "Filter.1.Name": "x"}, played=played)
    assert parse_qsl(played.requests[0].body.decode()) == [
        ("Action", "DescribeVpcs"),
        ("Version", "2016-11-15"),
        ("VpcId.1", "vpc-1"),
        ("Filter.1.Name", "x"),
    ]
