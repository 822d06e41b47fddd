"""What a service's error repeats of a request's sensitive members is taken out of it.

EC2 quotes values that it does not accept. A key or user data that was one letter too long would stand
in every log that the error goes to.
"""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote, quote_plus

from ..errors import ResponseError, ServiceError
from ..shape import Operation, Shape, members
from .excerpt import holds_secrets

__all__ = ["conceal"]

# What is shorter is in too many words to be looked for.
_SHORTEST = 4


def conceal(error: ServiceError | ResponseError, operation: Operation[Any]) -> None:
    """Hide the values of the operation's sensitive members in an error that answers it."""
    if not holds_secrets(type(operation)):
        return
    if isinstance(error, ResponseError):
        error.drop_excerpt()
        return
    # Longest first: one spelling may begin with another.
    spellings = sorted({each for secret in _secrets(operation) for each in _spelt(secret)}, key=len)[::-1]

    def hidden(text: str) -> str:
        for spelling in spellings:
            text = text.replace(spelling, "***")
        return text

    error.rephrase(hidden)


def _secrets(value: object, sensitive: bool = False) -> Iterator[bytes]:
    if isinstance(value, Shape):
        for member in members(type(value)):
            yield from _secrets(getattr(value, member.name), sensitive or member.sensitive)
    elif isinstance(value, list | tuple):
        for each in value:
            yield from _secrets(each, sensitive)
    elif sensitive and isinstance(value, str | bytes) and len(value) >= _SHORTEST:
        yield value.encode() if isinstance(value, str) else value


def _spelt(secret: bytes) -> Iterator[str]:
    for text in (secret.decode("utf-8", "replace"), b64encode(secret).decode()):
        yield text
        yield text.strip()
        yield quote(text, safe="")
        yield quote_plus(text)
