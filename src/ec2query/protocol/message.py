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
_LINES = re.compile(rf"(?:{_NAME.pattern}\0{_VALUE.pattern}\n)*")


@frozen
class HttpRequest:
    """A request; `repr` shows neither query, header values nor body: all of them may hold secrets."""

    method: str
    url: str
    headers: Mapping[str, str] = field(default_factory=dict[str, str])
    body: bytes = b""

    def __repr__(self) -> str:
        query = "?***" if "?" in self.url else ""
        return f"HttpRequest({self.method} {self.url.partition('?')[0]}{query})"

    def __post_init__(self) -> None:
        if not _METHOD.fullmatch(self.method):
            raise ConfigurationError("request method: expected capital letters (POST), got something else")
        if not _URL.fullmatch(self.url):
            raise ConfigurationError(
                "request URL: expected printable ASCII without spaces, got something else"
            )
        # All at once, since this is done twice for each attempt; a line too many is one inside a value.
        lines = "".join([f"{name}\0{value}\n" for name, value in self.headers.items()])
        if not _LINES.fullmatch(lines) or lines.count("\n") != len(self.headers):
            self._refuse_header()

    def _refuse_header(self) -> None:
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
