"""`ec2query.protocol.endpoint`: Regions in, hosts out, as botocore's rule sets have them."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import botocore
import pytest
from botocore.endpoint_provider import EndpointProvider
from botocore.exceptions import EndpointProviderError

from ec2query.errors import ConfigurationError
from ec2query.protocol.endpoint import Endpoint, check_region, custom_endpoint, partition_of, resolve_endpoint
from ec2query.protocol.partitions import PARTITIONS, SOURCE

# Our name of a service, and the folder of its rule set.
SERVICES = {
    "ec2": "ec2",
    "sts": "sts",
    "sso": "sso",
    "portal.sso": "sso",
    "oidc": "sso-oidc",
    "sso-oidc": "sso-oidc",
}
UNLISTED = {
    "aws": "us-moon-1",
    "aws-cn": "cn-moon-1",
    "aws-us-gov": "us-gov-moon-1",
    "aws-iso": "us-iso-moon-1",
    "aws-iso-b": "us-isob-moon-1",
    "aws-iso-e": "eu-isoe-moon-1",
    "aws-iso-f": "us-isof-moon-1",
    "aws-eusc": "eusc-de-moon-1",
}
BAD_REGIONS = [
    "",
    " ",
    "us-east-1 ",
    "us-east-1\n",
    "us-east-1\r\nx: y",
    "us-east-1\0",
    "us-east-1@evil.com",
    "us-east-1.evil.com",
    "evil.com/",
    "evil.com#",
    "evil.com?",
    "us-east-1:8080",
    "us\\east",
    "us_east_1",
    "us-east-1%2e",
    "[::1]",
    "-us-east-1",
    "us-east-1-",
    "123",
    "us-eаst-1",
    "ｕs-east-1",
    "a" * 64,
]


@pytest.mark.parametrize("region", BAD_REGIONS)
def test_a_region_that_would_change_the_host_is_refused(region: str) -> None:
    """Before any URL is built; the sentence says what to do."""
    for make in (check_region, resolve_endpoint):
        with pytest.raises(ConfigurationError, match=r"^Region: expected .*; set region=, AWS_REGION or"):
            make(region)
    with pytest.raises(ConfigurationError, match=r"^Region: "):
        custom_endpoint("http://127.0.0.1", region)


@pytest.mark.parametrize("region", ["us-east-1", "a", "a" * 63, "1a", "MOON-1", "x--y"])
def test_any_host_label_is_a_region(region: str) -> None:
    """Regions that do not exist yet are welcome."""
    assert check_region(region) == region


def test_a_region_that_is_no_text_is_refused() -> None:
    """None, where a setting was forgotten, is told as such."""
    nothing: Any = None
    with pytest.raises(ConfigurationError, match="got a NoneType"):
        check_region(nothing)


def test_all_partitions_are_known() -> None:
    """The eight partitions, and where a Region that none lists belongs."""
    assert {partition.id for partition in PARTITIONS} == set(UNLISTED)
    for partition in PARTITIONS:
        for region in (*partition.regions, UNLISTED[partition.id]):
            assert partition_of(region) is partition
    assert partition_of("moon").id == "aws"


def peer_rules(service: str) -> EndpointProvider:
    """Return botocore's rule set of a service."""
    data = Path(botocore.__file__).parent / "data"
    rules = sorted((data / SERVICES[service]).iterdir())[-1] / "endpoint-rule-set-1.json.gz"
    return EndpointProvider(
        json.loads(gzip.decompress(rules.read_bytes())), json.loads((data / "partitions.json").read_bytes())
    )


def peer_endpoint(
    rules: EndpointProvider, service: str, region: str, fips: bool, dual: bool
) -> tuple[str, str] | None:
    """Return the URL and signing Region by botocore's rules, None where they say there is none."""
    parameters: dict[str, Any] = {"Region": region, "UseFIPS": fips, "UseDualStack": dual}
    if service == "sts":
        parameters["UseGlobalEndpoint"] = False
    try:
        found = rules.resolve_endpoint(**parameters)
    except EndpointProviderError:
        return None
    schemes = found.properties.get("authSchemes", [{}])
    return found.url, schemes[0].get("signingRegion", region)


def regions() -> Iterator[str]:
    """Yield every Region listed, one a partition does not list, and one that fits none."""
    for partition in PARTITIONS:
        yield from partition.regions
        yield UNLISTED[partition.id]
    yield "moon"


