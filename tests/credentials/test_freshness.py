"""The windows before expiry."""

from __future__ import annotations

from datetime import timedelta

import pytest

from ec2query import Credentials
from ec2query.credentials.freshness import Freshness, freshness
from support.stage import NOW


@pytest.mark.parametrize(
    ("seconds", "jitter", "expected"),
    [
        (3600, 0.0, Freshness.FRESH),
        (901, 0.0, Freshness.FRESH),
        (900, 0.0, Freshness.ADVISORY),
        (930, 0.0, Freshness.FRESH),
        (930, 0.5, Freshness.ADVISORY),
        (960, 0.99, Freshness.FRESH),
        (601, 0.0, Freshness.ADVISORY),
        (600, 0.0, Freshness.MANDATORY),
        (1, 0.9, Freshness.MANDATORY),
        (0, 0.0, Freshness.EXPIRED),
        (-1, 0.0, Freshness.EXPIRED),
    ],
)
def test_freshness_is_a_table_of_windows(seconds: int, jitter: float, expected: Freshness) -> None:
    """15 minutes before expiry a refresh is advised, 10 minutes before it is mandatory."""
    credentials = Credentials("AKIDEXAMPLE", "s", "t", NOW + timedelta(seconds=seconds))
    assert freshness(credentials, NOW, jitter=jitter) is expected


def test_keys_without_expiry_stay_fresh() -> None:
    """Nothing is known that could make them stale."""
    assert freshness(Credentials("AKIDEXAMPLE", "s"), NOW) is Freshness.FRESH
