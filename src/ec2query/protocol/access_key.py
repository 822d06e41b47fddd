"""Credentials: the access key that a request is signed with, and what makes it temporary.

Its parts end in HTTP headers, so none may hold a blank or a control character. No part is shown by
an error, and `repr` shows the last characters of the access key id alone.
https://docs.aws.amazon.com/IAM/latest/UserGuide/security-creds.html
"""

from __future__ import annotations

import re
from dataclasses import field
from datetime import UTC, datetime
from typing import NoReturn

from ..errors import CredentialsError
from ..frozen import frozen
from .timestamp import format_timestamp

__all__ = ["Credentials", "unexpired"]

_PRINTABLE = re.compile(r"[!-~]+")


@frozen
class Credentials:
    """An access key; temporary ones have a session token and the (aware) time they expire.

    Raises: CredentialsError where a part is blank or is not printable ASCII.
    """

    access_key_id: str
    secret_access_key: str = field(repr=False)
    session_token: str | None = field(default=None, repr=False)
    expires_at: datetime | None = None

    def __post_init__(self) -> None:
        _check("access_key_id", self.access_key_id)
        _check("secret_access_key", self.secret_access_key)
        if self.session_token is not None:
            _check("session_token", self.session_token)
        if self.expires_at is not None and self.expires_at.utcoffset() is None:
            raise CredentialsError("expires_at: expected an aware datetime, got a naive one; set its tzinfo")

    def __repr__(self) -> str:
        # Of a short (made-up) id, four characters would be most of it.
        shown = self.access_key_id[-4:] if len(self.access_key_id) >= 8 else ""
        return f"Credentials(access_key_id='****{shown}', expires_at={self.expires_at!r})"

    def __copy__(self) -> Credentials:
        return self

    def __deepcopy__(self, memo: object) -> Credentials:
        return self

    def __reduce_ex__(self, protocol: object) -> NoReturn:
        raise CredentialsError(
            "Credentials: expected not to be pickled, since a pickle holds the secret in clear;"
            " hand over the profile's name and resolve it there"
        )


def unexpired(credentials: Credentials, now: datetime, *, where: str = "credentials") -> Credentials:
    """Return credentials that are good at `now` (aware); others must not sign. Raises: CredentialsError."""
    if credentials.expires_at is None or credentials.expires_at > now:
        return credentials
    ended, shown = (
        format_timestamp(moment.astimezone(UTC).replace(microsecond=0), "iso8601")
        for moment in (credentials.expires_at, now)
    )
    raise CredentialsError(
        f"{where}: expected credentials that are still good, got some that expired at {ended};"
        f" renew them, or set the clock (it says {shown})"
    )


def _check(name: str, value: object) -> None:
    if isinstance(value, str) and _PRINTABLE.fullmatch(value):
        return
    got = "none" if value is None or value == "" else "blanks, control characters or something else"
    raise CredentialsError(
        f"{name}: expected printable ASCII without blanks, got {got} (the value is not shown);"
        " copy it again from where it was issued"
    )
