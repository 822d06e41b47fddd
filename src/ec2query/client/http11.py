"""HTTP/1.1 without I/O: the bytes of a request, and a reader of the one answer to it.

Bytes come in as they come; status, headers and pieces of the body go out. What could be taken for
another answer than was meant (two lengths, an unknown coding, a head without end) is refused. A
connection may be used again only after an answer that ended where it said, with nothing behind it.
https://www.rfc-editor.org/rfc/rfc9112
"""

from __future__ import annotations

import re

import httpx

from .http11_body import Body, Chunked, Sized, UntilEnd

__all__ = ["ResponseReader", "request_bytes"]

# httpcore's limit; most servers send less than 1 kB.
_MOST_HEAD = 100 * 1024

_TOKEN = rb"[!#$%&'*+.^_`|~0-9A-Za-z-]+"
_VALUE = rb"(?:[^\0-\x20\x7f](?:[^\0-\x08\n-\x1f\x7f]*[^\0-\x20\x7f])?)?"
_REQUEST = re.compile(rb"%b [!-~]+ HTTP/1\.1\r\n(?:%b: %b\r\n)*\r\n" % (_TOKEN, _TOKEN, _VALUE))
_STATUS = re.compile(rb"HTTP/1\.([01]) ([1-9][0-9][0-9])(?: [^\0-\x08\n-\x1f\x7f]*)?\r?\n")
# Blanks are matched in one way only (`*+`, `(?<!`): two ways would take quadratic time to fail.
_FIELD = re.compile(rb"(?m)^(%b):[\t ]*+(%b)[\t ]*+\r?$" % (_TOKEN, _VALUE))
_FOLD = re.compile(rb"(?<![\t ])[\t ]*+\r?\n[\t ]+")
_FRAMING = (b"content-length", b"transfer-encoding")
_HEAD_END = re.compile(rb"\n\r?\n")


def request_bytes(request: httpx.Request, body: bytes) -> bytes:
    """Write a whole request. Raises: LocalProtocolError for what HTTP does not allow in its head."""
    headers = request.headers.raw
    lines = [b"%b: %b\r\n" % each for each in headers if each[0].lower() not in _FRAMING]
    if body or len(lines) < len(headers):  # the body is whole: its length is known, whatever they said
        lines.append(b"content-length: %d\r\n" % len(body))
    first = (request.method.encode("ascii", "replace"), request.url.raw_path)
    head = b"%b %b HTTP/1.1\r\n%b\r\n" % (*first, b"".join(lines))
    if not _REQUEST.fullmatch(head) or head.count(b"\n") != len(lines) + 2:
        raise httpx.LocalProtocolError("the request line or a header holds a character that is not allowed")
    return head + body


class ResponseReader:
    """Reads one answer: `feed` it until it has `begun`, and `take` the body until it is `done`.

    Raises: RemoteProtocolError from both.
    """

    __slots__ = ("_body", "_close", "_finished", "_heads", "_held", "_method", "_rest", "headers", "status")

    def __init__(self, method: str) -> None:
        self._method = method
        self._held = bytearray()  # the beginning of a head
        self._heads = 0
        self._body: Body | None = None
        self._rest = b""
        self._close = self._finished = False
        self.status = 0
        self.headers: list[tuple[bytes, bytes]] = []

    @property
    def begun(self) -> bool:
        """Whether status and headers are there."""
        return self._body is not None

    @property
    def done(self) -> bool:
        """Whether all of the body has been read."""
        return self._body is not None and self._body.done

    @property
    def reusable(self) -> bool:
        """Whether the body was taken to its end, and the connection may carry another exchange."""
        return self._finished and not self._close

    def feed(self, data: bytes) -> None:
        """Read what came; b"" is the end of the connection."""
        if not data:
            self._close = True
            if self._body is None:
                raise httpx.RemoteProtocolError("the connection was closed before an answer came")
            self._body.end()
            return
        if self._body is None:
            while data and self._body is None:
                data = self._head(data)
            self._rest = data  # kept: if the body is broken, the head is not
        elif self._body.feed(data):
            self._close = True  # there is more than was asked for

    def take(self) -> bytes:
        """Give what has come of the body since the last time, b"" also at its end."""
        body = self._body
        if body is None:
            return b""
        if rest := self._rest:
            self._rest = b""
            self._close = bool(body.feed(rest)) or self._close
        taken = body.take()
        self._finished = body.done and not taken
        return taken

    def _head(self, data: bytes) -> bytes:
        held = self._held
        searched = max(len(held) - 2, 0)
        held += data
        end = _HEAD_END.search(held, searched)
        if self._heads + (end.end() if end else len(held)) > _MOST_HEAD:
            raise httpx.RemoteProtocolError(f"the head is longer than {_MOST_HEAD} bytes")
        if end is None:
            return b""
        head, rest = bytes(held[: end.start() + 1]), bytes(held[end.end() :])
        held.clear()
        self._heads += len(head)
        self._understand(head)
        return rest

    def _understand(self, head: bytes) -> None:
        line = _STATUS.match(head)
        if line is None:
            raise httpx.RemoteProtocolError("the status line is not HTTP/1.1's")
        lines = head[line.end() :]
        if b"\n " in lines or b"\n\t" in lines:
            lines = _FOLD.sub(b" ", lines)
        fields: list[tuple[bytes, bytes]] = _FIELD.findall(lines)
        if len(fields) != lines.count(b"\n"):
            raise httpx.RemoteProtocolError("a line of the head is no header")
        status = int(line[2])
        if status == 101:
            raise httpx.RemoteProtocolError("the answer switches to a protocol that nobody asked for")
        if status >= 200:  # others are interim: the head of another one follows
            self.status, self.headers = status, fields
            self._body = self._frame(fields)
            self._close = self._close or line[1] == b"0" or isinstance(self._body, UntilEnd)

    def _frame(self, fields: list[tuple[bytes, bytes]]) -> Body:
        """Find out how the body ends: https://www.rfc-editor.org/rfc/rfc9112#section-6.3."""
        lengths: set[bytes] = set()
        codings: list[bytes] = []
        for name, value in fields:
            name = name.lower()
            if name == b"content-length":
                lengths.update(_listed(value))
            elif name == b"transfer-encoding":
                codings += _listed(value.lower())
            elif name == b"connection" and b"close" in _listed(value.lower()):
                self._close = True
        declared = bool(lengths)
        if codings and codings != [b"chunked"]:
            raise httpx.RemoteProtocolError("the transfer coding is not the one that is known, chunked")
        length = lengths.pop() if lengths else b"0"
        if lengths or not length.isdigit() or len(length) > 18:
            raise httpx.RemoteProtocolError("the content length is not one number")
        if self._method == "HEAD" or self.status in (204, 304):
            return Sized(0)
        if codings:
            self._close = self._close or declared
            return Chunked()
        return Sized(int(length)) if declared else UntilEnd()


def _listed(value: bytes) -> list[bytes]:
    return [each.strip() for each in value.split(b",")]
