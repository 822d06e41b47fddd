"""The streaming decoder: expat's callbacks in, one filled dataclass out.

A frame of the decoder is a table (`element_table`: how each element is read) and the object it fills.
A scalar's text is gathered only while inside it; an element inside a scalar is refused. Classes are
filled slot by slot, without their constructors.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ..shape import Result
from .element_table import (
    EXPECTED,
    LIST,
    NOTHING,
    SCALAR,
    SKIP,
    STRUCTURE,
    Entry,
    Leaf,
    Store,
    Table,
    read_blob,
    table_of,
)
from .excerpt import holds_secrets
from .xml import Limits, MalformedXml, XmlReader, local_name

__all__ = ["Decoder", "ErrorDocument"]


class ErrorDocument(Exception):
    """The root element says that this is an error document."""


class Decoder:
    """Fills one instance of `cls` from a document whose root is `root`."""

    def __init__(self, cls: type[Result], root: str, limits: Limits) -> None:
        self._reader = XmlReader(limits)
        self._root = root
        self._limits = limits
        self._table = table_of(cls)
        self._result: Any = None
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

    def _read_attributes(self, table: Table, target: object, attributes: list[str]) -> None:
        for name, value in zip(attributes[::2], attributes[1::2], strict=True):
            if leaf := table.attributes.get(name):
                convert, store = leaf
                store(target, value if convert is None else self._converted(name, value, convert))

    def _handlers(self) -> tuple[Callable[[str, list[str]], None], Callable[[str], None]]:
        """Make the two callbacks; their state lives in local variables, which are fast."""
        parser = self._reader.parser
        limits = self._limits
        max_depth, max_attributes, max_text = limits.depth, 2 * limits.attributes, limits.text
        stack: list[tuple[Table, Entry | None, Any, Any]] = []
        push, pop = stack.append, stack.pop
        chunks: list[str] = []
        gather, last_chunk = chunks.append, chunks.pop
        new = object.__new__

        # The frame: a table of elements, an entry for all others, the object to fill, and what to
        # do with it at its end tag.
        table = self._table
        others: Entry | None = None
        target: Any = self._result
        finish: Store | None = table.finish
        scalar: Leaf | None = None

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
                table.containers.get(tag) or others or (table.find(local_name(tag)) if ":" in tag else SKIP)
            )
            if kind == SCALAR:
                scalar = how
                parser.CharacterDataHandler = gather
                return
            push((table, others, target, finish))
            if len(stack) >= max_depth:
                raise MalformedXml(f"elements are nested deeper than {max_depth}")
            if kind == STRUCTURE:
                table = how.table or how.resolve()
                made = new(table.cls)
                store(target, made)
                others, target, finish = None, made, table.finish
                if table.attributes:
                    self._read_attributes(table, made, attributes)
            elif kind == LIST:
                table, others, target, finish = NOTHING, how, [], store
            else:
                table, others, target, finish = NOTHING, SKIP, None, None

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
            hidden = convert is read_blob or holds_secrets(self._table.cls)
            got = "other characters" if hidden else repr(text[:40])
            raise MalformedXml(
                f"<{tag[:80]}> at {self._reader.where()}: expected {EXPECTED[convert]}, got {got}"
            ) from None
