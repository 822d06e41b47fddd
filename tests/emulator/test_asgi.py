"""`ec2query.emulator.asgi`: the emulator as an ASGI application."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Any

import pytest

from ec2query import ec2
from ec2query.emulator import EmulatorApplication
from support.account import ASN, CIDR, emulator, request_for

REQUEST = request_for(ec2.DisassociateIpamByoasn(asn=ASN, cidr=CIDR))
HEADERS = [(name.title().encode(), value.encode()) for name, value in REQUEST.headers.items()]


def play(
    pieces: Sequence[bytes],
    headers: Sequence[tuple[bytes, bytes]] = HEADERS,
    **changes: Any,
) -> tuple[int, dict[bytes, bytes], bytes]:
    """Play one request to the application, its body in pieces."""
    scope: dict[str, Any] = {
        "type": "http",
        "method": "POST",
        "scheme": "https",
        "path": "/",
        "raw_path": b"/",
        "query_string": b"",
        "headers": headers,
        **changes,
    }
    waiting = [
        {"type": "http.request", "body": piece, "more_body": number < len(pieces)}
        for number, piece in enumerate(pieces, 1)
    ]
    sent: list[Any] = []

    async def receive() -> dict[str, Any]:
        return waiting.pop(0)

    async def send(message: Any) -> None:
        sent.append(message)

    asyncio.run(EmulatorApplication(emulator()[0])(scope, receive, send))
    start, body = sent
    assert (start["type"], body["type"]) == ("http.response.start", "http.response.body")
    return start["status"], dict(start["headers"]), body["body"]


@pytest.mark.parametrize("size", [10_000, 7, 1])
def test_a_body_in_pieces(size: int) -> None:
    """However the body arrives, the answer is the same, and says its length."""
    pieces = [REQUEST.body[at : at + size] for at in range(0, len(REQUEST.body), size)]
    status, headers, body = play(pieces)
    assert (status, body) == (200, emulator()[0].handle(REQUEST).body)
    assert headers[b"content-length"] == str(len(body)).encode()
    assert headers[b"x-amzn-requestid"] == b"request-1"


def test_a_repeated_header_is_one_list() -> None:
    """Fields of one name are joined, as HTTP says."""
    accepts = [(b"accept", b"text/xml"), (b"Accept", b" text/html ")]
    assert play([REQUEST.body], [*HEADERS, *accepts])[0] == 200


def test_a_query_reaches_the_emulator() -> None:
    """The path and the query are part of what is signed."""
    status, _, body = play([REQUEST.body], query_string=b"a=b")
    assert (status, b"SignatureDoesNotMatch" in body) == (403, True)
    status, _, body = play([REQUEST.body], raw_path=None, path="/x")
    assert (status, b"SignatureDoesNotMatch" in body) == (403, True)


@pytest.mark.parametrize("value", [b"\xe9", b"a\x00b", b"a\nb"])
def test_odd_header_bytes_are_refused(value: bytes) -> None:
    """What can be no header of ours is an error document, not a crash."""
    status, _, body = play([REQUEST.body], [*HEADERS, (b"x-odd", value)])
    assert (status, b"<Code>InvalidRequest</Code>" in body) == (400, True)


@pytest.mark.parametrize("host", [b"[", b"[::1", b"x:99999", b""])
def test_odd_hosts_are_refused(host: bytes) -> None:
    """The same for a host that makes no URL."""
    status, _, body = play(
        [REQUEST.body], [(name, value) for name, value in HEADERS if name != b"Host"] + [(b"host", host)]
    )
    assert (status, b"<Code>InvalidRequest</Code>" in body) == (400, True)


def test_a_body_without_end_is_refused() -> None:
    """Over 1 MiB nothing is kept."""
    status, _, body = play([b"x" * 1024] * 1025)
    assert (status, b"<Code>RequestEntityTooLarge</Code>" in body) == (413, True)


def test_other_scopes_are_refused() -> None:
    """It speaks HTTP only; a server that offers another scope is told so."""
    with pytest.raises(NotImplementedError, match="websocket"):
        play([], type="websocket")
