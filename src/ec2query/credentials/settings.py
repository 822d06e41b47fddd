"""What the environment and the profile say besides keys, Region and endpoint: a pure function of both.

Each setting is a variable, else a key of the profile; `origins` tells which it was. A value that
cannot be meant is a ConfigurationError that names its place.
https://docs.aws.amazon.com/sdkref/latest/guide/settings-reference.html
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from typing import NamedTuple

from ..errors import ConfigurationError
from ..frozen import frozen
from ..protocol.endpoint_url import check_endpoint_url
from .environment import flag, variable
from .profiles import SharedConfig

__all__ = ["Found", "MetadataService", "Settings", "lookup", "metadata_service", "settings"]

_IPV4, _IPV6 = "http://169.254.169.254", "http://[fd00:ec2::254]"
_RETRY_MODES = ("legacy", "standard", "adaptive")


class Found(NamedTuple):
    """A value, and the variable or the key that gave it."""

    value: str
    where: str


class MetadataService(NamedTuple):
    """How IMDS is asked: `timeout` in seconds, for each of `attempts`."""

    endpoint: str = _IPV4
    timeout: float = 1.0
    attempts: int = 1
    disabled: bool = False


@frozen(kw_only=True)
class Settings:
    """Settings as given; None where nothing gave one. `origins` says what gave which, by field name."""

    ca_bundle: str | None = None
    app_id: str | None = None
    max_attempts: int | None = None
    retry_mode: str | None = None
    metadata: MetadataService = field(default_factory=MetadataService)
    origins: Mapping[str, str] = field(default_factory=dict[str, str])


def lookup(environ: Mapping[str, str], config: SharedConfig, name: str, key: str) -> Found | None:
    """Find a setting: the variable `name`, else `key` in the profile that is meant."""
    value = variable(environ, name)
    if value is not None:
        return Found(value.strip(), name)
    value = config.get(key)
    return Found(value.strip(), config.where(key)) if value is not None else None


def settings(environ: Mapping[str, str], config: SharedConfig) -> Settings:
    """Read every setting. Raises ConfigurationError."""
    found = {
        field_name: given
        for field_name, name, key in (
            ("ca_bundle", "AWS_CA_BUNDLE", "ca_bundle"),
            ("app_id", "AWS_SDK_UA_APP_ID", "sdk_ua_app_id"),
            ("max_attempts", "AWS_MAX_ATTEMPTS", "max_attempts"),
            ("retry_mode", "AWS_RETRY_MODE", "retry_mode"),
        )
        if (given := lookup(environ, config, name, key))
    }

    def value(field_name: str) -> str | None:
        return found[field_name].value if field_name in found else None

    return Settings(
        ca_bundle=value("ca_bundle"),
        app_id=value("app_id"),
        max_attempts=_count(found.get("max_attempts"), None),
        retry_mode=_retry_mode(found.get("retry_mode")),
        metadata=metadata_service(environ, config),
        origins={field_name: given.where for field_name, given in found.items()},
    )


def metadata_service(environ: Mapping[str, str], config: SharedConfig) -> MetadataService:
    """Read how IMDS is to be asked. Raises ConfigurationError."""

    def find(name: str, key: str) -> Found | None:
        return lookup(environ, config, name, key)

    attempts = find("AWS_METADATA_SERVICE_NUM_ATTEMPTS", "metadata_service_num_attempts")
    return MetadataService(
        endpoint=_metadata_endpoint(
            find("AWS_EC2_METADATA_SERVICE_ENDPOINT", "ec2_metadata_service_endpoint"),
            find("AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE", "ec2_metadata_service_endpoint_mode"),
        ),
        timeout=_seconds(find("AWS_METADATA_SERVICE_TIMEOUT", "metadata_service_timeout")),
        attempts=_count(attempts, 1) or 1,
        disabled=flag(variable(environ, "AWS_EC2_METADATA_DISABLED"), "AWS_EC2_METADATA_DISABLED"),
    )


def _metadata_endpoint(endpoint: Found | None, mode: Found | None) -> str:
    if endpoint is not None:
        return check_endpoint_url(endpoint.value, setting=endpoint.where)
    if mode is None or mode.value.lower() == "ipv4":
        return _IPV4
    if mode.value.lower() == "ipv6":
        return _IPV6
    raise ConfigurationError(f"{mode.where}: expected IPv4 or IPv6, got {mode.value!r}; set one of the two")


def _count(found: Found | None, default: int | None) -> int | None:
    if found is None:
        return default
    text = found.value
    if not (text.isascii() and text.isdigit() and len(text) < 7 and int(text) >= 1):
        raise ConfigurationError(f"{found.where}: expected a number of at least 1, got {text!r}; correct it")
    return int(text)


def _seconds(found: Found | None) -> float:
    if found is None:
        return 1.0
    try:
        seconds = float(found.value)
    except ValueError:
        seconds = 0.0
    if not 0 < seconds <= 3600:
        raise ConfigurationError(
            f"{found.where}: expected seconds, more than 0 and at most 3600, got {found.value!r}; correct it"
        )
    return seconds


def _retry_mode(found: Found | None) -> str | None:
    if found is None:
        return None
    mode = found.value.lower()
    if mode not in _RETRY_MODES:
        expected = ", ".join(_RETRY_MODES)
        raise ConfigurationError(
            f"{found.where}: expected one of {expected}, got {found.value!r}; correct it"
        )
    return mode
