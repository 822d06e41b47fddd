"""Timestamps on the wire: ISO 8601 as EC2 writes it, epoch seconds, and the HTTP date.

All three are read whatever the model says, since answers in protocol tests mix them; a value read
is always aware and in UTC. An ISO 8601 time without an offset is taken as UTC.
https://smithy.io/2.0/spec/protocol-traits.html#timestampformat-trait
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

__all__ = ["format_timestamp", "read_timestamp"]

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_EPOCH_SECONDS = re.compile(r"[+-]?[0-9]{1,12}(?:\.[0-9]+)?(?:[eE][+-]?[0-9]{1,2})?")
_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def format_timestamp(value: datetime, format_name: str) -> str:
    """Write a UTC datetime as `iso8601`, `unixTimestamp` or `rfc822`, the model's names."""
    if format_name == "unixTimestamp":
        # Integer arithmetic: a float would lose microseconds.
        micros = (value - _EPOCH) // timedelta(microseconds=1)
        seconds, fraction = divmod(abs(micros), 1_000_000)
        sign = "-" if micros < 0 else ""
        return f"{sign}{seconds}" + (f".{fraction:06d}".rstrip("0") if fraction else "")
    if format_name == "rfc822":
        day, month = _DAYS[value.weekday()], _MONTHS[value.month - 1]
        return f"{day}, {value.day:02d} {month} {value.year:04d} {value:%H:%M:%S} GMT"
    return value.replace(tzinfo=None).isoformat() + "Z"


def read_timestamp(text: str) -> datetime:
    """Read any of the three formats. Raises ValueError."""
    text = text.strip()
    if text[4:5] == "-" and text[10:11] in ("T", "t", " ", ""):
        found = datetime.fromisoformat(text.upper())
        return found if found.tzinfo is UTC else _in_utc(found)
    if _EPOCH_SECONDS.fullmatch(text):
        from decimal import Decimal

        try:
            return _EPOCH + timedelta(microseconds=int(Decimal(text) * 1_000_000))
        except OverflowError:
            raise ValueError("a time beyond the years 1 to 9999") from None
    from email.utils import parsedate_to_datetime

    try:
        found = parsedate_to_datetime(text)
    except (IndexError, OverflowError, TypeError):
        # The standard library's parser lets these out of malformed dates too.
        raise ValueError("a date that cannot be read") from None
    return _in_utc(found)


def _in_utc(value: datetime) -> datetime:
    if value.tzinfo is None:
        return value.replace(tzinfo=UTC)
    try:
        return value.astimezone(UTC)
    except OverflowError:
        raise ValueError("a time beyond the years 1 to 9999") from None
