"""What went wrong on the way, in the words of our error tree.

Failures of httpx, httpcore, h11, anyio, trio, ssl and the system come in; TransportError,
TransportTimeout or ResponseError go out, with `sent` False only where no byte of the request can have
left. Anything that is not a failure of the way (a defect) is not translated: None.
"""

from __future__ import annotations

from typing import NamedTuple
from urllib.parse import urlsplit

import httpx

from ..errors import ConfigurationError, Ec2QueryError, TransportError, TransportTimeout
from ..protocol.message import HttpRequest

__all__ = ["failure", "presentable", "where"]


class _Meaning(NamedTuple):
    sentence: str
    timeout: bool = False
    sent: bool = True


# By class name: httpx, httpcore, h11, anyio and trio speak of the same things by the same names, and
# the most derived name that is known decides. https://www.python-httpx.org/exceptions/
_MEANINGS = {
    "PoolTimeout": _Meaning("no connection became free in the time allowed", timeout=True, sent=False),
    "ConnectTimeout": _Meaning("connecting took longer than allowed", timeout=True, sent=False),
    "ReadTimeout": _Meaning("no answer came in the time allowed", timeout=True),
    "WriteTimeout": _Meaning("sending took longer than allowed", timeout=True),
    "TimeoutException": _Meaning("it took longer than allowed", timeout=True),
    "TimeoutError": _Meaning("it took longer than allowed", timeout=True),
    "TooSlowError": _Meaning("it took longer than allowed", timeout=True),
    "ConnectError": _Meaning("connecting failed", sent=False),
    "ConnectionRefusedError": _Meaning("connecting failed", sent=False),
    "gaierror": _Meaning("the host's address was not found", sent=False),
    "SSLCertVerificationError": _Meaning("the server's certificate is not trusted", sent=False),
    "ProxyError": _Meaning("the proxy refused", sent=False),
    "UnsupportedProtocol": _Meaning("expected an http or https URL", sent=False),
    "RemoteProtocolError": _Meaning("no HTTP/1.1 answer came"),
    "LocalProtocolError": _Meaning("the request broke the rules of HTTP/1.1"),
    "TransportError": _Meaning("the connection failed"),
    "NetworkError": _Meaning("the connection broke"),
    "OSError": _Meaning("the connection broke"),
    "BrokenResourceError": _Meaning("the connection broke"),
    "ClosedResourceError": _Meaning("the connection was closed meanwhile"),
    "EndOfStream": _Meaning("the connection was closed before an answer came"),
    "HTTPError": _Meaning("the HTTP client given failed"),
    "StreamError": _Meaning("the HTTP client given had read the answer already"),
}
# Their words, and those of what they were raised from, quote bytes that were sent or came.
_QUOTING = ("RemoteProtocolError", "LocalProtocolError", "ProxyError")
_ROOTS = {"httpx", "httpcore", "h11", "anyio", "trio", "builtins", "ssl", "socket"}


def failure(error: Exception, request: HttpRequest) -> Ec2QueryError | None:
    """Say what `error` means for `request`, of which no answer has come yet."""
    if isinstance(error, Ec2QueryError):
        return error
    if isinstance(error, httpx.InvalidURL):
        return ConfigurationError(f"{where(request)}: expected a URL that can be sent to, got: {error}")
    meaning = _meaning(error)
    if meaning is None:
        return None
    kind = TransportTimeout if meaning.timeout else TransportError
    text = _text(error)
    detail = f": {text}" if text and isinstance(error, Exception) else ""
    return kind(f"{where(request)}: {meaning.sentence}{detail}", sent=meaning.sent)


def presentable(error: Exception) -> Exception | None:
    """Give `error` as the cause that a traceback may show, None where its words may hold a secret."""
    return None if type(error).__name__ in _QUOTING else error


def where(request: HttpRequest) -> str:
    """Name a request by method and origin; path and query may hold what is nobody's business."""
    parts = urlsplit(request.url)
    return f"{request.method} {parts.scheme}://{parts.netloc.rpartition('@')[2]}"


def _meaning(error: Exception) -> _Meaning | None:
    for kind in type(error).__mro__:
        if kind.__module__.partition(".")[0] in _ROOTS and (found := _MEANINGS.get(kind.__name__)):
            return found
    return None


def _text(error: BaseException) -> str:
    """Find the first words in a chain of causes, without bytes that the server or we sent."""
    if type(error).__name__ == "LocalProtocolError":
        return ""
    cause: BaseException | None = error
    while cause is not None:
        if text := str(cause).partition(": bytearray(")[0].partition(": b'")[0].strip():
            # A proxy's reason phrase is its own, and may repeat what the proxy was sent.
            return text[:3] if type(cause).__name__ == "ProxyError" and text[:3].isdigit() else text[:200]
        cause = cause.__cause__ or cause.__context__
    return ""
