"""Credentials, Regions and settings, sans-I/O: where keys come from, how long they serve.

The names here are loaded when they are first used. Read in this order: `config_file` and `profiles`
(the shared files), `settings` and `region`, `sources` and `plan` (which keys a profile means), `chain`
(the order in which sources are asked), the providers (`process`, `container`, `imds`, `sts`, `sso`),
`freshness` and `cached` (when keys are asked for again).
https://docs.aws.amazon.com/sdkref/latest/guide/standardized-credentials.html
"""

from __future__ import annotations

from importlib import import_module

TYPE_CHECKING = False  # as typing's own, without importing it
if TYPE_CHECKING:
    from ..protocol.access_key import Credentials as Credentials
    from ..protocol.channel import CredentialsSource as CredentialsSource
    from .cached import CachedCredentials as CachedCredentials
    from .cached import credential_chain as credential_chain
    from .chain import examine_credentials as examine_credentials
    from .chain import resolve_credentials as resolve_credentials
    from .context import Context as Context
    from .context import MfaToken as MfaToken
    from .context import load_context as load_context
    from .region import RegionFound as RegionFound
    from .region import resolve_region as resolve_region
    from .report import Attempt as Attempt
    from .report import Resolution as Resolution
    from .sources import AssumeRole as AssumeRole
    from .sources import Container as Container
    from .sources import EnvironmentKeys as EnvironmentKeys
    from .sources import InstanceMetadata as InstanceMetadata
    from .sources import Process as Process
    from .sources import Source as Source
    from .sources import SsoRole as SsoRole
    from .sources import StaticKeys as StaticKeys
    from .sources import WebIdentity as WebIdentity
    from .sts import get_caller_identity as get_caller_identity

__all__ = [
    "AssumeRole",
    "Attempt",
    "CachedCredentials",
    "Container",
    "Context",
    "Credentials",
    "CredentialsSource",
    "EnvironmentKeys",
    "InstanceMetadata",
    "MfaToken",
    "Process",
    "RegionFound",
    "Resolution",
    "Source",
    "SsoRole",
    "StaticKeys",
    "WebIdentity",
    "credential_chain",
    "examine_credentials",
    "get_caller_identity",
    "load_context",
    "resolve_credentials",
    "resolve_region",
]

# Where the names are, the lightest first.
_ROOMS = (
    ".sources",
    "..protocol.access_key",
    ".report",
    ".context",
    ".chain",
    ".cached",
    ".region",
    ".sts",
    "..protocol.channel",
)


if not TYPE_CHECKING:

    def __getattr__(name: str) -> object:
        if name in __all__:
            for room in _ROOMS:
                module = import_module(room, __name__)
                if name in module.__all__:
                    found: object = getattr(module, name)
                    globals()[name] = found
                    return found
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
