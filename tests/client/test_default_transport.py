"""The transport that a client makes itself: which certificates it trusts, and what goes through a proxy."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from ec2query import AsyncClient, Client, ConfigurationError, TransportError, ec2
from ec2query.client.world import system_world
from support.certificates import Authority
from support.server import Peer, ScriptedServer, Start, answer
from support.ways import in_thread

pytestmark = pytest.mark.anyio

ANSWER = b"<DescribeIpamByoasnResponse><requestId>r-1</requestId></DescribeIpamByoasnResponse>"
KEYS = {"AWS_ACCESS_KEY_ID": "AKIDEXAMPLE", "AWS_SECRET_ACCESS_KEY": "s"}
SERVED = {
    "AccessKeyId": "AKIDCONTAINER",
    "SecretAccessKey": "s",
    "Token": "t",
    "Expiration": "2099-01-01T00:00:00Z",
}
Send = Callable[..., Awaitable[str | None]]


def ec2_script(peer: Peer) -> None:
    """Answer as EC2 does, or as a container's endpoint."""
    while request := peer.request():
        served = request.line.split(" ")[1] == "/container"
        peer.send(answer(json.dumps(SERVED).encode() if served else ANSWER))


async def _send_async(environ: dict[str, str], **options: Any) -> str | None:
    given = {"region": "us-east-1", "max_attempts": 1, **options}
    async with AsyncClient(world=replace(system_world(), environ=environ), **given) as client:
        return (await client.send(ec2.DescribeIpamByoasn())).request_id


async def _send_blocking(environ: dict[str, str], **options: Any) -> str | None:
    given = {"region": "us-east-1", "max_attempts": 1, **options}
    with Client(world=replace(system_world(), environ=environ), **given) as client:
        return (await in_thread(lambda: client.send(ec2.DescribeIpamByoasn()))).request_id


@pytest.fixture(params=[_send_async, _send_blocking], ids=["AsyncClient", "Client"])
def send(request: pytest.FixtureRequest) -> Send:
    found: Send = request.param
    return found


@pytest.fixture
def home(tmp_path: Path) -> Callable[[str], str]:
    """Write a config file into a home and give the home."""

    def make(config: str) -> str:
        (tmp_path / ".aws").mkdir()
        (tmp_path / ".aws" / "config").write_text(config)
        return str(tmp_path)

    return make


# Environment, config file, options; `{ca}` is the authority that has signed, `{no}` a bundle that is none.
TRUSTED: dict[str, tuple[dict[str, str], str, dict[str, str]]] = {
    "argument": ({}, "", {"ca_bundle": "{ca}"}),
    "AWS_CA_BUNDLE": ({"AWS_CA_BUNDLE": "{ca}"}, "", {}),
    "profile": ({}, "[default]\nca_bundle = {ca}", {}),
    "profile, the variable being blank": ({"AWS_CA_BUNDLE": " "}, "[default]\nca_bundle = {ca}", {}),
    "argument before variable": ({"AWS_CA_BUNDLE": "{no}"}, "", {"ca_bundle": "{ca}"}),
    "variable before profile": ({"AWS_CA_BUNDLE": "{ca}"}, "[default]\nca_bundle = {no}", {}),
    "another profile": (
        {"AWS_PROFILE": "p"},
        "[default]\nca_bundle = {no}\n[profile p]\nca_bundle = {ca}",
        {},
    ),
}


@pytest.mark.parametrize("case", TRUSTED)
async def test_whose_certificates_are_trusted(
    start: Start, send: Send, authority: Authority, home: Callable[[str], str], case: str
) -> None:
    """The first of argument, variable and profile key that is not blank."""
    server = start(ec2_script, context=authority.server_context("127.0.0.1"))

    def filled(text: str) -> str:
        return text.replace("{ca}", str(authority.bundle)).replace("{no}", "/nowhere.pem")

    environ, config, options = TRUSTED[case]
    given = {name: filled(text) for name, text in {**KEYS, **environ}.items()}
    given |= {"HOME": home(filled(config)), "AWS_ENDPOINT_URL": server.url}
    assert await send(given, **{name: filled(text) for name, text in options.items()}) == "r-1"


@pytest.mark.parametrize(
    ("bundle", "family", "said"),
    [
        (None, TransportError, r"(?i)certificate.verify.failed"),
        ("/nowhere.pem", ConfigurationError, "/nowhere.pem"),
    ],
)
async def test_whose_are_not(
    start: Start,
    send: Send,
    authority: Authority,
    bundle: str | None,
    family: type[Exception],
    said: str,
) -> None:
    """An authority that certifi does not know, and a bundle that is not there: nothing is sent."""
    server = start(ec2_script, context=authority.server_context("127.0.0.1"))
    environ = {**KEYS, "AWS_ENDPOINT_URL": server.url, **({"AWS_CA_BUNDLE": bundle} if bundle else {})}
    with pytest.raises(family, match=said):
        await send(environ)
    assert server.requests == []


def targets(server: ScriptedServer) -> list[str]:
    return [request.line.split(" ")[1] for request in server.requests]


@pytest.mark.parametrize("variable", ["HTTP_PROXY", "http_proxy", "ALL_PROXY"])
async def test_what_is_loopback_bypasses_the_proxy(start: Start, send: Send, variable: str) -> None:
    """The call goes through it, the container's endpoint is asked directly."""
    proxy, container = start(ec2_script), start(ec2_script)
    environ = {
        variable: proxy.url,
        "AWS_CONTAINER_CREDENTIALS_FULL_URI": f"{container.url}container",
        "AWS_ENDPOINT_URL_EC2": "http://ec2.test",
    }
    assert await send(environ) == "r-1"
    assert targets(proxy) == ["http://ec2.test/"]
    assert targets(container) == ["/container"]
    assert "Credential=AKIDCONTAINER/" in dict(proxy.requests[0].headers)["authorization"]


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost"])
async def test_a_call_to_this_machine_bypasses_the_proxy(start: Start, send: Send, host: str) -> None:
    """An emulator, a tunnel's end; no NO_PROXY is needed."""
    proxy, server = start(ec2_script), start(ec2_script)
    environ = {**KEYS, "HTTP_PROXY": proxy.url, "ALL_PROXY": proxy.url}
    assert await send(environ, endpoint_url=f"http://{host}:{server.port}") == "r-1"
    assert (targets(proxy), targets(server)) == ([], ["/"])


async def test_no_proxy_names_who_is_reached_directly(start: Start, send: Send) -> None:
    """A proxy that does not answer is not asked for a host that NO_PROXY holds; for another it is."""
    environ = {**KEYS, "HTTP_PROXY": "http://127.0.0.1:1", "NO_PROXY": "other.test"}
    with pytest.raises(TransportError, match=r"connecting failed"):
        await send(environ, endpoint_url="http://ec2.test")
    proxy = start(ec2_script)
    environ |= {"HTTP_PROXY": proxy.url}
    assert await send(environ, endpoint_url="http://ec2.test") == "r-1"
    assert targets(proxy) == ["http://ec2.test/"]


async def test_a_proxy_that_is_none_is_our_error(send: Send) -> None:
    """The variable is named, its value is not shown."""
    with pytest.raises(ConfigurationError, match="HTTPS_PROXY: expected the URL of a proxy") as caught:
        await send({**KEYS, "HTTPS_PROXY": "ftp://user:CANARY@x"})
    assert "CANARY" not in str(caught.value)
