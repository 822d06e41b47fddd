"""Planted secrets in settings and arguments: proxies, endpoints, values that are refused."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from ec2query import Client, Ec2QueryError, ParameterError, ServiceError, TransportError, ec2
from ec2query.shape import Operation
from support.canaries import (
    KEYS,
    OPERATIONS,
    SECRETS,
    USER_DATA,
    Seen,
    call,
    canaries_in,
    everything_shown,
    in_variables,
)
from support.echoes import closing, message, said
from support.hostile import WAYS, quiet_world
from support.server import Start, answer

NOTHING: dict[str, set[str]] = {}


PROXY_ANSWERS: dict[str, Callable[[Any], bytes]] = {
    "asks for more": lambda request: answer(
        b"", "Proxy-Authenticate: Basic", status="407 Proxy Authentication Required"
    ),
    "refuses": lambda request: answer(b"no", status="403 Forbidden"),
    "repeats": lambda request: message("403 No", said(request).encode()),
    "repeats in its reason": lambda request: answer(
        b"", status=f"407 {said(request)}".replace("\n", " ").strip()
    ),
    "says nothing": lambda request: b"",
    "speaks nonsense": lambda request: said(request).encode(),
}


@pytest.mark.parametrize("target", ["http://ec2.test", "https://ec2.test"])
@pytest.mark.parametrize("kind", PROXY_ANSWERS)
@pytest.mark.parametrize("way", WAYS)
def test_no_password_of_a_proxy_shows(
    start: Start, caplog: pytest.LogCaptureFixture, way: str, kind: str, target: str
) -> None:
    """Whatever the proxy does with it; what httpcore logs of a head is httpcore's to say."""
    caplog.set_level(1)
    server = start(closing(PROXY_ANSWERS[kind]))
    proxy = f"http://user:{SECRETS['proxy password']}@127.0.0.1:{server.port}"
    world = quiet_world({"HTTP_PROXY": proxy, "HTTPS_PROXY": proxy})
    seen = Seen(caplog.records)
    call(way, OPERATIONS["RunInstances"], seen, world=world, endpoint_url=target)
    assert isinstance(seen.error, ServiceError | TransportError)
    assert server.requests
    if kind in ("repeats in its reason", "speaks nonsense"):
        seen.records = [each for each in caplog.records if not each.name.startswith("httpcore")]
    assert seen.hits() == NOTHING


@pytest.mark.parametrize("kind", ["http://user:{}", "http://user:{}@[::1", "ftp://user:{}@h", "{} x"])
def test_an_unusable_proxy_shows_no_password(kind: str) -> None:
    """The variable is named, its value is not."""
    seen = Seen()
    world = quiet_world({"HTTPS_PROXY": kind.format(SECRETS["proxy password"])})
    call("blocking", OPERATIONS["CreateKeyPair"], seen, world=world, endpoint_url="https://ec2.test")
    assert isinstance(seen.error, Ec2QueryError)
    assert "HTTPS_PROXY" in str(seen.error)
    assert seen.hits() == NOTHING


def test_a_password_in_an_endpoint_s_url_is_refused_and_not_shown() -> None:
    """Wherever the URL comes from."""
    url = f"http://user:{SECRETS['endpoint password']}@127.0.0.1:9"
    names = ("AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_EC2", "AWS_EC2_METADATA_SERVICE_ENDPOINT")
    given: list[dict[str, Any]] = [
        {"endpoint_url": url},
        *({"world": quiet_world({name: url})} for name in names),
    ]
    for options in given:
        seen = Seen()
        call("blocking", OPERATIONS["CreateKeyPair"], seen, **options)
        assert isinstance(seen.error, Ec2QueryError)
        assert seen.hits() == NOTHING


REFUSED: dict[str, Callable[[Client], object]] = {
    "bytes for text": lambda client: client.send(_vpn(SECRETS["pre-shared key"].encode())),
    "a list for text": lambda client: client.send(_vpn([SECRETS["pre-shared key"]])),
    "a lone surrogate": lambda client: client.send(_vpn(f"{SECRETS['pre-shared key']}\ud800")),
    "a list for user data": lambda client: client.send(
        ec2.RunInstances(min_count=1, max_count=1, user_data=[USER_DATA])  # type: ignore[arg-type]
    ),
    "by names, a list": lambda client: client.call("RunInstances", {"UserData": [USER_DATA]}),
    "by names, one unknown": lambda client: client.call("RunInstances", {"UserData": USER_DATA, "No": 1}),
    "by names, one missing": lambda client: client.call("CreateRoute", {"UserData": USER_DATA}),
    "by pairs, a surrogate": lambda client: client.call_raw(
        "RunInstances", {"UserData": USER_DATA + "\ud800"}
    ),
}


def _vpn(key: Any) -> Operation[Any]:
    options = [ec2.VpnTunnelOptionsSpecification(pre_shared_key=key)]
    return ec2.CreateVpnConnection(
        customer_gateway_id="cgw-1",
        type="ipsec.1",
        options=ec2.VpnConnectionOptionsSpecification(tunnel_options=options),
    )


@pytest.mark.parametrize("kind", REFUSED)
def test_a_refused_value_is_not_shown(kind: str) -> None:
    """Where it belongs to a sensitive member; its place and type are."""
    with Client(region="us-east-1", credentials=KEYS, endpoint_url="http://127.0.0.1:9") as client:
        with pytest.raises(ParameterError) as caught:
            REFUSED[kind](client)
        shown = [*everything_shown(caught.value), *in_variables(caught.value)]
    assert {what: hit for what, text in shown if (hit := canaries_in(text))} == NOTHING
