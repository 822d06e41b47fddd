"""Which endpoint a client uses: argument, environment, profile, else AWS's own; and why that one.

A pure function over values. The first of these that is set and not blank wins: the argument,
`AWS_ENDPOINT_URL_<SERVICE>`, `AWS_ENDPOINT_URL`, the profile's `services` section, the profile's
`endpoint_url`. `AWS_IGNORE_CONFIGURED_ENDPOINT_URLS` leaves the argument alone.
https://docs.aws.amazon.com/sdkref/latest/guide/feature-ss-endpoints.html
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple

from ..errors import ConfigurationError
from .endpoint import Endpoint, custom_endpoint, partition_of, resolve_endpoint

__all__ = ["EndpointChoice", "choose_endpoint"]

# Service ids as settings spell them, where they are not the service's name.
_SETTINGS = {"portal.sso": "sso", "oidc": "sso_oidc"}
_NONE: Mapping[str, str] = MappingProxyType({})
_NO_SERVICES: Mapping[str, Mapping[str, str]] = MappingProxyType({})


class EndpointChoice(NamedTuple):
    """An endpoint, and the setting that decided it; where FIPS and dual-stack came from, if on."""

    endpoint: Endpoint
    source: str
    fips: str | None = None
    dual_stack: str | None = None


class _Switch(NamedTuple):
    label: str
    variable: str
    key: str


_FIPS = _Switch("FIPS", "AWS_USE_FIPS_ENDPOINT", "use_fips_endpoint")
_DUAL_STACK = _Switch("dual-stack", "AWS_USE_DUALSTACK_ENDPOINT", "use_dualstack_endpoint")
_IGNORE = _Switch(
    "ignoring endpoint URLs", "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS", "ignore_configured_endpoint_urls"
)


def choose_endpoint(
    region: str,
    *,
    service: str = "ec2",
    endpoint_url: str | None = None,
    fips: bool | None = None,
    dual_stack: bool | None = None,
    environ: Mapping[str, str] = _NONE,
    profile: Mapping[str, str] = _NONE,
    services: Mapping[str, Mapping[str, str]] = _NO_SERVICES,
) -> EndpointChoice:
    """Choose an endpoint, by arguments before `environ` before the profile.

    `profile` holds the profile's settings, `services` the section that its `services` names, both
    with lower-case keys.

    Raises: ConfigurationError for a value that cannot be used, and for a custom endpoint together
    with FIPS or dual-stack, which are properties of AWS's own.
    """
    fips_by = _switched_on(_FIPS, fips, environ, profile)
    dual_stack_by = _switched_on(_DUAL_STACK, dual_stack, environ, profile)
    found = _configured(service, endpoint_url, environ, profile, services)
    if found is None:
        endpoint = resolve_endpoint(
            region, service=service, fips=fips_by is not None, dual_stack=dual_stack_by is not None
        )
        source = f"Region {region} in partition {partition_of(region).id}"
        return EndpointChoice(endpoint=endpoint, source=source, fips=fips_by, dual_stack=dual_stack_by)
    url, source = found
    for switch, by in ((_FIPS, fips_by), (_DUAL_STACK, dual_stack_by)):
        if by is not None:
            raise ConfigurationError(
                f"{source}: expected no custom endpoint together with {switch.label} (on by {by});"
                " remove the one or switch off the other"
            )
    return EndpointChoice(
        endpoint=custom_endpoint(url, region, service=service, setting=source), source=source
    )


def _configured(
    service: str,
    argument: str | None,
    environ: Mapping[str, str],
    profile: Mapping[str, str],
    services: Mapping[str, Mapping[str, str]],
) -> tuple[str, str] | None:
    """Return the custom endpoint URL and its source."""
    if argument is not None:
        return argument, "endpoint_url argument"
    if _switched_on(_IGNORE, None, environ, profile):
        return None
    name = _SETTINGS.get(service, service.replace("-", "_"))
    variable = f"AWS_ENDPOINT_URL_{name.upper()}"
    candidates = (
        (environ.get(variable), variable),
        (environ.get("AWS_ENDPOINT_URL"), "AWS_ENDPOINT_URL"),
        (services.get(name, _NONE).get("endpoint_url"), f"profile's services section, {name} endpoint_url"),
        (profile.get("endpoint_url"), "profile's endpoint_url"),
    )
    return next(((url, source) for url, source in candidates if url and url.strip()), None)


def _switched_on(
    switch: _Switch, argument: bool | None, environ: Mapping[str, str], profile: Mapping[str, str]
) -> str | None:
    """Return what switched it on, None where it is off. A blank value is none at all."""
    if argument is not None:
        return "argument" if argument else None
    for value, source in (
        (environ.get(switch.variable), switch.variable),
        (profile.get(switch.key), f"profile's {switch.key}"),
    ):
        word = (value or "").strip().lower()
        if word == "true":
            return source
        if word == "false":
            return None
        # Taking `1` or `yes` for false, as botocore does, would leave FIPS off without a word.
        if word:
            raise ConfigurationError(f"{source}: expected true or false, got {word[:80]!r}; write either")
    return None
