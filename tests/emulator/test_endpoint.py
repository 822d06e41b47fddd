"""`ec2query.emulator.endpoint`: from HTTP request to HTTP response."""

from __future__ import annotations

import ast
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from ec2query import ec2
from ec2query.emulator import ACTIONS, EXAMPLE_CREDENTIALS, Emulator, State
from ec2query.errors import NotFound, ServiceError, Throttled
from ec2query.protocol.message import HttpRequest
from ec2query.protocol.parse import parse
from ec2query.protocol.serialize import serialize
from ec2query.protocol.sign import presign, sign
from ec2query.shape import members
from support.account import ASN, CIDR, DELAY, NOW, STATE, ask, emulator, request_for

DISASSOCIATE = ec2.DisassociateIpamByoasn(asn=ASN, cidr=CIDR)
FORM = {"content-type": "application/x-www-form-urlencoded; charset=utf-8"}


def test_an_answer_in_full() -> None:
    """Status, headers and body of a success, as EC2 writes them."""
    endpoint, _ = emulator()
    answer = endpoint.handle(request_for(DISASSOCIATE))
    assert answer.status == 200
    assert answer.headers == {
        "content-type": "text/xml;charset=UTF-8",
        "date": "Fri, 02 Jan 2026 12:00:00 GMT",
        "x-amzn-requestid": "request-1",
    }
    assert answer.body.decode() == (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        '<DisassociateIpamByoasnResponse xmlns="http://ec2.amazonaws.com/doc/2016-11-15/">'
        "<requestId>request-1</requestId>"
        f"<asnAssociation><asn>{ASN}</asn><cidr>{CIDR}</cidr><state>pending-disassociation</state></asnAssociation>"
        "</DisassociateIpamByoasnResponse>"
    )


def test_an_error_in_full() -> None:
    """Status, headers and body of a refusal."""
    endpoint, _ = emulator(State())
    answer = endpoint.handle(request_for(DISASSOCIATE))
    assert answer.status == 400
    assert answer.headers["content-type"] == "text/xml;charset=UTF-8"
    assert answer.headers["x-amzn-requestid"] == "request-1"
    assert answer.body.decode() == (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        "<Response><Errors><Error><Code>InvalidAsnAssociation.NotFound</Code>"
        f"<Message>ASN {ASN} is not associated with {CIDR}.</Message></Error></Errors>"
        "<RequestID>request-1</RequestID></Response>"
    )


def test_the_same_tokens_and_clock_give_the_same_bytes() -> None:
    """With an injected clock and token factory, an emulator is deterministic."""
    requests = [request_for(ec2.CreateIpam()), request_for(DISASSOCIATE), request_for(DISASSOCIATE)]
    first, second = emulator()[0], emulator()[0]
    assert [first.handle(request) for request in requests] == [second.handle(request) for request in requests]


def raw(body: bytes) -> HttpRequest:
    unsigned = HttpRequest("POST", "https://ec2.us-east-1.amazonaws.com/", FORM, body)
    return sign(unsigned, EXAMPLE_CREDENTIALS, "us-east-1", "ec2", NOW)


HEAD = b"Version=2016-11-15&Action="

REFUSED: dict[str, tuple[HttpRequest, int, str]] = {
    "not signed": (
        HttpRequest("POST", "http://localhost/", FORM, serialize(DISASSOCIATE)),
        401,
        "AuthFailure",
    ),
    "changed": (request_for(DISASSOCIATE, body=HEAD + b"DeleteIpam"), 403, "SignatureDoesNotMatch"),
    "old": (request_for(DISASSOCIATE, NOW - timedelta(minutes=16)), 400, "RequestExpired"),
    "no action": (raw(b"Version=2016-11-15"), 400, "MissingAction"),
    "no pairs": (raw(b""), 400, "MissingAction"),
    "another action of EC2": (raw(HEAD + b"DescribeInstances"), 400, "InvalidAction"),
    "no UTF-8": (raw(HEAD + b"%00%ff"), 400, "MalformedQueryString"),
    "another version": (raw(b"Version=2006-06-26&Action=DescribeIpams"), 400, "NoSuchVersion"),
    "nothing required": (raw(HEAD + b"DisassociateIpamByoasn"), 400, "MissingParameter"),
    "something unknown": (raw(HEAD + b"DescribeIpams&Colour=red"), 400, "UnknownParameter"),
    "another type": (raw(HEAD + b"DescribeIpams&DryRun=maybe"), 400, "InvalidParameterValue"),
    "a dry run": (request_for(DISASSOCIATE.__replace__(dry_run=True)), 412, "DryRunOperation"),
    "a method of no use": (
        sign(
            HttpRequest("PUT", "https://ec2.us-east-1.amazonaws.com/", FORM, b"x"),
            EXAMPLE_CREDENTIALS,
            "us-east-1",
            "ec2",
            NOW,
        ),
        400,
        "UnsupportedProtocol",
    ),
}


