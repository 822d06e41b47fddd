"""What a client settles at its first call, from arguments, environment and shared files."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from ec2query import Client, ConfigurationError, Credentials
from ec2query.client.world import system_world
from ec2query.protocol.channel import Channel

CREDENTIALS = Credentials("AKIDEXAMPLE", "s")


@pytest.fixture
def settle(tmp_path: Path) -> Any:
    """Settle a client of which nothing but this is known."""

    def settled(environ: dict[str, str], config: str = "", **options: Any) -> Channel:
        (tmp_path / ".aws").mkdir(exist_ok=True)
        (tmp_path / ".aws" / "config").write_text(config)
        world = replace(system_world(), environ={"HOME": str(tmp_path), **environ})
        given: Any = {"region": "us-east-1", "credentials": CREDENTIALS, "world": world, **options}
        with Client(**given) as client:
            return client.run(client.calls.channel())

    return settled


PROFILE = "[default]\nmax_attempts = 7\nretry_mode = adaptive\nsdk_ua_app_id = from-profile\n"
BLANK = dict.fromkeys(("AWS_MAX_ATTEMPTS", "AWS_RETRY_MODE", "AWS_SDK_UA_APP_ID"), " ")
SAID = {"AWS_MAX_ATTEMPTS": "5", "AWS_RETRY_MODE": "standard", "AWS_SDK_UA_APP_ID": "from-variable"}
ARGUMENTS = {"max_attempts": 2, "retry_mode": "adaptive", "app_id": "from-argument"}


@pytest.mark.parametrize(
    ("environ", "config", "options", "expected"),
    [
        ({}, "", {}, (3, "standard", None)),
        (BLANK, "[default]\nmax_attempts =\nretry_mode =\nsdk_ua_app_id =", {}, (3, "standard", None)),
        ({}, PROFILE, {}, (7, "adaptive", "from-profile")),
        (BLANK, PROFILE, {}, (7, "adaptive", "from-profile")),
        (SAID, PROFILE, {}, (5, "standard", "from-variable")),
        (SAID, PROFILE, ARGUMENTS, (2, "adaptive", "from-argument")),
        ({"AWS_RETRY_MODE": "legacy"}, "", {}, (3, "standard", None)),
        ({"AWS_PROFILE": "p"}, f"{PROFILE}[profile p]\nmax_attempts = 1", {}, (1, "standard", None)),
        ({}, f"{PROFILE}[profile p]\nmax_attempts = 1", {"profile": "p"}, (1, "standard", None)),
    ],
)
def test_settings_reach_the_calls(
    settle: Any,
    environ: dict[str, str],
    config: str,
    options: dict[str, Any],
    expected: tuple[int, str, str | None],
) -> None:
    """Attempts, retry mode and app id: argument, variable, profile key; what is blank is none."""
    channel: Channel = settle(environ, config, **options)
    agent, _, app_id = channel.user_agent.partition(" app/")
    assert agent.startswith("ec2query/")
    policy = channel.retries.policy
    assert (policy.attempts, policy.mode, app_id or None) == expected


FIPS, DUAL = {"AWS_USE_FIPS_ENDPOINT": "true"}, {"AWS_USE_DUALSTACK_ENDPOINT": "true"}
ONE, TWO, THREE, FOUR, FIVE = (f"http://127.0.0.1:{port}" for port in range(1, 6))
ALL, EC2 = {"AWS_ENDPOINT_URL": THREE}, {"AWS_ENDPOINT_URL_EC2": TWO}
IGNORE = {"AWS_IGNORE_CONFIGURED_ENDPOINT_URLS": "true"}
KEY = f"endpoint_url = {FIVE}"
SECTION = f"services = s\n{KEY}\n[services s]\nec2 =\n  endpoint_url = {FOUR}"
OWN = "https://ec2.us-east-1.amazonaws.com"
ENDPOINTS: list[tuple[str, dict[str, str], str, dict[str, Any], str]] = [
    ("us-east-1", {}, "", {}, "https://ec2.us-east-1.amazonaws.com"),
    ("us-east-1", FIPS, "", {}, "https://ec2-fips.us-east-1.amazonaws.com"),
    ("us-east-1", DUAL, "", {}, "https://ec2.us-east-1.api.aws"),
    ("us-east-1", {**FIPS, **DUAL}, "", {}, "https://ec2-fips.us-east-1.api.aws"),
    ("us-gov-west-1", FIPS, "", {}, "https://ec2.us-gov-west-1.amazonaws.com"),
    ("us-gov-east-1", {}, "use_fips_endpoint = true", {}, "https://ec2.us-gov-east-1.amazonaws.com"),
    ("us-gov-west-1", DUAL, "", {}, "https://ec2.us-gov-west-1.api.aws"),
    ("cn-north-1", {}, "", {}, "https://ec2.cn-north-1.amazonaws.com.cn"),
    ("us-iso-east-1", {}, "", {}, "https://ec2.us-iso-east-1.c2s.ic.gov"),
    ("us-isob-east-1", {}, "", {}, "https://ec2.us-isob-east-1.sc2s.sgov.gov"),
    ("eu-isoe-west-1", {}, "", {}, "https://ec2.eu-isoe-west-1.cloud.adc-e.uk"),
    ("us-isof-south-1", {}, "", {}, "https://ec2.us-isof-south-1.csp.hci.ic.gov"),
    ("eusc-de-east-1", {}, "", {}, "https://ec2.eusc-de-east-1.amazonaws.eu"),
    ("us-east-1", {}, "use_fips_endpoint = true", {}, "https://ec2-fips.us-east-1.amazonaws.com"),
    ("us-east-1", {}, "use_dualstack_endpoint = true", {}, "https://ec2.us-east-1.api.aws"),
    ("us-east-1", FIPS, "", {"use_fips": False}, OWN),
    ("us-east-1", {"AWS_USE_FIPS_ENDPOINT": "false"}, "use_fips_endpoint = true", {}, OWN),
    ("us-east-1", {"AWS_USE_FIPS_ENDPOINT": " "}, "use_fips_endpoint = false", {}, OWN),
    ("us-east-1", {}, KEY, {}, FIVE),
    ("us-east-1", {}, SECTION, {}, FOUR),
    ("us-east-1", {"AWS_ENDPOINT_URL": " ", "AWS_ENDPOINT_URL_EC2": ""}, KEY, {}, FIVE),
    ("us-east-1", ALL, SECTION, {}, THREE),
    ("us-east-1", {**ALL, **EC2}, KEY, {}, TWO),
    ("us-east-1", {**ALL, **EC2}, KEY, {"endpoint_url": ONE}, ONE),
    ("us-east-1", {**ALL, **EC2, **IGNORE}, SECTION, {}, OWN),
    ("us-east-1", {**ALL, **IGNORE}, "", {"endpoint_url": ONE}, ONE),
    ("us-east-1", {}, f"{KEY}\nignore_configured_endpoint_urls = true", {}, OWN),
]


@pytest.mark.parametrize(("region", "environ", "config", "options", "url"), ENDPOINTS)
def test_where_calls_go(
    settle: Any, region: str, environ: dict[str, str], config: str, options: dict[str, Any], url: str
) -> None:
    """Partitions, FIPS, dual-stack, and every place that may name an endpoint, in its order."""
    channel: Channel = settle(environ, f"[default]\n{config}", region=region, **options)
    assert (channel.endpoint.url, channel.endpoint.region) == (url, region)


@pytest.mark.parametrize(
    ("environ", "options", "said"),
    [
        (FIPS, {"endpoint_url": "http://127.0.0.1:1"}, "no custom endpoint together with FIPS"),
        (DUAL, {"endpoint_url": "http://127.0.0.1:1"}, "no custom endpoint together with dual-stack"),
        ({"AWS_PROFILE": ""}, {"region": "us-east-1@evil.example"}, "argument: Region"),
        ({"AWS_MAX_ATTEMPTS": "0"}, {}, "AWS_MAX_ATTEMPTS"),
        ({"AWS_RETRY_MODE": "eager"}, {}, "AWS_RETRY_MODE"),
    ],
)
def test_what_contradicts_itself(
    settle: Any, environ: dict[str, str], options: dict[str, Any], said: str
) -> None:
    """It is said before anything is sent."""
    with pytest.raises(ConfigurationError, match=said):
        settle(environ, **options)
