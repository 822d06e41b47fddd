"""When, where and for what a signature is good: the credential scope, and the key derived for it.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
"""

from __future__ import annotations

import hmac
import re
from datetime import UTC, datetime
from functools import lru_cache
from typing import NamedTuple

from ..errors import ConfigurationError, ParameterError

__all__ = ["Scope", "scope_at", "signing_key"]

_PART = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?")


class Scope(NamedTuple):
    """A signing time (`20150830T123600Z`), a Region and a service; as text, a credential scope."""

    timestamp: str
    region: str
    service: str

    def __str__(self) -> str:
        return f"{self.timestamp[:8]}/{self.region}/{self.service}/aws4_request"


def scope_at(now: datetime, region: str, service: str) -> Scope:
    """Return the scope whose date is `now`'s in UTC. Raises: ParameterError where `now` is naive."""
    if now.utcoffset() is None:
        raise ParameterError(
            where="now", expected="an aware datetime (as datetime.now(UTC) is)", got="a naive one"
        )
    at = now.astimezone(UTC)
    parts = (at.year, at.month, at.day, at.hour, at.minute, at.second)
    # What reads better, strftime or an f-string, takes two or three times as long.
    return Scope("%04d%02d%02dT%02d%02d%02dZ" % parts, region, service)  # noqa: UP031


# The key changes once a day: deriving it anew for each request would take as long as all the rest.
@lru_cache(maxsize=64)
def signing_key(secret: str, date: str, region: str, service: str) -> bytes:
    """Derive the key of a day, a Region and a service from a secret access key.

    Raises: ConfigurationError where the Region or service could not stand in a scope.
    """
    for name, value in (("Region", region), ("service", service)):
        if not _PART.fullmatch(value):
            raise ConfigurationError(
                f"signing {name}: expected letters, digits and inner hyphens, got {value[:80]!r};"
                " correct the setting"
            )
    key = f"AWS4{secret}".encode()
    for part in (date, region, service, "aws4_request"):
        key = hmac.digest(key, part.encode(), "sha256")
    return key
