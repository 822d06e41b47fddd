"""How fixtures are recorded: one call at a fixed time, with made-up names, signed with a published key.

Nothing random and no clock enters: recording twice gives the same bytes.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

import httpx

from ec2query import Client, Credentials, World
from ec2query.errors import ResponseError, ServiceError
from ec2query.replay import Exchange, Recorder, RecordingTransport
from ec2query.shape import Operation

__all__ = ["AT", "KEY", "REGION", "Fixture", "family", "fixed_world", "made_up", "record"]

# The access key of AWS's signing examples: published, and nobody's.
KEY = Credentials("AKIDEXAMPLE", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY")
REGION = "us-east-1"
AT = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)


@dataclass(frozen=True)
class Fixture:
    """An exchange, and where it belongs: `family/Operation/case`."""

    path: str
    exchange: Exchange


def made_up(*names: str) -> str:
    """Give an id that looks like any other, and is the same each time."""
    return str(uuid.uuid5(uuid.NAMESPACE_URL, "/".join(names)))


def family(operation: type[Operation[Any]]) -> str:
    """Name the module that an operation is generated into."""
    return operation.__module__.rpartition(".")[2]


def fixed_world(now: Callable[[], datetime], token: str) -> World:
    """A world in which each call is the same call."""
    return World(environ={}, now=now, monotonic=lambda: 0.0, random=lambda: 0.5, token=lambda: token)


def record(
    operation: Operation[Any],
    transport: httpx.BaseTransport,
    *,
    case: str,
    about: str,
    provenance: str,
) -> Fixture:
    """Make one call, whatever it is answered, and keep its exchange."""
    name = type(operation).__name__
    recorder = Recorder(provenance=provenance, redaction=None)
    client = Client(
        region=REGION,
        credentials=KEY,
        world=fixed_world(lambda: AT, made_up("invocation", name, case)),
        max_attempts=1,
        transport=RecordingTransport(transport, recorder),
    )
    try:
        client.send(operation)
    except (ServiceError, ResponseError):
        pass  # that is what some of them are for
    (exchange,) = recorder.exchanges
    return Fixture(f"{family(type(operation))}/{name}/{case}", replace(exchange, about=about))
