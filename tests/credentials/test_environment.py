"""The environment: blank is unset, and keys come in pairs."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from ec2query.credentials.environment import environment_keys, flag, home_directory, variable
from ec2query.errors import ConfigurationError, CredentialsError

ID, SECRET = {"AWS_ACCESS_KEY_ID": "AKIDEXAMPLE"}, {"AWS_SECRET_ACCESS_KEY": "CANARY"}


@pytest.mark.parametrize("value", [None, "", " ", "\t\n"])
def test_a_blank_variable_is_unset(value: str | None) -> None:
    """An empty line in a unit file is no setting."""
    assert variable({"X": value} if value is not None else {}, "X") is None


@pytest.mark.parametrize(
    ("environ", "expected"),
    [
        ({"HOME": "/h"}, "/h"),
        ({"HOME": "/h/"}, "/h"),
        ({"HOME": "/"}, "/"),
        ({"HOME": "", "USERPROFILE": "C:\\u"}, "C:\\u"),
        ({}, None),
    ],
)
def test_the_home_is_homes_else_userprofiles(environ: dict[str, str], expected: str | None) -> None:
    """Nothing but the environment is asked."""
    assert home_directory(environ) == expected


@pytest.mark.parametrize(
    ("more", "token", "expires"),
    [
        ({}, None, None),
        ({"AWS_SESSION_TOKEN": "T"}, "T", None),
        ({"AWS_SECURITY_TOKEN": "old"}, "old", None),
        ({"AWS_SESSION_TOKEN": "T", "AWS_SECURITY_TOKEN": "old"}, "T", None),
        ({"AWS_SESSION_TOKEN": " "}, None, None),
        ({"AWS_CREDENTIAL_EXPIRATION": "2030-01-01T00:00:00Z"}, None, datetime(2030, 1, 1, tzinfo=UTC)),
    ],
)
def test_keys_are_read_with_what_makes_them_temporary(
    more: dict[str, str], token: str | None, expires: datetime | None
) -> None:
    """A session token under either name, and an expiry."""
    keys = environment_keys({**ID, **SECRET, **more})
    assert keys is not None
    assert (keys.access_key_id, keys.secret_access_key) == ("AKIDEXAMPLE", "CANARY")
    assert (keys.session_token, keys.expires_at) == (token, expires)


@pytest.mark.parametrize("environ", [{}, {"AWS_SESSION_TOKEN": "T"}, {"AWS_ACCESS_KEY_ID": " "}])
def test_no_pair_is_no_keys(environ: dict[str, str]) -> None:
    """A token alone is nothing."""
    assert environment_keys(environ) is None


@pytest.mark.parametrize(
    ("environ", "said"),
    [
        (ID, "AWS_SECRET_ACCESS_KEY is not"),
        (SECRET, "AWS_ACCESS_KEY_ID is not"),
        ({**ID, "AWS_SECRET_ACCESS_KEY": ""}, "AWS_SECRET_ACCESS_KEY is not"),
        ({**ID, "AWS_SECRET_ACCESS_KEY": "CANARY\n"}, "environment: secret_access_key: expected printable"),
        ({**ID, **SECRET, "AWS_SESSION_TOKEN": "CANARY x"}, "environment: session_token: expected printable"),
        (
            {**ID, **SECRET, "AWS_CREDENTIAL_EXPIRATION": "CANARY"},
            "AWS_CREDENTIAL_EXPIRATION: expected a time",
        ),
    ],
)
def test_half_a_pair_is_an_error(environ: dict[str, str], said: str) -> None:
    """It would otherwise be somebody else's credentials that sign."""
    with pytest.raises(CredentialsError) as caught:
        environment_keys(environ)
    assert said in str(caught.value)
    assert "CANARY" not in str(caught.value)


@pytest.mark.parametrize(
    ("text", "expected"), [(None, False), ("true", True), (" False ", False), ("TRUE", True)]
)
def test_a_flag_is_true_or_false(text: str | None, expected: bool) -> None:
    """In any case; absent is False."""
    assert flag(text, "X") is expected


def test_another_word_is_no_flag() -> None:
    """`1` or `yes` are refused rather than guessed at."""
    with pytest.raises(ConfigurationError, match="X: expected true or false, got 'yes'"):
        flag("yes", "X")
