"""The part of a diagnosis that needs no network: environment, shared files, settings.

A Caller goes in, the Context of its calls comes out, with defaults in place of what cannot be read.
"""

from __future__ import annotations

import platform
from collections.abc import Mapping

from .._version import __version__
from ..client.caller import Caller
from ..credentials.context import Context
from ..credentials.environment import variable
from ..credentials.profiles import SharedConfig, file_paths, load_config, profile_name, read_config_file
from ..credentials.settings import Settings, metadata_service, settings
from ..errors import Ec2QueryError
from ..protocol.effects import Flow
from .client_options import spoken
from .diagnosis import Diagnosis

__all__ = ["read_environment", "read_settings"]

_PROXIES = ("http_proxy", "https_proxy", "all_proxy", "no_proxy")


def read_environment(environ: Mapping[str, str], found: Diagnosis) -> None:
    """Note which variables are set: their names alone, since some of the values are secrets."""
    found.add("Environment", "ec2query", "ok", f"{__version__}, Python {platform.python_version()}")
    named = sorted(name for name in environ if name.startswith("AWS_") or name.lower() in _PROXIES)
    given = [name for name in named if variable(environ, name) is not None]
    found.add("Environment", "variables", "set" if given else "absent", ", ".join(given) or "none of AWS's")
    if blank := [name for name in named if name not in given]:
        found.add("Environment", "blank", "absent", f"{', '.join(blank)}: as if not set")


def read_settings(calls: Caller, found: Diagnosis) -> Flow[Context]:
    """Read files and settings; what cannot be read is noted, and left at its default."""
    environ, options = calls.world.environ, calls.options
    readable = yield from _files(environ, found)
    profile = options.get("profile")
    name, named_by = profile_name(environ, profile)
    by = spoken(named_by) if named_by is not None else "nothing names another"
    found.add("Shared files", "profile", "set" if named_by else "ok", f"{name} ({by})")
    config = SharedConfig(profile=name, named_by=named_by, explicit=profile is not None)
    if readable:
        config = yield from load_config(environ, profile)
    given = _settings(environ, config, found)
    for field, origin in given.origins.items():
        found.add("Settings", field, "set", f"{getattr(given, field)} ({origin})")
    if found.signable:
        return (yield from calls.context())
    region, mfa_token = options.get("region"), options.get("mfa_token")
    return Context(world=calls.world, config=config, settings=given, region=region, mfa_token=mfa_token)


def _files(environ: Mapping[str, str], found: Diagnosis) -> Flow[bool]:
    """Note what is in either file; say whether both can be read."""
    section = "Shared files"
    for path, credentials in zip(file_paths(environ), (False, True), strict=True):
        name = "credentials" if credentials else "config"
        if path is None:
            found.add(section, name, "absent", "no home directory is known; set HOME")
            continue
        try:
            file = yield from read_config_file(path, credentials=credentials)
        except Ec2QueryError as error:
            found.fail(section, name, error)
            continue
        if file is None:
            found.add(section, name, "absent", f"{path}: no such file")
        else:
            profiles = ", ".join(each for kind, each in file.sections if kind == "profile")
            found.add(section, name, "ok", f"{path}: profiles {profiles or 'none'}")
    return found.signable


def _settings(environ: Mapping[str, str], config: SharedConfig, found: Diagnosis) -> Settings:
    try:
        return settings(environ, config)
    except Ec2QueryError as error:
        found.fail("Settings", "settings", error)
    try:
        return Settings(metadata=metadata_service(environ, config))
    except Ec2QueryError:
        return Settings()  # it is what was noted above, or will be once that is mended
