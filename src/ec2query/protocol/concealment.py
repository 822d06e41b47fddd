"""Secrets that are known, hidden wherever a text repeats them: as they are, encoded, or escaped.

EC2 quotes values that it does not accept. A key or user data that was one letter too long would stand
in every log that the error goes to.
"""

from __future__ import annotations

from base64 import b64decode, b64encode
from collections.abc import Iterable, Iterator
from typing import Any
from urllib.parse import quote, quote_plus
from xml.sax.saxutils import escape

from ..errors import ResponseError, ServiceError
from ..shape import Operation, Shape, members
from .excerpt import holds_secrets

__all__ = ["KnownSecrets", "conceal"]


class KnownSecrets:
    """Values of which no text may hold a spelling; those shorter than `shortest` are in too many words."""

    def __init__(self, values: Iterable[str], *, mask: str = "***", shortest: int = 4) -> None:
        given = {value for value in values if value and value != mask}
        known = {form for value in given for form in (value, value.strip(), _encoded(value), _decoded(value))}
        spelt = {each for form in known if len(form) >= shortest for each in _spelt(form)}
        # The longest first: one may be the beginning of another.
        self._spellings = sorted(spelt, key=len, reverse=True)
        self._mask = mask

    def hide(self, text: str) -> str:
        """Replace them wherever they stand."""
        for spelling in self._spellings:
            text = text.replace(spelling, self._mask)
        return text


def conceal(error: ServiceError | ResponseError, operation: Operation[Any]) -> None:
    """Hide the values of the operation's sensitive members in an error that answers it."""
    if not holds_secrets(type(operation)):
        return
    if isinstance(error, ResponseError):
        error.drop_excerpt()
    else:
        error.rephrase(KnownSecrets(_secrets(operation)).hide)


def _secrets(value: object, sensitive: bool = False) -> Iterator[str]:
    if isinstance(value, Shape):
        for member in members(type(value)):
            yield from _secrets(getattr(value, member.name), sensitive or member.sensitive)
    elif isinstance(value, list | tuple):
        for each in value:
            yield from _secrets(each, sensitive)
    elif sensitive and isinstance(value, str | bytes):
        yield value if isinstance(value, str) else b64encode(value).decode()


def _spelt(text: str) -> Iterator[str]:
    """Spell a text as XML, a form, and a form inside a form would."""
    encoded = quote(text, safe="")
    yield from (text, escape(text), escape(text, {'"': "&quot;"}))
    yield from (encoded, quote_plus(text), quote(encoded, safe=""))


def _encoded(text: str) -> str:
    return b64encode(text.encode("utf-8", "surrogatepass")).decode()


def _decoded(text: str) -> str:
    """Return the text that a value encodes as base64, as user data does; nothing where it encodes none."""
    try:
        return b64decode(text, validate=True).decode()
    except ValueError:
        return ""
