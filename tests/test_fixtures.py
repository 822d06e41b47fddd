"""The fixtures: what the client sends is what was recorded, what it makes of the answer is what is expected.

respx stands where the network is; each exchange is replayed on its own, in all ways to make a call.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from functools import cache
from importlib.metadata import version
from pathlib import Path
from ssl import PROTOCOL_TLS_CLIENT, SSLContext

import anyio
import httpx
import pytest
import respx

from ec2query import AsyncClient, Client, ResponseError, ServiceError
from ec2query.client.options import Options
from ec2query.emulator import ACTIONS
from ec2query.protocol.message import HttpResponse
from ec2query.replay import Exchange, Replay, add_routes, expectation, load, outcome, write_exchange
from ec2query.replay.exchange import kept_headers, query_pairs
from ec2query.replay.httpx_messages import as_request
from ec2query.shape import Result
from support.peer import normal, peer
from support.recording import KEY, fixed_world, made_up
from support.unfinished import operation_of

FIXTURES = Path(__file__).parents[1] / "fixtures"


def named(exchange: Exchange) -> str:
    return str(Path(exchange.source).relative_to(FIXTURES).with_suffix(""))


EVERY = {named(exchange): exchange for exchange in load(FIXTURES)}


def options(name: str, exchange: Exchange) -> Options:
    """The client that recorded it, at that time."""
    assert exchange.signed_at is not None
    signed_at = exchange.signed_at
    action, case = name.split("/")[1:]
    world = fixed_world(lambda: signed_at, made_up("invocation", action, case))
    return {"region": exchange.region, "credentials": KEY, "max_attempts": 1, "world": world}


@cache
def unused_tls() -> SSLContext:
    """One context for all httpx clients: nothing connects, and making one takes long."""
    return SSLContext(PROTOCOL_TLS_CLIENT)


def meant(call: Callable[[], Result]) -> dict[str, object]:
    try:
        return expectation(call())
    except (ServiceError, ResponseError) as error:
        return expectation(error)


def blocking(name: str, exchange: Exchange) -> dict[str, object]:
    with (
        httpx.Client(verify=unused_tls()) as http,
        Client(http_client=http, **options(name, exchange)) as client,
    ):
        return meant(lambda: client.send(operation_of(exchange)))


def by_transport(name: str, exchange: Exchange) -> dict[str, object]:
    transport = httpx.HTTPTransport(verify=unused_tls())
    client = Client(transport=transport, **options(name, exchange))
    return meant(lambda: client.send(operation_of(exchange)))


def on(backend: str) -> Callable[[str, Exchange], dict[str, object]]:
    async def send(name: str, exchange: Exchange) -> Result:
        async with (
            httpx.AsyncClient(verify=unused_tls()) as http,
            AsyncClient(http_client=http, **options(name, exchange)) as client,
        ):
            return await client.send(operation_of(exchange))

    return lambda name, exchange: meant(lambda: anyio.run(send, name, exchange, backend=backend))


WAYS = {"asyncio": on("asyncio"), "trio": on("trio"), "blocking": blocking, "transport": by_transport}


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("name", EVERY)
def test_the_recorded_request_goes_out_and_the_answer_is_read(name: str, way: str) -> None:
    """Pairs, signed headers and signature are those recorded, and the answer means what is expected."""
    exchange = EVERY[name]
    with respx.mock as router:
        add_routes(router, Replay([exchange]))
        assert WAYS[way](name, exchange) == exchange.expected
        sent = router.calls.last.request
    request = as_request(sent, sent.content)
    assert query_pairs(request) == exchange.pairs
    assert request.body == exchange.request.body
    assert kept_headers(request.headers) == exchange.request.headers  # the signature among them
    assert request.url == exchange.request.url


@pytest.mark.parametrize("name", EVERY)
def test_what_is_read_is_what_botocore_reads(name: str) -> None:
    """For all answers that are one, botocore's parser makes the same of them."""
    exchange = EVERY[name]
    if not exchange.response.body.startswith(b"<?xml") or "ResponseError" in str(exchange.expected):
        return
    answer, read = exchange.response, outcome(exchange)
    theirs = peer().parse(exchange.action, answer.status, answer.body)
    metadata = theirs.pop("ResponseMetadata")
    if isinstance(read, Result):
        ours = read.to_dict()
        assert ours.pop("RequestId") == metadata["RequestId"]
        assert normal(ours) == normal(theirs)
    else:
        assert isinstance(read, ServiceError)
        assert (read.code, read.message) == (theirs["Error"]["Code"], theirs["Error"]["Message"])
        assert read.request_id == metadata["RequestId"]


