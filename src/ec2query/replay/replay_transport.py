"""ReplayTransport: a Replay as an httpx transport, async and blocking. No socket is opened.

AsyncClient(transport=ReplayTransport(Replay.load("recordings")), ...)
"""

from __future__ import annotations

import httpx

from .httpx_messages import as_request, as_response
from .replay import Replay

__all__ = ["ReplayTransport"]


class ReplayTransport(httpx.AsyncBaseTransport, httpx.BaseTransport):
    """Answers each request from recordings, whatever host it is for. Raises UnexpectedRequest."""

    def __init__(self, replay: Replay) -> None:
        self.replay = replay

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        return as_response(self.replay.answer(as_request(request, request.read())), request)

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        return as_response(self.replay.answer(as_request(request, await request.aread())), request)
