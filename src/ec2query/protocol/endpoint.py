"""Where a service's endpoint is: a Region in, a URL and a signing Region out; pure, no I/O.

A Region is checked before any URL is built from it: it must never become another host. A Region
that no partition lists is placed by the partitions' patterns, else in `aws`, as AWS's SDKs do.
https://docs.aws.amazon.com/sdkref/latest/guide/feature-endpoints.html
"""

from __future__ import annotations

import re

from ..errors import ConfigurationError
from ..frozen import frozen
from .endpoint_url import check_endpoint_url, host_header
from .partitions import PARTITIONS, Partition

__all__ = [
    "Endpoint",
    "check_endpoint_url",
    "check_region",
    "custom_endpoint",
    "partition_of",
    "resolve_endpoint",
]

# One DNS label (RFC 1123, section 2.1), and no number: a host of numbers is an IPv4 address.
_REGION = re.compile(r"(?![0-9]+\Z)[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?")
_SERVICE = re.compile(r"[a-z0-9](?:[a-z0-9.-]{0,61}[a-z0-9])?")

# What a service's hosts begin with, where it is not the service's name.
_HOSTS = {"sso": "portal.sso", "sso-oidc": "oidc"}
# In GovCloud (US) these services' plain endpoints are the FIPS ones: https://aws.amazon.com/compliance/fips/
_PLAIN_FIPS = frozenset(("ec2", "sts", "portal.sso", "oidc"))
# The one endpoint without a Region: https://docs.aws.amazon.com/general/latest/gr/sts.html
_GLOBAL = {("sts", "aws-global"): ("https://sts.amazonaws.com", "us-east-1")}


@frozen
class Endpoint:
    """A URL `scheme://host[:port]`, the Region to sign for and the service."""

    url: str
    region: str
    service: str = "ec2"

    @property
    def host(self) -> str:
        """What the `Host` header says."""
        return host_header(self.url)


def check_region(region: str) -> str:
    """Return `region` if it can stand in a host name.

    Raises: ConfigurationError unless it is 1 to 63 letters, digits and inner hyphens, and no number.
    """
    if isinstance(region, str) and _REGION.fullmatch(region):  # pyright: ignore[reportUnnecessaryIsInstance]
        return region
    got = f"{region[:80]!r}" if isinstance(region, str) else f"a {type(region).__name__}"  # pyright: ignore[reportUnnecessaryIsInstance]
    raise ConfigurationError(
        "Region: expected 1 to 63 letters, digits and inner hyphens, not digits alone (us-east-1),"
        f" got {got}; set region=, AWS_REGION or the profile's region"
    )


def partition_of(region: str, partitions: tuple[Partition, ...] = PARTITIONS) -> Partition:
    """Return the partition that lists a Region, or whose pattern fits, or else `aws`."""
    for partition in partitions:
        if region in partition.regions or re.fullmatch(partition.region_regex, region):
            return partition
    return next(partition for partition in partitions if partition.id == "aws")


def resolve_endpoint(
    region: str,
    *,
    service: str = "ec2",
    fips: bool = False,
    dual_stack: bool = False,
    partitions: tuple[Partition, ...] = PARTITIONS,
) -> Endpoint:
    """Return AWS's own endpoint of a service in a Region.

    `service` is `ec2`, `sts`, `sso`, `oidc`, or what another service's host names begin with.

    Raises: ConfigurationError for a Region or service that cannot stand in a host name, and where
    the partition has no FIPS or dual-stack endpoints.
    """
    check_region(region)
    if not _SERVICE.fullmatch(service):
        raise ConfigurationError(
            f"service: expected the beginning of a host name (ec2), got {service[:80]!r}"
        )
    partition = partition_of(region, partitions)
    _check_support(partition, region, fips=fips, dual_stack=dual_stack)
    if not fips and not dual_stack and (service, region) in _GLOBAL:
        url, signing_region = _GLOBAL[service, region]
        return Endpoint(url, signing_region, service)
    host = _HOSTS.get(service, service)
    if fips and (partition.id != "aws-us-gov" or dual_stack or host not in _PLAIN_FIPS):
        host += "-fips"
    suffix = partition.dual_stack_dns_suffix if dual_stack else partition.dns_suffix
    return Endpoint(f"https://{host}.{region}.{suffix}", region, service)


def _check_support(partition: Partition, region: str, *, fips: bool, dual_stack: bool) -> None:
    for wanted, supported, name in (
        (fips, partition.supports_fips, "FIPS"),
        (dual_stack, partition.supports_dual_stack, "dual-stack"),
    ):
        if wanted and not supported:
            raise ConfigurationError(
                f"{name} endpoint: expected a partition that has them, got {partition.id} (Region {region});"
                f" switch {name} off, or choose another Region"
            )


def custom_endpoint(
    url: str, region: str, *, service: str = "ec2", setting: str = "endpoint URL"
) -> Endpoint:
    """Return an endpoint that a person set; `setting` says where, for the error.

    Raises: ConfigurationError as `check_endpoint_url` and `check_region` do.
    """
    return Endpoint(check_endpoint_url(url, setting=setting), check_region(region), service)
