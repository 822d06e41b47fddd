"""The three ways in which the body of an HTTP/1.1 answer ends: its length, chunks, the connection's end.

A body is fed what comes, and gives back what lies behind its end. Trailers are passed over: nothing
that may stand in them matters to us.
https://www.rfc-editor.org/rfc/rfc9112#section-6.3
"""

from __future__ import annotations

import re
from collections.abc import Callable

import httpx

__all__ = ["Body", "Chunked", "Sized", "UntilEnd"]

_MOST_LINE = 4096
_MOST_TRAILERS = 100 * 1024

_SIZE = re.compile(rb"([0-9A-Fa-f]{1,16})[\t ]*(?:;[^\0-\x08\n-\x1f\x7f]*)?\r\n")


class Body:
    """What all three have in common: the pieces that wait to be taken."""

    __slots__ = ("_pieces", "done")

    def __init__(self) -> None:
        self._pieces: list[bytes] = []
        self.done = False

    def feed(self, data: bytes) -> bytes:
        """Read what came, and give back what is not of this body."""
        raise NotImplementedError

    def end(self) -> None:
        """Learn that the connection has ended. Raises: RemoteProtocolError where the body has not."""
        if not self.done:
            raise httpx.RemoteProtocolError("the connection was closed before the answer was complete")

    def take(self) -> bytes:
        """Give what has come since the last time."""
        pieces = self._pieces
        if not pieces:
            return b""
        taken = pieces[0] if len(pieces) == 1 else b"".join(pieces)
        pieces.clear()
        return taken


class UntilEnd(Body):
    """It ends with the connection."""

    __slots__ = ()

    def feed(self, data: bytes) -> bytes:
        self._pieces.append(data)
        return b""

    def end(self) -> None:
        self.done = True


class Sized(Body):
    """It has so many bytes."""

    __slots__ = ("_left",)

    def __init__(self, length: int) -> None:
        super().__init__()
        self._left = length
        self.done = not length

    def feed(self, data: bytes) -> bytes:
        rest = b""
        if len(data) > self._left:
            data, rest = data[: self._left], data[self._left :]
        if data:
            self._pieces.append(data)
            self._left -= len(data)
            self.done = not self._left
        return rest


class Chunked(Body):
    """It comes in chunks, each behind its size; the last one has none.

    https://www.rfc-editor.org/rfc/rfc9112#section-7.1
    """

    __slots__ = ("_held", "_left", "_step", "_trailers")

    def __init__(self) -> None:
        super().__init__()
        self._step: Callable[[], bool] = self._size
        self._held = bytearray()  # to drop its front costs nothing, however many chunks there are
        self._left = 0
        self._trailers = 0

    def feed(self, data: bytes) -> bytes:
        self._held += data
        while self._held and not self.done:
            if not self._step():
                return b""
        return bytes(self._held)

    def _line(self) -> bytes:
        """Give the next line; b"" where its end has not come yet."""
        end = self._held.find(b"\n") + 1
        if (end or len(self._held)) > _MOST_LINE:
            raise httpx.RemoteProtocolError(f"a line between chunks is longer than {_MOST_LINE} bytes")
        line = bytes(self._held[:end])
        if line and not line.endswith(b"\r\n"):
            raise httpx.RemoteProtocolError("a line between chunks ends in another way than CRLF")
        del self._held[:end]
        return line

    def _size(self) -> bool:
        if line := self._line():
            size = _SIZE.fullmatch(line)
            if size is None:
                raise httpx.RemoteProtocolError("the size of a chunk is not a number")
            self._left = int(size[1], 16)
            self._step = self._chunk if self._left else self._trailer
        return bool(line)

    def _chunk(self) -> bool:
        piece = bytes(self._held[: self._left])
        del self._held[: self._left]
        self._pieces.append(piece)
        self._left -= len(piece)
        if not self._left:
            self._step = self._chunk_end
        return True

    def _chunk_end(self) -> bool:
        if line := self._line():
            if line != b"\r\n":
                raise httpx.RemoteProtocolError("a chunk is longer than its size")
            self._step = self._size
        return bool(line)

    def _trailer(self) -> bool:
        line = self._line()
        self._trailers += len(line)
        if self._trailers > _MOST_TRAILERS:
            raise httpx.RemoteProtocolError(f"the trailers are longer than {_MOST_TRAILERS} bytes")
        self.done = line == b"\r\n"
        return bool(line)
