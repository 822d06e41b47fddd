"""HTTP/1.1 on one connection, by h11, without I/O: the bytes of a request, and what its answer says.

An Exchange is used for one request after the other. Bodies of requests are whole. What h11 refuses is
raised as httpx's exception of the same name, with h11's words but none of the bytes that they quote.
https://h11.readthedocs.io/en/latest/api.html
"""

from __future__ import annotations

import re

import h11
import httpx

__all__ = ["Exchange"]

# httpcore's limit of a head; EC2 sends less than 1 kB.
_MOST_HEAD = 100 * 1024
_FRAMING = (b"content-length", b"transfer-encoding")
# `illegal header line: bytearray(b'...')`: a server may repeat what it was sent.
_QUOTED = re.compile(r":? (?:bytearray\(|b['\"])")


class Exchange:
    """`begin` a request; `feed` what comes until the answer has `begun`; `take` the body to its end."""

    __slots__ = ("_h11", "begun", "done", "headers", "status")

    def __init__(self) -> None:
        self._h11 = h11.Connection(h11.CLIENT, max_incomplete_event_size=_MOST_HEAD)
        self.begun = self.done = False
        self.status = 0
        self.headers: list[tuple[bytes, bytes]] = []

    def begin(self, request: httpx.Request, body: bytes | memoryview) -> bytes:
        """Give the bytes of a request. Raises: LocalProtocolError for a head that HTTP does not allow."""
        try:
            return self._written(request, body)
        except h11.LocalProtocolError as error:
            reason = _words(error)
        # Out here, so that nothing leads to the frames that hold the head.
        raise httpx.LocalProtocolError(reason)

    def _written(self, request: httpx.Request, body: bytes | memoryview) -> bytes:
        if self.done:
            self._h11.start_next_cycle()
            self.begun = self.done = False
        given = request.headers.raw
        headers = [each for each in given if each[0].lower() not in _FRAMING]
        if body or len(headers) < len(given):  # the body is whole: its length is known, whatever was said
            headers.append((b"content-length", b"%d" % len(body)))
        head = self._h11.send(
            h11.Request(method=request.method, target=request.url.raw_path, headers=headers)
        )
        if body:
            self._h11.send(h11.Data(body))  # type: ignore[arg-type]  # whatever is like bytes, says its page
        self._h11.send(h11.EndOfMessage())
        return (head or b"") + body

    @property
    def reusable(self) -> bool:
        """Whether the answer was taken to its end, and nothing came after it that nobody asked for."""
        both_done = self._h11.our_state is h11.DONE and self._h11.their_state is h11.DONE
        return self.done and both_done and self._h11.trailing_data == (b"", False)  # False: it has not ended

    def feed(self, data: bytes) -> None:
        """Read what came; b"" is the end of the connection. Raises: RemoteProtocolError."""
        try:
            self._h11.receive_data(data)
            del data  # a traceback's variables show nothing that came
            while not self.begun and (event := self._h11.next_event()) is not h11.NEED_DATA:
                if isinstance(event, h11.Response):
                    self.begun = True
                    self.status, self.headers = event.status_code, event.headers.raw_items()
                del event
            return
        except h11.RemoteProtocolError as error:
            reason = _words(error)
        raise httpx.RemoteProtocolError(reason)

    def take(self) -> bytes:
        """Give what has come of the body, b"" where that is nothing or all. Raises: RemoteProtocolError."""
        try:
            while not self.done:
                event = self._h11.next_event()
                if isinstance(event, h11.Data):
                    return bytes(event.data)
                if event is h11.NEED_DATA:
                    break
                self.done = True
            return b""
        except h11.RemoteProtocolError as error:
            reason = _words(error)
        raise httpx.RemoteProtocolError(reason)


def _words(error: h11.ProtocolError) -> str:
    return _QUOTED.split(str(error), maxsplit=1)[0]
