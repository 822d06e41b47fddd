"""How fresh credentials are: a pure function of their expiry and the time.

From 15 minutes before expiry a refresh is advised: if it fails, the old keys still serve. From 10
minutes before it is mandatory. At expiry nothing may be signed any more. These are the windows of
botocore's `RefreshableCredentials`.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from enum import Enum

from ..protocol.access_key import Credentials

__all__ = ["ADVISORY", "MANDATORY", "SPREAD", "Freshness", "freshness"]

ADVISORY = timedelta(minutes=15)
MANDATORY = timedelta(minutes=10)
SPREAD = timedelta(minutes=1)


class Freshness(Enum):
    """What is to be done with credentials before the next request is signed."""

    FRESH = "fresh"
    ADVISORY = "a refresh is advised"
    MANDATORY = "a refresh is mandatory"
    EXPIRED = "expired"


def freshness(credentials: Credentials, now: datetime, *, jitter: float = 0.0) -> Freshness:
    """Tell how fresh credentials are at `now` (aware).

    `jitter` in [0, 1) begins the advisory window up to a minute early, so that processes that got
    their keys together do not all ask again together.
    """
    if credentials.expires_at is None:
        return Freshness.FRESH
    left = credentials.expires_at - now
    if left <= timedelta(0):
        return Freshness.EXPIRED
    if left <= MANDATORY:
        return Freshness.MANDATORY
    if left <= ADVISORY + SPREAD * jitter:
        return Freshness.ADVISORY
    return Freshness.FRESH
