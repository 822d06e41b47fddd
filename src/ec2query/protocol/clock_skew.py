"""Clock skew as a decision: did EC2 refuse this attempt because our clock is wrong, and by how much?

Each attempt is judged by its own signing time and the offset it was signed with, so many may fail
and be judged at once: all arrive at the same new offset. `RequestExpired` is also what expired
temporary credentials get; then the answer is to refresh them. Nothing here reads a clock.
https://docs.aws.amazon.com/AWSEC2/latest/APIReference/errors-overview.html
https://docs.aws.amazon.com/IAM/latest/UserGuide/signature-v4-troubleshooting.html
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TypeAlias

from ..frozen import frozen
from .timestamp import read_timestamp

__all__ = ["CorrectClock", "RefreshCredentials", "SkewRemedy", "judge_skew", "server_time"]

# Signatures are good for 5 minutes: under that we would chase noise. The threshold is that of
# the SDKs: CLOCK_SKEW_ADJUST_THRESHOLD in aws-sdk-java-v2, core/retry/ClockSkew.java.
_THRESHOLD = timedelta(minutes=4)

# Closer to their end than this, credentials must be refreshed anyway.
_NEAR_EXPIRY = timedelta(minutes=10)

# A date beyond these is no clock's, and adding such an offset could leave the calendar.
_YEARS = range(2000, 2200)

_SKEW_CODES = frozenset(
    {"requestexpired", "requesttimetooskewed", "authfailure", "signaturedoesnotmatch", "requestinthefuture"}
)

_EXPIRY_CODES = frozenset({"requestexpired", "expiredtoken", "expiredtokenexception"})


@frozen
class CorrectClock:
    """Add `offset` to our clock from now on (it replaces the one before), and try again."""

    offset: timedelta


@frozen
class RefreshCredentials:
    """The credentials have expired: fetch others and try again, `offset` applied where it is not None."""

    offset: timedelta | None = None


SkewRemedy: TypeAlias = CorrectClock | RefreshCredentials


def judge_skew(
    code: str,
    server_date: str | None,
    *,
    signed_at: datetime,
    offset: timedelta = timedelta(0),
    seconds: float = 0.0,
    expires_at: datetime | None = None,
    temporary: bool = False,
) -> SkewRemedy | None:
    """Say what would mend an attempt that was refused with `code`; None where time is not to blame.

    `server_date` is the answer's Date header, `signed_at` the date the attempt was signed with,
    `offset` the correction contained in it, `seconds` how long the attempt took, `expires_at` the
    end of its credentials. Where the clock is not to blame, `temporary` credentials are, whatever
    end they claim: they may have none, or be revoked. Obey it at most once for each call.
    """
    folded = code.casefold()
    if folded not in _SKEW_CODES and folded not in _EXPIRY_CODES:
        return None
    date = server_time(server_date)
    skew = timedelta(0) if date is None else _skew(signed_at, date, seconds)
    corrected = offset + skew if abs(skew) >= _THRESHOLD else None
    clock = CorrectClock(corrected) if corrected is not None and folded in _SKEW_CODES else None
    ending = expires_at is not None and expires_at - (date or signed_at) < _NEAR_EXPIRY
    if folded in _EXPIRY_CODES and (ending or (temporary and clock is None)):
        return RefreshCredentials(corrected)
    return clock


def server_time(date: str | None) -> datetime | None:
    """Read a Date header (RFC 9110, section 5.6.7); None where it is absent or cannot be believed."""
    if date is None or not date[:3].isalpha():
        return None
    try:
        found = read_timestamp(date)
    except ValueError:
        return None
    return found if found.year in _YEARS else None


def _skew(signed_at: datetime, date: datetime, seconds: float) -> timedelta:
    """Return how far the server's date lies outside the attempt's own span of time."""
    answered_at = signed_at + timedelta(seconds=max(0.0, seconds))
    if date < signed_at:
        return date - signed_at
    return max(date - answered_at, timedelta(0))
