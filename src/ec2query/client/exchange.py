"""One HTTP exchange without its I/O: httpx's request made of ours, our response made of httpx's.

Both drivers use it. The body is counted and decoded as its chunks come, never beyond the limit; a
body that breaks off is a ResponseError, since an answer had begun. One that trickles is a timeout.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import lru_cache
from io import BytesIO

import httpx

from ..errors import Ec2QueryError, ResponseError, TransportTimeout
from ..protocol.content import ContentDecoder
from ..protocol.effects import Send, Timeout
from ..protocol.message import HttpResponse
from .failures import failure, where

__all__ = ["Answer", "httpx_request"]

_url = lru_cache(maxsize=64)(httpx.URL)

# Pieces of at most 256 KiB each that are decoded before others are let in.
_PIECES_AT_ONCE = 16

# A body beyond the first is given its room, of the second at most, at once. What is not yet written of it
# costs nothing; growing step by step leaves up to 28 MiB of former steps in the allocator's hands.
_SMALL = 2 * 1024 * 1024
_MOST_ROOM = 64 * 1024 * 1024

_BODILESS = ("GET", "HEAD", "DELETE", "OPTIONS", "TRACE")


def httpx_request(effect: Send) -> httpx.Request:
    """Make the request that httpx's transports take, with its timeouts."""
    request, timeout = effect.request, effect.timeout
    text = request.url
    url = httpx.URL(text) if "?" in text else _url(text)
    headers = [(name.encode(), value.encode()) for name, value in request.headers.items()]
    if "host" not in request.headers:
        headers.insert(0, (b"host", url.netloc))
    if "content-length" not in request.headers and (request.body or request.method not in _BODILESS):
        headers.append((b"content-length", b"%d" % len(request.body)))
    made = httpx.Request(
        request.method,
        url,
        headers=headers,
        stream=httpx.ByteStream(request.body),  # given as `content`, it costs three times as much
        extensions={"timeout": _seconds(timeout)},
    )
    made.headers.encoding = "ascii"  # else httpx tries that for each header, each time it is asked
    made.read()
    return made


def _seconds(timeout: Timeout) -> dict[str, float | None]:
    """Give the timeouts as httpx's transports take them, none longer than the total."""
    seconds: dict[str, float | None] = {
        "connect": timeout.connect,
        "read": timeout.read,
        "write": timeout.write,
        "pool": timeout.pool,
    }
    if (total := timeout.total) is not None:
        seconds = {name: total if each is None else min(each, total) for name, each in seconds.items()}
        seconds["total"] = total  # httpx's own transports look at the other four only
    return seconds


class Answer:
    """An answer whose head has come: `decode` each `chunk` of the raw body, then `close` it.

    The chunk is kept here, for no variable that a traceback may show should hold what the server sent.
    """

    __slots__ = (
        "_body",
        "_clock",
        "_coded",
        "_decoder",
        "_effect",
        "_headers",
        "_mark",
        "_since",
        "_status",
        "chunk",
    )

    def __init__(self, effect: Send, response: httpx.Response, clock: Callable[[], float]) -> None:
        self._effect = effect
        self._status = response.status_code
        self._clock = clock
        self._since = clock()
        self._mark = 0
        headers: dict[str, str] = {}
        for raw_name, raw_value in response.headers.raw:
            name, value = raw_name.decode("latin-1").lower(), raw_value.decode("latin-1")
            headers[name] = f"{headers[name]}, {value}" if name in headers else value
        self._headers = headers
        try:
            self._decoder = ContentDecoder(headers.get("content-encoding", ""), effect.max_body)
        except ResponseError as error:
            raise self._coding(error) from None
        self._body = BytesIO()  # unlike a list of pieces, it holds the bytes once when they are joined
        self._coded = 0
        self.chunk = b""

    def decode(self) -> Iterator[None]:
        """Take `chunk`, and stop after each few milliseconds of work.

        Raises: ResponseError, TransportTimeout.
        """
        self._coded += len(self.chunk)
        if (now := self._clock()) - self._since >= self._effect.timeout.window:
            self._check_pace(now)
        try:
            for count, piece in enumerate(self._decoder.feed(memoryview(self.chunk)), 1):
                self._keep(piece)
                if not count % _PIECES_AT_ONCE:
                    yield
        except ResponseError as error:
            raise self._coding(error) from error.__cause__

    def close(self) -> HttpResponse:
        """Give the response. Raises: ResponseError where the body is shorter than it said."""
        try:
            self._decoder.close()
        except ResponseError as error:
            raise self._coding(error) from error.__cause__
        declared = self._headers.get("content-length", "")
        bodiless = self._effect.request.method == "HEAD" or self._status in (204, 304)
        if declared.isdecimal() and declared.lstrip("0") != str(self._coded or "") and not bodiless:
            raise self.wrong(f"the body is truncated: expected {declared[:20]} bytes, got {self._coded}")
        self._body.truncate()
        return HttpResponse(self._status, self._headers, self._body.getvalue())

    def _keep(self, piece: bytes | memoryview) -> None:
        before = self._body.tell()
        if before <= _SMALL < before + len(piece):
            small, self._body = self._body, BytesIO(bytes(min(self._effect.max_body, _MOST_ROOM)))
            self._body.write(small.getbuffer())
        self._body.write(piece)

    def _check_pace(self, now: float) -> None:
        """Look back at one window: a trickle satisfies each read's timeout, and would never end."""
        slowest, seconds = self._effect.timeout.slowest, now - self._since
        came = self._coded - self._mark
        if slowest is not None and came < slowest * seconds:
            raise TransportTimeout(
                f"{where(self._effect.request)}: the answer came too slowly: expected {slowest:g} bytes"
                f" per second, got {came} bytes in {seconds:.0f} s"
            )
        self._since, self._mark = now, self._coded

    def consumed(self, body: bytes) -> HttpResponse:
        """Give the response whose body an event hook has read, and thereby decoded, already."""
        if len(body) > self._effect.max_body:
            reason = f"the decoded body is over the limit of {self._effect.max_body} bytes"
            raise self.wrong(reason, over_limit=True)
        return HttpResponse(self._status, self._headers, body)

    def broken(self, error: Exception) -> Ec2QueryError | None:
        """Say what an exception means that came while the body was read."""
        meant = failure(error, self._effect.request)
        if meant is None or meant is error or isinstance(meant, TransportTimeout):
            return meant
        return self.wrong(f"the body broke off after {self._coded} bytes")

    def wrong(self, reason: str, *, over_limit: bool = False) -> ResponseError:
        request_id = self._headers.get("x-amzn-requestid") or self._headers.get("x-amz-request-id")
        return ResponseError(
            f"{where(self._effect.request)}: {reason}",
            status=self._status,
            request_id=request_id,
            over_limit=over_limit,
        )

    def _coding(self, error: ResponseError) -> ResponseError:
        return self.wrong(error.reason, over_limit=error.over_limit)
