"""RecordingTransport: any httpx transport, async or blocking, whose exchanges a Recorder keeps.

Answers pass through as they come, with the limits and the pace that the client sets; one is kept when
it has been read to its end. What fails on the way, or breaks off, is not kept.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterator

import httpx

from ..errors import ConfigurationError, ResponseError
from ..protocol.content import ContentDecoder
from ..protocol.message import HttpRequest, HttpResponse
from .httpx_messages import as_request, lower_case
from .recorder import Recorder

__all__ = ["RecordingTransport"]

_MAX_BODY = 64 * 1024 * 1024


class RecordingTransport(httpx.AsyncBaseTransport, httpx.BaseTransport):
    """Hands each request to `transport`, and what is answered to `recorder` too."""

    def __init__(self, transport: httpx.AsyncBaseTransport | httpx.BaseTransport, recorder: Recorder) -> None:
        self.transport = transport
        self.recorder = recorder

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        if not isinstance(self.transport, httpx.BaseTransport):
            raise _unfit("blocking", self.transport)
        asked = as_request(request, request.read())
        response = self.transport.handle_request(request)
        if response.is_stream_consumed:
            self._keep(asked, response, response.content)
        else:
            assert isinstance(response.stream, httpx.SyncByteStream)
            response.stream = _Blocking(response.stream, lambda body: self._keep_raw(asked, response, body))
        return response

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        if not isinstance(self.transport, httpx.AsyncBaseTransport):
            raise _unfit("async", self.transport)
        asked = as_request(request, await request.aread())
        response = await self.transport.handle_async_request(request)
        if response.is_stream_consumed:
            self._keep(asked, response, response.content)
        else:
            assert isinstance(response.stream, httpx.AsyncByteStream)
            response.stream = _Async(response.stream, lambda body: self._keep_raw(asked, response, body))
        return response

    def _keep_raw(self, asked: HttpRequest, response: httpx.Response, body: bytes) -> None:
        try:
            decoder = ContentDecoder(response.headers.get("content-encoding", ""), _MAX_BODY)
            decoded = b"".join(decoder.feed(body))
            decoder.close()
        except ResponseError:
            return  # the client refuses it too
        self._keep(asked, response, decoded)

    def _keep(self, asked: HttpRequest, response: httpx.Response, body: bytes) -> None:
        answered = HttpResponse(response.status_code, lower_case(response.headers), body)
        self.recorder.keep(asked, answered)

    def close(self) -> None:
        if isinstance(self.transport, httpx.BaseTransport):
            self.transport.close()

    async def aclose(self) -> None:
        if isinstance(self.transport, httpx.AsyncBaseTransport):
            await self.transport.aclose()


class _Blocking(httpx.SyncByteStream):
    """A stream that is told on when it has come to its end."""

    def __init__(self, stream: httpx.SyncByteStream, keep: Callable[[bytes], None]) -> None:
        self._stream = stream
        self._keep = keep

    def __iter__(self) -> Iterator[bytes]:
        pieces: list[bytes] = []
        for piece in self._stream:
            pieces.append(piece)
            yield piece
        self._keep(b"".join(pieces))

    def close(self) -> None:
        self._stream.close()


class _Async(httpx.AsyncByteStream):
    """The same, for async streams."""

    def __init__(self, stream: httpx.AsyncByteStream, keep: Callable[[bytes], None]) -> None:
        self._stream = stream
        self._keep = keep

    async def __aiter__(self) -> AsyncIterator[bytes]:
        pieces: list[bytes] = []
        async for piece in self._stream:
            pieces.append(piece)
            yield piece
        self._keep(b"".join(pieces))

    async def aclose(self) -> None:
        await self._stream.aclose()


def _unfit(kind: str, transport: object) -> ConfigurationError:
    return ConfigurationError(
        f"RecordingTransport: expected to wrap {'an' if kind == 'async' else 'a'} {kind} httpx transport for"
        f" this client, got {type(transport).__name__}"
    )
