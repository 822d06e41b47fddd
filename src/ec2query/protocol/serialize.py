"""Operation in, form body out: the request half of the ec2Query protocol.

Keys of nested members join with `.`, lists are always flattened (`Filter.1.Value.2`, counted from
1), absent members and empty lists send nothing. Each type is compiled once into a list of writers;
a value that a member cannot carry is a ParameterError that names the key. No I/O, no clock.
https://smithy.io/2.0/aws/protocols/aws-ec2-query-protocol.html
"""

from __future__ import annotations

import re
from base64 import b64encode
from collections.abc import Callable
from datetime import UTC, datetime
from operator import attrgetter
from typing import Any, TypeAlias
from urllib.parse import parse_qsl

from ..errors import ParameterError
from ..shape import ListOf, Member, Operation, Shape, Structure, TypeRef, members, service_of
from .timestamp import format_timestamp

__all__ = ["action_of", "pairs", "percent_encode", "serialize"]

# Appends `key=value` for one value, however deep; the key is percent-encoded already.
_Writer: TypeAlias = Callable[[str, Any, "list[str]"], None]
_Field: TypeAlias = tuple[Callable[[Any], Any], str, _Writer]

# RFC 3986, section 2.3: everything but the unreserved characters is percent-encoded, as UTF-8.
_RESERVED = re.compile(r"[^A-Za-z0-9_.~-]")


_ESCAPES = {chr(code): f"%{code:02X}" for code in range(128)}


def _escape(found: re.Match[str]) -> str:
    character = found[0]
    return _ESCAPES.get(character) or "".join(f"%{byte:02X}" for byte in character.encode())


def percent_encode(text: str) -> str:
    """Percent-encode all but RFC 3986's unreserved characters. Raises UnicodeEncodeError."""
    return _RESERVED.sub(_escape, text)


def serialize(operation: Operation[Any]) -> bytes:
    """Write an operation as an `application/x-www-form-urlencoded` body.

    Raises:
        ParameterError: a value's type does not fit its member.
    """
    cls = type(operation)
    out = [f"Action={action_of(cls)}", f"Version={service_of(cls).version}"]
    for read, key, write in _fields(cls):
        value = read(operation)
        if value or (value is not None and value != ()):
            write(key, value, out)
    return "&".join(out).encode("ascii")


def pairs(operation: Operation[Any]) -> list[tuple[str, str]]:
    """Return the decoded pairs of the form body, in the order they are sent."""
    return parse_qsl(serialize(operation).decode("ascii"), keep_blank_values=True, strict_parsing=True)


def action_of(operation: type[Operation[Any]]) -> str:
    """Return the action's name on the wire: the class's own unless it says otherwise."""
    action: str = operation.__options__.get("action", operation.__name__)
    return action


_compiled: dict[type[Shape], tuple[_Field, ...]] = {}


def _fields(cls: type[Shape]) -> tuple[_Field, ...]:
    found = _compiled.get(cls)
    if found is None:
        found = _compiled[cls] = tuple(
            (attrgetter(member.name), percent_encode(member.key), _writer(member.type, member))
            for member in members(cls)
        )
    return found


def _writer(type_ref: TypeRef, member: Member) -> _Writer:
    if isinstance(type_ref, ListOf):
        return _list_writer(_writer(type_ref.of, member))
    if isinstance(type_ref, Structure):
        return _structure_writer(type_ref)
    if type_ref.name == "datetime":
        return _timestamp_writer(member.timestamp)
    if member.takes_bytes:
        return _write_str_or_blob
    return _SCALAR_WRITERS[type_ref.name]


_LISTS = (tuple, list)


def _list_writer(write_entry: _Writer) -> _Writer:
    def write(key: str, value: Any, out: list[str]) -> None:
        if not isinstance(value, _LISTS):
            raise _unfit(key, "a list", value)
        for index, entry in enumerate(value, 1):
            write_entry(f"{key}.{index}", entry, out)

    return write


def _structure_writer(structure: Structure) -> _Writer:
    known: type[Shape] | None = None
    fields: tuple[_Field, ...] = ()

    def write(key: str, value: Any, out: list[str]) -> None:
        nonlocal known, fields
        if known is None:
            known = structure.resolve()
            fields = tuple((read, f".{name}", write) for read, name, write in _fields(known))
        if not isinstance(value, known):
            raise _unfit(key, f"a {known.__name__}", value)
        for read, name, write_member in fields:
            entry = read(value)
            if entry or (entry is not None and entry != ()):
                write_member(key + name, entry, out)

    return write


def _timestamp_writer(format_name: str | None) -> _Writer:
    def write(key: str, value: Any, out: list[str]) -> None:
        if not isinstance(value, datetime) or value.utcoffset() is None:
            raise _unfit(key, "an aware datetime (one with a time zone)", value)
        text = format_timestamp(value.astimezone(UTC), format_name or "iso8601")
        out.append(f"{key}={percent_encode(text)}")

    return write


def _write_str(key: str, value: Any, out: list[str]) -> None:
    if not isinstance(value, str):
        raise _unfit(key, "a str", value)
    try:
        out.append(f"{key}={_RESERVED.sub(_escape, value)}")
    except UnicodeEncodeError:
        raise ParameterError(where=key, expected="text", got="a str with a lone surrogate") from None


def _write_bool(key: str, value: Any, out: list[str]) -> None:
    if value is not True and value is not False:
        raise _unfit(key, "a bool", value)
    out.append(f"{key}={'true' if value else 'false'}")


def _write_int(key: str, value: Any, out: list[str]) -> None:
    if not isinstance(value, int) or isinstance(value, bool):
        raise _unfit(key, "an int", value)
    try:
        out.append(f"{key}={value:d}")
    except ValueError:  # https://docs.python.org/3/library/stdtypes.html#int-max-str-digits
        raise ParameterError(where=key, expected="an int", got="one with too many digits") from None


# https://smithy.io/2.0/aws/protocols/aws-query-protocol.html#aws-query-serialization
_SPECIAL_FLOATS = {"nan": "NaN", "inf": "Infinity", "-inf": "-Infinity"}


def _write_float(key: str, value: Any, out: list[str]) -> None:
    if isinstance(value, int) and not isinstance(value, bool):
        _write_int(key, value, out)
        return
    if not isinstance(value, float):
        raise _unfit(key, "a float", value)
    text = float.__repr__(value)  # a subclass may write itself otherwise: numpy.float64 does
    out.append(f"{key}={percent_encode(_SPECIAL_FLOATS.get(text, text))}")


def _write_blob(key: str, value: Any, out: list[str]) -> None:
    if not isinstance(value, bytes | bytearray | memoryview):
        raise _unfit(key, "bytes", value)
    out.append(f"{key}={percent_encode(b64encode(value).decode('ascii'))}")


def _write_str_or_blob(key: str, value: Any, out: list[str]) -> None:
    (_write_str if isinstance(value, str) else _write_blob)(key, value, out)


_SCALAR_WRITERS: dict[str, _Writer] = {
    "str": _write_str,
    "bool": _write_bool,
    "int": _write_int,
    "float": _write_float,
    "bytes": _write_blob,
}


def _unfit(key: str, expected: str, value: object) -> ParameterError:
    # The value itself may be a secret: its type is enough.
    got = "a datetime without a time zone" if isinstance(value, datetime) else f"a {type(value).__name__}"
    return ParameterError(where=key, expected=expected, got=got)
