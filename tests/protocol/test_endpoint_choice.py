"""`ec2query.protocol.endpoint_choice`: which setting wins, and what contradicts what."""

from __future__ import annotations

from typing import Any

import pytest

from ec2query.errors import ConfigurationError
from ec2query.protocol.endpoint_choice import EndpointChoice, choose_endpoint

ENVIRON = {"AWS_ENDPOINT_URL_EC2": "http://env-ec2", "AWS_ENDPOINT_URL": "http://env"}
SERVICES = {"ec2": {"endpoint_url": "http://section"}, "sso_oidc": {"endpoint_url": "http://section-oidc"}}
PROFILE = {"endpoint_url": "http://profile"}
REGION = ("https://ec2.us-east-1.amazonaws.com", "Region us-east-1 in partition aws")

PRECEDENCE: list[tuple[str, dict[str, Any], str, str]] = [
    (
        "argument",
        {"endpoint_url": "http://argument", "environ": ENVIRON, "profile": PROFILE, "services": SERVICES},
        "http://argument",
        "endpoint_url argument",
    ),
    (
        "environment, service",
        {"environ": ENVIRON, "profile": PROFILE, "services": SERVICES},
        "http://env-ec2",
        "AWS_ENDPOINT_URL_EC2",
    ),
    (
        "environment, global",
        {"environ": {"AWS_ENDPOINT_URL": "http://env"}, "profile": PROFILE, "services": SERVICES},
        "http://env",
        "AWS_ENDPOINT_URL",
    ),
    (
        "profile, service",
        {"profile": PROFILE, "services": SERVICES},
        "http://section",
        "profile's services section, ec2 endpoint_url",
    ),
    ("profile, global", {"profile": PROFILE}, "http://profile", "profile's endpoint_url"),
    ("nothing", {}, *REGION),
    (
        "blank is not set",
        {"environ": {"AWS_ENDPOINT_URL_EC2": "", "AWS_ENDPOINT_URL": "  "}, "profile": PROFILE},
        "http://profile",
        "profile's endpoint_url",
    ),
    (
        "another service's is not ours",
        {
            "environ": {"AWS_ENDPOINT_URL_STS": "http://sts"},
            "services": {"sts": {"endpoint_url": "http://sts"}},
        },
        *REGION,
    ),
    (
        "of sts",
        {"service": "sts", "environ": {**ENVIRON, "AWS_ENDPOINT_URL_STS": "http://env-sts"}},
        "http://env-sts",
        "AWS_ENDPOINT_URL_STS",
    ),
    (
        "of sso",
        {"service": "portal.sso", "environ": {"AWS_ENDPOINT_URL_SSO": "http://env-sso"}},
        "http://env-sso",
        "AWS_ENDPOINT_URL_SSO",
    ),
    (
        "of oidc",
        {
            "service": "oidc",
            "environ": {"AWS_ENDPOINT_URL_SSO_OIDC": "http://env-oidc"},
            "services": SERVICES,
        },
        "http://env-oidc",
        "AWS_ENDPOINT_URL_SSO_OIDC",
    ),
    (
        "of sso-oidc, profile",
        {"service": "sso-oidc", "services": SERVICES},
        "http://section-oidc",
        "profile's services section, sso_oidc endpoint_url",
    ),
    (
        "ignored by the environment",
        {
            "environ": {**ENVIRON, "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS": "True"},
            "profile": PROFILE,
            "services": SERVICES,
        },
        *REGION,
    ),
    (
        "ignored by the profile",
        {"environ": ENVIRON, "profile": {**PROFILE, "ignore_configured_endpoint_urls": "true"}},
        *REGION,
    ),
    (
        "the environment says not to ignore",
        {
            "environ": {**ENVIRON, "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS": "false"},
            "profile": {**PROFILE, "ignore_configured_endpoint_urls": "true"},
        },
        "http://env-ec2",
        "AWS_ENDPOINT_URL_EC2",
    ),
    (
        "an argument is never ignored",
        {"endpoint_url": "http://argument", "environ": {"AWS_IGNORE_CONFIGURED_ENDPOINT_URLS": "true"}},
        "http://argument",
        "endpoint_url argument",
    ),
]


@pytest.mark.parametrize(
    ("options", "url", "source"), [case[1:] for case in PRECEDENCE], ids=[case[0] for case in PRECEDENCE]
)
def test_precedence(options: dict[str, Any], url: str, source: str) -> None:
    """The first setting that is not blank wins, and is named."""
    chosen = choose_endpoint("us-east-1", **options)
    assert (chosen.endpoint.url, chosen.source) == (url, source)
    assert chosen.endpoint.region == "us-east-1"


