"""Token buckets: how often each BYOIP action may be called. Pure: buckets and time in, buckets out.

Sizes and refill rates: https://docs.aws.amazon.com/ec2/latest/devguide/ec2-api-throttling.html
Actions without a line in the table are not limited here; AWS limits them too, at higher rates.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

__all__ = ["RATES", "Bucket", "Rate", "take"]


@dataclass(frozen=True, slots=True)
class Rate:
    """How many tokens a bucket holds, and how many it gains each second."""

    capacity: float
    refill: float


@dataclass(frozen=True, slots=True)
class Bucket:
    """The tokens that were left at a time."""

    tokens: float
    at: datetime


RATES: Mapping[str, Rate] = {
    "AdvertiseByoipCidr": Rate(1, 0.1),
    "DeprovisionByoipCidr": Rate(1, 0.1),
    "DescribeByoipCidrs": Rate(1, 0.5),
    "ProvisionByoipCidr": Rate(1, 0.1),
    "WithdrawByoipCidr": Rate(1, 0.1),
}


def take(buckets: Mapping[str, Bucket], action: str, now: datetime) -> Mapping[str, Bucket] | None:
    """Take a token for one call: the buckets that are left, or None where there was no token."""
    rate = RATES.get(action)
    if rate is None:
        return buckets
    last = buckets.get(action) or Bucket(rate.capacity, now)
    gained = max((now - last.at).total_seconds(), 0.0) * rate.refill
    tokens = min(last.tokens + gained, rate.capacity)
    # A millionth of a token is a rounding error of the refill, not a missing one.
    return {**buckets, action: Bucket(tokens - 1, now)} if tokens >= 1 - 1e-6 else None
