"""`ec2query.emulator.clock`: a clock that is moved by hand."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

from ec2query.emulator import ManualClock


def test_it_stands_still_until_it_is_moved() -> None:
    """The same time is given until `advance`, and always in UTC."""
    clock = ManualClock(datetime(2026, 1, 2, 12, tzinfo=timezone(timedelta(hours=2))))
    assert clock() == clock() == datetime(2026, 1, 2, 10, tzinfo=UTC)
    assert clock().tzinfo is UTC
    clock.advance(timedelta(minutes=5))
    assert clock() == datetime(2026, 1, 2, 10, 5, tzinfo=UTC)


def test_it_starts_now() -> None:
    """Without a start it shows the time at which it was made."""
    before = datetime.now(UTC)
    assert before <= ManualClock()() <= datetime.now(UTC)
