"""Parts of credentials in, Credentials out, with an error that says whose parts they are."""

from __future__ import annotations

from datetime import UTC, datetime

from ..errors import CredentialsError
from ..protocol.access_key import Credentials

__all__ = ["key_pair", "shown_time"]


def key_pair(
    where: str,
    access_key_id: str,
    secret_access_key: str,
    session_token: str | None = None,
    expires_at: datetime | None = None,
) -> Credentials:
    """Make Credentials. Raises CredentialsError, which names `where` and no value."""
    try:
        return Credentials(access_key_id, secret_access_key, session_token, expires_at)
    except CredentialsError as error:
        raise CredentialsError(f"{where}: {error}") from None


def shown_time(when: datetime) -> str:
    """Write an aware time as `2030-01-01T00:00:00Z`."""
    return f"{when.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"
