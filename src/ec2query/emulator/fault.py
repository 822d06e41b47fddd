"""Faults to script into the emulator: what a service answers on a bad day.

    emulator.inject("DescribeByoipCidrs", HTML_503, error("InternalError"))

A fault that lets the operation `happen` spoils its answer only: then the caller cannot know the outcome.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from ..protocol.encode_xml import encode_error
from ..protocol.message import HttpResponse
from .refusal import refusal

__all__ = ["EMPTY_500", "HTML_503", "MALFORMED", "TRUNCATED", "Fault", "error"]


@dataclass(frozen=True, slots=True)
class Fault:
    """One scripted answer, made of the true one and the request id.

    Where the operation does not happen, the true answer is an empty 200.
    """

    name: str
    happens: bool
    answer: Callable[[HttpResponse, str], HttpResponse]


def error(code: str, message: str = "A scripted fault.", *, status: int | None = None) -> Fault:
    """Answer with an error document instead of carrying the operation out."""
    answered = refusal(code, message)

    def answer(true: HttpResponse, request_id: str) -> HttpResponse:
        body = encode_error(code, message, request_id)
        return HttpResponse(status or answered.status, true.headers, body)

    return Fault(code, False, answer)


def _html(true: HttpResponse, request_id: str) -> HttpResponse:
    page = b"<!DOCTYPE html>\n<html><body><h1>503 Service Unavailable</h1></body></html>\n"
    return HttpResponse(503, {"content-type": "text/html"}, page)


def _empty(true: HttpResponse, request_id: str) -> HttpResponse:
    return HttpResponse(500, {}, b"")


def _malformed(true: HttpResponse, request_id: str) -> HttpResponse:
    return replace(true, body=true.body.replace(b"</requestId>", b"</requestID>", 1))


def _truncated(true: HttpResponse, request_id: str) -> HttpResponse:
    return replace(true, body=true.body[: len(true.body) // 2])


HTML_503 = Fault("HTML 503", False, _html)
"""A load balancer's page instead of an answer; nothing happened."""

EMPTY_500 = Fault("empty 500", False, _empty)
"""No body at all; nothing happened."""

MALFORMED = Fault("malformed", True, _malformed)
"""The true answer with a wrong end tag."""

TRUNCATED = Fault("truncated", True, _truncated)
"""The first half of the true answer."""
