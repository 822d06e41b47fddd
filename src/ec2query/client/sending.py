"""Performing `Send`: one request through a transport, or through an httpx client that the caller gave.

A transport is called directly; a client's redirects, cookies, credentials and default headers are not
applied, and its event hooks cannot change what was signed. The response is always closed.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable
from typing import Any, NoReturn

import httpx

from ..errors import ConfigurationError, TransportTimeout
from ..protocol.effects import Send
from ..protocol.message import HttpResponse
from .exchange import Answer, httpx_request
from .failures import failure, presentable, where
from .waiting import checkpoint, fail_after

__all__ = ["AsyncSender", "BlockingSender"]

Clock = Callable[[], float]


class AsyncSender:
    """Sends on the running event loop."""

    def __init__(self, transport: httpx.AsyncBaseTransport | httpx.AsyncClient, clock: Clock) -> None:
        self._clock = clock
        self._handle: Callable[[httpx.Request], Awaitable[httpx.Response]]
        if isinstance(transport, httpx.AsyncClient):
            self._client = transport
            self._handle = self._by_client
        else:
            self._handle = _handler(transport, "handle_async_request")

    async def __call__(self, effect: Send) -> HttpResponse:
        """Send, and read the answer to its end. Raises: TransportError, ResponseError."""
        if (total := effect.timeout.total) is None:
            return await self._send(effect)
        try:
            with fail_after(total):
                return await self._send(effect)
        except TimeoutError as error:
            raise _out_of_time(effect) from error

    async def _send(self, effect: Send) -> HttpResponse:
        request = httpx_request(effect)
        try:
            response = await self._handle(request)
        except Exception as error:
            _blame(error, effect)
        stream = response.stream
        assert isinstance(stream, httpx.AsyncByteStream)
        answer: Answer | None = None
        try:
            answer = Answer(effect, response, self._clock)
            if response.is_stream_consumed and not isinstance(stream, httpx.ByteStream):
                return answer.consumed(response.content)
            _hurry(request, effect)
            chunks = aiter(stream)
            try:
                async for answer.chunk in chunks:
                    for _ in answer.decode():
                        await checkpoint()
            except Exception:
                await _dispose(chunks)
                raise
            return answer.close()
        except Exception as error:
            _blame(error, effect, answer)
        finally:
            await stream.aclose()

    async def _by_client(self, request: httpx.Request) -> httpx.Response:
        _refuse_closed(self._client.is_closed)
        from .sealed import seal  # who gives no client needs nothing of it

        seal(request)
        return await self._client.send(request, stream=True, auth=None, follow_redirects=False)


class BlockingSender:
    """Sends in the calling thread."""

    def __init__(self, transport: httpx.BaseTransport | httpx.Client, clock: Clock) -> None:
        self._clock = clock
        self._handle: Callable[[httpx.Request], httpx.Response]
        if isinstance(transport, httpx.Client):
            self._client = transport
            self._handle = self._by_client
        else:
            self._handle = _handler(transport, "handle_request")

    def __call__(self, effect: Send) -> HttpResponse:
        """Send, and read the answer to its end. Raises: TransportError, ResponseError."""
        total = effect.timeout.total
        end = None if total is None else self._clock() + total
        request = httpx_request(effect)
        try:
            response = self._handle(request)
        except Exception as error:
            _blame(error, effect)
        stream = response.stream
        assert isinstance(stream, httpx.SyncByteStream)
        answer: Answer | None = None
        try:
            answer = Answer(effect, response, self._clock)
            if response.is_stream_consumed and not isinstance(stream, httpx.ByteStream):
                return answer.consumed(response.content)
            _hurry(request, effect)
            for answer.chunk in stream:
                for _ in answer.decode():
                    self._check(end, effect)
                self._check(end, effect)
            return answer.close()
        except Exception as error:
            _blame(error, effect, answer)
        finally:
            stream.close()

    def _check(self, end: float | None, effect: Send) -> None:
        if end is not None and self._clock() > end:
            raise _out_of_time(effect)

    def _by_client(self, request: httpx.Request) -> httpx.Response:
        _refuse_closed(self._client.is_closed)
        from .sealed import seal  # who gives no client needs nothing of it

        seal(request)
        return self._client.send(request, stream=True, auth=None, follow_redirects=False)


def _handler(transport: object, name: str) -> Any:
    """Return the method that sends, of a transport for this way of calling."""
    found = getattr(transport, name, None)
    if found is None:
        raise ConfigurationError(
            f"transport: expected one with {name}, got a {type(transport).__qualname__};"
            " AsyncClient takes httpx's asynchronous ones, Client the others"
        )
    return found


async def _dispose(chunks: AsyncIterator[bytes]) -> None:
    """End a generator that is not read to its end: trio and asyncio cannot when it is merely dropped."""
    if isinstance(chunks, AsyncGenerator):
        await chunks.aclose()


def _hurry(request: httpx.Request, effect: Send) -> None:
    """An answer that has begun may not stay silent for longer than a window: it would be too slow."""
    timeout = effect.timeout
    if timeout.slowest is not None:
        seconds: dict[str, float | None] = request.extensions["timeout"]
        read = seconds["read"]
        seconds["read"] = timeout.window if read is None else min(read, timeout.window)


def _out_of_time(effect: Send) -> TransportTimeout:
    return TransportTimeout(
        f"{where(effect.request)}: no complete answer came in the {effect.timeout.total:g} s allowed in all"
    )


def _refuse_closed(closed: bool) -> None:
    if closed:
        raise ConfigurationError("the httpx client given is closed; close it after its last use")


def _blame(error: Exception, effect: Send, answer: Answer | None = None) -> NoReturn:
    """Raise what `error` means; a defect is raised as it is."""
    known = failure(error, effect.request) if answer is None else answer.broken(error)
    if known is None or known is error:
        raise error
    raise known from presentable(error)
