"""A hardened XML reader: bytes in, start and end events out, under limits.

The parser is expat's, carrying defusedxml's handlers: a DTD or an entity declaration is refused
before it can do harm. Character references are never limited. Encodings are those that every XML
processor must know, and the two that expat knows besides; anything else is refused.
https://www.w3.org/TR/xml/#charencoding  https://github.com/tiran/defusedxml#attack-vectors
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import TYPE_CHECKING, Any, NamedTuple

from ..frozen import frozen

if TYPE_CHECKING:
    from pyexpat import XMLParserType

__all__ = ["Limits", "MalformedXml", "XmlReader", "local_name"]

# https://www.w3.org/TR/xml/#charencoding requires the first three; expat adds the others.
_ENCODINGS = frozenset({"utf-8", "utf-16", "utf-16le", "utf-16be", "us-ascii", "iso-8859-1"})

# A document is given to expat in such pieces, so that the limits are looked at in between.
_PIECE = 128 * 1024
# expat keeps every name for as long as the parser lives. The whole model of EC2 has some 5,000.
_NAMES = 20_000


@frozen(kw_only=True)
class Limits:
    """What an answer may hold. `body` and `token` count bytes, `text` characters of one element.

    `token` bounds one tag with its attributes, or one comment: expat must see it whole. With the default
    `body`, an answer that is decompressed costs no more than 64 MiB until it is refused.
    """

    body: int = 48 * 1024 * 1024
    depth: int = 64
    attributes: int = 256
    text: int = 16 * 1024 * 1024
    token: int = 1024 * 1024


class MalformedXml(ValueError):
    """The document breaks a rule; the message says which, and where. Never leaves `protocol`."""


class _Library(NamedTuple):
    """What is used of expat and defusedxml. The refusing handlers keep no state: one object serves all."""

    make: Callable[[], XMLParserType]
    guard: Any
    malformed: type[Exception]
    refused: type[Exception]


@cache
def _library() -> _Library:
    from xml.parsers import expat

    from defusedxml.common import DefusedXmlException
    from defusedxml.ElementTree import DefusedXMLParser

    return _Library(
        expat.ParserCreate, DefusedXMLParser(forbid_dtd=True), expat.ExpatError, DefusedXmlException
    )


class XmlReader:
    """One document: feed it bytes, then close it. Any fault is a MalformedXml."""

    def __init__(self, limits: Limits) -> None:
        library = self._library = _library()
        guard, parser = library.guard, library.make()
        parser.buffer_text = True
        parser.ordered_attributes = True
        parser.StartDoctypeDeclHandler = guard.defused_start_doctype_decl
        parser.EntityDeclHandler = guard.defused_entity_decl
        parser.UnparsedEntityDeclHandler = guard.defused_unparsed_entity_decl
        parser.ExternalEntityRefHandler = guard.defused_external_entity_ref_handler
        parser.XmlDeclHandler = self._declaration
        self._limits = limits
        self._fed = 0
        self._unfinished = 0
        self._held: list[bytes] = []
        self._held_bytes = 0
        self.parser: XMLParserType = parser

    def on(self, start: Callable[[str, list[str]], None], end: Callable[[str], None]) -> None:
        """Set the handlers of start tags (name, [attribute, value, ...]) and end tags (name)."""
        self.parser.StartElementHandler = start
        self.parser.EndElementHandler = end

    def feed(self, data: bytes | memoryview) -> None:
        """Read a piece of the document."""
        try:
            if len(data) <= _PIECE:
                self._feed(data)
                return
            whole = memoryview(data)
            for begin in range(0, len(data), _PIECE):
                self._feed(whole[begin : begin + _PIECE])
        except BaseException:
            self.let_go()
            raise

    def _feed(self, data: bytes | memoryview) -> None:
        # expat scans an unfinished tag from its beginning each time. It is given more of it only when
        # that doubles it, so that a tag in many small pieces takes no more than linear time.
        if len(data) + self._held_bytes < self._unfinished:
            self._held.append(bytes(data))
            self._held_bytes += len(data)
            return
        if self._held:
            data = self._released() + data
        self._fed += len(data)
        self._parse(data, False)
        self._unfinished = self._fed - max(self.parser.CurrentByteIndex, 0)
        if self._unfinished > self._limits.token:
            raise MalformedXml(f"one tag is longer than {self._limits.token} bytes")
        if len(self.parser.intern) > _NAMES:
            raise MalformedXml(f"there are more than {_NAMES} different names")

    def _released(self) -> bytes:
        held = b"".join(self._held)
        self._held, self._held_bytes = [], 0
        return held

    def close(self) -> None:
        """Say that the document is complete."""
        rest = self._released()
        try:
            if not self._fed and not rest:
                raise MalformedXml("the document is empty")
            self._parse(rest, True)
        finally:
            self.let_go()

    def where(self) -> str:
        """Say where in the document the reader stands."""
        return f"line {self.parser.CurrentLineNumber}, column {self.parser.CurrentColumnNumber}"

    def _parse(self, data: bytes | memoryview, final: bool) -> None:
        library = self._library
        try:
            self.parser.Parse(data, final)
        except library.malformed as error:
            raise MalformedXml(f"not well-formed XML: {error}") from None
        except library.refused as error:
            refused = type(error).__name__.removesuffix("Forbidden")
            raise MalformedXml(f"a document type or entity declaration is refused ({refused})") from None
        except (LookupError, UnicodeError):
            raise MalformedXml("an encoding that is not known") from None

    def let_go(self) -> None:
        """Part from the handlers: they know the parser, and such a circle keeps all that they have made."""
        parser = self.parser
        parser.StartElementHandler = parser.EndElementHandler = None
        parser.CharacterDataHandler = parser.XmlDeclHandler = None

    def _declaration(self, version: str, encoding: str | None, standalone: int) -> None:
        if encoding is not None and encoding.lower() not in _ENCODINGS:
            raise MalformedXml(f"encoding {encoding[:40]!r} is refused; expected UTF-8 or UTF-16")


def local_name(tag: str) -> str:
    """Strip a namespace prefix from a tag."""
    return tag.rpartition(":")[2]
