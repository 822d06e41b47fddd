"""Watching a flow: the API requests that it asks to be sent, and their answers.

A flow goes in, the same flow comes out, and what it sends is noted on the way. With `stop`, the first
request is noted but never asked to be sent: `Stopped` is raised in its place.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeVar

from ..errors import Ec2QueryError
from ..protocol.effects import Effect, Flow, Send
from ..protocol.message import HttpRequest, HttpResponse

__all__ = ["Exchange", "Stopped", "watched"]

T = TypeVar("T")


@dataclass(slots=True)
class Exchange:
    """One request, and its answer where one came."""

    request: HttpRequest
    response: HttpResponse | None = None


class Stopped(Exception):
    """The flow came to its first request, which was not to be sent."""


def watched(flow: Flow[T], seen: list[Exchange], *, action: str, stop: bool = False) -> Flow[T]:
    """Run `flow` and note its exchanges of one action; those that fetch credentials are not noted."""
    try:
        effect = next(flow)
        while True:
            exchange = _exchange(effect, action)
            if exchange is not None:
                seen.append(exchange)
                if stop:
                    flow.close()
                    raise Stopped
            try:
                reply = yield effect
            except Ec2QueryError as error:
                effect = flow.throw(error)
                continue
            if exchange is not None and isinstance(reply, HttpResponse):
                exchange.response = reply
            effect = flow.send(reply)
    except StopIteration as end:
        result: T = end.value
        return result


def _exchange(effect: Effect, action: str) -> Exchange | None:
    if not isinstance(effect, Send) or not effect.request.body.startswith(f"Action={action}&".encode()):
        return None
    return Exchange(effect.request)
