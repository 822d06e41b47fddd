"""What an explained call hides: keys, tokens, signatures, and every sensitive member.

The request's pairs and headers, the answer's elements: each function takes what would be shown and
returns it with the secret parts replaced. Values are never shortened instead of being hidden, but for
an access key id's last four characters and a signature's first eight.
https://smithy.io/2.0/spec/documentation-traits.html#sensitive-trait
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any
from urllib.parse import parse_qsl

from ..protocol.message import HttpRequest
from ..shape import ListOf, Member, Operation, Shape, Structure, TypeRef, members, result_of
from .keys import follow

__all__ = ["MASK", "hidden_element", "secrets_of", "shown_headers", "shown_key_id", "shown_pairs"]

MASK = "***"

_CREDENTIAL = re.compile(r"(Credential=)([^/,\s]*)")
_SIGNATURE = re.compile(r"(Signature=)([0-9A-Za-z+/=_-]*)")
_SECRET_HEADERS = frozenset(
    {"x-amz-security-token", "x-aws-ec2-metadata-token", "cookie", "set-cookie", "proxy-authorization"}
)


def shown_pairs(operation: type[Operation[Any]], pairs: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
    """Hide the values of sensitive members, wherever they lie."""
    return [(key, MASK if _is_sensitive(operation, key) else value) for key, value in pairs]


def shown_headers(headers: Mapping[str, str]) -> dict[str, str]:
    """Hide the token, most of the signature and of the access key id."""
    return {name: _shown_header(name, value) for name, value in headers.items()}


def secrets_of(operation: type[Operation[Any]], request: HttpRequest) -> Iterator[str]:
    """Give what a request held and an answer must not repeat."""
    yield from (value for name, value in request.headers.items() if name in _SECRET_HEADERS)
    authorization = request.headers.get("authorization", "")
    for found in (_CREDENTIAL.search(authorization), _SIGNATURE.search(authorization)):
        if found is not None:
            yield found[2]
    for key, value in parse_qsl(request.body.decode("ascii", "replace")):
        if _is_sensitive(operation, key):
            yield value


def hidden_element(operation: type[Operation[Any]]) -> Callable[[tuple[str, ...]], bool]:
    """Give the test for elements of an answer (paths of local names) that hold sensitive members."""
    result = result_of(operation)

    def hidden(path: tuple[str, ...]) -> bool:
        return _leads_to_sensitive(result, path[1:])

    return hidden


def _is_sensitive(operation: type[Operation[Any]], key: str) -> bool:
    return any(member.sensitive for member in follow(operation, key.split(".")).through)


def _shown_header(name: str, value: str) -> str:
    if name in _SECRET_HEADERS:
        return MASK
    if name == "authorization":
        if not value.startswith("AWS4-"):
            return MASK
        value = _CREDENTIAL.sub(lambda found: found[1] + shown_key_id(found[2]), value)
        return _SIGNATURE.sub(lambda found: f"{found[1]}{found[2][:8]}{MASK}", value)
    return value


def shown_key_id(key_id: str) -> str:
    """Hide an access key id but for its last four characters."""
    # Of a short (made-up) id, four characters would be most of it.
    return MASK + (key_id[-4:] if len(key_id) >= 8 else "")


def _leads_to_sensitive(shape: type[Shape], path: tuple[str, ...]) -> bool:
    """Follow elements through a type; whatever lies below a sensitive member is sensitive."""
    place: TypeRef | type[Shape] | None = shape
    inside: Member | None = None
    for name in path:
        if isinstance(place, ListOf):
            place = place.of
            if inside is None or not inside.flattened:
                continue  # an entry, whatever its element is called
        if isinstance(place, Structure):
            place = place.resolve()
        if not isinstance(place, type):
            return False
        inside = next((member for member in members(place) if member.wire == name), None)
        if inside is None:
            return False
        if inside.sensitive:
            return True
        place = inside.type
    return False
