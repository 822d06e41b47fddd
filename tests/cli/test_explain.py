"""`ec2query.cli.explain`: the anatomy of a call, and that it shows no secret."""

from __future__ import annotations

import hashlib
import io
import re
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import pytest
from rich.console import Console

from ec2query import ec2
from ec2query.cli.exits import Exit
from ec2query.cli.explain import explain, print_sections
from ec2query.cli.watch import Exchange
from ec2query.protocol.message import HttpRequest, HttpResponse
from ec2query.protocol.serialize import serialize
from ec2query.protocol.sign import Credentials, anatomy, sign
from ec2query.shape import Operation, Result
from support.command_line import CommandLine, Endpoint
from support.toy import Do, DoResult

NOW = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
CREDENTIALS = Credentials("AKIACANARYCANARY1234", "CANARY-secret-key", "CANARY-session-token")
ANSWER = HttpResponse(
    200,
    {"content-type": "text/xml", "x-amzn-requestid": "r"},
    b"<R><passwordData>CANARY-password</passwordData><requestId>r</requestId></R>",
)


def signed(operation: Operation[Any]) -> HttpRequest:
    """Sign an operation's request as a client would."""
    request = HttpRequest(
        "POST",
        "https://ec2.us-east-1.amazonaws.com/",
        {"content-type": "application/x-www-form-urlencoded; charset=utf-8"},
        serialize(operation),
    )
    return sign(request, CREDENTIALS, "us-east-1", "ec2", NOW)


def printed(
    operation: Operation[Any],
    exchanges: Sequence[Exchange],
    result: Result | None = None,
    *,
    colour: bool = False,
) -> str:
    """Print an explanation to text."""
    console = Console(file=io.StringIO(), width=80, force_terminal=colour, highlight=False, markup=False)
    print_sections(console, explain(operation, exchanges, result))
    assert isinstance(console.file, io.StringIO)
    return console.file.getvalue()


def titles(text: str) -> list[str]:
    """Return the sections' titles, without their numbers."""
    return re.findall(r"^\d+ (.+?) ─+$", text, re.MULTILINE)


def test_the_sections_in_their_order() -> None:
    """From the operation to the result."""
    operation = ec2.DisassociateIpamByoasn(asn="64500", cidr="203.0.113.0/24")
    text = printed(operation, [Exchange(signed(operation), ANSWER)], Result(request_id="r"))
    assert titles(text) == [
        "The operation",
        "The form pairs",
        "The canonical request",
        "The string to sign",
        "The signed HTTP request",
        "The answer",
        "The result",
    ]
    for line in (
        "DisassociateIpamByoasn(asn='64500', cidr='203.0.113.0/24')",
        "Cidr     203.0.113.0/24",
        "AWS4-HMAC-SHA256",
        "POST / HTTP/1.1",
        "Action=DisassociateIpamByoasn&Version=2016-11-15&Asn=64500&Cidr=203.0.113.0%2F24",
        "HTTP/1.1 200 OK",
        "  <requestId>r</requestId>",
        "Result(request_id='r')",
    ):
        assert line in text.splitlines()


def test_the_steps_are_those_of_the_signature() -> None:
    """Worked out of the signed request, they are the signer's own, but for the token."""
    operation = ec2.DescribeVpcs()
    request = signed(operation)
    steps = anatomy(request, CREDENTIALS, "us-east-1", "ec2", NOW)
    text = printed(operation, [Exchange(request)])
    assert steps.canonical_request in text
    assert steps.string_to_sign in text
    assert hashlib.sha256(request.body).hexdigest() in text


def test_every_attempt_is_shown() -> None:
    """Numbered where there are several; one without an answer ends at its request."""
    operation = ec2.DescribeVpcs()
    request = signed(operation)
    text = printed(operation, [Exchange(request), Exchange(request, HttpResponse(503))])
    found = titles(text)
    assert found.count("The signed HTTP request, attempt 1") == 1
    assert found[-1] == "The answer, attempt 2"
    assert "The answer, attempt 1" not in found
    assert "HTTP/1.1 503 Service Unavailable" in text


