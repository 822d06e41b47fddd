"""Planted secrets on their way from each source of credentials, and servers that repeat what they get."""

from __future__ import annotations

import threading
from collections.abc import Callable
from itertools import product
from pathlib import Path
from typing import Any

import pytest

from ec2query import Ec2QueryError, ec2
from support.canaries import SECRETS, Seen, call, canaries_in, cancelled, in_variables
from support.echoes import REPEATING, Echo, escaped, message, said
from support.hostile import WAYS, quiet_world
from support.providers import PROVIDERS, Provider, step_of
from support.server import PATIENCE, Peer, Received, Script, ScriptedServer, Start, answer

NOTHING: dict[str, set[str]] = {}
VPCS = b"<DescribeVpcsResponse><requestId>r-1</requestId></DescribeVpcsResponse>"


def good(provider: Provider, request: Received) -> bytes:
    step = step_of(provider, request)
    return answer(VPCS) if step is None else provider.good(step)


def serving(provider: Provider, answering: Echo, last: int | None = None) -> Script:
    """Answer one request after the other, and close after one of the step `last`."""

    def script(peer: Peer) -> None:
        while (request := peer.request()) is not None:
            peer.send(answering(request))
            if step_of(provider, request) == last is not None:
                return

    return script


def faulty(provider: Provider, at: int, echo: Callable[[Provider, int, Received], bytes]) -> Script:
    """Make a server that answers one step so, and all others as they should be."""

    def answering(request: Received) -> bytes:
        return echo(provider, at, request) if step_of(provider, request) == at else good(provider, request)

    return serving(provider, answering, at)


def _parts(provider: Provider, step: int) -> bytes:
    return provider.good(step).partition(b"\r\n\r\n")[2]


def _repeated(echo: Echo) -> Callable[[Provider, int, Received], bytes]:
    return lambda provider, step, request: echo(request)


# What is wrong with an answer that holds credentials already.
HALF_GOOD: dict[str, Callable[[Provider, int, Received], bytes]] = {
    "a good answer, with 500": lambda provider, step, request: message("500 No", _parts(provider, step)),
    "a good answer, with 400": lambda provider, step, request: message("400 No", _parts(provider, step)),
    "a good answer, cut off": lambda provider, step, request: message("200 OK", _parts(provider, step)[:-3]),
    "a good answer, too short": lambda provider, step, request: provider.good(step)[:-3],
    "a good answer, and more": lambda provider, step, request: message(
        "200 OK", _parts(provider, step) + b"\r\nx"
    ),
    "a good answer, its names wrong": lambda provider, step, request: message(
        "200 OK", _parts(provider, step).replace(b"Expiration", b"Ex").replace(b"expiration", b"ex")
    ),
    "a good answer, its times wrong": lambda provider, step, request: message(
        "200 OK", _parts(provider, step).replace(b"2026-01-02T09", SECRETS["role's secret key"].encode())
    ),
    "a refusal that quotes": lambda provider, step, request: message(
        "403 No",
        b"<ErrorResponse><Error><Code>AccessDenied</Code><Message>"
        + escaped(
            "".join(f"{name}:{value}\n" for name, value in request.headers if name != "authorization")
        ).encode()
        + escaped(request.body.decode()).encode()
        + b"</Message></Error></ErrorResponse>",
    ),
    "a refusal in JSON": lambda provider, step, request: message(
        "400 No", f'{{"error": "invalid_grant", "error_description": {said(request)!r}}}'.encode()
    ),
}
FAULTS = {**{name: _repeated(echo) for name, echo in REPEATING.items()}, **HALF_GOOD}
CASES = [
    (name, step, fault)
    for name, provider in PROVIDERS.items()
    for step, fault in product(range(len(provider.steps)), FAULTS)
]


def settled(provider: Provider, server: ScriptedServer, root: Path) -> dict[str, Any]:
    """The options of a client that gets its credentials from the provider."""
    provider.write(root)
    return {
        "credentials": None,
        "endpoint_url": server.url,
        "world": quiet_world(provider.settings(server.url)),
        "root": str(root),
        "run_process": lambda argv, seconds: provider.files["output"].encode(),
        "mfa_token": lambda serial: SECRETS["code of an MFA device"],
        "max_attempts": 1,
    }


def ask(way: str, name: str, server: ScriptedServer, seen: Seen, root: Path) -> None:
    """Call EC2, with credentials of the provider."""
    call(way, ec2.DescribeVpcs(), seen, **settled(PROVIDERS[name], server, root))


# How the ways differ lies below the providers: one of them sees every fault, the others one of each kind.
FEW = ("the request, as text", "the request in place of an answer", "a good answer, too short", "nothing")


