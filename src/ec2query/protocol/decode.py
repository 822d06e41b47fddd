"""The streaming decoder: expat's callbacks in, one filled dataclass out.

For each type there is one table, element name to entry; a frame of the decoder is a table and the
object it fills. A scalar's text is gathered only while inside it; an element inside a scalar is
refused. Types of nested elements are resolved when such an element is first met, so that a page
makes only the classes it really has.
"""

from __future__ import annotations

import re
from base64 import b64decode
from collections.abc import Callable
from typing import Any, TypeAlias

from ..shape import ListOf, Member, Result, Shape, Structure, TypeRef, members, slot_of
from .excerpt import holds_secrets
from .timestamp import read_timestamp
from .xml import Limits, MalformedXml, XmlReader, local_name

__all__ = ["Decoder", "ErrorDocument"]

_SCALAR, _STRUCTURE, _LIST, _UNKNOWN = range(4)

_Store: TypeAlias = Callable[[Any, Any], None]
# How a scalar is converted (None: it is text), and kept.
_Leaf: TypeAlias = tuple[Callable[[str], Any] | None, _Store]
# (kind, how to read it, how to keep it): a leaf; a link; the entries' entry.
_Entry: TypeAlias = tuple[int, Any, _Store]


class ErrorDocument(Exception):
    """The root element says that this is an error document."""


def _discard(target: object, value: object) -> None:
    """Keep nothing of an element that the model does not know."""


_SKIP: _Entry = (_UNKNOWN, None, _discard)

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


def _blob(text: str) -> bytes:
    return b64decode("".join(text.split()), validate=True)


_CONVERTERS: dict[str, Callable[[str], Any] | None] = {
    "str": None,
    "int": _integer,
    "float": _float,
    "bool": _boolean,
    "datetime": read_timestamp,
    "bytes": _blob,
}


_EXPECTED: dict[Any, str] = {
    _integer: "an integer (of at most 4,300 digits)",
    _float: "a number",
    _boolean: "true or false",
    read_timestamp: "a timestamp",
    _blob: "base64",
}


class _Table:
    """How the elements of one structure are read."""

    __slots__ = ("_flattened", "attributes", "cls", "containers", "finish", "leaves")

    def __init__(self, cls: type[Shape]) -> None:
        self.cls = cls
        # Apart, since most elements are leaves: what they are is found with one look.
        self.leaves: dict[str, _Leaf] = {}
        self.containers: dict[str, _Entry] = {}
        self.attributes: dict[str, _Leaf] = {}
        self.finish: _Store | None = None
        self._flattened: list[tuple[Callable[[Any], Any], _Store]] = []
        for member in members(cls):
            self._add(member, slot_of(cls, member.name).__set__)
        if issubclass(cls, Result):
            keep = slot_of(cls, "request_id").__set__
            # Three spellings are in use: requestId (EC2), RequestId, RequestID (its error documents).
            for spelling in ("requestId", "RequestId", "RequestID"):
                if spelling not in self.containers:
                    self.leaves.setdefault(spelling, (None, keep))

    def _add(self, member: Member, store: _Store) -> None:
        if member.attribute:
            self.attributes[member.wire] = _entry(member.type, store)[1]
        elif member.flattened and isinstance(member.type, ListOf):
            read = slot_of(self.cls, member.name).__get__
            self._flattened.append((read, store))
            self.finish = self._finish
            self._read_by(member.item, _entry(member.type.of, _appender(read, store)))
        elif member.wire not in self.leaves and member.wire not in self.containers:
            self._read_by(member.wire, _entry(member.type, store))

    def _read_by(self, name: str, entry: _Entry) -> None:
        if entry[0] == _SCALAR:
            self.leaves[name] = entry[1]
        else:
            self.containers[name] = entry

    def find(self, name: str) -> _Entry:
        """Give what reads an element whose prefix was stripped, or one that the model does not know."""
        leaf = self.leaves.get(name)
        return self.containers.get(name, _SKIP) if leaf is None else (_SCALAR, leaf, leaf[1])

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
        self.table: _Table | None = None

    def resolve(self) -> _Table:
        self.table = _table(self.structure.resolve())
        return self.table


def _appender(read: Callable[[Any], Any], store: _Store) -> _Store:
    def append(target: Any, value: Any) -> None:
        try:
            read(target).append(value)
        except AttributeError:
            store(target, [value])

    return append


def _entry(type_ref: TypeRef, store: _Store) -> _Entry:
    if isinstance(type_ref, ListOf):
        return (_LIST, _entry(type_ref.of, list.append), store)
    if isinstance(type_ref, Structure):
        return (_STRUCTURE, _Link(type_ref), store)
    return (_SCALAR, (_CONVERTERS[type_ref.name], store), store)


_tables: dict[type[Shape], _Table] = {}

# Inside a list, and inside what the model does not know, no element has a name of its own.
_NOTHING = _Table(Shape)


def _table(cls: type[Shape]) -> _Table:
    found = _tables.get(cls)
    if found is None:
        found = _tables[cls] = _Table(cls)
    return found


