"""Where the body of an HTTP/1.1 answer ends, without I/O: by its length, its chunks, or the connection.

Bytes go in by `read`, which gives those of the body among them; `done` says that it is whole. What is
wrong is told in `fault`, not raised, so that no traceback holds what came. Time is linear in the bytes,
and what is not the body (extensions and trailers) is bounded and dropped: h11 takes the square of the
blanks in a trailer, which is half a minute for as much as it lets in.
https://www.rfc-editor.org/rfc/rfc9112#section-6
"""

from __future__ import annotations

import re
from typing import Protocol

__all__ = ["Chunks", "Framing", "Length", "ToTheEnd"]

# Of all extensions and trailers of one answer together; Go's net/http allows as much.
_MOST_ASIDE = 16 * 1024

_NEXT = re.compile(rb"\r\n([0-9A-Fa-f]{1,16})\r\n")  # what is between nearly all chunks
_NO_LINE = "a line between the chunks is none"
_SIZE = re.compile(rb"[0-9A-Fa-f]{1,16}")
_TRAILER = re.compile(rb"[!#$%&'*+.^_`|~0-9A-Za-z-]+:[^\0\r\n]*")
_BARE = re.compile(rb"[\0\n]|\r(?!\Z)")  # a CR at the end may be half of a line's end


class Framing(Protocol):
    """A body as it comes. `over` says that bytes followed it, which nobody asked for."""

    done: bool
    over: bool
    fault: str | None

    def read(self, data: bytes) -> bytes:
        """Give what of `data` belongs to the body."""
        ...

    def end(self) -> None:
        """Note that the connection has ended."""
        ...


class Length:
    """A body of so many bytes, which may be none."""

    def __init__(self, length: int) -> None:
        self._left = length
        self.done = not length
        self.over = False
        self.fault: str | None = None

    def read(self, data: bytes) -> bytes:
        body = data[: self._left]
        self.over = len(data) > self._left
        self._left -= len(body)
        self.done = not self._left
        return body

    def end(self) -> None:
        if self._left:
            self.fault = f"the connection ended {self._left} bytes before the body"


class ToTheEnd:
    """A body that ends with the connection."""

    def __init__(self) -> None:
        self.done = self.over = False
        self.fault: str | None = None

    def read(self, data: bytes) -> bytes:
        return data

    def end(self) -> None:
        self.done = True


class Chunks:
    """A body in chunks, each after a line that says how long it is; the last is empty."""

    def __init__(self) -> None:
        self.done = self.over = False
        self.fault: str | None = None
        self._left = 0  # of the chunk
        self._ending = self._trailing = False
        self._line = b""  # as much of it as has come
        self._aside = 0

    def read(self, data: bytes) -> bytes:
        if self._line:
            data, self._line = self._line + data, b""
        body: list[bytes] = []
        at = 0
        while at < len(data) and not self.done and self.fault is None:
            if self._left:
                body.append(data[at : at + self._left])
                at += len(body[-1])
                self._left -= len(body[-1])
                self._ending = not self._left
                continue
            if self._ending and (found := _NEXT.match(data, at)):
                self._ending, self._left, at = False, int(found[1], 16), found.end()
                self._trailing = not self._left
                continue
            end = data.find(b"\r\n", at)
            if end < 0:
                self._line = data[at:]
                self._unfinished(len(self._line))
                break
            self._read_line(data[at:end])
            at = end + 2
        self.over = self.done and at < len(data)
        return b"".join(body)

    def end(self) -> None:
        if not self.done:
            self.fault = "the connection ended before the last chunk"

    def _unfinished(self, length: int) -> None:
        if self._ending and self._line != b"\r":
            self.fault = "a chunk is longer than it said"
        elif self._aside + length > _MOST_ASIDE:
            self.fault = "the chunks' extensions or trailers are too long"
        elif _BARE.search(self._line):
            self.fault = _NO_LINE

    def _read_line(self, line: bytes) -> None:
        if self._ending:
            self._ending = False
            if line:
                self.fault = "a chunk is longer than it said"
        elif self._trailing:
            self.done = not line
            self._aside += len(line)
            if line and not _TRAILER.fullmatch(line):
                self.fault = _NO_LINE
        else:
            size, semicolon, extension = line.partition(b";")
            size = size if semicolon else size.rstrip(b" \t")
            self._aside += len(line) - len(size)
            if not _SIZE.fullmatch(size) or _BARE.search(extension + b"."):
                self.fault = _NO_LINE
            else:
                self._left = int(size, 16)
                self._trailing = not self._left
        if self._aside > _MOST_ASIDE:
            self.fault = "the chunks' extensions or trailers are too long"
