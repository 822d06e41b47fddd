"""What is recorded from moto's server: its WSGI application, in process, seeded, at a fixed time."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from typing import Any

import httpx

from ec2query import ec2
from ec2query.shape import Operation
from support.recording import AT, Fixture, record

__all__ = ["recorded_from_moto"]

# An image of moto's own catalogue, of which `DescribeImages` shows more.
_IMAGE = "ami-12c6146b"
_NAMED = ec2.TagSpecification(resource_type="vpc", tags=[ec2.Tag(key="Name", value="é <&> 雲")])
_RUN = ec2.RunInstances(image_id=_IMAGE, min_count=1, max_count=1, instance_type="t3.micro")

# (case, about, call); what is done in between has no case.
_CASES: list[tuple[str | None, str, Operation[Any]]] = [
    ("success", "The default VPC.", ec2.DescribeVpcs()),
    (
        "not-found",
        "There is no such VPC.",
        ec2.DescribeVpcs(vpc_ids=["vpc-0123456789abcdef0"]),
    ),
    (
        "with-tags",
        "A VPC with a tag beyond ASCII.",
        ec2.CreateVpc(cidr_block="10.0.0.0/16", tag_specifications=[_NAMED]),
    ),
    (
        "dry-run-permitted",
        "A dry run.",
        replace(_RUN, dry_run=True),
    ),
    (
        "success",
        "An instance with a volume, and a token that the client made up.",
        _RUN,
    ),
    (None, "Another one, for the second page.", _RUN),
    (
        "first-page",
        "One reservation of two: EC2 would give no page so small.",
        ec2.DescribeInstances(max_results=1),
    ),
]


def recorded_from_moto() -> Iterator[Fixture]:
    """Record all cases, one after the other from the same server."""
    moto: Any = importlib.import_module("moto")
    with _fixed_moto() as transport:
        for case, about, operation in _CASES:
            provenance = f"recorded: moto {moto.__version__}"
            made = record(operation, transport, case=case or "again", about=about, provenance=provenance)
            if case is not None:
                yield made


@contextmanager
def _fixed_moto() -> Iterator[httpx.BaseTransport]:
    """Start a moto that draws the same numbers at the same time, from nothing."""
    server: Any = importlib.import_module("moto.server")
    backends: Any = importlib.import_module("moto.ec2.models")
    random: Any = importlib.import_module("moto.moto_api._internal").mock_random
    application = server.DomainDispatcherApplication(server.create_backend_app)
    random.seed(0)
    backends.ec2_backends.reset()
    with _clock_at(AT.replace(tzinfo=None)), httpx.WSGITransport(app=application) as transport:
        yield transport
    backends.ec2_backends.reset()


@contextmanager
def _clock_at(now: datetime) -> Iterator[None]:
    """Let moto's own clock stand still, in every module that has imported it."""
    real: Callable[[], datetime] = importlib.import_module("moto.core.utils").utcnow
    holders = [
        module
        for name, module in sys.modules.items()
        if name.startswith("moto.") and getattr(module, "utcnow", None) is real
    ]
    for module in holders:
        module.utcnow = lambda: now  # type: ignore[attr-defined]
    try:
        yield
    finally:
        for module in holders:
            module.utcnow = real  # type: ignore[attr-defined]
