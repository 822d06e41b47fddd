"""How an answer's bytes go out where nothing is wrong with them: whole, in parts, chunked, as the last one.

A client must not care: https://www.rfc-editor.org/rfc/rfc9112#section-6 and section 9.6.
"""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import datetime
from email.utils import format_datetime
from enum import Enum

__all__ = ["Delivery", "Reply", "chunked", "head_of"]

_REASONS = {200: "OK", 500: "Internal Server Error", 503: "Service Unavailable"}


@dataclass(frozen=True, slots=True)
class Reply:
    """A status, a body, and the Date that goes with them."""

    status: int
    body: bytes
    date: datetime
    kind: str = "text/xml;charset=UTF-8"


class Delivery(Enum):
    """A way to deliver; `silent` closes the connection behind an answer that did not say so."""

    WHOLE = "whole"
    SPLIT = "split"
    CHUNKED = "chunked"
    CLOSING = "closing"
    SILENT = "silent"


def head_of(reply: Reply, delivery: Delivery) -> bytes:
    """Write status line and headers."""
    framing = f"Content-Length: {len(reply.body)}"
    if delivery is Delivery.CHUNKED:
        framing = "Transfer-Encoding: chunked"
    elif delivery is Delivery.CLOSING:
        framing += "\r\nConnection: close"
    return (
        f"HTTP/1.1 {reply.status} {_REASONS.get(reply.status, 'Bad Request')}\r\n"
        f"Date: {format_datetime(reply.date, usegmt=True)}\r\n"
        f"Content-Type: {reply.kind}\r\n"
        f"{framing}\r\n\r\n"
    ).encode()


def chunked(body: bytes, chance: random.Random) -> bytes:
    """Write a body in chunks of any size."""
    coded, begin = bytearray(), 0
    while begin < len(body):
        size = chance.randint(1, max(len(body) // 2, 1))
        part = body[begin : begin + size]
        coded += b"%x\r\n%s\r\n" % (len(part), part)
        begin += size
    return bytes(coded + b"0\r\n\r\n")
