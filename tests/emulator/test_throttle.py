"""`ec2query.emulator.throttle`: token buckets."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

import pytest

from ec2query.emulator.throttle import Bucket, take

NOON = datetime(2026, 1, 2, 12, tzinfo=UTC)


def at(seconds: float) -> datetime:
    return NOON + timedelta(seconds=seconds)


# Action, then (seconds, is it let through?)
CASES: dict[str, tuple[str, list[tuple[float, bool]]]] = {
    "one call fills the bucket": ("WithdrawByoipCidr", [(0, True), (0, False), (9.9, False)]),
    "a token every ten seconds": ("ProvisionByoipCidr", [(0, True), (10, True), (19, False), (20, True)]),
    "a token every two seconds": ("DescribeByoipCidrs", [(0, True), (1, False), (2, True), (3.9, False)]),
    "no more tokens than it holds": ("AdvertiseByoipCidr", [(0, True), (1000, True), (1001, False)]),
    "a clock that goes back gives none": ("DeprovisionByoipCidr", [(0, True), (-100, False)]),
    "others are not limited": ("DisassociateIpamByoasn", [(0, True)] * 50),
}


@pytest.mark.parametrize("name", CASES)
def test_take(name: str) -> None:
    """A call takes a token, tokens come back with time, and a refused call takes none."""
    action, calls = CASES[name]
    buckets: Mapping[str, Bucket] = {}
    for seconds, expected in calls:
        left = take(buckets, action, at(seconds))
        assert (left is not None) is expected, seconds
        buckets = left if left is not None else buckets


def test_each_action_has_its_own_bucket() -> None:
    """One action's calls do not use up another's."""
    left = take({}, "WithdrawByoipCidr", NOON)
    assert left is not None
    assert take(left, "AdvertiseByoipCidr", NOON) is not None