class Decoder:
    """Fills one instance of `cls` from a document whose root is `root`."""

    def __init__(self, cls: type[Result], root: str, limits: Limits) -> None:
        self._reader = XmlReader(limits)
        self._root = root
        self._limits = limits
        self._table = _table(cls)
        self._result: Any = None
        self._complete = False
        self.begun = False
        self._reader.on(self._first, self._never)

    @property
    def request_id(self) -> str | None:
        """The request id, as far as it was read."""
        return self._result.request_id if self._result is not None else None

    def feed(self, data: bytes | memoryview) -> None:
        """Read a piece. Raises MalformedXml, ErrorDocument."""
        self._reader.feed(data)

    def close(self) -> Any:
        """Return the filled object. Raises MalformedXml."""
        self._reader.close()
        return self._result

    def _first(self, tag: str, attributes: list[str]) -> None:
        name = local_name(tag)
        if name != self._root:
            if name in ("Response", "ErrorResponse"):
                raise ErrorDocument
            raise MalformedXml(f"expected <{self._root}>, got <{name[:80]}>")
        if len(attributes) > 2 * self._limits.attributes:
            raise MalformedXml(f"an element has more than {self._limits.attributes} attributes")
        self.begun = True
        self._result = self._table.cls.__new__(self._table.cls)
        start, end = self._handlers()
        self._reader.on(start, end)
        if self._table.attributes:
            self._read_attributes(self._table, self._result, attributes)

    def _never(self, tag: str) -> None:
        raise MalformedXml(f"</{tag[:80]}> without a beginning")

    def _read_attributes(self, table: _Table, target: object, attributes: list[str]) -> None:
        for name, value in zip(attributes[::2], attributes[1::2], strict=True):
            if leaf := table.attributes.get(name):
                convert, store = leaf
                store(target, value if convert is None else self._converted(name, value, convert))

    def _handlers(self) -> tuple[Callable[[str, list[str]], None], Callable[[str], None]]:
        """Make the two callbacks; their state lives in local variables, which are fast."""
        parser = self._reader.parser
        limits = self._limits
        max_depth, max_attributes, max_text = limits.depth, 2 * limits.attributes, limits.text
        stack: list[tuple[_Table, _Entry | None, Any, Any]] = []
        push, pop = stack.append, stack.pop
        chunks: list[str] = []
        gather, last_chunk = chunks.append, chunks.pop
        new = object.__new__

        # The frame: a table of elements, an entry for all others, the object to fill, and what to
        # do with it at its end tag.
        table = self._table
        others: _Entry | None = None
        target: Any = self._result
        finish: _Store | None = table.finish
        scalar: _Leaf | None = None

        def start(tag: str, attributes: list[str]) -> None:
            nonlocal table, others, target, finish, scalar
            if scalar is not None:
                raise MalformedXml(f"<{tag[:80]}> stands inside a scalar at {self._reader.where()}")
            if attributes and len(attributes) > max_attributes:
                raise MalformedXml(f"an element has more than {limits.attributes} attributes")
            scalar = table.leaves.get(tag)
            if scalar is not None:
                parser.CharacterDataHandler = gather
                return
            kind, how, store = (
                table.containers.get(tag) or others or (table.find(local_name(tag)) if ":" in tag else _SKIP)
            )
            if kind == _SCALAR:
                scalar = how
                parser.CharacterDataHandler = gather
                return
            push((table, others, target, finish))
            if len(stack) >= max_depth:
                raise MalformedXml(f"elements are nested deeper than {max_depth}")
            if kind == _STRUCTURE:
                table = how.table or how.resolve()
                made = new(table.cls)
                store(target, made)
                others, target, finish = None, made, table.finish
                if table.attributes:
                    self._read_attributes(table, made, attributes)
            elif kind == _LIST:
                table, others, target, finish = _NOTHING, how, [], store
            else:
                table, others, target, finish = _NOTHING, _SKIP, None, None

        def end(tag: str) -> None:
            nonlocal table, others, target, finish, scalar
            if scalar is not None:
                convert, store = scalar
                scalar = None
                parser.CharacterDataHandler = None
                text = last_chunk() if chunks else ""
                if chunks or len(text) > max_text:
                    text = whole(tag, text)
                if convert is None:
                    store(target, text)
                    return
                try:
                    value = convert(text)
                except (ValueError, KeyError, OverflowError):
                    value = self._converted(tag, text, convert)
                store(target, value)
                return
            made, closing = target, finish
            if stack:
                table, others, target, finish = pop()
            if closing is not None:
                closing(target, tuple(made) if type(made) is list else made)

        def whole(tag: str, last: str) -> str:
            if sum(map(len, chunks), len(last)) > max_text:
                raise MalformedXml(f"<{tag[:80]}> holds more than {max_text} characters")
            text = "".join(chunks) + last
            chunks.clear()
            return text

        return start, end

    def _converted(self, tag: str, text: str, convert: Callable[[str], Any]) -> Any:
        """Convert what is not written as EC2 writes it: with white space around, or empty (nothing)."""
        text = text.strip()
        if not text:
            return None
        try:
            return convert(text)
        except (ValueError, KeyError, OverflowError):
            hidden = convert is _blob or holds_secrets(self._table.cls)
            got = "other characters" if hidden else repr(text[:40])
            raise MalformedXml(
                f"<{tag[:80]}> at {self._reader.where()}: expected {_EXPECTED[convert]}, got {got}"
            ) from None
