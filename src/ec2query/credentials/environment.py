"""The environment as a mapping: a blank variable counts as one that is not set.

Keys in the environment: `AWS_ACCESS_KEY_ID`, `AWS_SECRET_ACCESS_KEY`, `AWS_SESSION_TOKEN` (or the
older `AWS_SECURITY_TOKEN`), `AWS_CREDENTIAL_EXPIRATION`. One of the pair alone is an error.
https://docs.aws.amazon.com/sdkref/latest/guide/feature-static-credentials.html
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from ..errors import ConfigurationError, CredentialsError
from ..protocol.access_key import Credentials
from ..protocol.timestamp import read_timestamp
from .keys import key_pair

__all__ = ["environment_keys", "flag", "home_directory", "variable"]


def variable(environ: Mapping[str, str], name: str) -> str | None:
    """Return the value of a variable, None where it is unset or blank."""
    value = environ.get(name)
    return value if value is not None and value.strip() else None


def flag(text: str | None, where: str) -> bool:
    """Read `true` or `false`, in any case; nothing is False. Raises ConfigurationError."""
    folded = (text or "false").strip().lower()
    if folded not in ("true", "false"):
        raise ConfigurationError(f"{where}: expected true or false, got {text!r}; set one of the two")
    return folded == "true"


def home_directory(environ: Mapping[str, str]) -> str | None:
    """Return the home directory: HOME, else USERPROFILE."""
    home = variable(environ, "HOME") or variable(environ, "USERPROFILE")
    return home.rstrip("/\\") or home if home is not None else None


def environment_keys(environ: Mapping[str, str]) -> Credentials | None:
    """Return the keys that the environment holds, None where it holds none.

    Raises: CredentialsError where one half of the pair is missing or the expiry is not a time.
    """
    names = ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY")
    access_key_id, secret_access_key = (variable(environ, name) for name in names)
    if access_key_id is None and secret_access_key is None:
        return None
    if access_key_id is None or secret_access_key is None:
        missing, present = names if access_key_id is None else reversed(names)
        raise CredentialsError(
            f"environment: {present} is set, but {missing} is not; set both, or unset {present}"
        )
    token = variable(environ, "AWS_SESSION_TOKEN") or variable(environ, "AWS_SECURITY_TOKEN")
    return key_pair("environment", access_key_id, secret_access_key, token, _expiration(environ))


def _expiration(environ: Mapping[str, str]) -> datetime | None:
    text = variable(environ, "AWS_CREDENTIAL_EXPIRATION")
    if text is None:
        return None
    try:
        return read_timestamp(text)
    except ValueError:
        raise CredentialsError(
            "environment: AWS_CREDENTIAL_EXPIRATION: expected a time such as 2030-01-01T00:00:00Z,"
            " got something else; correct or unset it"
        ) from None
