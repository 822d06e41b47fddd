"""Content codings (gzip, x-gzip, deflate, identity) undone in bounded pieces, without I/O.

Bytes of a body come in, decoded bytes go out; what is truncated, corrupt, followed by garbage, of an
unknown coding or longer than the limit is a ResponseError. Nothing is decoded that would not be kept.
https://www.rfc-editor.org/rfc/rfc9110#section-8.4.1 https://www.rfc-editor.org/rfc/rfc1952
"""

from __future__ import annotations

import zlib
from collections.abc import Generator, Iterable, Iterator
from typing import Protocol

from ..errors import ResponseError

__all__ = ["ContentDecoder"]

# A stream is inflated in pieces, since what a small chunk can become is not known beforehand; and fed
# in pieces, since zlib copies the rest of its input at the end of every gzip member.
_INPUT = 16 * 1024
_OUTPUT = 256 * 1024
# urllib3 allows as many, since each link of a chain multiplies: CVE-2025-66418.
_MOST_CODINGS = 5

_GZIP = 16 + zlib.MAX_WBITS
_ZLIB = zlib.MAX_WBITS
_RAW = -zlib.MAX_WBITS


class ContentDecoder:
    """Decoder of one body: `feed` it chunk by chunk, and take what each gives to the end; then `close` it."""

    def __init__(self, content_encoding: str, max_bytes: int) -> None:
        codings = [coding.strip().lower() for coding in content_encoding.split(",")]
        codings = [coding for coding in codings if coding not in ("", "identity")]
        if len(codings) > _MOST_CODINGS:
            raise ResponseError(f"expected at most {_MOST_CODINGS} content codings, got {len(codings)}")
        # Codings are listed in the order in which they were applied.
        self._stages = [_stage(coding, max_bytes) for coding in reversed(codings)]
        self._max_bytes = max_bytes
        self._count = 0

    def feed(self, data: bytes | memoryview) -> Iterator[bytes | memoryview]:
        """Decode a chunk, a piece (at times an empty one) for each little work. Raises: ResponseError."""
        pieces: Iterable[bytes | memoryview] = (data,)
        for stage in self._stages:
            pieces = stage.through(pieces)
        for piece in pieces:
            self._count += len(piece)
            if self._count > self._max_bytes:
                raise _too_long(self._max_bytes)
            yield piece

    def close(self) -> None:
        """End the body. Raises: ResponseError where it is not complete."""
        for stage in self._stages:
            stage.close()


class _Decompressor(Protocol):
    @property
    def eof(self) -> bool: ...
    @property
    def unconsumed_tail(self) -> bytes: ...
    @property
    def unused_data(self) -> bytes: ...
    def decompress(self, data: bytes, max_length: int, /) -> bytes: ...


class _Inflate:
    """One coding undone. gzip may have several members, one after the other."""

    def __init__(self, coding: str, max_bytes: int) -> None:
        self._coding = coding
        self._max_bytes = max_bytes
        self._count = 0
        self._head = b""
        self._inflater: _Decompressor | None = None
        self._complete = False

    def through(self, chunks: Iterable[bytes | memoryview]) -> Iterator[bytes]:
        for chunk in chunks:
            if not chunk:
                yield b""
            for begin in range(0, len(chunk), _INPUT):
                data = self._head + chunk[begin : begin + _INPUT]
                self._head = b""
                while data and (self._inflater is not None or self._begin(data)):
                    data = yield from self._inflate(data)

    def _begin(self, data: bytes) -> bool:
        """Choose the format by the first two bytes; False until they are there."""
        if self._complete and self._coding == "deflate":
            raise ResponseError("the body goes on after the end of its deflate coding")
        if len(data) < 2:
            self._head = data
            return False
        if self._coding == "deflate":
            # Many servers leave out the zlib wrapper that RFC 9110 asks for; its check bits tell.
            wrapped = data[0] & 0x0F == 8 and (data[0] << 8 | data[1]) % 31 == 0
            self._inflater = zlib.decompressobj(_ZLIB if wrapped else _RAW)
        elif data[:2] != b"\x1f\x8b":
            when = "goes on after the end of" if self._complete else "does not begin as"
            raise ResponseError(f"the body {when} its gzip coding")
        else:
            self._inflater = zlib.decompressobj(_GZIP)
        self._complete = False
        return True

    def _inflate(self, data: bytes) -> Generator[bytes, None, bytes]:
        """Inflate up to the end of the data or of the member; return what follows the member."""
        inflater = self._inflater
        assert inflater is not None
        full = False
        while (data or full) and not inflater.eof:
            try:
                piece = inflater.decompress(data, _OUTPUT)
            except zlib.error as error:
                raise ResponseError(f"the body's {self._coding} coding is corrupt ({error})") from error
            data = inflater.unconsumed_tail
            full = len(piece) == _OUTPUT  # zlib may hold back more, though it took all the input
            self._count += len(piece)
            if self._count > self._max_bytes:
                raise _too_long(self._max_bytes)
            yield piece
        if not inflater.eof:
            return b""
        self._inflater = None
        self._complete = True
        return inflater.unused_data

    def close(self) -> None:
        if self._inflater is not None or self._head:
            raise ResponseError(f"the body is truncated: its {self._coding} coding is not complete")


def _stage(coding: str, max_bytes: int) -> _Inflate:
    if coding in ("gzip", "x-gzip", "deflate"):
        return _Inflate(coding.removeprefix("x-"), max_bytes)
    shown = coding if coding.isascii() and coding.isprintable() and len(coding) <= 40 else "another"
    raise ResponseError(f"expected the content coding gzip, deflate or identity, got {shown}")


def _too_long(max_bytes: int) -> ResponseError:
    return ResponseError(f"the decoded body is over the limit of {max_bytes} bytes", over_limit=True)