@pytest.mark.parametrize("name", EVERY)
def test_every_prefix_is_a_response_error(name: str) -> None:
    """No beginning of a document passes for an answer; nothing at all does where the status is an error's."""
    exchange = EVERY[name]
    document = exchange.response.body.rstrip()
    if not document.startswith(b"<?xml"):
        return
    status, headers = exchange.response.status, exchange.response.headers
    for length in range(len(document)):
        read = outcome(replace(exchange, response=HttpResponse(status, headers, document[:length])))
        if length or status < 300:
            assert type(read) is ResponseError, document[:length]
        else:
            assert isinstance(read, ServiceError)
            assert read.synthesized


LEGAL = re.compile(r"recorded: emulator|recorded: moto [0-9]+\.[0-9]+\.[0-9]+|derived: API model")


@pytest.mark.parametrize("name", EVERY)
def test_a_fixture_says_where_it_comes_from_and_nothing_else(name: str) -> None:
    """One legal provenance, no claim besides it, and none to be AWS's."""
    exchange = EVERY[name]
    text = Path(exchange.source).read_text(encoding="utf-8")
    assert LEGAL.fullmatch(exchange.provenance)
    assert len(re.findall("recorded|derived|provenance", text)) == 2
    others = re.sub(r"^(?:POST|host:|authorization:) .*$|^provenance: .*$", "", text, flags=re.MULTILINE)
    assert not re.search(r"emulator|moto|API model|AWS's|\bfrom AWS\b", others)


CANARIES = {
    "the secret key": re.escape(KEY.secret_access_key),
    "an access key id": r"\b(?:AKIA|ASIA)[A-Z0-9]{12,}",
    "a private key": "PRIVATE KEY",
    "a session token": "x-amz-security-token|IQoJb3JpZ2lu|FwoGZXIvYXdz",
    "a JSON web token": r"\beyJ[A-Za-z0-9_-]+\.",
    "user data": "UserData|userData",
}


@pytest.mark.parametrize("kind", CANARIES)
def test_no_fixture_holds_a_secret(kind: str) -> None:
    """Not one file of the folder has it, whatever the file is."""
    for file in FIXTURES.rglob("*.exchange"):
        assert not re.search(CANARIES[kind], file.read_text(encoding="utf-8")), file


@pytest.mark.parametrize("name", EVERY)
def test_a_fixture_is_written_as_it_stands(name: str) -> None:
    """Reading a file and writing it again changes no byte."""
    exchange = EVERY[name]
    assert write_exchange(exchange).encode() == Path(exchange.source).read_bytes()


USUAL = {
    *("success", "dry-run-permitted", "dry-run-denied", "denied", "invalid-value", "invalid-action"),
    *("signature-mismatch", "unknown-key", "throttled", "internal-error", "unavailable"),
    *("malformed", "truncated", "html-503", "empty-503"),
}
OUR_ACTIONS = [action for action in ACTIONS if "Byo" in action]


@pytest.mark.parametrize("action", OUR_ACTIONS)
def test_every_byoasn_and_byoip_operation_has_its_cases(action: str) -> None:
    """Good days, bad days, and what is particular to the operation."""
    cases = {name.split("/")[2] for name in EVERY if name.split("/")[1] == action}
    particular = {"not-found", "incorrect-state", "limit", "empty", "missing-parameter"}
    assert cases >= USUAL
    assert len(cases & particular) >= 1
    assert ("missing-parameter" in cases) is (action != "DescribeIpamByoasn")  # it requires nothing


def test_recording_anew_changes_nothing(tmp_path: Path) -> None:
    """`make record` gives the files that are there, byte for byte (moto's for the same moto)."""
    place = {"PYTHONPATH": os.pathsep.join(filter(None, ["tests", os.environ.get("PYTHONPATH")]))}
    program = [sys.executable, "-m", "support.record", str(tmp_path)]
    subprocess.run(program, check=True, cwd=FIXTURES.parent, env={**os.environ, **place})
    written = contents(tmp_path)
    there = contents(FIXTURES)
    assert written.keys() == there.keys()
    for name, text in written.items():
        if EVERY[name].provenance in (
            "recorded: emulator",
            "derived: API model",
            f"recorded: moto {version('moto')}",
        ):
            assert text == there[name], name


def contents(folder: Path) -> dict[str, bytes]:
    return {
        str(file.relative_to(folder).with_suffix("")): file.read_bytes()
        for file in folder.rglob("*.exchange")
    }
