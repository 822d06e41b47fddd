"""What is told of each attempt."""

from __future__ import annotations

from dataclasses import FrozenInstanceError, fields, replace

import pytest

from ec2query.protocol.events import AttemptEvent

EVENT = AttemptEvent(
    service="EC2",
    operation="DescribeVpcs",
    region="us-east-1",
    invocation_id="b1946ac9",
    attempt=1,
    seconds=0.25,
)


def test_an_event_without_a_delay_is_the_last_of_its_call() -> None:
    """A delay of 0 is a retry too."""
    assert EVENT.is_last
    assert not replace(EVENT, delay=0.0, reason="transient").is_last


def test_an_event_has_no_place_for_a_secret() -> None:
    """Names and numbers only: no header, body, message, key or URL."""
    assert {field.name for field in fields(EVENT)} == {
        "service",
        "operation",
        "region",
        "invocation_id",
        "attempt",
        "seconds",
        "waited",
        "status",
        "request_id",
        "error",
        "delay",
        "reason",
    }


def test_an_event_is_a_value() -> None:
    """Whoever is told of it cannot change it."""
    with pytest.raises(FrozenInstanceError):
        EVENT.attempt = 2  # type: ignore[misc]  # pyright: ignore[reportAttributeAccessIssue]
