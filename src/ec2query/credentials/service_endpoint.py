"""Where STS, SSO, OIDC and EC2 are asked, given what the environment and the profile say."""

from __future__ import annotations

from collections.abc import Mapping

from ..errors import ConfigurationError
from ..protocol.endpoint_choice import EndpointChoice, choose_endpoint
from .context import Context
from .profiles import SharedConfig

__all__ = ["service_endpoint", "service_settings"]


def service_endpoint(
    context: Context,
    region: str,
    *,
    service: str,
    endpoint_url: str | None = None,
    fips: bool | None = None,
    dual_stack: bool | None = None,
) -> EndpointChoice:
    """Choose the endpoint of `service` (`ec2`, `sts`, `sso`, `oidc`); arguments outrank settings.

    Raises: ConfigurationError.
    """
    return choose_endpoint(
        region,
        service=service,
        endpoint_url=endpoint_url,
        fips=fips,
        dual_stack=dual_stack,
        environ=context.world.environ,
        profile=context.config.values,
        services=service_settings(context.config),
    )


def service_settings(config: SharedConfig) -> Mapping[str, Mapping[str, str]]:
    """Return the `services` section that the profile names: settings by service.

    Raises: ConfigurationError where it names one that is not there.
    """
    name = config.get("services")
    if name is None:
        return {}
    section = config.services.get(name)
    if section is None:
        raise ConfigurationError(
            f"{config.where('services')}: expected the name of a services section, got {name!r};"
            f" add [services {name}] to the config file, or remove the key"
        )
    return {service: setting.nested for service, setting in section.settings.items()}