@pytest.mark.parametrize("name", REFUSED)
def test_refusals(name: str) -> None:
    """Every wrong request is answered with its status and code, and changes nothing."""
    request, status, code = REFUSED[name]
    endpoint, _ = emulator()
    answer = endpoint.handle(request)
    assert (answer.status, f"<Code>{code}</Code>" in answer.body.decode()) == (status, True), answer.body
    assert endpoint.state is STATE


@pytest.mark.parametrize("action", ACTIONS)
def test_denied_actions(action: str) -> None:
    """Any action can be denied; what it lacks is complained of first."""
    endpoint, _ = emulator(deny=ACTIONS)
    answer = endpoint.handle(raw(HEAD + action.encode()))
    cls = getattr(ec2, action)
    needs = any(member.required for member in members(cls))
    assert answer.status == (400 if needs else 403)
    assert (b"MissingParameter" if needs else b"UnauthorizedOperation") in answer.body


def test_time_passes_between_calls() -> None:
    """States move with the injected clock, and with nothing else."""
    endpoint, clock = emulator()
    ask(endpoint, DISASSOCIATE)
    clock.advance(DELAY - timedelta(seconds=1))
    assert endpoint.state.associations[ASN, CIDR].value.state == "pending-disassociation"
    clock.advance(timedelta(seconds=1))
    assert not endpoint.state.associations
    with pytest.raises(NotFound):
        ask(endpoint, DISASSOCIATE, clock())


def test_what_is_gone_may_linger() -> None:
    """With `linger`, a disassociated pair is listed a while longer."""
    endpoint, clock = emulator(linger=timedelta(seconds=60))
    ask(endpoint, DISASSOCIATE)
    seen: list[list[str | None]] = []
    for seconds in (2, 59, 1):
        clock.advance(timedelta(seconds=seconds))
        listed = ask(endpoint, ec2.DescribeByoipCidrs(max_results=10), clock())
        seen.append([pair.state for cidr in listed.byoip_cidrs for pair in cidr.asn_associations])
    assert seen == [["disassociated"], ["disassociated"], []]


def test_failing_actions() -> None:
    """`failing` lets pending states end badly."""
    endpoint, clock = emulator(failing={"DisassociateIpamByoasn"})
    ask(endpoint, DISASSOCIATE)
    clock.advance(DELAY)
    assert endpoint.state.associations[ASN, CIDR].value.state == "failed-disassociation"


def test_throttling() -> None:
    """With `throttle`, the documented buckets apply: DescribeByoipCidrs once in two seconds."""
    endpoint, clock = emulator(throttle=True)
    describe = ec2.DescribeByoipCidrs(max_results=10)
    ask(endpoint, describe)
    with pytest.raises(Throttled) as refused:
        ask(endpoint, describe)
    assert (refused.value.code, refused.value.status) == ("RequestLimitExceeded", 503)
    clock.advance(timedelta(seconds=2))
    ask(endpoint, describe, clock())


def test_without_throttling_there_is_no_limit() -> None:
    """The buckets are an option."""
    endpoint, _ = emulator()
    for _ in range(20):
        ask(endpoint, ec2.DescribeByoipCidrs(max_results=10))


def test_a_wider_skew() -> None:
    """`skew` says how old a signature may be."""
    endpoint, _ = emulator(skew=timedelta(hours=2))
    ask(endpoint, ec2.DescribeIpams(), NOW - timedelta(hours=2))


def test_another_region_and_account() -> None:
    """Region and account are the emulator's, and show in what it makes."""
    endpoint, _ = emulator(State(), region="eu-west-1", account="111122223333")
    request = HttpRequest("POST", "http://localhost/", FORM, serialize(ec2.CreateIpam()))
    answer = endpoint.handle(sign(request, EXAMPLE_CREDENTIALS, "eu-west-1", "ec2", NOW))
    assert b"<ipamRegion>eu-west-1</ipamRegion>" in answer.body
    assert b"<ownerId>111122223333</ownerId>" in answer.body


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_presigned_urls(method: str) -> None:
    """A presigned URL carries the operation in its query."""
    endpoint, _ = emulator()
    body = serialize(ec2.DescribeIpamByoasn(max_results=5))
    url = "https://ec2.us-east-1.amazonaws.com/"
    unsigned = HttpRequest("POST", url, FORM, body)
    if method == "POST":  # as botocore presigns
        unsigned = HttpRequest("POST", f"{url}?{body.decode()}", FORM)
    request = presign(unsigned, EXAMPLE_CREDENTIALS, "us-east-1", "ec2", NOW)
    assert request.method == method
    answer = endpoint.handle(request)
    assert answer.status == 200
    assert answer.body.count(b"<item>") == 2


