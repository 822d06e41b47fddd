"""Result or error in, XML out: the server's half of the answer.

    <DisassociateIpamByoasnResponse xmlns="http://ec2.amazonaws.com/doc/2016-11-15/"><requestId>…

Absent members are left out, an empty list is an empty element, entries are `<item>`s. A character that
XML 1.0 cannot carry is a ParameterError, as is a value of another type than its member's.
Each type is compiled once into a list of writers. No I/O.
https://smithy.io/2.0/aws/protocols/aws-ec2-query-protocol.html#response-serialization
"""

from __future__ import annotations

import re
from base64 import b64encode
from collections.abc import Callable
from datetime import UTC, datetime
from operator import attrgetter
from typing import Any, TypeAlias

from ..errors import ParameterError
from ..shape import ListOf, Member, Operation, Result, Shape, Structure, TypeRef, members, service_of
from .serialize import action_of
from .timestamp import format_timestamp

__all__ = ["encode_error", "encode_xml"]

# Appends one element: its tag, the value, the place for messages, the pieces so far.
_Writer: TypeAlias = Callable[[str, Any, str, "list[str]"], None]
_Text: TypeAlias = Callable[[Any, str], str]

_DECLARATION = '<?xml version="1.0" encoding="UTF-8"?>\n'

# https://www.w3.org/TR/xml/#charsets
_FORBIDDEN = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
# A literal CR would be read as LF, white space in an attribute as a blank:
# https://www.w3.org/TR/xml/#sec-line-ends https://www.w3.org/TR/xml/#AVNormalize
_SPECIAL = re.compile('[&<>"\r\n\t]')
_ESCAPES = {"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "\r": "&#13;", "\n": "&#10;", "\t": "&#9;"}


def encode_xml(result: Result, request_id: str, operation: type[Operation[Any]]) -> bytes:
    """Write the answer to an operation; `request_id` replaces the result's own.

    Raises:
        ParameterError: a value has another type than its member, or cannot be written in XML.
    """
    root = f"{action_of(operation)}Response"
    shape = _shape(type(result))
    # The model's namespace ends without the slash that EC2's answers have.
    namespace = service_of(operation).namespace.rstrip("/") + "/"
    out = [_DECLARATION, f'<{root} xmlns="{_escaped(namespace, root)}"']
    shape.write_attributes(result, root, out)
    out.append(f"><requestId>{_escaped(request_id, 'requestId')}</requestId>")
    shape.write_elements(result, root, out)
    out.append(f"</{root}>")
    return "".join(out).encode()


def encode_error(code: str, message: str, request_id: str) -> bytes:
    """Write an error document. Raises ParameterError where a text cannot be written in XML."""
    return (
        f"{_DECLARATION}<Response><Errors><Error><Code>{_escaped(code, 'Code')}</Code>"
        f"<Message>{_escaped(message, 'Message')}</Message></Error></Errors>"
        f"<RequestID>{_escaped(request_id, 'RequestID')}</RequestID></Response>"
    ).encode()


class _Shape:
    """How one structure is written: attributes onto its start tag, then elements in model order."""

    __slots__ = ("attributes", "elements")

    def __init__(self, cls: type[Shape]) -> None:
        self.attributes: list[tuple[Callable[[Any], Any], str, _Text]] = []
        self.elements: list[tuple[Callable[[Any], Any], str, _Writer]] = []
        for member in members(cls):
            read = attrgetter(member.name)
            if issubclass(cls, Result) and member.name == "request_id":
                continue  # it stands first, whatever the model's order
            if member.attribute:
                self.attributes.append((read, member.wire, _text_of(member.type)))
            elif member.flattened and isinstance(member.type, ListOf):
                self.elements.append((read, member.item, _flat(_writer(member.type.of, member))))
            else:
                self.elements.append((read, member.wire, _writer(member.type, member)))

    def write_attributes(self, value: Any, path: str, out: list[str]) -> None:
        for read, name, text in self.attributes:
            if (entry := read(value)) is not None:
                out.append(f' {name}="{text(entry, f"{path}/{name}")}"')

    def write_elements(self, value: Any, path: str, out: list[str]) -> None:
        for read, tag, write in self.elements:
            if (entry := read(value)) is not None:
                write(tag, entry, f"{path}/{tag}", out)


_shapes: dict[type[Shape], _Shape] = {}


def _shape(cls: type[Shape]) -> _Shape:
    found = _shapes.get(cls)
    if found is None:
        found = _shapes[cls] = _Shape(cls)
    return found


def _writer(type_ref: TypeRef, member: Member) -> _Writer:
    if isinstance(type_ref, ListOf):
        return _list_writer(member.item, _flat(_writer(type_ref.of, member)))
    if isinstance(type_ref, Structure):
        return _structure_writer(type_ref)
    text_of = _text_of(type_ref)

    def write(tag: str, value: Any, path: str, out: list[str]) -> None:
        out.append(f"<{tag}>{text_of(value, path)}</{tag}>")

    return write


def _list_writer(item: str, write_entries: _Writer) -> _Writer:
    def write(tag: str, value: Any, path: str, out: list[str]) -> None:
        out.append(f"<{tag}>" if value else f"<{tag}/>")
        write_entries(item, value, path, out)
        if value:
            out.append(f"</{tag}>")

    return write


def _flat(write_entry: _Writer) -> _Writer:
    def write(tag: str, value: Any, path: str, out: list[str]) -> None:
        if not isinstance(value, tuple | list):
            raise _unfit(path, "a list", value)
        for entry in value:
            write_entry(tag, entry, path, out)

    return write


def _structure_writer(structure: Structure) -> _Writer:
    def write(tag: str, value: Any, path: str, out: list[str]) -> None:
        known = structure.resolve()
        if not isinstance(value, known):
            raise _unfit(path, f"a {known.__name__}", value)
        shape = _shape(known)
        out.append(f"<{tag}")
        shape.write_attributes(value, path, out)
        out.append(">")
        shape.write_elements(value, path, out)
        out.append(f"</{tag}>")

    return write


def _escaped(value: Any, path: str) -> str:
    if not isinstance(value, str):
        raise _unfit(path, "a str", value)
    if _FORBIDDEN.search(value):
        raise ParameterError(where=path, expected="text that XML 1.0 can carry", got="another character")
    return _SPECIAL.sub(lambda found: _ESCAPES[found[0]], value)


def _boolean(value: Any, path: str) -> str:
    if not isinstance(value, bool):
        raise _unfit(path, "a bool", value)
    return "true" if value else "false"


def _integer(value: Any, path: str) -> str:
    if not isinstance(value, int) or isinstance(value, bool):
        raise _unfit(path, "an int", value)
    try:
        return f"{value:d}"
    except ValueError:  # https://docs.python.org/3/library/stdtypes.html#int-max-str-digits
        raise ParameterError(where=path, expected="an int", got="one with too many digits") from None


def _float(value: Any, path: str) -> str:
    if not isinstance(value, int | float) or isinstance(value, bool):
        raise _unfit(path, "a float", value)
    text = repr(float(value))
    return {"nan": "NaN", "inf": "Infinity", "-inf": "-Infinity"}.get(text, text)


def _timestamp(value: Any, path: str) -> str:
    """Write milliseconds, as EC2 does, or microseconds where there are any."""
    if not isinstance(value, datetime) or value.utcoffset() is None:
        raise _unfit(path, "an aware datetime", value)
    utc = value.astimezone(UTC)
    if utc.microsecond % 1000:
        return format_timestamp(utc, "iso8601")
    return utc.replace(tzinfo=None).isoformat(timespec="milliseconds") + "Z"


def _blob(value: Any, path: str) -> str:
    if not isinstance(value, bytes | bytearray | memoryview):
        raise _unfit(path, "bytes", value)
    return b64encode(value).decode("ascii")


_TEXTS: dict[str, _Text] = {
    "str": _escaped,
    "bool": _boolean,
    "int": _integer,
    "float": _float,
    "datetime": _timestamp,
    "bytes": _blob,
}


def _text_of(type_ref: TypeRef) -> _Text:
    if isinstance(type_ref, ListOf | Structure):
        raise ParameterError(where="attribute", expected="a scalar", got="a list or structure")
    return _TEXTS[type_ref.name]


def _unfit(path: str, expected: str, value: object) -> ParameterError:
    return ParameterError(where=path, expected=expected, got=f"a {type(value).__name__}")
