"""Every failure of the way becomes one of our tree, with `sent` False only where that is certain."""

from __future__ import annotations

import socket
import ssl

import anyio
import h11
import httpcore
import httpx
import pytest
import trio

from ec2query.client.failures import failure, where
from ec2query.errors import (
    ConfigurationError,
    Ec2QueryError,
    ResponseError,
    TransportError,
    TransportTimeout,
)
from ec2query.protocol.message import HttpRequest

REQUEST = HttpRequest(
    "POST", "https://ec2.test:8443/path?X-Amz-Signature=secret", {"authorization": "secret"}
)

MEANINGS: list[tuple[Exception, type[Ec2QueryError], bool]] = [
    (httpx.PoolTimeout("x"), TransportTimeout, False),
    (httpx.ConnectTimeout("x"), TransportTimeout, False),
    (httpx.ReadTimeout("x"), TransportTimeout, True),
    (httpx.WriteTimeout("x"), TransportTimeout, True),
    (httpx.TimeoutException("x"), TransportTimeout, True),
    (httpx.ConnectError("x"), TransportError, False),
    (httpx.ProxyError("x"), TransportError, False),
    (httpx.UnsupportedProtocol("x"), TransportError, False),
    (httpx.ReadError("x"), TransportError, True),
    (httpx.WriteError("x"), TransportError, True),
    (httpx.CloseError("x"), TransportError, True),
    (httpx.RemoteProtocolError("x"), TransportError, True),
    (httpx.LocalProtocolError("x"), TransportError, True),
    (httpx.DecodingError("x"), TransportError, True),
    (httpx.TooManyRedirects("x"), TransportError, True),
    (httpx.StreamConsumed(), TransportError, True),
    (httpx.InvalidURL("x"), ConfigurationError, True),
    (httpcore.PoolTimeout("x"), TransportTimeout, False),
    (httpcore.ConnectTimeout("x"), TransportTimeout, False),
    (httpcore.ReadTimeout("x"), TransportTimeout, True),
    (httpcore.ConnectError("x"), TransportError, False),
    (httpcore.ReadError("x"), TransportError, True),
    (httpcore.RemoteProtocolError("x"), TransportError, True),
    (h11.RemoteProtocolError("x"), TransportError, True),
    (ConnectionRefusedError(111, "Connection refused"), TransportError, False),
    (socket.gaierror(-2, "Name or service not known"), TransportError, False),
    (ssl.SSLCertVerificationError(1, "certificate verify failed"), TransportError, False),
    (ssl.SSLError(1, "bad record"), TransportError, True),
    (ConnectionResetError(104, "reset"), TransportError, True),
    (BrokenPipeError(32, "pipe"), TransportError, True),
    (OSError(101, "Network is unreachable"), TransportError, True),
    (TimeoutError("x"), TransportTimeout, True),
    (anyio.BrokenResourceError(), TransportError, True),
    (anyio.ClosedResourceError(), TransportError, True),
    (anyio.EndOfStream(), TransportError, True),
    (trio.BrokenResourceError(), TransportError, True),
    (trio.TooSlowError(), TransportTimeout, True),
]


@pytest.mark.parametrize(("error", "kind", "sent"), MEANINGS, ids=lambda value: type(value).__name__)
def test_a_failure_has_a_meaning(error: Exception, kind: type[Ec2QueryError], *, sent: bool) -> None:
    """The type, and whether the request may have left, follow from the exception's type."""
    meant = failure(error, REQUEST)
    assert type(meant) is kind
    assert getattr(meant, "sent", True) is sent
    assert str(meant).startswith("POST https://ec2.test:8443: ")
    assert "secret" not in str(meant)


def test_our_own_errors_are_left_alone() -> None:
    """What is of our tree already stays what it is."""
    error = ResponseError("too large")
    assert failure(error, REQUEST) is error


@pytest.mark.parametrize("error", [KeyError("x"), ValueError("x"), RuntimeError("x"), AssertionError()])
def test_a_defect_is_not_translated(error: Exception) -> None:
    """What no network does is somebody's mistake, and must be seen as such."""
    assert failure(error, REQUEST) is None


def test_a_foreign_class_of_the_same_name_is_not_taken_for_one_that_is_known() -> None:
    """Names count only in the libraries that they come from."""

    class ReadTimeout(Exception):
        pass

    assert failure(ReadTimeout(), REQUEST) is None


def test_the_cause_gives_the_words() -> None:
    """An exception without words is explained by what it was raised from."""
    outer = httpx.ConnectError("")
    outer.__cause__ = trio.BrokenResourceError()
    outer.__cause__.__cause__ = ssl.SSLCertVerificationError(1, "certificate verify failed: self-signed")
    assert str(failure(outer, REQUEST)) == (
        "POST https://ec2.test:8443: connecting failed: certificate verify failed: self-signed"
    )


@pytest.mark.parametrize(
    "error",
    [
        httpx.RemoteProtocolError("illegal header line: bytearray(b'x-echo secret')"),
        httpx.RemoteProtocolError("illegal chunk header: b'secret'"),
        httpx.LocalProtocolError("Illegal header value b'secret'"),
    ],
)
def test_bytes_of_the_exchange_are_not_shown(error: Exception) -> None:
    """A server may echo what it was sent, so what it sent is not repeated."""
    assert "secret" not in str(failure(error, REQUEST))


def test_long_words_are_cut() -> None:
    """A sentence stays a sentence."""
    assert len(str(failure(httpx.ReadError("x" * 10_000), REQUEST))) < 300


def test_a_request_is_named_by_its_origin() -> None:
    """Neither user and password nor path nor query are anybody's business."""
    assert where(HttpRequest("GET", "http://u:p@[2001:db8::1]:8080/a?b#c")) == "GET http://[2001:db8::1]:8080"