@pytest.mark.parametrize("colour", [False, True])
def test_no_secret_is_shown(colour: bool) -> None:
    """Neither of the credentials, nor of the request, nor of the answer, nor of the result."""
    operation = ec2.GetPasswordData(instance_id="i-1")
    request = signed(operation)
    result = ec2.GetPasswordDataResult(password_data="CANARY-password", request_id="r")
    text = printed(operation, [Exchange(request, ANSWER)], result, colour=colour)
    secret = Do(secret="CANARY-parameter", text="open")
    text += printed(
        secret, [Exchange(signed(secret), HttpResponse(200))], DoResult(text="open"), colour=colour
    )
    signature = request.headers["authorization"].rpartition("=")[2]
    assert "CANARY" not in text
    assert signature not in text
    assert signature[:8] in text
    assert "1234" in text
    assert text.count("open") >= 3


def test_control_characters_of_an_answer_are_not_printed() -> None:
    """Whatever the answer is."""
    operation = ec2.DescribeVpcs()
    for body in (b"\x1b[2Jsorry \x07", "<a>\u009b2J\u202e</a>".encode()):
        response = HttpResponse(500, {"x-odd": "a\x1b[2J"}, body)
        text = printed(operation, [Exchange(signed(operation), response)])
        assert not any(sign in text for sign in "\x1b\x07\x9b\u202e")


def test_a_request_that_is_signed_otherwise_has_no_steps() -> None:
    """Another signer's request is shown as it is."""
    operation = ec2.DescribeVpcs()
    request = HttpRequest(
        "POST", "http://127.0.0.1/", {"authorization": "Other CANARY"}, serialize(operation)
    )
    text = printed(operation, [Exchange(request)])
    assert titles(text) == ["The operation", "The form pairs", "The signed HTTP request"]
    assert "CANARY" not in text


DISASSOCIATE = ("DisassociateIpamByoasn", "Asn=64500", "Cidr=203.0.113.0/24")


@pytest.mark.usefixtures("endpoint")
def test_an_explained_call_shows_what_was_sent_and_answered(cli: CommandLine) -> None:
    """A refusal too, with its line and its status."""
    ended = cli(*DISASSOCIATE, "--explain")
    assert ended.status == Exit.SERVICE
    assert titles(ended.out)[-1] == "The answer"
    assert "NotFound</Code>" in ended.out
    assert ended.err.count("\n") == 1
    assert cli("DescribeIpamByoasn", "--explain").status == Exit.SUCCESS
    assert cli(*DISASSOCIATE, "--explain", "--dry-run").status == Exit.SUCCESS


@pytest.mark.usefixtures("endpoint")
def test_an_explained_call_prints_the_answer_where_an_output_is_asked_for(cli: CommandLine) -> None:
    """After the explanation, as without it."""
    out = cli("DescribeIpamByoasn", "--explain", "--output", "json").out
    assert titles(out)[-1] == "The result"
    assert '"Byoasns": []' in out


def test_explaining_alone_sends_nothing(cli: CommandLine, environment: pytest.MonkeyPatch) -> None:
    """Nobody listens there."""
    environment.setenv("AWS_SESSION_TOKEN", "CANARY-token")
    ended = cli(*DISASSOCIATE, "--explain-only", "--endpoint-url", "http://127.0.0.1:1")
    assert (ended.status, ended.err) == (Exit.SUCCESS, "")
    assert titles(ended.out)[-1] == "The signed HTTP request"
    assert "CANARY" not in ended.out


def test_the_environment_s_secrets_are_never_printed(
    cli: CommandLine, environment: pytest.MonkeyPatch, endpoint: Endpoint
) -> None:
    """Whatever becomes of the call."""
    environment.setenv("EC2QUERY_DEBUG", "1")
    for name in ("AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"):
        environment.setenv(name, f"CANARY-{name}")
    for url in (endpoint.url, "http://127.0.0.1:1"):
        ended = cli(*DISASSOCIATE, "--explain", "--endpoint-url", url)
        assert ended.status in (Exit.SERVICE, Exit.TRANSPORT)
        assert "CANARY" not in ended.out + ended.err
