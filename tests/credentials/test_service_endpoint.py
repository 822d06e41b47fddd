"""Endpoints with what the shared files say about them."""

from __future__ import annotations

import pytest

from ec2query.credentials.context import load_context
from ec2query.credentials.service_endpoint import service_endpoint
from ec2query.errors import ConfigurationError
from ec2query.protocol.endpoint_choice import EndpointChoice
from support.stage import Stage

SECTION = "services = s\nendpoint_url = http://127.0.0.1:9\n[services s]\nec2 =\n  endpoint_url = http://127.0.0.1:1\n"


def choose(profile: str, environ: dict[str, str] | None = None, service: str = "ec2") -> EndpointChoice:
    stage = Stage({"HOME": "/h", **(environ or {})}, {"/h/.aws/config": f"[default]\n{profile}".encode()})
    return service_endpoint(stage.run(load_context(stage.world)), "us-east-1", service=service)


@pytest.mark.parametrize(
    ("profile", "environ", "service", "url"),
    [
        ("", {}, "ec2", "https://ec2.us-east-1.amazonaws.com"),
        ("use_fips_endpoint = true", {}, "ec2", "https://ec2-fips.us-east-1.amazonaws.com"),
        ("use_dualstack_endpoint = true", {}, "ec2", "https://ec2.us-east-1.api.aws"),
        ("endpoint_url = http://127.0.0.1:9", {}, "ec2", "http://127.0.0.1:9"),
        (SECTION, {}, "ec2", "http://127.0.0.1:1"),
        (SECTION, {}, "sts", "http://127.0.0.1:9"),
        (SECTION, {"AWS_ENDPOINT_URL": "http://127.0.0.1:2"}, "ec2", "http://127.0.0.1:2"),
        (
            SECTION,
            {"AWS_IGNORE_CONFIGURED_ENDPOINT_URLS": "true"},
            "ec2",
            "https://ec2.us-east-1.amazonaws.com",
        ),
        (
            "ignore_configured_endpoint_urls = true\nendpoint_url = http://127.0.0.1:9",
            {},
            "ec2",
            "https://ec2.us-east-1.amazonaws.com",
        ),
    ],
)
def test_the_profile_is_heard_on_endpoints(
    profile: str, environ: dict[str, str], service: str, url: str
) -> None:
    """Its switches, its `endpoint_url`, and the services section that it names."""
    assert choose(profile, environ, service).endpoint.url == url


def test_a_services_section_that_is_missing_is_an_error() -> None:
    """The profile names it, so it was meant."""
    with pytest.raises(
        ConfigurationError, match=r"services: expected the name of a services section, got 'x'"
    ):
        choose("services = x")
