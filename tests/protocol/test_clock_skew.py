"""Is our clock to blame, and by how much?"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ec2query.protocol.clock_skew import CorrectClock, RefreshCredentials, SkewRemedy, judge_skew, server_time
from ec2query.protocol.timestamp import format_timestamp

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
SKEW_CODES = [
    "RequestExpired",
    "AuthFailure",
    "SignatureDoesNotMatch",
    "RequestTimeTooSkewed",
    "RequestInTheFuture",
]


def http_date(moment: datetime) -> str:
    return format_timestamp(moment, "rfc822")


def minutes(count: float) -> timedelta:
    return timedelta(minutes=count)


@pytest.mark.parametrize("code", SKEW_CODES)
@pytest.mark.parametrize("spell", [str, str.lower, str.upper])
@pytest.mark.parametrize("skew", [minutes(4), minutes(16), -minutes(4), -minutes(300), timedelta(days=-4000)])
def test_a_date_that_disagrees_corrects_the_clock(code: str, spell: type[str], skew: timedelta) -> None:
    """The offset is the server's date less the date the attempt was signed with."""
    remedy = judge_skew(spell(code), http_date(NOON + skew), signed_at=NOON)
    assert remedy == CorrectClock(skew)


@pytest.mark.parametrize("code", SKEW_CODES)
@pytest.mark.parametrize("skew", [minutes(0), minutes(3), -minutes(3), timedelta(seconds=239)])
def test_a_date_that_agrees_leaves_the_clock_alone(code: str, skew: timedelta) -> None:
    """Signatures live for five minutes: under four the cause is another."""
    assert judge_skew(code, http_date(NOON + skew), signed_at=NOON) is None


@pytest.mark.parametrize(
    "code", ["UnauthorizedOperation", "InvalidParameterValue", "RequestLimitExceeded", "InternalError", "403"]
)
def test_other_codes_are_no_matter_of_time(code: str) -> None:
    """A proxy's odd Date header does not move the clock."""
    assert judge_skew(code, http_date(NOON + minutes(60)), signed_at=NOON) is None


@pytest.mark.parametrize(
    "date",
    [
        None,
        "",
        "now",
        "1",
        "2026-03-01T14:00:00Z",
        "Sun, 99 Mar 2026 12:00:00 GMT",
        "Sun, 01 Mar 1970 12:00:00 GMT",
        "Fri, 31 Dec 9999 23:59:59 GMT",
        "Sun, 01 Mar 2026 12:00:00 +9999",
        "Sun, 01 Mar 2026 12:00:00 -99999999999",
        "\x00\x00\x00",
    ],
)
def test_without_a_believable_date_the_clock_is_left_alone(date: str | None) -> None:
    """Absent, malformed, or from no year of ours."""
    assert server_time(date) is None
    assert judge_skew("RequestTimeTooSkewed", date, signed_at=NOON) is None


@pytest.mark.parametrize(
    "date",
    [
        "Sun, 01 Mar 2026 12:00:00 GMT",
        "Sunday, 01-Mar-26 12:00:00 GMT",
        "Sun Mar  1 12:00:00 2026",
        "Sun, 01 Mar 2026 13:00:00 +0100",
    ],
)
def test_every_form_of_a_date_header_is_read(date: str) -> None:
    """RFC 9110 has one to write and three to read."""
    assert server_time(date) == NOON


@given(st.text())
def test_no_date_header_does_any_harm(date: str) -> None:
    """A date or None, never an exception, and the offset stays within the calendar."""
    remedy = judge_skew("AuthFailure", date, signed_at=NOON)
    if isinstance(remedy, CorrectClock):
        assert (NOON + remedy.offset).year in range(2000, 2200)


def test_the_new_offset_contains_the_old_one() -> None:
    """Signed with an hour's correction and still ten minutes off: seventy in all."""
    remedy = judge_skew(
        "RequestExpired", http_date(NOON + minutes(10)), signed_at=NOON, offset=timedelta(hours=1)
    )
    assert remedy == CorrectClock(minutes(70))


