"""How the elements of each structure are read: one table for a type, compiled once, element name to entry.

Leaves (elements that hold text) and containers lie apart. Types of nested elements are resolved when
such an element is first met, so that a page makes only the classes it really has.
https://smithy.io/2.0/aws/protocols/aws-ec2-query-protocol.html#response-serialization
"""

from __future__ import annotations

import re
from base64 import b64decode
from collections.abc import Callable
from typing import Any, TypeAlias

from ..shape import ListOf, Member, Result, Shape, Structure, TypeRef, members, slot_of
from .timestamp import read_timestamp

__all__ = [
    "EXPECTED",
    "LIST",
    "NOTHING",
    "SCALAR",
    "SKIP",
    "STRUCTURE",
    "Entry",
    "Leaf",
    "Store",
    "Table",
    "read_blob",
    "table_of",
]

SCALAR, STRUCTURE, LIST, _UNKNOWN = range(4)

Store: TypeAlias = Callable[[Any, Any], None]
# How a scalar is converted (None: it is text), and kept.
Leaf: TypeAlias = tuple[Callable[[str], Any] | None, Store]
# (kind, how to read it, how to keep it): a leaf; a link; the entries' entry.
Entry: TypeAlias = tuple[int, Any, Store]


def _discard(target: object, value: object) -> None:
    """Keep nothing of an element that the model does not know."""


SKIP: Entry = (_UNKNOWN, None, _discard)

_INTEGER = re.compile(r"[+-]?[0-9]+")
# Each digit can be matched in one way only: two ways would take quadratic time to fail.
_FLOAT = re.compile(r"[+-]?(?:(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?|Infinity|INF)|NaN")
# https://www.w3.org/TR/xmlschema-2/#boolean
_BOOLEANS = {"true": True, "1": True, "false": False, "0": False}


def _integer(text: str) -> int:
    if not (text.isdecimal() and text.isascii()) and not _INTEGER.fullmatch(text):
        raise ValueError
    return int(text)


def _float(text: str) -> float:
    if not _FLOAT.fullmatch(text):
        raise ValueError
    return float(text)


_boolean = _BOOLEANS.__getitem__


def read_blob(text: str) -> bytes:
    return b64decode("".join(text.split()), validate=True)


_CONVERTERS: dict[str, Callable[[str], Any] | None] = {
    "str": None,
    "int": _integer,
    "float": _float,
    "bool": _boolean,
    "datetime": read_timestamp,
    "bytes": read_blob,
}


EXPECTED: dict[Any, str] = {
    _integer: "an integer (of at most 4,300 digits)",
    _float: "a number",
    _boolean: "true or false",
    read_timestamp: "a timestamp",
    read_blob: "base64",
}


class Table:
    """How the elements of one structure are read."""

    __slots__ = ("_flattened", "attributes", "cls", "containers", "finish", "leaves")

    def __init__(self, cls: type[Shape]) -> None:
        self.cls = cls
        # Apart, since most elements are leaves: what they are is found with one look.
        self.leaves: dict[str, Leaf] = {}
        self.containers: dict[str, Entry] = {}
        self.attributes: dict[str, Leaf] = {}
        self.finish: Store | None = None
        self._flattened: list[tuple[Callable[[Any], Any], Store]] = []
        for member in members(cls):
            self._add(member, slot_of(cls, member.name).__set__)
        if issubclass(cls, Result):
            keep = slot_of(cls, "request_id").__set__
            # Three spellings are in use: requestId (EC2), RequestId, RequestID (its error documents).
            for spelling in ("requestId", "RequestId", "RequestID"):
                if spelling not in self.containers:
                    self.leaves.setdefault(spelling, (None, keep))

    def _add(self, member: Member, store: Store) -> None:
        if member.attribute:
            self.attributes[member.wire] = _entry(member.type, store)[1]
        elif member.flattened and isinstance(member.type, ListOf):
            read = slot_of(self.cls, member.name).__get__
            self._flattened.append((read, store))
            self.finish = self._finish
            self._read_by(member.item, _entry(member.type.of, _appender(read, store)))
        elif member.wire not in self.leaves and member.wire not in self.containers:
            self._read_by(member.wire, _entry(member.type, store))

    def _read_by(self, name: str, entry: Entry) -> None:
        if entry[0] == SCALAR:
            self.leaves[name] = entry[1]
        else:
            self.containers[name] = entry

    def find(self, name: str) -> Entry:
        """Give what reads an element whose prefix was stripped, or one that the model does not know."""
        leaf = self.leaves.get(name)
        return self.containers.get(name, SKIP) if leaf is None else (SCALAR, leaf, leaf[1])

    def _finish(self, parent: object, made: object) -> None:
        """Turn the gathered entries of flattened lists into tuples."""
        for read, store in self._flattened:
            try:
                store(made, tuple(read(made)))
            except AttributeError:  # none came: the slot stays unset and answers with ()
                continue


class _Link:
    """A nested structure's table, resolved when such an element is first met."""

    __slots__ = ("structure", "table")

    def __init__(self, structure: Structure) -> None:
        self.structure = structure
        self.table: Table | None = None

    def resolve(self) -> Table:
        self.table = table_of(self.structure.resolve())
        return self.table


def _appender(read: Callable[[Any], Any], store: Store) -> Store:
    def append(target: Any, value: Any) -> None:
        try:
            read(target).append(value)
        except AttributeError:
            store(target, [value])

    return append


def _entry(type_ref: TypeRef, store: Store) -> Entry:
    if isinstance(type_ref, ListOf):
        return (LIST, _entry(type_ref.of, list.append), store)
    if isinstance(type_ref, Structure):
        return (STRUCTURE, _Link(type_ref), store)
    return (SCALAR, (_CONVERTERS[type_ref.name], store), store)


_tables: dict[type[Shape], Table] = {}

# Inside a list, and inside what the model does not know, no element has a name of its own.
NOTHING = Table(Shape)


def table_of(cls: type[Shape]) -> Table:
    """Return the table of a type, made when it is first asked for."""
    found = _tables.get(cls)
    if found is None:
        found = _tables[cls] = Table(cls)
    return found
