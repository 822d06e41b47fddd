"""An XML answer as indented text: the elements, attributes and comments that came, one a line.

Bytes go in, text comes out; what is not XML comes out as it came. Only white space between elements
is changed. The reader is the hardened one, under the same limits as every answer; elements that
`mask` names are shown as `***`.
"""

from __future__ import annotations

from collections.abc import Callable
from xml.sax.saxutils import escape, quoteattr

from ..protocol.xml import Limits, MalformedXml, XmlReader, local_name

__all__ = ["indented"]

_MASKED = "***"


class _Writer:
    """Collects lines; an element with only text stays on one."""

    def __init__(self, mask: Callable[[tuple[str, ...]], bool]) -> None:
        self.lines: list[str] = []
        self._mask = mask
        self._path: list[str] = []
        self._text: list[str] = []
        self._open = ""  # the start tag that waits to know what follows it

    def start(self, tag: str, attributes: list[str]) -> None:
        self._flush()
        pairs = zip(attributes[::2], attributes[1::2], strict=True)
        self._open = f"<{tag}{''.join(f' {name}={quoteattr(value)}' for name, value in pairs)}"
        self._path.append(tag)

    def text(self, data: str) -> None:
        self._text.append(data)

    def comment(self, data: str) -> None:
        self._flush()
        self._line(f"<!--{data}-->")

    def end(self, tag: str) -> None:
        text, self._text = "".join(self._text), []
        masked = bool(text) and self._mask(tuple(local_name(name) for name in self._path))
        shown = _MASKED if masked else escape(text)
        self._path.pop()
        if self._open:
            opened, self._open = self._open, ""
            self._line(f"{opened}>{shown}</{tag}>" if text else f"{opened}/>")
            return
        if text.strip():
            self._line(shown.strip(), deeper=1)
        self._line(f"</{tag}>")

    def _flush(self) -> None:
        text, self._text = "".join(self._text), []
        if self._open:
            opened, self._open = self._open, ""
            self._line(f"{opened}>", deeper=-1)
        if text.strip():
            self._line(escape(text.strip()))

    def _line(self, text: str, *, deeper: int = 0) -> None:
        self.lines.append("  " * (len(self._path) + deeper) + text)


def indented(
    body: bytes,
    *,
    limits: Limits = Limits(),  # noqa: B008 - frozen
    mask: Callable[[tuple[str, ...]], bool] = lambda path: False,
) -> str:
    """Indent a document. `mask` is asked with each element's path of local names, root first."""
    writer, reader = _Writer(mask), XmlReader(limits)
    reader.on(writer.start, writer.end)
    reader.parser.CharacterDataHandler = writer.text
    reader.parser.CommentHandler = writer.comment
    try:
        reader.feed(body)
        reader.close()
    except MalformedXml:
        return body.decode("utf-8", "backslashreplace")
    return "\n".join(writer.lines)