@pytest.mark.parametrize(("name", "step", "fault"), CASES)
def test_no_secret_shows(
    start: Start, caplog: pytest.LogCaptureFixture, tmp_path: Path, name: str, step: int, fault: str
) -> None:
    """In no error, traceback (with variables or without), pickle, event or log of any library."""
    caplog.set_level(1)
    server = start(faulty(PROVIDERS[name], step, FAULTS[fault]))
    for way in WAYS if fault in FEW else WAYS[-1:]:
        caplog.clear()
        seen = Seen(caplog.records)
        ask(way, name, server, seen, tmp_path)
        assert any(step_of(PROVIDERS[name], request) == step for request in server.requests)
        assert seen.hits() == NOTHING
        if seen.error is None:  # the login that was not refreshed lives on; any text is a token of IMDS's
            assert (name, step) in (("sso", 0), ("instance metadata", 0), ("instance metadata", 1)) or (
                fault in ("a good answer, and more", "a good answer, its times wrong")
            )


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("name", PROVIDERS)
def test_no_secret_of_a_success_shows(
    start: Start, caplog: pytest.LogCaptureFixture, tmp_path: Path, name: str, way: str
) -> None:
    """Nor when EC2 refuses what was signed with them."""
    caplog.set_level(1)
    for last in (answer(VPCS), None):
        caplog.clear()

        def answering(request: Received, last: bytes | None = last) -> bytes:
            found = good(PROVIDERS[name], request)
            return last or message("403 No", said(request).encode()) if VPCS in found else found

        seen, server = Seen(caplog.records), start(serving(PROVIDERS[name], answering))
        ask(way, name, server, seen, tmp_path)
        assert (seen.error is None) is (last is not None), seen.error
        assert seen.hits() == NOTHING
        sent = "\n".join(f"{request.headers} {request.body.decode()}" for request in server.requests)
        assert {"role's key id", "role's session token"} <= canaries_in(sent)


@pytest.mark.parametrize("backend", ["asyncio", "trio"])
@pytest.mark.parametrize("name", [name for name, provider in PROVIDERS.items() if provider.steps])
def test_a_cancelled_fetch_shows_nothing(start: Start, tmp_path: Path, name: str, backend: str) -> None:
    """While the last answer is awaited, our frames on the way up hold no secret."""
    provider, waiting = PROVIDERS[name], threading.Event()

    def script(peer: Peer) -> None:
        while (request := peer.request()) is not None:
            step = step_of(provider, request)
            if step == len(provider.steps) - 1:
                waiting.set()
                peer.linger()
                return
            peer.send(good(provider, request))

    server = start(script)
    options = settled(provider, server, tmp_path)
    error = cancelled(
        backend, lambda client: client.send(ec2.DescribeVpcs()), lambda: _wait(waiting), **options
    )
    shown = list(in_variables(error, "/ec2query/"))
    assert len(shown) > 10
    assert {what: hit for what, text in shown if (hit := canaries_in(text))} == NOTHING


def _wait(event: threading.Event) -> None:
    assert event.wait(PATIENCE)


@pytest.mark.parametrize("where", ["elsewhere", "the same host"])
@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
@pytest.mark.parametrize(
    ("name", "step"), [(name, step) for name, each in PROVIDERS.items() for step in range(len(each.steps))]
)
def test_no_redirect_is_followed(
    start: Start, tmp_path: Path, name: str, step: int, status: int, where: str
) -> None:
    """A token goes where it was meant to go, and nowhere else."""
    other = start()
    host = other.url if where == "elsewhere" else "/"

    def redirect(provider: Provider, at: int, request: Received) -> bytes:
        headers = (f"Location: {host}latest/meta-data/x", f"Refresh: 0; url={host}")
        return answer(provider.steps[at][1], *headers, status=f"{status} Moved")

    server, seen = start(faulty(PROVIDERS[name], step, redirect)), Seen()
    ask("blocking", name, server, seen, tmp_path)
    assert other.accepted == 0
    assert not any("/meta-data/x" in request.line for request in server.requests)
    assert seen.error is None if (name, step) == ("sso", 0) else isinstance(seen.error, Ec2QueryError)
    assert seen.hits() == NOTHING


@pytest.mark.parametrize("name", PROVIDERS)
def test_no_cookie_is_kept(start: Start, tmp_path: Path, name: str) -> None:
    """What one service sets, none is sent."""

    def cookies(request: Received) -> bytes:
        return good(PROVIDERS[name], request).replace(b"\r\n", b"\r\nSet-Cookie: a=b; Path=/\r\n", 1)

    server = start(serving(PROVIDERS[name], cookies))
    ask("blocking", name, server, Seen(), tmp_path)
    assert not any("cookie" in dict(request.headers) for request in server.requests)


@pytest.mark.parametrize(
    "uri", ["http://{host}/", "http://169.254.170.2@{host}/", "http://{host}#@127.0.0.1/"]
)
def test_a_container_s_token_goes_to_no_other_host(start: Start, tmp_path: Path, uri: str) -> None:
    """One that is not allowed is refused before the token is read."""
    environ = {
        "AWS_CONTAINER_CREDENTIALS_FULL_URI": uri.format(host="192.0.2.1"),
        "AWS_CONTAINER_AUTHORIZATION_TOKEN": SECRETS["container token"],
        "AWS_EC2_METADATA_DISABLED": "true",
    }
    seen = Seen()
    call(
        "blocking", ec2.DescribeVpcs(), seen, credentials=None, world=quiet_world(environ), root=str(tmp_path)
    )
    assert "AWS_CONTAINER_CREDENTIALS_FULL_URI" in str(seen.error)
    assert seen.hits() == NOTHING


def test_the_servers_were_sent_the_secrets(start: Start, tmp_path: Path) -> None:
    """And the search finds them there."""
    sent = ""
    for name in PROVIDERS:

        def answering(request: Received, name: str = name) -> bytes:
            return good(PROVIDERS[name], request)

        server = start(serving(PROVIDERS[name], answering))
        ask("blocking", name, server, Seen(), tmp_path / name)
        sent += "".join(
            f"{request.line}{request.headers}{request.body.decode()}" for request in server.requests
        )
    wanted = {
        *("IMDS token", "container token", "web identity", "SSO refresh token", "OIDC client secret"),
        *("new SSO token", "external id", "code of an MFA device", "role's session token", "role's key id"),
    }
    assert wanted <= canaries_in(sent)