def test_many_threads() -> None:
    """Calls from many threads are carried out one after the other: none is lost."""
    endpoint = Emulator(clock=lambda: NOW, state=State())
    request = request_for(ec2.CreateIpam())
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(endpoint.handle, [request] * 200))
    assert {answer.status for answer in answers} == {200}
    assert len(endpoint.state.ipams) == endpoint.state.made == 200


def test_by_default_it_is_now() -> None:
    """Without a clock and tokens of its own, an emulator takes the system's and random ids."""
    endpoint = Emulator()
    first, second = (endpoint.handle(request_for(ec2.DescribeIpams(), datetime.now(UTC))) for _ in range(2))
    assert (first.status, second.status) == (200, 200)
    assert first.headers["x-amzn-requestid"] != second.headers["x-amzn-requestid"]


def test_it_loads_neither_httpx_nor_uvicorn() -> None:
    """The endpoint itself is a function of values; its adapters come when asked for."""
    program = (
        "import sys; from ec2query.emulator import Emulator; Emulator();"
        "print(sorted({'httpx', 'uvicorn', 'botocore', 'asyncio'} & set(sys.modules)))"
    )
    out = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert ast.literal_eval(out.stdout) == []


def test_a_refused_operation_leaves_the_rest_of_the_cell_alone() -> None:
    """A ServiceError in the middle does not wedge the lock or lose state."""
    endpoint, _ = emulator()
    with pytest.raises(ServiceError):
        ask(endpoint, ec2.DescribeByoipCidrs(max_results=0))
    ask(endpoint, DISASSOCIATE)
    assert replace(endpoint.state, associations={}) == replace(STATE, associations={})


PRESIGNED = presign(
    HttpRequest("POST", "https://ec2.us-east-1.amazonaws.com/", FORM, serialize(ec2.DescribeIpams())),
    EXAMPLE_CREDENTIALS,
    "us-east-1",
    "ec2",
    NOW,
).url

ODD: dict[str, HttpRequest] = {
    "a text that XML cannot carry": raw(HEAD + b"CreateIpam&Description=%00"),
    "a message that XML cannot carry": raw(HEAD + b"DisassociateIpamByoasn&Asn=%00&Cidr=%1b"),
    "a filter that XML cannot carry": raw(HEAD + b"DescribeIpams&Filter.1.Name=%00"),
    "a filter of nothing": raw(HEAD + b"DescribeIpams&Filter.1.Value.1=x"),
    "an id that XML cannot carry": raw(HEAD + b"DeleteIpam&IpamId=%00"),
    "a number without end": raw(HEAD + b"DescribeByoipCidrs&MaxResults=" + b"9" * 4000),
    "keys without end": raw(HEAD + b"DescribeIpams&" + b"a." * 10000 + b"=1"),
    "a token in other letters": HttpRequest("GET", f"{PRESIGNED}&X-Amz-Security-Token=%C3%A9"),
    "a signature in other letters": HttpRequest("GET", PRESIGNED.replace("Signature=", "Signature=%C3%A9")),
    "a credential of nothing": HttpRequest("GET", PRESIGNED.replace("Credential=", "Credential=%2F")),
    "a scope in other letters": HttpRequest("GET", PRESIGNED.replace("us-east-1", "%C3%A9").lower()),
    "no host": HttpRequest("GET", "/"),
}


@pytest.mark.parametrize("name", ODD)
def test_odd_requests_have_an_answer(name: str) -> None:
    """Whatever a request holds, it is refused with an error document, and changes nothing."""
    endpoint, _ = emulator()
    answer = endpoint.handle(ODD[name])
    assert 400 <= answer.status < 500
    with pytest.raises(ServiceError) as refused:
        parse(ec2.DescribeIpams, answer.status, answer.headers, answer.body)
    assert not refused.value.synthesized
    assert endpoint.state is STATE


def test_assumptions_are_marked() -> None:
    """Codes for which there is no evidence say `assumed` in the source."""
    source = Path(sys.modules["ec2query.emulator"].__file__ or "").parent
    for path in source.glob("*.py"):
        lines = path.read_text().splitlines()
        for number, line in enumerate(lines):
            if "NotFound" in line and "refusal(" in line:
                assert "assumed" in "".join(lines[number - 1 : number + 1]), f"{path.name}:{number + 1}"
