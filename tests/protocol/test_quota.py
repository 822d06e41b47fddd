"""The retry quota."""

from __future__ import annotations

import threading

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ec2query.errors import ConfigurationError
from ec2query.protocol.quota import Quota


def test_a_quota_begins_full() -> None:
    """500 tokens, as the SDKs have."""
    assert Quota().tokens == Quota().capacity == 500


def test_a_cost_that_cannot_be_paid_takes_nothing() -> None:
    """All or nothing."""
    quota = Quota(10)
    assert quota.take(6)
    assert not quota.take(5)
    assert quota.tokens == 4
    assert quota.take(4)
    assert quota.tokens == 0


def test_what_exceeds_the_capacity_is_lost() -> None:
    """A long success does not save up for a long failure."""
    quota = Quota(10)
    quota.take(3)
    quota.give_back(100)
    assert quota.tokens == 10


def test_an_empty_quota_is_one_too() -> None:
    """A capacity of 0 turns retries off."""
    assert not Quota(0).take(1)


def test_a_negative_capacity_is_refused() -> None:
    """It says what it expected."""
    with pytest.raises(ConfigurationError, match="expected a capacity of 0 or more, got -1"):
        Quota(-1)


@given(
    st.integers(0, 50),
    st.lists(st.tuples(st.booleans(), st.integers(0, 20))),
)
def test_tokens_are_conserved(capacity: int, steps: list[tuple[bool, int]]) -> None:
    """Never under 0, never over the capacity, and every token is accounted for."""
    quota = Quota(capacity)
    expected = capacity
    for takes, amount in steps:
        if takes:
            assert quota.take(amount) == (amount <= expected)
            expected -= amount if amount <= expected else 0
        else:
            quota.give_back(amount)
            expected = min(capacity, expected + amount)
        assert quota.tokens == expected
        assert 0 <= quota.tokens <= capacity


def test_with_a_lock_threads_cannot_overdraw() -> None:
    """Eight threads that all want the last tokens get as many as there are."""
    quota = Quota(1000, lock=threading.Lock())
    taken: list[bool] = []

    def take() -> None:
        for _ in range(500):
            taken.append(quota.take(1))

    threads = [threading.Thread(target=take) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(taken) == 1000
    assert quota.tokens == 0


def test_a_quota_shows_what_is_left() -> None:
    """For a debugger's eye."""
    assert repr(Quota(3)) == "Quota(3 of 3 tokens)"
