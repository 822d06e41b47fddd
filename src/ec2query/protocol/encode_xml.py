"""Result or error in, XML out: the server's half of the answer.

    <DisassociateIpamByoasnResponse xmlns="http://ec2.amazonaws.com/doc/2016-11-15/"><requestId>…

Absent members are left out, an empty list is an empty element, entries are `<item>`s. What `element_text`
refuses, and a value of another type than its member's, is a ParameterError that names the element. Each
type is compiled once into a list of writers. No I/O.
https://smithy.io/2.0/aws/protocols/aws-ec2-query-protocol.html#response-serialization
"""

from __future__ import annotations

from collections.abc import Callable
from operator import attrgetter
from typing import Any, TypeAlias

from ..errors import ParameterError
from ..shape import ListOf, Member, Operation, Result, Shape, Structure, TypeRef, members, service_of
from .element_text import TEXTS, WriteText, escaped, unfit
from .serialize import action_of

__all__ = ["encode_error", "encode_xml"]

# Appends one element: its tag, the value, the place for messages, the pieces so far.
_Writer: TypeAlias = Callable[[str, Any, str, "list[str]"], None]

_DECLARATION = '<?xml version="1.0" encoding="UTF-8"?>\n'


def encode_xml(result: Result, request_id: str, operation: type[Operation[Any]]) -> bytes:
    """Write the answer to an operation; `request_id` replaces the result's own.

    Raises:
        ParameterError: a value has another type than its member, or cannot be written in XML.
    """
    root = f"{action_of(operation)}Response"
    shape = _shape(type(result))
    # The model's namespace ends without the slash that EC2's answers have.
    namespace = service_of(operation).namespace.rstrip("/") + "/"
    out = [_DECLARATION, f'<{root} xmlns="{escaped(namespace, root)}"']
    shape.write_attributes(result, root, out)
    out.append(f"><requestId>{escaped(request_id, 'requestId')}</requestId>")
    shape.write_elements(result, root, out)
    out.append(f"</{root}>")
    return "".join(out).encode()


def encode_error(code: str, message: str, request_id: str) -> bytes:
    """Write an error document. Raises ParameterError where a text cannot be written in XML."""
    return (
        f"{_DECLARATION}<Response><Errors><Error><Code>{escaped(code, 'Code')}</Code>"
        f"<Message>{escaped(message, 'Message')}</Message></Error></Errors>"
        f"<RequestID>{escaped(request_id, 'RequestID')}</RequestID></Response>"
    ).encode()


class _Shape:
    """How one structure is written: attributes onto its start tag, then elements in model order."""

    __slots__ = ("attributes", "elements")

    def __init__(self, cls: type[Shape]) -> None:
        self.attributes: list[tuple[Callable[[Any], Any], str, WriteText]] = []
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
            raise unfit(path, "a list", value)
        for entry in value:
            write_entry(tag, entry, path, out)

    return write


def _structure_writer(structure: Structure) -> _Writer:
    def write(tag: str, value: Any, path: str, out: list[str]) -> None:
        known = structure.resolve()
        if not isinstance(value, known):
            raise unfit(path, f"a {known.__name__}", value)
        shape = _shape(known)
        out.append(f"<{tag}")
        shape.write_attributes(value, path, out)
        out.append(">")
        shape.write_elements(value, path, out)
        out.append(f"</{tag}>")

    return write


def _text_of(type_ref: TypeRef) -> WriteText:
    if isinstance(type_ref, ListOf | Structure):
        raise ParameterError(where="attribute", expected="a scalar", got="a list or structure")
    return TEXTS[type_ref.name]
