"""A scalar in, the text of an element or attribute out, escaped: how answers spell values.

Times are UTC with milliseconds, as EC2 writes them; floats may be NaN, Infinity and -Infinity; blobs
are base64. A character that XML 1.0 cannot carry, or a value of another type, is a ParameterError.
https://smithy.io/2.0/aws/protocols/aws-query-protocol.html#xml-shape-serialization
"""

from __future__ import annotations

import re
from base64 import b64encode
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any, TypeAlias

from ..errors import ParameterError
from .timestamp import format_timestamp

__all__ = ["TEXTS", "WriteText", "escaped", "unfit"]

WriteText: TypeAlias = Callable[[Any, str], str]
"""Writes a value as text; the second argument is the element's path, for messages."""

# https://www.w3.org/TR/xml/#charsets
_FORBIDDEN = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
# A literal CR would be read as LF, white space in an attribute as a blank:
# https://www.w3.org/TR/xml/#sec-line-ends https://www.w3.org/TR/xml/#AVNormalize
_SPECIAL = re.compile('[&<>"\r\n\t]')
_ESCAPES = {"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "\r": "&#13;", "\n": "&#10;", "\t": "&#9;"}


def escaped(value: Any, path: str) -> str:
    if not isinstance(value, str):
        raise unfit(path, "a str", value)
    if _FORBIDDEN.search(value):
        raise ParameterError(where=path, expected="text that XML 1.0 can carry", got="another character")
    return _SPECIAL.sub(lambda found: _ESCAPES[found[0]], value)


def _boolean(value: Any, path: str) -> str:
    if not isinstance(value, bool):
        raise unfit(path, "a bool", value)
    return "true" if value else "false"


def _integer(value: Any, path: str) -> str:
    if not isinstance(value, int) or isinstance(value, bool):
        raise unfit(path, "an int", value)
    try:
        return f"{value:d}"
    except ValueError:  # https://docs.python.org/3/library/stdtypes.html#int-max-str-digits
        raise ParameterError(where=path, expected="an int", got="one with too many digits") from None


def _float(value: Any, path: str) -> str:
    if not isinstance(value, int | float) or isinstance(value, bool):
        raise unfit(path, "a float", value)
    text = repr(float(value))
    return {"nan": "NaN", "inf": "Infinity", "-inf": "-Infinity"}.get(text, text)


def _timestamp(value: Any, path: str) -> str:
    """Write milliseconds, as EC2 does, or microseconds where there are any."""
    if not isinstance(value, datetime) or value.utcoffset() is None:
        raise unfit(path, "an aware datetime", value)
    utc = value.astimezone(UTC)
    if utc.microsecond % 1000:
        return format_timestamp(utc, "iso8601")
    return utc.replace(tzinfo=None).isoformat(timespec="milliseconds") + "Z"


def _blob(value: Any, path: str) -> str:
    if not isinstance(value, bytes | bytearray | memoryview):
        raise unfit(path, "bytes", value)
    return b64encode(value).decode("ascii")


TEXTS: dict[str, WriteText] = {
    "str": escaped,
    "bool": _boolean,
    "int": _integer,
    "float": _float,
    "datetime": _timestamp,
    "bytes": _blob,
}


def unfit(path: str, expected: str, value: object) -> ParameterError:
    """Say which type an element should have; the value itself may be a secret."""
    return ParameterError(where=path, expected=expected, got=f"a {type(value).__name__}")
