"""Which Region is meant: argument, `AWS_REGION`, `AWS_DEFAULT_REGION`, profile, instance metadata.

The first that names one is taken and checked before any URL is made of it. The error lists every
place that was looked at. https://docs.aws.amazon.com/sdkref/latest/guide/feature-region.html
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from ..errors import ConfigurationError
from ..protocol.effects import Flow
from ..protocol.endpoint import check_region
from .context import Context
from .environment import variable
from .exchange import Absent
from .profiles import SharedConfig
from .report import Attempt, sentence
from .settings import Found

__all__ = ["RegionFound", "configured_region", "examine_region", "resolve_region"]

_VARIABLES = ("AWS_REGION", "AWS_DEFAULT_REGION")


class RegionFound(NamedTuple):
    """A Region, what named it, and every place that was looked at."""

    region: str
    where: str
    attempts: tuple[Attempt, ...]


def configured_region(
    environ: Mapping[str, str], config: SharedConfig, argument: str | None = None
) -> tuple[Found | None, tuple[Attempt, ...]]:
    """Find a Region without asking anyone: the argument, the environment, the profile."""
    profile = f"profile {config.profile!r}"
    places = (
        ("argument", argument, "none given"),
        *((name, variable(environ, name), "not set") for name in _VARIABLES),
        (profile, config.get("region"), f"no region in {config.places()}"),
    )
    attempts: list[Attempt] = []
    for name, value, why in places:
        if value is not None:
            attempts.append(Attempt(name=name, outcome="answered", detail=value.strip()))
            place = config.where("region") if name == profile else name
            return Found(value.strip(), place), tuple(attempts)
        attempts.append(Attempt(name=name, outcome="absent", detail=why))
    return None, tuple(attempts)


def resolve_region(context: Context) -> Flow[RegionFound]:
    """Find the Region, asking instance metadata last.

    Raises: ConfigurationError where no place names one, or the first that does names none.
    """
    found, attempts = yield from examine_region(context)
    if found is None:
        raise ConfigurationError(
            f"no Region: {sentence(attempts)}; set AWS_REGION, or region in"
            " the profile, or pass region= (on the command line: --region)"
        )
    try:
        check_region(found.value)
    except ConfigurationError as error:
        raise ConfigurationError(f"{found.where}: {error}") from None
    return RegionFound(region=found.value, where=found.where, attempts=attempts)


def examine_region(context: Context) -> Flow[tuple[Found | None, tuple[Attempt, ...]]]:
    """Find the Region's name and say what became of each place, also where none names one."""
    found, attempts = configured_region(context.world.environ, context.config, context.region)
    if found is not None:
        return found, attempts
    found, asked = yield from _ask_instance(context)
    return found, (*attempts, asked)


def _ask_instance(context: Context) -> Flow[tuple[Found | None, Attempt]]:
    from .imds import instance_region

    name = "instance metadata"
    try:
        region = yield from instance_region(context)
    except Absent as error:
        return None, Attempt(name=name, outcome="absent", detail=str(error))
    return Found(region, name), Attempt(name=name, outcome="answered", detail=region)
