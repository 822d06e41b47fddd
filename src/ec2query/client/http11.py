"""HTTP/1.1 on one connection, without I/O: the bytes of a request, and what its answer says.

An Exchange is used for one request after the other. Bodies of requests are whole. Heads are written and
read by h11, of answers only once they are whole and in bounds; `framing` finds the end of a body. What is
refused is raised as httpx's exceptions, without the bytes that h11 quotes.
https://h11.readthedocs.io/en/latest/api.html
"""

from __future__ import annotations

import re

import h11
import httpx

from .framing import Chunks, Framing, Length, ToTheEnd

__all__ = ["Exchange"]

# Of a head, where EC2 sends less than 1 kB: httpcore's limit of bytes, ten times http.client's of lines.
_MOST_HEAD = 100 * 1024
_MOST_LINES = 1000
# h11 reads a value that begins with blanks in the square of their number.
_BLANKS = b" " * 128
# Answers before the answer: 100 Continue and its like. Go's net/http allowed 5.
_MOST_INTERIM = 16

_BEGINNING = b"HTTP/1."
_SWITCHING = 101
_BLANK_LINE = re.compile(rb"\n\r?\n")
_TABS = bytes.maketrans(b"\t", b" ")
_FRAMING = (b"content-length", b"transfer-encoding")
# `illegal header line: bytearray(b'...')`: a server may repeat what it was sent.
_QUOTED = re.compile(r":? (?:bytearray\(|b['\"])")


class Exchange:
    """`begin` a request; `feed` what comes until the answer has `begun`; `take` the body to its end."""

    __slots__ = (
        "_bodiless",
        "_body",
        "_framing",
        "_h11",
        "_head",
        "_interim",
        "_persistent",
        "_seen",
        "_wanted",
        "begun",
        "done",
        "headers",
        "status",
    )

    def __init__(self) -> None:
        self._clear()

    def _clear(self) -> None:
        self._h11 = h11.Connection(h11.CLIENT)
        self._head = bytearray()
        self._seen = self._interim = 0
        self._framing: Framing = Length(0)
        self._body = b""
        self._wanted = self._persistent = self._bodiless = False
        self.begun = self.done = False
        self.status = 0
        self.headers: list[tuple[bytes, bytes]] = []

    def begin(self, request: httpx.Request, body: bytes | memoryview) -> bytes:
        """Give the bytes of a request. Raises: LocalProtocolError for a head that HTTP does not allow."""
        self._clear()
        try:
            return self._written(request, body)
        except h11.LocalProtocolError as error:
            reason = _words(error)
        # Out here, so that nothing leads to the frames that hold the head.
        raise httpx.LocalProtocolError(reason)

    def _written(self, request: httpx.Request, body: bytes | memoryview) -> bytes:
        given = request.headers.raw
        headers = [each for each in given if each[0].lower() not in _FRAMING]
        if body or len(headers) < len(given):  # the body is whole: its length is known, whatever was said
            headers.append((b"content-length", b"%d" % len(body)))
        head = self._h11.send(
            h11.Request(method=request.method, target=request.url.raw_path, headers=headers)
        )
        self._bodiless = request.method == "HEAD"
        self._wanted = "close" not in request.headers.get("connection", "").lower()
        return (head or b"") + body

    @property
    def reusable(self) -> bool:
        """Whether the answer was taken to its end, and nothing came after it that nobody asked for."""
        return self._persistent and self.done and not self._framing.over

    def feed(self, data: bytes) -> None:
        """Read what came; b"" is the end of the connection. Raises: RemoteProtocolError."""
        if self.begun:
            self._read_body(data)
            return
        reason: str | None
        try:
            reason = self._read(data)
        except h11.RemoteProtocolError as error:
            reason = _words(error)
        del data  # a traceback's variables show nothing that came
        if reason is not None:
            raise httpx.RemoteProtocolError(reason)

    def take(self) -> bytes:
        """Give what has come of the body, b"" where that is nothing or all. Raises: RemoteProtocolError."""
        if self._body:
            piece, self._body = self._body, b""
            return piece
        if self._framing.fault is not None:
            raise httpx.RemoteProtocolError(self._framing.fault)
        self.done = self._framing.done
        return b""

    def _read(self, data: bytes) -> str | None:
        """Read what came of the head, and say what is wrong with it."""
        if not data:
            return "the connection ended before the answer's head"
        self._head += data
        while not self.begun:
            end = _BLANK_LINE.search(self._head, max(self._seen - 3, 0))
            self._seen = 0 if end else len(self._head)
            if not self._head.startswith(_BEGINNING[: len(self._head)]):
                return "what came does not begin as an answer of HTTP/1"
            if (end.end() if end else self._seen) > _MOST_HEAD:
                return f"the answer's head is longer than {_MOST_HEAD} bytes"
            if not end:
                return None
            head = bytes(self._head[: end.end()])
            del self._head[: end.end()]
            if head.count(b"\n") > _MOST_LINES or _BLANKS in head.translate(_TABS):
                return (
                    f"the answer's head has more than {_MOST_LINES} lines or {len(_BLANKS)} blanks in a row"
                )
            self._read_head(head)
            if self._interim > _MOST_INTERIM:
                return f"more than {_MOST_INTERIM} answers came before the answer"
        rest, self._head = bytes(self._head), bytearray()
        if rest:
            self._read_body(rest)
        return None

    def _read_head(self, head: bytes) -> None:
        self._h11.receive_data(head)
        del head
        event = self._h11.next_event()
        if isinstance(event, h11.InformationalResponse) and event.status_code != _SWITCHING:
            self._interim += 1
            return
        if not isinstance(event, h11.Response):
            raise h11.RemoteProtocolError("the server switched to another protocol")
        self.begun = True
        self.status, self.headers = event.status_code, event.headers.raw_items()
        named: dict[bytes, bytes] = {}
        for name, value in event.headers:  # names in lower case
            named[name] = named[name] + b"," + value if name in named else value
        closing = b"close" in [token.strip() for token in named.get(b"connection", b"").lower().split(b",")]
        self._persistent = self._wanted and not closing and event.http_version == b"1.1"
        self._choose_framing(named)

    def _choose_framing(self, named: dict[bytes, bytes]) -> None:
        """Obey RFC 9112, section 6.3; h11 has checked both headers, and takes chunks alone for a coding."""
        length, chunked = named.get(b"content-length"), b"transfer-encoding" in named
        if self._bodiless or self.status in (204, 304):
            self._framing = Length(0)
        elif chunked:
            self._framing = Chunks()
            # Two framings at once may be an attempt to smuggle an answer: section 6.1.
            self._persistent = self._persistent and length is None
        else:
            self._framing = ToTheEnd() if length is None else Length(int(length))

    def _read_body(self, data: bytes) -> None:
        if data:
            self._body += self._framing.read(data)
        else:
            self._persistent = False
            self._framing.end()


def _words(error: h11.ProtocolError) -> str:
    return _QUOTED.split(str(error), maxsplit=1)[0]
