"""Credentials over real sockets: every source that is asked by HTTP, by both drivers on both loops."""

from __future__ import annotations

import json
import stat
from collections.abc import Callable
from dataclasses import replace
from hashlib import sha1
from pathlib import Path

import anyio
import pytest

from ec2query.client.world import system_world
from ec2query.credentials.cached import CachedCredentials, credential_chain
from ec2query.credentials.chain import examine_credentials
from ec2query.credentials.context import load_context
from ec2query.credentials.sts import get_caller_identity
from ec2query.errors import CredentialsError
from ec2query.protocol.world import World
from support.aws import SOON, play, reply
from support.server import Peer, Received, Script, Start, answer
from support.ways import Way, in_thread

pytestmark = pytest.mark.anyio

CALLERS = 1000

ROLE = "role_arn = arn:aws:iam::111122223333:role/r\n"
BASE = "[profile b]\naws_access_key_id = AKIDEXAMPLE\naws_secret_access_key = s\n"
SSO = (
    "[default]\nsso_session = s\nsso_account_id = 111122223333\nsso_role_name = r\n"
    "[sso-session s]\nsso_region = us-east-1\nsso_start_url = https://example.com\n"
)

# access key id: environment beyond the endpoints, config file, requests that it takes
SOURCES: dict[str, tuple[dict[str, str], str, int]] = {
    "INSTANCE": ({}, "", 3),
    "CONTAINER": ({"AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE": "{home}/token"}, "", 1),
    "ROLE": ({}, f"[default]\n{ROLE}source_profile = b\n{BASE}", 1),
    "WEBIDENTITY": (
        {"AWS_WEB_IDENTITY_TOKEN_FILE": "{home}/token", "AWS_ROLE_ARN": "arn:aws:iam::111122223333:role/r"},
        "",
        1,
    ),
    "SSO": ({}, SSO, 2),
}


@pytest.fixture
def furnish(tmp_path: Path) -> Callable[[str, str], World]:
    """Make a world whose home and endpoints are the test's."""

    def make(name: str, url: str) -> World:
        environ, config, _ = SOURCES[name]
        cache = tmp_path / ".aws" / "sso" / "cache"
        cache.mkdir(parents=True)
        (tmp_path / ".aws" / "config").write_text(config)
        (tmp_path / "token").write_text("pod-token")
        login = {
            "accessToken": "old",
            "refreshToken": "r",
            "clientId": "i",
            "clientSecret": "s",
            "expiresAt": SOON,
        }
        (cache / f"{sha1(b's').hexdigest()}.json").write_text(json.dumps(login))
        if name == "CONTAINER":
            environ = {**environ, "AWS_CONTAINER_CREDENTIALS_FULL_URI": f"{url}container"}
        return replace(
            system_world(),
            environ={
                "HOME": str(tmp_path),
                "AWS_REGION": "us-east-1",
                "AWS_ENDPOINT_URL": url,
                "AWS_EC2_METADATA_SERVICE_ENDPOINT": url,
                # Both ends share this process and its thousand callers: a second may be too short.
                "AWS_METADATA_SERVICE_TIMEOUT": "30",
                **{key: value.replace("{home}", str(tmp_path)) for key, value in environ.items()},
            },
        )

    return make


@pytest.mark.parametrize("name", SOURCES)
async def test_each_source_answers(
    start: Start, way: Way, furnish: Callable[[str, str], World], name: str
) -> None:
    """One search, as many requests as its source needs, and none for the calls that follow."""
    server = start(play)
    chain = credential_chain(furnish(name, server.url))
    for _ in range(3):
        assert (await way.run(chain.current())).access_key_id == name
    assert len(server.requests) == SOURCES[name][2]


async def test_a_refreshed_login_is_readable_by_its_owner_alone(
    start: Start, way: Way, furnish: Callable[[str, str], World], tmp_path: Path
) -> None:
    """The cache file is replaced, with mode 0600."""
    world = furnish("SSO", start(play).url)
    await way.run(credential_chain(world).current())
    [file] = (tmp_path / ".aws" / "sso" / "cache").iterdir()
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert json.loads(file.read_text())["accessToken"] == "new"


def held(script_of: Callable[[Received], bytes]) -> Script:
    """Answer nothing before the test opens the gate."""

    def script(peer: Peer) -> None:
        while request := peer.request():
            peer.hold()
            peer.send(script_of(request))

    return script


async def ask(way: Way, chain: CachedCredentials, found: list[str]) -> None:
    try:
        found.append((await way.run(chain.current())).access_key_id)
    except CredentialsError:
        found.append("failed")


async def test_a_thousand_first_calls_cause_one_fetch(
    start: Start, way: Way, furnish: Callable[[str, str], World]
) -> None:
    """All of those who wait get what it brings, and so do those who come later."""
    server = start(held(reply))
    chain = credential_chain(furnish("CONTAINER", server.url))
    found: list[str] = []
    async with anyio.create_task_group() as tasks:
        for _ in range(CALLERS):
            tasks.start_soon(ask, way, chain, found)
        await in_thread(server.await_request)
        server.gate.set()
    assert found == ["CONTAINER"] * CALLERS
    assert len(server.requests) == 1


async def test_a_failure_reaches_all_who_wait(
    start: Start, way: Way, furnish: Callable[[str, str], World]
) -> None:
    """A caller who comes after it tries anew, so there may be another request, but not one for each."""
    server = start(held(lambda _: answer(b"", status="403 Forbidden")))
    chain = credential_chain(furnish("CONTAINER", server.url))
    found: list[str] = []
    async with anyio.create_task_group() as tasks:
        for _ in range(30):
            tasks.start_soon(ask, way, chain, found)
        await in_thread(server.await_request)
        server.gate.set()
    assert found == ["failed"] * 30
    assert len(server.requests) < 30


async def test_a_source_examined_and_an_identity(
    start: Start, way: Way, furnish: Callable[[str, str], World]
) -> None:
    """What a person runs when it does not work: every source asked, and who one is."""
    server = start(play)
    context = await way.run(load_context(furnish("CONTAINER", server.url)))
    report = await way.run(examine_credentials(context))
    answered = [attempt for attempt in report if attempt.outcome == "answered"]
    assert [attempt.name for attempt in answered] == ["container", "instance metadata"]
    assert answered[0].credentials is not None
    identity = await way.run(get_caller_identity(answered[0].credentials, context))
    assert identity.account == "111122223333"