@given(
    skew=st.integers(-86_400, 86_400).filter(lambda seconds: abs(seconds) >= 300),
    started=st.lists(st.integers(0, 600), min_size=2, max_size=8),
)
def test_attempts_judged_together_arrive_at_the_same_offset(skew: int, started: list[int]) -> None:
    """Each by its own signing time and offset, before or after the first correction was made."""
    local = [NOON + timedelta(seconds=seconds) for seconds in started]
    true = timedelta(seconds=skew)
    remedies: set[SkewRemedy | None] = set()
    for moment in local:
        remedies.add(judge_skew("RequestExpired", http_date(moment + true), signed_at=moment))
        corrected = moment + true
        assert judge_skew("RequestExpired", http_date(corrected), signed_at=corrected, offset=true) is None
    assert remedies == {CorrectClock(true)}


@pytest.mark.parametrize(
    ("seconds", "answered_after", "expected"),
    [
        (600.0, 595, None),
        (600.0, 0, None),
        (600.0, 600 + 300, CorrectClock(minutes(5))),
        (600.0, -300, CorrectClock(-minutes(5))),
        (1.0, 595, CorrectClock(timedelta(seconds=594))),
    ],
)
def test_an_attempt_that_took_long_is_not_skew(
    seconds: float, answered_after: int, expected: SkewRemedy | None
) -> None:
    """A date within the attempt's own span agrees with our clock."""
    date = http_date(NOON + timedelta(seconds=answered_after))
    assert judge_skew("RequestExpired", date, signed_at=NOON, seconds=seconds) == expected


@pytest.mark.parametrize(
    ("code", "expires_in", "skew", "expected"),
    [
        ("RequestExpired", minutes(-1), minutes(0), RefreshCredentials()),
        ("RequestExpired", minutes(9), minutes(0), RefreshCredentials()),
        ("requestexpired", minutes(9), minutes(0), RefreshCredentials()),
        ("RequestExpired", minutes(60), minutes(0), None),
        ("RequestExpired", minutes(60), minutes(20), CorrectClock(minutes(20))),
        ("RequestExpired", minutes(60), minutes(55), RefreshCredentials(minutes(55))),
        ("RequestExpired", minutes(5), -minutes(60), CorrectClock(-minutes(60))),
        ("ExpiredToken", minutes(-1), minutes(0), RefreshCredentials()),
        ("ExpiredTokenException", minutes(9), minutes(0), RefreshCredentials()),
        ("ExpiredToken", minutes(60), minutes(20), None),
        ("AuthFailure", minutes(-1), minutes(0), None),
        ("SignatureDoesNotMatch", minutes(-1), minutes(20), CorrectClock(minutes(20))),
    ],
)
def test_credentials_near_their_end_are_refreshed_instead(
    code: str, expires_in: timedelta, skew: timedelta, expected: SkewRemedy | None
) -> None:
    """Near by the server's clock, not ours; and the clock is corrected on the way."""
    remedy = judge_skew(code, http_date(NOON + skew), signed_at=NOON, expires_at=NOON + expires_in)
    assert remedy == expected


def test_without_a_date_our_own_clock_says_whether_they_expired() -> None:
    """There is no better one."""
    assert judge_skew("RequestExpired", None, signed_at=NOON, expires_at=NOON) == RefreshCredentials()


@pytest.mark.parametrize("expires_in", [None, minutes(60)])
@pytest.mark.parametrize(
    ("code", "skew", "expected"),
    [
        ("RequestExpired", minutes(0), RefreshCredentials()),
        ("ExpiredToken", minutes(0), RefreshCredentials()),
        ("ExpiredToken", minutes(20), RefreshCredentials(minutes(20))),
        ("RequestExpired", minutes(20), CorrectClock(minutes(20))),
        ("AuthFailure", minutes(0), None),
    ],
)
def test_temporary_credentials_are_to_blame_where_the_clock_is_not(
    code: str, skew: timedelta, expected: SkewRemedy | None, expires_in: timedelta | None
) -> None:
    """A session token may come without its end, and be revoked before it."""
    expires_at = NOON + expires_in if expires_in is not None else None
    remedy = judge_skew(code, http_date(NOON + skew), signed_at=NOON, expires_at=expires_at, temporary=True)
    assert remedy == expected


def test_credentials_without_an_end_do_not_expire() -> None:
    """Long-term keys: nothing to refresh."""
    assert judge_skew("RequestExpired", http_date(NOON), signed_at=NOON) is None
