"""Recorded exchanges as routes of a respx router, for those who mock httpx with respx already.

    with respx.mock as router:
        add_routes(router, Replay.load("recordings"))

A route for each recorded Action, named after it, so that respx counts its calls; a call of such an
action that was not recorded raises UnexpectedRequest. respx itself is not imported: the caller has it.
https://lundberg.github.io/respx/
"""

from __future__ import annotations

from typing import Any, Protocol

import httpx

from .httpx_messages import as_request, as_response
from .replay import Replay

__all__ = ["Router", "add_routes"]


class Router(Protocol):
    """What is used of a respx.Router."""

    # Any: respx's lookups take values of many types, and what comes back is a respx.Route.
    def route(self, *, name: str | None = None, **lookups: Any) -> Any: ...


def add_routes(router: Router, replay: Replay) -> None:
    """Add a route for each action of `replay`; other actions are left to the router."""

    def answer(request: httpx.Request) -> httpx.Response:
        return as_response(replay.answer(as_request(request, request.read())), request)

    for action in dict.fromkeys(exchange.action for exchange in replay.exchanges):
        router.route(name=action, method="POST", data__contains={"Action": action}).mock(side_effect=answer)
