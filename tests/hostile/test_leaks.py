"""Planted secrets, and servers that repeat whatever they are sent: a call shows nothing of it anywhere."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest

from ec2query import AsyncClient, ServiceError
from support.canaries import (
    KEYS,
    OPERATIONS,
    SECRETS,
    USER_DATA,
    Seen,
    call,
    canaries_in,
    cancelled,
    in_records,
    in_variables,
)
from support.echoes import ECHOES, IN_THE_HEAD, closing, message, said
from support.hostile import WAYS, quiet_world
from support.providers import PROVIDERS, step_of
from support.server import Peer, Received, Start

NOTHING: dict[str, set[str]] = {}


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("kind", ECHOES)
def test_no_secret_shows(start: Start, caplog: pytest.LogCaptureFixture, kind: str, way: str) -> None:
    """In no error, traceback (with variables or without), pickle, result, event or log of any library."""
    caplog.set_level(1)
    server = start(closing(ECHOES[kind]))
    for name, operation in OPERATIONS.items():
        caplog.clear()
        seen = Seen(caplog.records)
        call(way, operation, seen, endpoint_url=server.url)
        assert (seen.error is None) == (kind == "an answer"), name
        assert seen.hits() == NOTHING, name
        assert any(record.name == "ec2query" for record in seen.records)


@pytest.mark.parametrize("kind", ["an answer", "the request, as text", *sorted(IN_THE_HEAD), "nothing"])
@pytest.mark.parametrize("way", WAYS)
def test_no_secret_shows_through_a_client_of_httpx(
    start: Start, caplog: pytest.LogCaptureFixture, kind: str, way: str
) -> None:
    """Nor where the caller brings one; what httpx and httpcore log of heads is theirs to say."""
    caplog.set_level(1)
    server = start(closing(ECHOES[kind]))
    for name in ("RunInstances", "CreateVpnConnection"):
        caplog.clear()
        seen = Seen(caplog.records)
        given = httpx.Client(verify=False) if way == "blocking" else httpx.AsyncClient(verify=False)
        # Once: httpx leaves a generator behind, which trio warns of, where a connection turns out closed.
        call(way, OPERATIONS[name], seen, endpoint_url=server.url, http_client=given, max_attempts=1)
        if kind in IN_THE_HEAD:
            seen.records = [each for each in caplog.records if not each.name.startswith("http")]
        assert seen.hits() == NOTHING, name


SOURCES = {
    "keys": f"aws_access_key_id = {KEYS.access_key_id}\naws_secret_access_key = {KEYS.secret_access_key}\n"
    f"aws_session_token = {KEYS.session_token}\n",
    "a program": "credential_process = cat {root}/output\n",
    "a token": "role_arn = arn:aws:iam::111122223333:role/r\nweb_identity_token_file = /token\n",
}


@pytest.mark.parametrize("source", SOURCES)
@pytest.mark.parametrize("kind", ["an answer", "a refusal that quotes the body", "the request, with 503"])
def test_no_secret_shows_in_asyncio_s_debug_mode(
    start: Start, caplog: pytest.LogCaptureFixture, kind: str, source: str, tmp_path: Path
) -> None:
    """In which every callback and task is logged as slow, with its arguments and result."""
    caplog.set_level(1)
    (tmp_path / "config").write_text(
        f"[default]\nregion = us-east-1\n{SOURCES[source]}".replace("{root}", str(tmp_path))
    )
    (tmp_path / "token").write_text(SECRETS["web identity"])
    (tmp_path / "output").write_text(PROVIDERS["process"].files["output"])
    sts = PROVIDERS["web identity"]

    def answering(request: Received) -> bytes:
        return ECHOES[kind](request) if step_of(sts, request) is None else sts.good(0)

    server = start(closing(answering))
    environ = {"AWS_CONFIG_FILE": "/config", "AWS_ENDPOINT_URL": server.url}
    options: Any = {"world": quiet_world(environ), "root": str(tmp_path)}

    async def main() -> None:
        asyncio.get_running_loop().slow_callback_duration = 0.0
        async with AsyncClient(**options) as client:
            tasks = [asyncio.create_task(client.send(operation)) for operation in OPERATIONS.values()]
            await asyncio.wait(tasks)
            assert canaries_in(repr(tasks)) == set()
            assert all((task.exception() is None) == (kind == "an answer") for task in tasks)

    asyncio.run(main(), debug=True)
    assert any("Executing" in record.getMessage() for record in caplog.records)
    assert {what: hit for what, text in in_records(caplog.records) if (hit := canaries_in(text))} == NOTHING


def _silent(peer: Peer) -> None:
    peer.request()
    peer.linger()


def _begins(peer: Peer) -> None:
    request = peer.request()
    if request is not None:
        peer.send(message("200 OK", f"<a>{said(request)}".encode())[:-9])
    peer.linger()


@pytest.mark.parametrize("script", [_silent, _begins])
@pytest.mark.parametrize("backend", ["asyncio", "trio"])
@pytest.mark.parametrize("given", ["an operation", "names", "pairs"])
def test_a_cancelled_call_shows_nothing(
    start: Start, backend: str, script: Callable[[Peer], None], given: str
) -> None:
    """What goes up through our frames finds no secret in their variables."""
    server = start(script)

    async def send(client: AsyncClient) -> object:
        if given == "an operation":
            return await client.send(OPERATIONS["RunInstances"])
        if given == "names":
            return await client.call("RunInstances", {"MinCount": 1, "MaxCount": 1, "UserData": USER_DATA})
        return await client.call_raw("RunInstances", {"UserData": USER_DATA})

    options = {"region": "us-east-1", "credentials": KEYS, "endpoint_url": server.url}
    shown = list(in_variables(cancelled(backend, send, server.await_request, **options), "/ec2query/"))
    assert len(shown) > 10
    assert {what: hit for what, text in shown if (hit := canaries_in(text))} == NOTHING


def test_the_canaries_would_be_found(start: Start) -> None:
    """The server did get the secrets, and each of them is one that the search finds."""
    server = start(closing(ECHOES["nothing"]))
    for operation in OPERATIONS.values():
        call("blocking", operation, Seen(), endpoint_url=server.url, max_attempts=1)
    sent = "\n".join(f"{request.headers} {request.body.decode()}" for request in server.requests)
    assert canaries_in(sent) >= {"access key id", "session token", "user data", "pre-shared key"}
    for name, secret in SECRETS.items():
        assert name in canaries_in(f"x{secret}x")


def test_the_search_looks_everywhere(start: Start) -> None:
    """A secret in a message, a part, a cause, a variable of a frame, an event or a log record is found."""
    token = str(KEYS.session_token)

    def leaking() -> None:
        held = token
        raise ValueError(len(held))

    names: dict[str, Any] = {}
    seen = Seen([logging.makeLogRecord({"name": "x", "msg": "%s", "args": (token,)})])
    seen.error = ServiceError("a", token, details={"a": token})
    try:
        exec(compile("def f(g, held):\n    g()\n", "/elsewhere.py", "exec"), names)
        names["f"](leaking, token)
    except ValueError as error:
        seen.error.__cause__ = error
    seen.result = token
    wanted = {"str", "repr", "parts", "traceback", "pickle", "pickle, read", "result", "logger x"}
    assert seen.hits().keys() == {*wanted, "a cause", "/elsewhere.py, f: held"}
