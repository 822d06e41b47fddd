"""The text of a file as an Exchange: what `format_writer` wrote.

A file in another form is refused with its line, with what is expected there and what it holds; nothing
is guessed or passed over.
"""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime
from typing import Any

from ..errors import ConfigurationError
from ..protocol.message import HttpRequest, HttpResponse
from .errors import MalformedExchange
from .exchange import Exchange, form_body
from .format_writer import EXPECTED, FORMAT, REQUEST, RESPONSE, TIME
from .text import body_line, unescape

__all__ = ["read_exchange"]

_HEAD = ("format", "provenance", "about", "region", "signed")
_PROVENANCE = re.compile(r"(?:recorded|derived): \S.*")


def read_exchange(text: str, source: str = "") -> Exchange:
    """Read the text of a file. Raises MalformedExchange; `source` is named in it."""
    return _Reader(text, source).exchange()


class _Reader:
    """Lines, one after the other; `number` is that of the line read last."""

    def __init__(self, text: str, source: str) -> None:
        # Where line ends were turned into CR LF on the way, a CR of the message's own is still `\r`.
        self.lines = [line.removesuffix("\r") for line in text.removesuffix("\n").split("\n")]
        self.source = source
        self.number = 0
        self.lines_of: dict[str, int] = {}  # the fields read last

    def exchange(self) -> Exchange:
        head = self._head()
        request = self._request()
        response = self._response()
        expected = self._expected()
        return Exchange(
            provenance=head["provenance"],
            about=head.get("about", ""),
            region=head.get("region"),
            signed_at=datetime.strptime(head["signed"], TIME).replace(tzinfo=UTC)
            if "signed" in head
            else None,
            request=request,
            response=response,
            expected=expected,
            source=self.source,
        )

    def _next(self, expected: str) -> str:
        if self.number == len(self.lines):
            self.number += 1
            raise self._wrong(expected, "the end of the file")
        self.number += 1
        return self.lines[self.number - 1]

    def _wrong(self, expected: str, got: str, field: str = "") -> MalformedExchange:
        line = self.lines_of.get(field, self.number)
        return MalformedExchange(self.source, line, expected=expected, got=got)

    def _unescaped(self, line: str) -> bytes:
        try:
            return unescape(line)
        except ValueError as error:
            raise self._unknown_escape(error) from None

    def _unknown_escape(self, error: ValueError) -> MalformedExchange:
        return self._wrong("an escape that there is (\\\\, \\n, \\r, \\t, \\xNN)", str(error))

    def _fields(self, expected: str, encoding: str = "latin-1") -> dict[str, str]:
        """Read `name: value` lines up to an empty one."""
        fields: dict[str, str] = {}
        self.lines_of = {}
        while line := self._next(expected):
            name, colon, value = line.partition(":")
            if not colon or not name or name in fields:
                raise self._wrong(expected, repr(line[:80]))
            fields[name] = self._unescaped(value.removeprefix(" ")).decode(encoding, "replace")
            self.lines_of[name] = self.number
        return fields

    def _head(self) -> dict[str, str]:
        head = self._fields("`name: value`, or an empty line at the end of the head", "utf-8")
        if head.get("format") != FORMAT:
            raise self._wrong(f"format: {FORMAT}", repr(head.get("format", "none")[:20]), "format")
        if unknown := sorted(head.keys() - set(_HEAD)):
            raise self._wrong(f"only {', '.join(_HEAD)} in the head", repr(unknown[0][:80]), unknown[0])
        provenance = head.get("provenance", "none")
        if not _PROVENANCE.fullmatch(provenance):
            raise self._wrong(
                "provenance: `recorded: ...` or `derived: ...`", repr(provenance[:80]), "provenance"
            )
        try:
            datetime.strptime(head.get("signed", "2000-01-01T00:00:00Z"), TIME)
        except ValueError:
            raise self._wrong("signed: YYYY-MM-DDTHH:MM:SSZ", repr(head["signed"][:80]), "signed") from None
        return head

    def _section(self, name: str) -> None:
        line = self._next(f"`{name}`")
        if line != name:
            raise self._wrong(f"`{name}`", repr(line[:80]))

    def _request(self) -> HttpRequest:
        self._section(REQUEST)
        line = self._next("`POST URL`")
        method, _, url = line.partition(" ")
        if method != "POST" or not url:
            raise self._wrong("`POST URL`", repr(line[:80]))
        headers = self._fields("`header: value`, or an empty line at the end of the headers")
        pairs: list[tuple[str, str]] = []
        while line := self._next("`Key=value`, or an empty line at the end of the pairs"):
            key, equals, value = line.partition("=")
            if not equals or not key:
                raise self._wrong("`Key=value`", repr(line[:80]))
            pairs.append((self._text(key), self._text(value)))
        if "Action" not in dict(pairs):
            raise self._wrong("a pair `Action=...`", "none")
        try:
            return HttpRequest(method, url, headers, form_body(pairs))
        except ConfigurationError as error:
            raise self._wrong("a request that can be sent", str(error)) from None

    def _text(self, line: str) -> str:
        try:
            return self._unescaped(line).decode("utf-8")
        except UnicodeDecodeError:
            raise self._wrong("text in UTF-8", "other bytes") from None

    def _response(self) -> HttpResponse:
        self._section(RESPONSE)
        status = self._next("a status")
        if not re.fullmatch("[1-5][0-9][0-9]", status):
            raise self._wrong("a status, 100 to 599", repr(status[:80]))
        headers = self._fields("`header: value`, or an empty line at the end of the headers")
        body, goes_on = list[bytes](), False
        while self.number < len(self.lines) and self.lines[self.number] != EXPECTED:
            line = self._next("the body")
            try:
                piece, goes_on = body_line(line, continued=goes_on)
            except ValueError as error:
                raise self._unknown_escape(error) from None
            body.append(piece)
        if self.number < len(self.lines):
            self._empty_line(body)
        return HttpResponse(int(status), headers, b"".join(body))

    def _empty_line(self, body: list[bytes]) -> None:
        """Take off the line before the next section, which is not the body's."""
        if not body or body.pop() != b"\n":
            raise self._wrong(f"an empty line before `{EXPECTED}`", "another")

    def _expected(self) -> dict[str, Any] | None:
        if self.number == len(self.lines):
            return None
        self._section(EXPECTED)
        try:
            found = json.loads("\n".join(self.lines[self.number :]))
            json.dumps(found, allow_nan=False)
        except json.JSONDecodeError as error:
            self.number += error.lineno
            raise self._wrong("JSON", error.msg) from None
        except (ValueError, RecursionError):
            raise self._wrong("JSON that can be written again", "numbers or nesting beyond measure") from None
        if not isinstance(found, dict) or list(found) not in (["result"], ["error"]):
            got = ", ".join(found)[:80] if isinstance(found, dict) else type(found).__name__
            raise self._wrong('a JSON object with either "result" or "error"', got)
        return found
