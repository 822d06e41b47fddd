"""Parameters by model names in, operation out: the shape of `client.call(name, {...})`.

The keys are the API Reference's member names, as boto3 takes them; `Shape.to_dict()` is the way
back. Every fault names its path (`RunInstances.TagSpecifications[0].Tags`). No wire names here.
"""

from __future__ import annotations

import difflib
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, TypeVar

from .errors import ParameterError
from .shape import ListOf, Member, Shape, Structure, TypeRef, members

__all__ = ["from_dict"]

S = TypeVar("S", bound=Shape)


def from_dict(shape: type[S], values: Mapping[str, object], *, where: str = "") -> S:
    """Make a Shape from model names and plain values.

    Structures may be given as mappings or as Shapes, timestamps as datetimes or ISO 8601 text,
    blobs as bytes or as text (sent as its UTF-8 bytes); other text is never converted.

    Raises:
        ParameterError: an unknown name, a missing required member, a value of the wrong type.
    """
    where = where or shape.__name__
    by_model = {member.model: member for member in members(shape)}
    for name in values:
        if name not in by_model:
            raise _unknown(where, name, list(by_model))
    given = {
        by_model[name].name: _value(by_model[name].type, by_model[name], value, f"{where}.{name}")
        for name, value in values.items()
        if value is not None
    }
    for member in by_model.values():
        if member.required and member.name not in given:
            raise ParameterError(
                where=f"{where}.{member.model}", expected="a value (it is required)", got="none"
            )
    return shape(**given)


def _value(type_ref: TypeRef, member: Member, value: Any, where: str) -> Any:
    if isinstance(type_ref, ListOf):
        if isinstance(value, str | bytes | bytearray) or not isinstance(value, Sequence):
            raise ParameterError(where=where, expected="a list", got=f"a {type(value).__name__}")
        return tuple(_value(type_ref.of, member, entry, f"{where}[{i}]") for i, entry in enumerate(value))
    if isinstance(type_ref, Structure):
        expected = type_ref.resolve()
        if isinstance(value, expected):
            return value
        if not isinstance(value, Mapping):
            raise ParameterError(
                where=where, expected="a mapping of member names", got=f"a {type(value).__name__}"
            )
        return from_dict(expected, value, where=where)
    if member.takes_bytes and isinstance(value, bytes | bytearray):
        return bytes(value)
    return _scalar(type_ref.name, value, where)


_SCALARS: dict[str, tuple[type, ...]] = {
    "str": (str,),
    "int": (int,),
    "float": (float, int),
    "bool": (bool,),
    "bytes": (bytes, bytearray),
    "datetime": (datetime,),
}


def _scalar(name: str, value: Any, where: str) -> Any:
    if name == "bytes" and isinstance(value, str):
        return value.encode()
    if name == "datetime" and isinstance(value, str):
        return _timestamp(value, where)
    if not isinstance(value, _SCALARS[name]) or (isinstance(value, bool) and name != "bool"):
        raise ParameterError(where=where, expected=f"a {name}", got=f"a {type(value).__name__}")
    return value


def _timestamp(text: str, where: str) -> datetime:
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        raise ParameterError(where=where, expected="an ISO 8601 timestamp", got=repr(text[:40])) from None
    return found if found.tzinfo is not None else found.replace(tzinfo=UTC)


def _unknown(where: str, name: str, known: list[str]) -> ParameterError:
    close = difflib.get_close_matches(name, known, n=1, cutoff=0.5)
    expected = f"a member of {where.rpartition('.')[2]}" + (f" (did you mean {close[0]!r}?)" if close else "")
    return ParameterError(where=where, expected=expected, got=repr(name))
