"""`AsyncClient` and `Client`: the surface, on asyncio, on trio and blocking."""

from __future__ import annotations

import dataclasses
import inspect
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qs

import anyio
import httpx
import pytest

from ec2query import (
    AsyncClient,
    Client,
    ConfigurationError,
    Credentials,
    NotFound,
    ParameterError,
    RawResult,
    ResponseError,
    ServiceError,
    Timeout,
    TransportError,
    World,
    ec2,
)
from ec2query.client.caller import user_agent
from ec2query.protocol.xml import Limits
from ec2query.shape import Result

KEYS = Credentials("AKIDEXAMPLE", "wJalrXUtnFEMI")
TAKE = ec2.DisassociateIpamByoasn(asn="64500", cidr="203.0.113.0/24")
ANSWER = (
    b"<DisassociateIpamByoasnResponse><requestId>r-1</requestId><asnAssociation><asn>64500</asn>"
    b"<cidr>203.0.113.0/24</cidr><state>pending-disassociation</state></asnAssociation>"
    b"</DisassociateIpamByoasnResponse>"
)


def world(**environ: str) -> World:
    return World(
        environ=environ,
        now=lambda: datetime(2026, 1, 2, tzinfo=UTC),
        monotonic=lambda: 0.0,
        random=lambda: 0.0,
        token=lambda: "token",
    )


class Server:
    """Answers from a list, the last one again and again, and keeps the requests."""

    def __init__(self, *answers: tuple[int, bytes]) -> None:
        self.answers = list(answers)
        self.requests: list[httpx.Request] = []

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.requests.append(request)
        status, body = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        return httpx.Response(status, content=body)


Run = Callable[..., Any]


def run_blocking(server: Server, method: str, *args: Any, **options: Any) -> Any:
    given = {"region": "us-east-1", "credentials": KEYS, "world": world(), **options}
    with Client(**given, transport=httpx.MockTransport(server)) as client:
        return getattr(client, method)(*args)


def _run_async(backend: str) -> Run:
    def run(server: Server, method: str, *args: Any, **options: Any) -> Any:
        given = {"region": "us-east-1", "credentials": KEYS, "world": world(), **options}

        async def main() -> Any:
            async with AsyncClient(**given, transport=httpx.MockTransport(server)) as client:
                return await getattr(client, method)(*args)

        return anyio.run(main, backend=backend)

    return run


@pytest.fixture(params=["asyncio", "trio", "blocking"])
def run(request: pytest.FixtureRequest) -> Run:
    return run_blocking if request.param == "blocking" else _run_async(request.param)


def test_send(run: Run) -> None:
    """The operation goes out, the typed result comes back."""
    server = Server((200, ANSWER))
    result = run(server, "send", TAKE)
    assert result == ec2.DisassociateIpamByoasnResult(
        asn_association=ec2.AsnAssociation(
            asn="64500", cidr="203.0.113.0/24", state=ec2.AsnAssociationState.PENDING_DISASSOCIATION
        )
    )
    assert result.request_id == "r-1"
    (request,) = server.requests
    assert request.url == "https://ec2.us-east-1.amazonaws.com"
    assert (
        request.content == b"Action=DisassociateIpamByoasn&Version=2016-11-15&Asn=64500&Cidr=203.0.113.0%2F24"
    )


def test_call_by_model_names(run: Run) -> None:
    """Model names go in, and `to_dict` gives them back."""
    result: Result = run(Server((200, ANSWER)), "call", "DisassociateIpamByoasn", TAKE.to_dict())
    assert result.to_dict()["AsnAssociation"]["State"] == "pending-disassociation"


def test_call_raw(run: Run) -> None:
    """Bare pairs go out, nested dicts come back, for an action that no model knows."""
    server = Server(
        (200, b"<TeachFishResponse><requestId>r-1</requestId><depth>3</depth></TeachFishResponse>")
    )
    result: RawResult = run(server, "call_raw", "TeachFish", {"Fish.1": "a"})
    assert result == {"requestId": "r-1", "depth": "3"}
    assert result.request_id == "r-1"
    assert server.requests[0].content == b"Action=TeachFish&Version=2016-11-15&Fish.1=a"


@pytest.mark.parametrize(
    ("name", "params", "sentence"),
    [
        ("DisassociateIpamByoasm", {}, "expected an operation of EC2"),
        ("AsnAssociation", {}, "expected an operation of EC2"),
        ("__name__", {}, "expected an operation of EC2"),
        ("DisassociateIpamByoasn", {"Asn": "1"}, "DisassociateIpamByoasn.Cidr: expected a value"),
        ("DisassociateIpamByoasn", {"Ans": "1"}, "did you mean 'Asn'?"),
    ],
)
def test_what_cannot_be_called(run: Run, name: str, params: dict[str, str], sentence: str) -> None:
    """An unknown name is an error before anything is sent."""
    server = Server((200, ANSWER))
    with pytest.raises(ParameterError) as caught:
        run(server, "call", name, params)
    assert sentence in str(caught.value)
    assert server.requests == []


