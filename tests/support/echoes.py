"""Servers that repeat whatever they are sent, in each way that a server can."""

from __future__ import annotations

import gzip
from base64 import b64encode
from collections.abc import Callable, Mapping
from typing import TypeAlias

from support.canaries import KEYS, SECRETS, USER_DATA
from support.server import Peer, Received, Script

__all__ = ["ECHOES", "IN_THE_HEAD", "REPEATING", "Echo", "closing", "escaped", "message", "said"]

# A request in, the bytes that answer it out; the connection is closed after them.
Echo: TypeAlias = Callable[[Received], bytes]

_ANSWERS: dict[str, str] = {
    "CreateKeyPair": f"<keyMaterial>{SECRETS['key material']}</keyMaterial>",
    "GetPasswordData": f"<passwordData>{SECRETS['password data']}</passwordData>",
    "DescribeInstanceAttribute": (
        f"<userData><value>{b64encode(USER_DATA.encode()).decode()}</value></userData>"
    ),
    "CreateVpnConnection": (
        "<vpnConnection><options><tunnelOptionSet><item>"
        f"<preSharedKey>{SECRETS['pre-shared key']}</preSharedKey>"
        "</item></tunnelOptionSet></options></vpnConnection>"
    ),
}


def closing(echo: Echo) -> Script:
    """Make the script of a server that answers once on each connection."""

    def script(peer: Peer) -> None:
        request = peer.request()
        if request is not None:
            peer.send(echo(request))

    return script


def said(request: Received) -> str:
    """Repeat a request, as servers do that want to help."""
    lines = [request.line, *(f"{name}: {value}" for name, value in request.headers)]
    return "\n".join([*lines, "", request.body.decode()])


def message(status: str, body: bytes, *headers: str) -> bytes:
    """Write a whole answer."""
    lines = [f"HTTP/1.1 {status}", f"Content-Length: {len(body)}", *headers, "", ""]
    return "\r\n".join(lines).encode("latin-1") + body


def escaped(text: str) -> str:
    """Write text for a place in a document."""
    return text.replace("&", "&amp;").replace("<", "&lt;")


def _line(request: Received) -> str:
    return said(request).replace("\n", " ")


def _action(request: Received) -> str:
    return request.body.decode().partition("&")[0].partition("=")[2]


def _answer(request: Received) -> bytes:
    action = _action(request)
    return f"<{action}Response>{_ANSWERS.get(action, '')}</{action}Response>".encode()


def _refusal(text: str) -> bytes:
    return (
        "<Response><Errors><Error><Code>SignatureDoesNotMatch</Code>"
        f"<Message>The Canonical String for this request should have been '{text}'</Message>"
        f"<StringToSign>{text}</StringToSign></Error></Errors></Response>"
    ).encode()


def _canonical(request: Received) -> str:
    headers = [f"{name}:{value}" for name, value in request.headers if name != "authorization"]
    return escaped("\n".join(["POST", "/", "", *headers, "", "host;x-amz-date", "abc"]))


def _wrong_values(request: Received) -> bytes:
    """Give a token where a time or a truth value should be."""
    wrong = {
        "GetPasswordData": f"<timestamp>{KEYS.session_token}</timestamp>",
        "DescribeInstanceAttribute": f"<ebsOptimized><value>{KEYS.session_token}</value></ebsOptimized>",
        "CreateVpnConnection": "<vpnConnection><options><enableAcceleration>"
        f"{KEYS.session_token}</enableAcceleration></options></vpnConnection>",
    }
    action = _action(request)
    return f"<{action}Response>{wrong.get(action, '<x>')}</{action}Response>".encode()


# What any HTTP server may do with what it is sent.
REPEATING: Mapping[str, Echo] = {
    "the request, as text": lambda request: message("200 OK", said(request).encode()),
    "the request's headers, last first": lambda request: message(
        "200 OK", "\n".join(sorted(said(request).split("\n"), reverse=True)).encode()
    ),
    "the request, as HTML": lambda request: message(
        "200 OK", f"<html><pre>{escaped(said(request))}</pre></html>".encode(), "Content-Type: text/html"
    ),
    "the request, with 503": lambda request: message("503 Slow Down", said(request).encode()),
    "the request, with 403": lambda request: message("403 Forbidden", said(request).encode()),
    "the request, said to be gzip": lambda request: message(
        "200 OK", said(request).encode(), "Content-Encoding: gzip"
    ),
    "the request, in gzip": lambda request: message(
        "200 OK", gzip.compress(said(request).encode()), "Content-Encoding: gzip"
    ),
    "the request, in gzip cut off": lambda request: message(
        "200 OK", gzip.compress(said(request).encode())[:-9], "Content-Encoding: gzip"
    ),
    "the request, cut off": lambda request: message("200 OK", said(request).encode())[:-9],
    "the request in place of an answer": lambda request: said(request).encode(),
    "the request in the reason": lambda request: message(f"403 {_line(request)}", b""),
    "the request in a header": lambda request: message("403 No", b"", f"X-Echo: {_line(request)}"),
    "the request in a header's name": lambda request: (
        b"HTTP/1.1 200 OK\r\n" + _line(request).encode() + b"\r\n\r\n"
    ),
    "the request in an early hint": lambda request: (
        f"HTTP/1.1 103 Hints\r\nLink: {_line(request)}\r\n\r\nHTTP/1.1 200 OK\r\nx y: z\r\n\r\n".encode()
    ),
    "the request as a length": lambda request: (
        f"HTTP/1.1 200 OK\r\nContent-Length: {_line(request)}\r\n\r\n".encode()
    ),
    "the request as the size of a chunk": lambda request: (
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + said(request).encode()
    ),
    "the request as a coding": lambda request: message("200 OK", b"x", f"Content-Encoding: {_line(request)}"),
    "the request as a location": lambda request: message(
        "307 Temporary Redirect", b"", f"Location: http://127.0.0.1:9/?{_line(request)}"
    ),
    "nothing": lambda request: b"",
}

# Those in which a library that logs the heads of answers finds something to log.
IN_THE_HEAD = frozenset(
    {
        *("the request in the reason", "the request in a header", "the request in a header's name"),
        *("the request in an early hint", "the request as a length", "the request as a coding"),
        *("the request as a location", "the request in place of an answer"),
        "the request as the size of a chunk",
    }
)

# What an EC2 endpoint may do besides.
ECHOES: Mapping[str, Echo] = {
    "an answer": lambda request: message("200 OK", _answer(request)),
    "an answer cut off": lambda request: message("200 OK", _answer(request)[:-9]),
    "an answer shorter than it says": lambda request: message("200 OK", _answer(request))[:-9],
    "an answer with a wrong end": lambda request: message("200 OK", _answer(request) + b"</x>"),
    "an answer with wrong values": lambda request: message("200 OK", _wrong_values(request)),
    "a refusal that quotes the head": lambda request: message("403 Forbidden", _refusal(_canonical(request))),
    "a refusal that quotes the body": lambda request: message(
        "400 Bad Request", _refusal(escaped(request.body.decode()))
    ),
    "a refusal cut off": lambda request: message("403 Forbidden", _refusal(_canonical(request))[:-30]),
    "the body of the request": lambda request: message("200 OK", request.body),
    "the request in a document type": lambda request: message(
        "200 OK", f"<!DOCTYPE x [<!ENTITY a '{escaped(said(request))}'>]>".encode()
    ),
    "a token as a root": lambda request: message("200 OK", f"<{'x' * 70}{KEYS.session_token}".encode()),
    **REPEATING,
}
