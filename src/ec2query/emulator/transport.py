"""The emulator as an httpx transport, async and blocking: requests are answered in process.

    AsyncClient(transport=EmulatorTransport(emulator), ...)

No socket is opened. One of the few modules outside `client/` that import httpx: it is an adapter to it.
"""

from __future__ import annotations

import httpx

from ..protocol.message import HttpRequest
from .endpoint import Emulator

__all__ = ["EmulatorTransport"]


class EmulatorTransport(httpx.AsyncBaseTransport, httpx.BaseTransport):
    """Hands each request to an Emulator, whatever host it is for."""

    def __init__(self, emulator: Emulator) -> None:
        self.emulator = emulator

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        return self._answer(request, request.read())

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        return self._answer(request, await request.aread())

    def _answer(self, request: httpx.Request, body: bytes) -> httpx.Response:
        headers = {name.lower(): value for name, value in request.headers.items()}
        answer = self.emulator.handle(HttpRequest(request.method, str(request.url), headers, body))
        return httpx.Response(
            answer.status, headers=dict(answer.headers), content=answer.body, request=request
        )
