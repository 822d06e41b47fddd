"""`ec2query.protocol.timestamp`: three formats in, UTC out."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from ec2query.protocol.timestamp import format_timestamp, read_timestamp

READ: list[tuple[str, datetime]] = [
    ("2026-01-02T03:04:05Z", datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)),
    ("2026-01-02t03:04:05z", datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)),
    ("2026-01-02T03:04:05.1Z", datetime(2026, 1, 2, 3, 4, 5, 100000, tzinfo=UTC)),
    ("2026-01-02T03:04:05.123456789Z", datetime(2026, 1, 2, 3, 4, 5, 123456, tzinfo=UTC)),
    ("2026-01-02T03:04:05+05:30", datetime(2026, 1, 1, 21, 34, 5, tzinfo=UTC)),
    ("2026-01-02T03:04:05.5-08:00", datetime(2026, 1, 2, 11, 4, 5, 500000, tzinfo=UTC)),
    ("2026-01-02T03:04:05", datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)),
    ("2026-01-02", datetime(2026, 1, 2, tzinfo=UTC)),
    (" 2026-01-02T03:04:05Z\n", datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)),
    ("1767323045", datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)),
    ("1767323045.25", datetime(2026, 1, 2, 3, 4, 5, 250000, tzinfo=UTC)),
    ("1.767323045e9", datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)),
    ("0", datetime(1970, 1, 1, tzinfo=UTC)),
    ("-1", datetime(1969, 12, 31, 23, 59, 59, tzinfo=UTC)),
    ("Fri, 02 Jan 2026 03:04:05 GMT", datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)),
]

UNREADABLE = [
    "",
    "now",
    "2026-13-02T03:04:05Z",
    "2026-01-02T25:04:05Z",
    "2026-01-02T03:04:05+99:00",
    "0001-01-01T00:00:00+05:00",
    "9999-12-31T23:59:59-05:00",
    "999999999999",
    "99999999999999999999",
    "1e99",
    "1_000",
    "nan",
    "Fri, 99 Jan 2026 03:04:05 GMT",
    "Fri, 02 Jan 2026 99999999999999999999:04:05 GMT",
]


@pytest.mark.parametrize(("text", "expected"), READ)
def test_reading(text: str, expected: datetime) -> None:
    """Every format, fraction and offset is read into aware UTC."""
    found = read_timestamp(text)
    assert found == expected
    assert found.utcoffset() == expected.utcoffset()


@pytest.mark.parametrize("text", UNREADABLE)
def test_what_is_no_timestamp(text: str) -> None:
    """Anything else is a ValueError, never another exception."""
    with pytest.raises(ValueError):  # noqa: PT011 - the caller words it
        read_timestamp(text)


@pytest.mark.parametrize("format_name", ["iso8601", "unixTimestamp", "rfc822"])
def test_what_is_written_is_read_back(format_name: str) -> None:
    """Each format is its own inverse, to the second."""
    for value in (datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC), datetime(1969, 1, 1, 0, 0, 1, tzinfo=UTC)):
        assert read_timestamp(format_timestamp(value, format_name)) == value
