"""The emulator as an ASGI application: any ASGI server can serve it.

Reads one request body (at most 1 MiB) and sends one answer; no framework.
https://asgi.readthedocs.io/en/latest/specs/www.html
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any, TypeAlias

from ..errors import ConfigurationError
from ..protocol.encode_xml import encode_error
from ..protocol.message import HttpRequest, HttpResponse
from .endpoint import Emulator

__all__ = ["EmulatorApplication"]

_Message: TypeAlias = MutableMapping[str, Any]
_Receive: TypeAlias = Callable[[], Awaitable[_Message]]
_Send: TypeAlias = Callable[[_Message], Awaitable[None]]

_MAX_BODY = 1024 * 1024


class EmulatorApplication:
    """Hands each HTTP request to an Emulator."""

    def __init__(self, emulator: Emulator) -> None:
        self.emulator = emulator

    async def __call__(self, scope: _Message, receive: _Receive, send: _Send) -> None:
        if scope["type"] != "http":
            raise NotImplementedError(f"expected http, got {scope['type']}")  # as the specification asks
        body = await _body(receive)
        if body is None:
            answer = _refused("RequestEntityTooLarge", "The request body is too large.", 413)
        else:
            try:
                answer = self.emulator.handle(_request(scope, body))
            except ConfigurationError as error:
                answer = _refused("InvalidRequest", str(error), 400)
        headers = {**answer.headers, "content-length": str(len(answer.body))}
        raw = [(name.encode("ascii"), value.encode("ascii")) for name, value in headers.items()]
        await send({"type": "http.response.start", "status": answer.status, "headers": raw})
        await send({"type": "http.response.body", "body": answer.body})


async def _body(receive: _Receive) -> bytes | None:
    """Read the body to its end; None where it is too large."""
    pieces: list[bytes] = []
    size, more = 0, True
    while more:
        message = await receive()
        piece: bytes = message.get("body", b"")
        size += len(piece)
        if size <= _MAX_BODY:
            pieces.append(piece)
        more = bool(message.get("more_body", False))
    return b"".join(pieces) if size <= _MAX_BODY else None


def _request(scope: _Message, body: bytes) -> HttpRequest:
    """Build the request. Raises ConfigurationError where a header holds what it must not."""
    headers: dict[str, str] = {}
    for name, value in scope["headers"]:
        key, text = name.decode("latin-1").lower(), value.decode("latin-1").strip()
        headers[key] = f"{headers[key]}, {text}" if key in headers else text
    path: str = (scope.get("raw_path") or scope["path"].encode()).decode("latin-1")
    query: str = scope["query_string"].decode("latin-1")
    url = f"{scope['scheme']}://{headers.get('host', 'localhost')}{path}" + (f"?{query}" if query else "")
    return HttpRequest(scope["method"], url, headers, body)


def _refused(code: str, message: str, status: int) -> HttpResponse:
    printable = message.encode("ascii", "backslashreplace").decode("ascii")
    body = encode_error(code, printable, "00000000-0000-0000-0000-000000000000")
    return HttpResponse(status, {"content-type": "text/xml;charset=UTF-8"}, body)
