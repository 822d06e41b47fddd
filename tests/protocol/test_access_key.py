"""`ec2query.protocol.access_key`: credentials that can sign, and that never show."""

from __future__ import annotations

import copy
import pickle
from dataclasses import FrozenInstanceError, replace
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest

from ec2query.errors import CredentialsError
from ec2query.protocol.access_key import Credentials, unexpired

KEY = "ASIACANARYKEYID00"
LATER = datetime(2026, 1, 2, tzinfo=UTC)
TEMPORARY = Credentials(KEY, "canary-secret", "canary-token", LATER)


def test_repr_shows_the_end_of_the_key_id_alone() -> None:
    """Enough to tell two keys apart, nothing to use."""
    assert repr(TEMPORARY) == f"Credentials(access_key_id='****ID00', expires_at={LATER!r})"
    assert str(Credentials("short", "canary-secret")) == "Credentials(access_key_id='****', expires_at=None)"


@pytest.mark.parametrize("member", ["access_key_id", "secret_access_key", "session_token"])
@pytest.mark.parametrize(
    "bad",
    [
        "",
        " ",
        "canary\r\nx-evil: 1",
        "canary\n",
        "canary\0",
        " canary",
        "canary\t",
        "canäry",
        "\x7fcanary",
        b"x",
    ],
)
def test_parts_that_would_split_a_header_are_refused(member: str, bad: Any) -> None:
    """Blank parts and control characters are refused by name; the value is not shown."""
    parts: dict[str, Any] = {"access_key_id": KEY, "secret_access_key": "canary-secret", member: bad}
    with pytest.raises(CredentialsError, match=member) as raised:
        Credentials(**parts)
    assert "canary" not in f"{raised.value!r}{raised.value.__dict__}"


@pytest.mark.parametrize("member", ["access_key_id", "secret_access_key"])
def test_a_key_needs_both_parts(member: str) -> None:
    """None is no part of a key."""
    parts: dict[str, Any] = {"access_key_id": KEY, "secret_access_key": "canary-secret", member: None}
    with pytest.raises(CredentialsError, match=f"{member}: .* got none"):
        Credentials(**parts)


def test_a_naive_expiry_is_refused() -> None:
    """Expiry is compared with an aware clock."""
    with pytest.raises(CredentialsError, match="expires_at"):
        Credentials(KEY, "canary-secret", "canary-token", datetime(2026, 1, 2))


def test_credentials_are_values() -> None:
    """Frozen, compared by their parts, changed by `replace`."""
    assert replace(TEMPORARY, expires_at=None) == Credentials(KEY, "canary-secret", "canary-token")
    assert copy.copy(TEMPORARY) is copy.deepcopy(TEMPORARY) is TEMPORARY
    with pytest.raises(FrozenInstanceError):
        TEMPORARY.session_token = None  # type: ignore[misc]


@pytest.mark.parametrize("protocol", range(pickle.HIGHEST_PROTOCOL + 1))
def test_credentials_are_not_pickled(protocol: int) -> None:
    """A pickle would hold the secret in clear."""
    with pytest.raises(CredentialsError, match="in clear"):
        pickle.dumps({"credentials": TEMPORARY}, protocol)


def test_expired_credentials_are_refused_by_name_and_time() -> None:
    """At the very moment of their end, whatever zone it is written in; those without an end never."""
    moment = timedelta(microseconds=1)
    assert unexpired(TEMPORARY, LATER - moment) is TEMPORARY
    assert unexpired(replace(TEMPORARY, expires_at=None), LATER)
    there = replace(TEMPORARY, expires_at=LATER.astimezone(timezone(timedelta(hours=-5))))
    for credentials in (TEMPORARY, there):
        with pytest.raises(CredentialsError) as caught:
            unexpired(credentials, LATER, where="argument")
        assert str(caught.value) == (
            "argument: expected credentials that are still good, got some that expired at"
            " 2026-01-02T00:00:00Z; renew them, or set the clock (it says 2026-01-02T00:00:00Z)"
        )
