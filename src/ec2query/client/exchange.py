"""One HTTP exchange without its I/O: httpx's request made of ours, our response made of httpx's.

Both drivers use it. The body is counted and decoded as its chunks come, never beyond the limit; a
body that breaks off is a ResponseError, since an answer had begun.
"""

from __future__ import annotations

from functools import lru_cache

import httpx

from ..errors import Ec2QueryError, ResponseError, TransportTimeout
from ..protocol.content import ContentDecoder
from ..protocol.effects import Send
from ..protocol.message import HttpResponse
from .failures import failure, where

__all__ = ["Answer", "SignedHeaders", "httpx_request"]

_url = lru_cache(maxsize=64)(httpx.URL)


def httpx_request(effect: Send) -> httpx.Request:
    """Make the request that httpx's transports take, with its timeouts."""
    request, timeout = effect.request, effect.timeout
    url = request.url
    return httpx.Request(
        request.method,
        httpx.URL(url) if "?" in url else _url(url),
        headers=list(request.headers.items()),
        content=request.body,
        extensions={
            "timeout": {
                "connect": timeout.connect,
                "read": timeout.read,
                "write": timeout.write,
                "pool": timeout.pool,
            }
        },
    )


class SignedHeaders(httpx.Headers):
    """Headers that an httpx client's event hooks can add to, but whose signature they cannot break."""

    def __setitem__(self, key: str, value: str) -> None:
        if not self._guarded(key):
            super().__setitem__(key, value)

    def __delitem__(self, key: str) -> None:
        if not self._guarded(key):
            super().__delitem__(key)

    def update(self, headers: object = None) -> None:  # type: ignore[override]
        for key, value in httpx.Headers(headers).multi_items():  # type: ignore[arg-type]
            self[key] = value

    def _guarded(self, key: str) -> bool:
        name = key.lower()
        return name in self or name in ("authorization", "cookie") or name.startswith("x-amz-")


class Answer:
    """An answer whose head has come: `feed` it the raw body, then `close` it."""

    __slots__ = ("_coded", "_decoder", "_effect", "_headers", "_parts", "_status")

    def __init__(self, effect: Send, response: httpx.Response) -> None:
        self._effect = effect
        self._status = response.status_code
        headers: dict[str, str] = {}
        for raw_name, raw_value in response.headers.raw:
            name, value = raw_name.decode("latin-1").lower(), raw_value.decode("latin-1")
            headers[name] = f"{headers[name]}, {value}" if name in headers else value
        self._headers = headers
        try:
            self._decoder = ContentDecoder(headers.get("content-encoding", ""), effect.max_body)
        except ResponseError as error:
            raise self.wrong(error.reason) from None
        self._parts: list[bytes] = []
        self._coded = 0

    def feed(self, chunk: bytes) -> None:
        self._coded += len(chunk)
        try:
            self._parts += self._decoder.feed(chunk)
        except ResponseError as error:
            raise self.wrong(error.reason) from error.__cause__

    def close(self) -> HttpResponse:
        """Give the response. Raises: ResponseError where the body is shorter than it said."""
        try:
            self._parts += self._decoder.close()
        except ResponseError as error:
            raise self.wrong(error.reason) from error.__cause__
        declared = self._headers.get("content-length", "")
        bodiless = self._effect.request.method == "HEAD" or self._status in (204, 304)
        if declared.isdecimal() and int(declared) != self._coded and not bodiless:
            raise self.wrong(f"the body is truncated: expected {declared} bytes, got {self._coded}")
        return HttpResponse(self._status, self._headers, b"".join(self._parts))

    def consumed(self, body: bytes) -> HttpResponse:
        """Give the response whose body an event hook has read, and thereby decoded, already."""
        if len(body) > self._effect.max_body:
            raise self.wrong(f"the decoded body is over the limit of {self._effect.max_body} bytes")
        return HttpResponse(self._status, self._headers, body)

    def broken(self, error: Exception) -> Ec2QueryError | None:
        """Say what an exception means that came while the body was read."""
        meant = failure(error, self._effect.request)
        if meant is None or meant is error or isinstance(meant, TransportTimeout):
            return meant
        return self.wrong(f"the body broke off after {self._coded} bytes")

    def wrong(self, reason: str) -> ResponseError:
        request_id = self._headers.get("x-amzn-requestid") or self._headers.get("x-amz-request-id")
        return ResponseError(
            f"{where(self._effect.request)}: {reason}", status=self._status, request_id=request_id
        )
