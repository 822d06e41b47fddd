"""Our messages as httpx's, and httpx's as ours."""

from __future__ import annotations

import httpx

from ..protocol.message import HttpRequest, HttpResponse

__all__ = ["as_request", "as_response", "lower_case"]


def as_request(request: httpx.Request, body: bytes) -> HttpRequest:
    """Make our request of httpx's."""
    url = request.url
    target = f"{url.scheme}://{url.netloc.decode('ascii')}{url.raw_path.decode('ascii')}"
    return HttpRequest(request.method, target, lower_case(request.headers), body)


def as_response(response: HttpResponse, request: httpx.Request) -> httpx.Response:
    """Make httpx's response of ours."""
    headers = [(name.encode("latin-1"), value.encode("latin-1")) for name, value in response.headers.items()]
    return httpx.Response(response.status, headers=headers, content=response.body, request=request)


def lower_case(headers: httpx.Headers) -> dict[str, str]:
    """Give headers with lower-case names, as the client reads them; values of one name are joined."""
    found: dict[str, str] = {}
    for raw_name, raw_value in headers.raw:
        name, value = raw_name.decode("latin-1").lower(), raw_value.decode("latin-1")
        found[name] = f"{found[name]}, {value}" if name in found else value
    return found