@pytest.mark.skipif(f"botocore {botocore.__version__}" != SOURCE, reason=f"the table is that of {SOURCE}")
@pytest.mark.parametrize("dual_stack", [False, True])
@pytest.mark.parametrize("fips", [False, True])
@pytest.mark.parametrize("service", SERVICES)
def test_endpoints_are_those_of_the_rule_sets(service: str, fips: bool, dual_stack: bool) -> None:
    """Every Region of every partition, with and without FIPS and dual-stack, for every service we call."""
    rules = peer_rules(service)
    for region in regions():
        ours = resolve_endpoint(region, service=service, fips=fips, dual_stack=dual_stack)
        theirs = peer_endpoint(rules, service, region, fips, dual_stack)
        assert (ours.url, ours.region) == theirs
        assert ours.service == service


@pytest.mark.parametrize(
    ("region", "options", "url"),
    [
        ("us-east-1", {}, "https://ec2.us-east-1.amazonaws.com"),
        ("us-east-1", {"fips": True}, "https://ec2-fips.us-east-1.amazonaws.com"),
        ("us-east-1", {"dual_stack": True}, "https://ec2.us-east-1.api.aws"),
        ("us-east-1", {"fips": True, "dual_stack": True}, "https://ec2-fips.us-east-1.api.aws"),
        ("us-gov-west-1", {"fips": True}, "https://ec2.us-gov-west-1.amazonaws.com"),
        ("us-gov-west-1", {"fips": True, "dual_stack": True}, "https://ec2-fips.us-gov-west-1.api.aws"),
        ("us-gov-west-1", {"fips": True, "service": "sts"}, "https://sts.us-gov-west-1.amazonaws.com"),
        ("us-gov-west-1", {"fips": True, "service": "toy"}, "https://toy-fips.us-gov-west-1.amazonaws.com"),
        ("cn-north-1", {}, "https://ec2.cn-north-1.amazonaws.com.cn"),
        ("cn-north-1", {"dual_stack": True}, "https://ec2.cn-north-1.api.amazonwebservices.com.cn"),
        ("eusc-de-east-1", {}, "https://ec2.eusc-de-east-1.amazonaws.eu"),
        ("eu-west-1", {"service": "sso"}, "https://portal.sso.eu-west-1.amazonaws.com"),
        ("eu-west-1", {"service": "oidc"}, "https://oidc.eu-west-1.amazonaws.com"),
    ],
)
def test_endpoints_by_example(region: str, options: dict[str, Any], url: str) -> None:
    """The hosts people know."""
    assert resolve_endpoint(region, **options).url == url


def test_sts_has_one_global_endpoint() -> None:
    """`aws-global` is signed for us-east-1."""
    assert resolve_endpoint("aws-global", service="sts") == Endpoint(
        "https://sts.amazonaws.com", "us-east-1", "sts"
    )


@pytest.mark.parametrize("switch", ["fips", "dual_stack"])
def test_a_partition_may_lack_fips_or_dual_stack(switch: str) -> None:
    """An endpoint that does not exist is not made up."""
    spare = tuple(
        partition._replace(supports_fips=False, supports_dual_stack=False) for partition in PARTITIONS
    )
    options: dict[str, Any] = {switch: True}
    with pytest.raises(ConfigurationError, match=r"expected a partition that has them, got aws-iso "):
        resolve_endpoint("us-iso-east-1", partitions=spare, **options)
    assert resolve_endpoint("us-iso-east-1", partitions=spare).url == "https://ec2.us-iso-east-1.c2s.ic.gov"


@pytest.mark.parametrize("service", ["", "EC2", "ec2/", "ec2@x", "ec2:1", ".ec2", "ec2.", "ec2\n"])
def test_a_service_that_would_change_the_host_is_refused(service: str) -> None:
    """A service's name begins a host name."""
    with pytest.raises(ConfigurationError, match=r"^service: "):
        resolve_endpoint("us-east-1", service=service)


def test_a_custom_endpoint_is_checked_and_keeps_the_region() -> None:
    """The URL says where to send, the Region what to sign for."""
    endpoint = custom_endpoint("HTTP://LocalHost:5000/", "eu-west-1")
    assert endpoint == Endpoint("http://localhost:5000", "eu-west-1", "ec2")
    assert endpoint.host == "localhost:5000"
    with pytest.raises(ConfigurationError, match=r"^AWS_ENDPOINT_URL: "):
        custom_endpoint("localhost:5000", "eu-west-1", setting="AWS_ENDPOINT_URL")
