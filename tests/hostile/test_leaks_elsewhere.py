"""Planted secrets where they do not belong: another host, the next request, a recording, the repository."""

from __future__ import annotations

import re
import subprocess
from functools import cache
from pathlib import Path
from typing import Any

import httpx
import pytest

from ec2query import ServiceError
from ec2query.replay import Recorder, RecordingTransport, write_exchange
from support.canaries import OPERATIONS, Seen, call, canaries_in
from support.echoes import ECHOES, IN_THE_HEAD, closing
from support.hostile import WAYS
from support.server import Peer, Start, answer

ROOT = Path(__file__).parents[2]


def transports(way: str, own: bool) -> dict[str, Any]:
    """Options: our own transport, or a client of httpx's that would follow, and keep, whatever it is told."""
    if own:
        return {}
    kind = httpx.Client if way == "blocking" else httpx.AsyncClient
    return {"http_client": kind(follow_redirects=True, verify=False)}


@pytest.mark.parametrize("status", [300, 301, 302, 303, 304, 305, 307, 308])
@pytest.mark.parametrize("own", [True, False], ids=["own transport", "httpx"])
@pytest.mark.parametrize("way", WAYS)
def test_no_redirect_is_followed(start: Start, way: str, own: bool, status: int) -> None:
    """Neither with the signature and token that the first host was sent, nor without."""
    elsewhere = start()
    headers = (f"Location: {elsewhere.url}", f"Refresh: 0; url={elsewhere.url}")

    def script(peer: Peer) -> None:
        while peer.request() is not None:
            peer.send(answer(b"", *headers, status=f"{status} Moved"))

    server, seen = start(script), Seen()
    call(way, OPERATIONS["CreateKeyPair"], seen, endpoint_url=server.url, **transports(way, own))
    assert isinstance(seen.error, ServiceError)
    assert (seen.error.status, len(server.requests)) == (status, 1)
    assert elsewhere.accepted == 0


@pytest.mark.parametrize("own", [True, False], ids=["own transport", "httpx"])
@pytest.mark.parametrize("way", WAYS)
def test_no_cookie_is_sent_back(start: Start, way: str, own: bool) -> None:
    """What one answer sets, the next attempt does not carry."""

    def script(peer: Peer) -> None:
        while peer.request() is not None:
            peer.send(answer(b"", "Set-Cookie: a=b; Path=/", status="503 Slow Down"))

    server = start(script)
    call(way, OPERATIONS["CreateKeyPair"], Seen(), endpoint_url=server.url, **transports(way, own))
    assert len(server.requests) == 3
    assert all("cookie" not in dict(request.headers) for request in server.requests)


def test_a_presigned_url_is_sent_to_the_endpoint_alone(start: Start) -> None:
    """CopySnapshot's names the source Region's endpoint, which is not asked by us."""
    server, seen = start(closing(ECHOES["an answer"])), Seen()
    call("blocking", OPERATIONS["CopySnapshot"], seen, endpoint_url=server.url)
    (request,) = server.requests
    assert {"access key id", "session token"} <= canaries_in(request.body.decode())
    assert canaries_in(request.line) == set()


# What breaks off, or cannot be decoded, is not kept.
UNREADABLE = IN_THE_HEAD | {
    *("an answer shorter than it says", "the request, cut off", "the request, said to be gzip"),
    *("the request, in gzip cut off", "nothing"),
}


@pytest.mark.parametrize("kind", sorted(ECHOES))
def test_nothing_secret_is_recorded(start: Start, kind: str) -> None:
    """A fixture holds what was said without the secrets, whichever side said them."""
    server = start(closing(ECHOES[kind]))
    texts: list[str] = []
    with httpx.HTTPTransport(verify=False) as http:
        for operation in OPERATIONS.values():
            recorder = Recorder()
            transport = RecordingTransport(http, recorder)
            call("blocking", operation, Seen(), endpoint_url=server.url, transport=transport, max_attempts=1)
            texts += [write_exchange(exchange) for exchange in recorder.exchanges]
    assert texts or kind in UNREADABLE
    assert [canaries_in(text) for text in texts if canaries_in(text)] == []


# What AWS's own keys, tokens and private keys begin with; those of its documentation end in EXAMPLE.
REAL: dict[str, str] = {
    "an access key id": r"\b(?:AKIA|ASIA)(?![A-Z0-9]*(?:EXAMPLE|CANARY|0000))[A-Z2-7]{16}\b",
    "a session token": r"(?:IQoJb3JpZ2lu|FwoGZXIvYXdz)[A-Za-z0-9+/=]{40,}",
    "a private key": r"-----BEGIN [A-Z ]*PRIVATE KEY-----\s+[A-Za-z0-9+/]{40,}",
    "a JSON web token": r"\beyJ[A-Za-z0-9_-]{20,}\.eyJ[A-Za-z0-9_-]{20,}\.[A-Za-z0-9_-]{20,}",
    "an SSO token": r"\baoa[A-Za-z0-9_-]{80,}",
}
PLANTED = {
    "an access key id": "AKIA" + "ABCDEFGHIJKL2345",
    "a session token": "IQoJb3JpZ2lu" + "A" * 60,
    "a private key": "-----BEGIN RSA PRIVATE " + "KEY-----\n" + "MIIE" * 16,
    "a JSON web token": ".".join(["eyJ" + "a" * 30, "eyJ" + "b" * 30, "c" * 40]),
    "an SSO token": "aoa" + "A" * 100,
}


@cache
def committed() -> dict[str, str]:
    """The text of every file of the repository."""
    listed = subprocess.run(
        ["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=False
    ).stdout.decode()
    files = [ROOT / name for name in listed.split("\0") if name] or [*(ROOT / "fixtures").rglob("*")]
    return {str(file): file.read_text("utf-8", "replace") for file in files if file.is_file()}


@pytest.mark.parametrize("kind", REAL)
def test_no_file_holds_a_real_secret(kind: str) -> None:
    """Neither a fixture nor anything else, and what looks for it would find it."""
    assert re.search(REAL[kind], f'x="{PLANTED[kind]}"')
    assert [file for file, text in committed().items() if re.search(REAL[kind], text)] == []
    assert any("/fixtures/" in file for file in committed())