def test_permitted(run: Run) -> None:
    """A dry run is a value: permitted, denied."""
    error = b"<Response><Errors><Error><Code>%s</Code><Message>m</Message></Error></Errors></Response>"
    server = Server((412, error % b"DryRunOperation"), (403, error % b"UnauthorizedOperation"))
    assert run(server, "permitted", TAKE) is True
    assert run(server, "permitted", TAKE) is False
    assert all(parse_qs(r.content.decode())["DryRun"] == ["true"] for r in server.requests)
    with pytest.raises(NotFound):
        run(Server((400, error % b"InvalidAsn.NotFound")), "permitted", TAKE)


ENVIRONMENTS: list[tuple[dict[str, str], dict[str, Any], str]] = [
    ({"AWS_REGION": "eu-west-1"}, {}, "https://ec2.eu-west-1.amazonaws.com"),
    ({"AWS_DEFAULT_REGION": "eu-west-2"}, {}, "https://ec2.eu-west-2.amazonaws.com"),
    ({"AWS_REGION": "eu-west-1"}, {"region": "cn-north-1"}, "https://ec2.cn-north-1.amazonaws.com.cn"),
    ({"AWS_REGION": "eu-west-1", "AWS_ENDPOINT_URL": "http://127.0.0.1:5000"}, {}, "http://127.0.0.1:5000"),
    ({"AWS_REGION": "eu-west-1"}, {"endpoint_url": "http://localhost:1"}, "http://localhost:1"),
    ({"AWS_REGION": "us-gov-west-1"}, {"use_fips": True}, "https://ec2.us-gov-west-1.amazonaws.com"),
    ({"AWS_REGION": "us-east-1"}, {"use_dual_stack": True}, "https://ec2.us-east-1.api.aws"),
]


@pytest.mark.parametrize(("environ", "options", "url"), ENVIRONMENTS)
def test_where_a_call_goes(run: Run, environ: dict[str, str], options: dict[str, Any], url: str) -> None:
    """Arguments come before the environment, and the environment before the Region's own endpoint."""
    server = Server((200, ANSWER))
    run(server, "send", TAKE, **{"region": None, "world": world(**environ), **options})
    assert server.requests[0].url == url


def test_credentials_from_the_environment(run: Run) -> None:
    """Keys and token are taken from the environment when none are given."""
    server = Server((200, ANSWER))
    keys = {"AWS_ACCESS_KEY_ID": "AKIDENV", "AWS_SECRET_ACCESS_KEY": "s", "AWS_SESSION_TOKEN": "t"}
    run(server, "send", TAKE, credentials=None, world=world(**keys))
    headers = server.requests[0].headers
    assert "Credential=AKIDENV/" in headers["authorization"]
    assert headers["x-amz-security-token"] == "t"


BAD: list[tuple[dict[str, Any], type[Exception], str]] = [
    ({"region": None, "world": world(AWS_EC2_METADATA_DISABLED="true")}, ConfigurationError, "no Region"),
    ({"region": "us-east-1@evil.example"}, ConfigurationError, "Region"),
    ({"endpoint_url": "http://user@127.0.0.1"}, ConfigurationError, "endpoint_url"),
    ({"timeout": 0}, ConfigurationError, "timeout"),
    ({"deadline": -1}, ConfigurationError, "deadline"),
    ({"max_attempts": 0}, ConfigurationError, "attempts"),
    ({"retry_mode": "eager"}, ConfigurationError, "retry mode"),
]


@pytest.mark.parametrize(("options", "family", "sentence"), BAD, ids=lambda value: str(value)[:30])
def test_what_cannot_be_used(
    run: Run, options: dict[str, Any], family: type[Exception], sentence: str
) -> None:
    """A setting that cannot be used is one of our errors, says which, and nothing is sent."""
    server = Server((200, ANSWER))
    with pytest.raises(family) as caught:
        run(server, "send", TAKE, **options)
    assert sentence in str(caught.value)
    assert server.requests == []


