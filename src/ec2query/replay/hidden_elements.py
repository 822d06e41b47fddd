"""An XML answer with the text of its sensitive elements replaced, every other byte as it was.

The hardened reader tells where texts begin and end. A broken answer is kept up to where it breaks, if
anything secret may follow: it can no longer be told apart.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from ..protocol.excerpt import holds_secrets
from ..protocol.xml import Limits, MalformedXml, XmlReader, local_name
from ..shape import Operation, result_of
from .secret_text import REDACTED
from .sensitive import Place, sounds_secret

__all__ = ["text_codec", "without_hidden_elements"]

# A replacement that the member's type can be read from.
_REPLACEMENTS = {"int": "0", "float": "0", "bool": "false", "datetime": "1970-01-01T00:00:00Z"}


def text_codec(body: bytes) -> str:
    """Tell how a body is encoded: in UTF-16, or so that ASCII is ASCII."""
    if body.startswith((b"\xff\xfe", b"<\x00")):
        return "utf-16-le"
    return "utf-16-be" if body.startswith((b"\xfe\xff", b"\x00<")) else "utf-8"


def without_hidden_elements(
    body: bytes, operation: type[Operation[Any]] | None, also: Collection[str]
) -> bytes:
    """Replace the texts to be hidden; a body that is no XML, or a page of HTML, is returned as it is."""
    begin = body[:256].lstrip(b"\xef\xbb\xbf\xff\xfe\x00 \t\r\n").lower()
    if not begin.startswith(b"<") or begin.startswith((b"<!doctype html", b"<html")):
        return body
    found = _HiddenTexts(operation, also)
    end = found.read(body)
    # What is left is broken elsewhere, perhaps: it is cut until it stays as it is.
    while end is not None and end < len(body) and (found.is_open or _may_hide(body[end:], operation, also)):
        body = body[:end]
        found = _HiddenTexts(operation, also)
        end = found.read(body)
    codec = text_codec(body)
    for begin_at, end_at, replacement in reversed(found.texts):
        body = body[:begin_at] + replacement.encode(codec) + body[end_at:]
    return body


def _may_hide(rest: bytes, operation: type[Operation[Any]] | None, also: Collection[str]) -> bool:
    if operation is not None and holds_secrets(result_of(operation)):
        return True
    return sounds_secret(rest.replace(b"\0", b"").decode("latin-1")) or any(
        name.encode() in rest for name in also
    )


class _HiddenTexts:
    """Where hidden texts are: (first byte, byte behind the last, what to put there)."""

    def __init__(self, operation: type[Operation[Any]] | None, also: Collection[str]) -> None:
        self.texts: list[tuple[int, int, str]] = []
        self._operation = operation
        self._also = also
        self._places: list[Place] = []
        self._begin: int | None = None
        self._blank = True

    def read(self, body: bytes) -> int | None:
        """Read a document; return the byte up to which a broken one can be kept."""
        reader = XmlReader(Limits())
        parser = self._parser = reader.parser
        parser.buffer_text = False  # else a text is reported when it is over
        reader.on(self._start, self._end)
        parser.CharacterDataHandler = self._text
        parser.StartCdataSectionHandler = lambda: self._text("")
        try:
            reader.feed(body)
            reader.close()
        except MalformedXml:
            here = max(parser.CurrentByteIndex, 0)
            return here if self._begin is None else self._begin
        return None

    @property
    def is_open(self) -> bool:
        """Whether the document broke off inside a hidden text."""
        return self._begin is not None

    def _start(self, tag: str, attributes: list[str]) -> None:
        self._finish()
        name = local_name(tag)
        if self._places:
            self._places.append(self._places[-1].into(name, self._also))
        else:
            is_answer = self._operation is not None and name != "Response"
            self._places.append(Place(result_of(self._operation) if is_answer and self._operation else None))

    def _end(self, tag: str) -> None:
        self._finish()
        self._places.pop()

    def _text(self, data: str) -> None:
        if self._places and self._places[-1].hidden:
            if self._begin is None:
                self._begin, self._blank = self._parser.CurrentByteIndex, True
            self._blank = self._blank and not data.strip()

    def _finish(self) -> None:
        """End the text that is being read: the parser stands at the tag behind it."""
        if self._begin is not None and not self._blank:
            replacement = _REPLACEMENTS.get(self._places[-1].scalar, REDACTED)
            self.texts.append((self._begin, self._parser.CurrentByteIndex, replacement))
        self._begin = None
