"""HTTP messages as values: what a flow asks to be sent and what it is told came back.

Header names are lower-case (RFC 9110, section 5.1: names are case-insensitive). A request cannot
be built with a control character in a header (RFC 9112, section 11.1: request splitting).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import field

from ..errors import ConfigurationError
from ..frozen import frozen

__all__ = ["HttpRequest", "HttpResponse"]

# RFC 9110, sections 5.1 and 5.5; we send no obs-text (bytes over 0x7e).
_NAME = re.compile(r"[!#$%&'*+.^_`|~0-9a-z-]+")
_VALUE = re.compile(r"(?:[!-~](?:[\t -~]*[!-~])?)?")
_URL = re.compile(r"[!-~]+")
_METHOD = re.compile(r"[A-Z]+")

# What most requests have, and need not be looked at twice for.
_USUAL = frozenset(
    (
        *("accept-encoding", "amz-sdk-invocation-id", "amz-sdk-request", "authorization", "content-type"),
        *("host", "user-agent", "x-amz-date", "x-amz-security-token"),
    )
)
_PRINTABLE = bytes(range(0x20, 0x7F))


@frozen
class HttpRequest:
    """A request; `repr` shows no user, query, header or body: all of them may hold secrets."""

    method: str
    url: str
    headers: Mapping[str, str] = field(default_factory=dict[str, str])
    body: bytes = b""

    def __repr__(self) -> str:
        shown, _, query = self.url.partition("?")
        scheme, slashes, rest = shown.partition("//")
        authority, slash, path = rest.partition("/")
        shown = scheme + slashes + authority.rpartition("@")[2] + slash + path
        return f"HttpRequest({self.method} {shown}{'?***' if query else ''})"

    def __post_init__(self) -> None:
        if not _METHOD.fullmatch(self.method):
            raise ConfigurationError("request method: expected capital letters (POST), got something else")
        if not _URL.fullmatch(self.url):
            raise ConfigurationError(
                "request URL: expected printable ASCII without spaces, got something else"
            )
        if not (_USUAL.issuperset(self.headers) and self._is_plain()):
            self._check_headers()

    def _is_plain(self) -> bool:
        """Look at all values at once: this is done twice for each attempt."""
        values = self.headers.values()
        text = "".join(values)
        if not text.isascii() or text.encode().translate(None, _PRINTABLE):
            return False
        return not [value for value in values if value != value.strip()]

    def _check_headers(self) -> None:
        for name, value in self.headers.items():
            if not _NAME.fullmatch(name):
                raise ConfigurationError(f"header {name!r}: expected a lower-case RFC 9110 token as its name")
            if not _VALUE.fullmatch(value):
                raise ConfigurationError(
                    f"header {name!r}: expected printable ASCII with no blank at either end,"
                    " got a value with other characters (CR, LF, NUL?); check where the value comes from"
                )


@frozen
class HttpResponse:
    """An answer, its body complete and free of content codings."""

    status: int
    headers: Mapping[str, str] = field(default_factory=dict[str, str], repr=False)
    body: bytes = field(default=b"", repr=False)