def test_arguments_that_make_no_client() -> None:
    """Unknown names, and two transports at once, are refused at once."""
    with pytest.raises(ConfigurationError, match="regoin"):
        Client(regoin="x")  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
    with pytest.raises(ConfigurationError, match="both"):
        Client(transport=httpx.HTTPTransport(), http_client=httpx.Client())


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (
            {"transport": httpx.AsyncHTTPTransport()},
            "expected one with handle_request, got a AsyncHTTPTransport",
        ),
        ({"http_client": httpx.AsyncClient()}, "expected one with handle_request, got a AsyncClient"),
    ],
)
def test_an_argument_of_another_kind(given: dict[str, Any], said: str) -> None:
    """The first call says what was expected."""
    options: Any = {"region": "us-east-1", "credentials": KEYS, "world": world(), **given}
    with pytest.raises(ConfigurationError, match=said), Client(**options) as client:
        client.send(TAKE)


@pytest.mark.parametrize("method", ["send", "permitted"])
@pytest.mark.parametrize(
    ("wrong", "got"),
    [(ec2.DescribeVpcs, "the class DescribeVpcs"), ("DescribeVpcs", "a str"), (None, "NoneType")],
)
def test_what_is_no_operation_is_refused(run: Run, method: str, wrong: object, got: str) -> None:
    """A class in place of a value of it, above all."""
    with pytest.raises(ParameterError, match=f"expected an operation.*got.*{got}"):
        run(Server((200, ANSWER)), method, wrong)


def test_a_closed_client_says_so() -> None:
    """After closing, the first call is an error that tells what to do."""
    client = Client(region="us-east-1", credentials=KEYS)
    client.close()
    with pytest.raises(ConfigurationError, match="closed"):
        client.send(TAKE)


def test_a_ready_http_client_is_used_and_stays_open() -> None:
    """The caller's httpx client carries the call, follows no redirect, and is not closed."""
    server = Server((307, b""))
    with httpx.Client(transport=httpx.MockTransport(server), follow_redirects=True) as http_client:
        client = Client(region="us-east-1", credentials=KEYS, http_client=http_client)
        with client, pytest.raises(ServiceError, match="307"):
            client.send(TAKE)
        assert not http_client.is_closed
    assert len(server.requests) == 1


def test_nothing_escapes_but_our_errors(run: Run) -> None:
    """What httpx raises becomes a TransportError."""

    def broken(request: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError("refused")

    with pytest.raises(TransportError) as caught:
        run(broken, "send", TAKE)
    assert caught.value.sent is False


def test_an_answer_over_the_limit_is_not_asked_for_again(run: Run) -> None:
    """It would be as long the next time; the truncated one beside it is asked for three times."""
    short = {"limits": Limits(body=len(ANSWER) - 1), "world": dataclasses.replace(world(), sleep=_no_time)}
    server = Server((200, ANSWER))
    with pytest.raises(ResponseError, match="over the limit") as caught:
        run(server, "send", TAKE, **short)
    assert caught.value.over_limit
    assert caught.value.outcome_unknown
    assert len(server.requests) == 1
    server = Server((200, ANSWER[:-9]))
    with pytest.raises(ResponseError):
        run(server, "send", TAKE, **short)
    assert len(server.requests) == 3


def _no_time(seconds: float) -> None:
    """Time that passes at once."""


def test_the_twins_have_the_same_surface() -> None:
    """Each method of one is a method of the other, with the same parameters."""
    names = {"aclose": "close", "__aenter__": "__enter__", "__aexit__": "__exit__"}
    mine = {names.get(n, n): f for n, f in vars(AsyncClient).items() if inspect.isfunction(f)}
    theirs = {n: f for n, f in vars(Client).items() if inspect.isfunction(f)}
    assert mine.keys() == theirs.keys()
    for name, method in mine.items():
        assert list(inspect.signature(method).parameters) == list(inspect.signature(theirs[name]).parameters)


AGENTS = [
    (None, ""),
    ("  ", ""),
    ("shop", " app/shop"),
    ("a b\r\nx: y", " app/a-b--x--y"),
    ("é" * 99, " app/" + "-" * 50),
]


@pytest.mark.parametrize(("app_id", "tail"), AGENTS)
def test_the_user_agent(app_id: str | None, tail: str) -> None:
    """It names us, Python, and the application as far as a header can."""
    head, _, app = user_agent(app_id).partition(" app/")
    assert head.startswith("ec2query/")
    assert (f" app/{app}" if app else "") == tail


def test_timeouts_reach_the_transport(run: Run) -> None:
    """One number is every timeout; a Timeout says each."""
    server = Server((200, ANSWER))
    run(server, "send", TAKE, timeout=7.0)
    run(server, "send", TAKE, timeout=dataclasses.replace(Timeout(), read=3.0))
    told = [request.extensions["timeout"] for request in server.requests]
    assert told[0] == {"connect": 7.0, "read": 7.0, "write": 7.0, "pool": 7.0}
    assert told[1]["read"] == 3.0