SWITCHES: list[tuple[str, dict[str, Any], str, tuple[str | None, str | None]]] = [
    ("argument", {"fips": True, "dual_stack": True}, "ec2-fips.us-east-1.api.aws", ("argument", "argument")),
    (
        "environment",
        {"environ": {"AWS_USE_FIPS_ENDPOINT": "true"}, "profile": {"use_fips_endpoint": "false"}},
        "ec2-fips.us-east-1.amazonaws.com",
        ("AWS_USE_FIPS_ENDPOINT", None),
    ),
    (
        "profile",
        {"environ": {"AWS_USE_DUALSTACK_ENDPOINT": ""}, "profile": {"use_dualstack_endpoint": "TRUE"}},
        "ec2.us-east-1.api.aws",
        (None, "profile's use_dualstack_endpoint"),
    ),
    (
        "argument says no",
        {"fips": False, "dual_stack": False}
        | {"environ": {"AWS_USE_FIPS_ENDPOINT": "true", "AWS_USE_DUALSTACK_ENDPOINT": "true"}},
        "ec2.us-east-1.amazonaws.com",
        (None, None),
    ),
    (
        "environment says no",
        {"environ": {"AWS_USE_FIPS_ENDPOINT": "false"}, "profile": {"use_fips_endpoint": "true"}},
        "ec2.us-east-1.amazonaws.com",
        (None, None),
    ),
]


@pytest.mark.parametrize(
    ("options", "host", "sources"), [case[1:] for case in SWITCHES], ids=[case[0] for case in SWITCHES]
)
def test_fips_and_dual_stack(
    options: dict[str, Any], host: str, sources: tuple[str | None, str | None]
) -> None:
    """Argument before environment before profile; what switched them on is named."""
    chosen = choose_endpoint("us-east-1", **options)
    assert (chosen.endpoint.host, (chosen.fips, chosen.dual_stack)) == (host, sources)


@pytest.mark.parametrize(
    "custom",
    [
        {"endpoint_url": "http://argument"},
        {"environ": {"AWS_ENDPOINT_URL": "http://env"}},
        {"profile": {"endpoint_url": "http://profile"}},
    ],
)
@pytest.mark.parametrize(("switch", "name"), [("fips", "FIPS"), ("dual_stack", "dual-stack")])
def test_a_custom_endpoint_contradicts_fips_and_dual_stack(
    custom: dict[str, Any], switch: str, name: str
) -> None:
    """Nobody should believe a custom endpoint to be FIPS; the sentence names both settings."""
    options: dict[str, Any] = {**custom, switch: True}
    with pytest.raises(
        ConfigurationError, match=rf"no custom endpoint together with {name} \(on by argument\)"
    ):
        choose_endpoint("us-east-1", **options)


@pytest.mark.parametrize(
    "name", ["AWS_USE_FIPS_ENDPOINT", "AWS_USE_DUALSTACK_ENDPOINT", "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS"]
)
@pytest.mark.parametrize("word", ["1", "yes", "on", "tru"])
def test_a_switch_says_true_or_false(name: str, word: str) -> None:
    """`1` does not quietly mean no."""
    with pytest.raises(ConfigurationError, match=f"^{name}: expected true or false, got '{word}'"):
        choose_endpoint("us-east-1", environ={name: word})


@pytest.mark.parametrize(
    ("options", "setting"),
    [
        ({"endpoint_url": ""}, "endpoint_url argument"),
        ({"environ": {"AWS_ENDPOINT_URL_EC2": "localhost"}}, "AWS_ENDPOINT_URL_EC2"),
        ({"profile": {"endpoint_url": "http://host/path"}}, "profile's endpoint_url"),
    ],
)
def test_an_unusable_url_is_told_with_its_setting(options: dict[str, Any], setting: str) -> None:
    """The sentence begins with the setting to correct."""
    with pytest.raises(ConfigurationError, match=f"^{setting}: expected http"):
        choose_endpoint("us-east-1", **options)


def test_a_region_is_checked_whatever_the_endpoint() -> None:
    """The Region goes into the signature, even where it is in no host."""
    with pytest.raises(ConfigurationError, match=r"^Region: "):
        choose_endpoint("us-east-1\r\n", endpoint_url="http://localhost")


def test_a_choice_is_a_value() -> None:
    """Two equal settings give equal choices."""
    assert isinstance(choose_endpoint("us-east-1"), EndpointChoice)
    assert choose_endpoint("us-east-1") == choose_endpoint("us-east-1")
