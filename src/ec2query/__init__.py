"""ec2query: an async, typed client for the Amazon EC2 Query API.

    from ec2query import AsyncClient, ec2

    async with AsyncClient(region="us-east-1") as client:
        await client.send(ec2.DisassociateIpamByoasn(asn="64500", cidr="203.0.113.0/24"))

Every name is loaded when it is first used (PEP 562): importing this package loads nothing else.
"""

from __future__ import annotations

from importlib import import_module

from ._version import __version__

TYPE_CHECKING = False  # as typing's own, without importing it
if TYPE_CHECKING:
    from . import byoasn as byoasn
    from . import ec2 as ec2
    from .client import *
    from .errors import *

__all__ = [
    "AsyncClient",
    "AsyncOptions",
    "AsyncPaginator",
    "AttemptEvent",
    "AuthenticationFailed",
    "BlockingOptions",
    "Client",
    "ConfigurationError",
    "Credentials",
    "CredentialsError",
    "DryRunSucceeded",
    "Duplicate",
    "Ec2QueryError",
    "InvalidRequest",
    "LimitExceeded",
    "Limiter",
    "Limits",
    "NotFound",
    "Options",
    "Paginator",
    "ParameterError",
    "Policy",
    "Quota",
    "RawResult",
    "ResponseError",
    "Retries",
    "ServerFault",
    "ServiceError",
    "Signer",
    "Throttled",
    "Timeout",
    "TransportError",
    "TransportTimeout",
    "Unauthorized",
    "WaiterError",
    "World",
    "WrongState",
    "__version__",
    "byoasn",
    "ec2",
    "family_of",
    "system_world",
]

_ROOMS = ("byoasn", "ec2")


if not TYPE_CHECKING:

    def __getattr__(name: str) -> object:
        if name in _ROOMS:
            return import_module(f".{name}", __name__)
        if name in __all__:
            # Errors first: they cost nothing more, and who catches one has loaded the client anyway.
            for room in (".errors", ".client"):
                module = import_module(room, __name__)
                if name in module.__all__:
                    found: object = getattr(module, name)
                    globals()[name] = found
                    return found
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
