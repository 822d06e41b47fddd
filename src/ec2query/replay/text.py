r"""Bytes as lines of text that people can read, and exactly back.

Text stays text; a backslash is doubled, and what cannot be seen is written `\n`, `\r`, `\t` or
`\xNN`, byte by byte. A line that ends in a single backslash goes on in the next, whose leading
blanks do not count: that is how an XML answer without line breaks is shown an element a line.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

__all__ = ["body_line", "body_lines", "escape", "unescape"]

_NAMED = {"\\": "\\\\", "\n": "\\n", "\r": "\\r", "\t": "\\t"}
_ESCAPED = re.compile(rb"\\(?:([\\nrt])|x([0-9a-f]{2})|(.?))", re.DOTALL)
_MEANT = {b"\\": b"\\", b"n": b"\n", b"r": b"\r", b"t": b"\t"}

_BETWEEN_TAGS = re.compile(rb"(?<=>)(?=<)")
_TAG = re.compile(rb"<(/?)[^!?/>][^>]*?(/?)>")


def escape(data: bytes) -> str:
    """Write bytes on one line; blanks at its end are escaped, since editors remove them."""
    text = "".join(_written(char) for char in data.decode("utf-8", "surrogateescape"))
    return text if not text.endswith(" ") else f"{text[:-1]}\\x20"


def _written(char: str) -> str:
    if char in _NAMED:
        return _NAMED[char]
    if char.isprintable():
        return char
    return "".join(f"\\x{byte:02x}" for byte in char.encode("utf-8", "surrogateescape"))


def unescape(line: str) -> bytes:
    """Read a line that `escape` wrote. Raises ValueError for an escape that there is not."""
    return _ESCAPED.sub(_read, line.encode("utf-8", "surrogateescape"))


def _read(found: re.Match[bytes]) -> bytes:
    if found[1] is not None:
        return _MEANT[found[1]]
    if found[2] is not None:
        return bytes((int(found[2], 16),))
    raise ValueError(repr(found[0].decode("utf-8", "replace")))


def body_lines(body: bytes) -> Iterator[str]:
    """Write a body: a line for each of its own, and within those of XML one for each tag in a row."""
    is_xml = body.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<")
    *complete, rest = body.split(b"\n")
    depth = 0
    for line, ends in [*((line, True) for line in complete), *([(rest, False)] if rest else [])]:
        pieces = _BETWEEN_TAGS.split(line) if is_xml else [line]
        for number, piece in enumerate(pieces):
            margin = depth - piece.startswith(b"</") if number else 0
            depth = max(depth + _deeper(piece), 0) if is_xml else 0
            goes_on = number < len(pieces) - 1 or not ends
            yield "  " * margin + _guarded(escape(piece)) + ("\\" if goes_on else "")


def _deeper(piece: bytes) -> int:
    return sum(-1 if end else not empty for end, empty in _TAG.findall(piece))


def _guarded(line: str) -> str:
    """Keep a line of the body from looking like a section's first."""
    return f"\\x2d{line[1:]}" if line.startswith("--- ") else line


def body_line(line: str, *, continued: bool) -> tuple[bytes, bool]:
    """Read one line of a body, and whether it goes on in the next. Raises ValueError."""
    line = line.lstrip(" ") if continued else line
    goes_on = (len(line) - len(line.rstrip("\\"))) % 2 == 1
    return (unescape(line[:-1]) if goes_on else unescape(line) + b"\n"), goes_on
