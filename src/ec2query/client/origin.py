"""Origins, and requests, as httpx names them and as httpcore does."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from typing import TypeAlias

import httpcore
import httpx

__all__ = ["Origin", "core_request", "origin_of"]

# Scheme, host, port: https://www.rfc-editor.org/rfc/rfc9110#section-4.3.1
Origin: TypeAlias = tuple[str, str, int]


def origin_of(url: httpx.URL) -> Origin:
    """Give what decides whether two requests may share a connection."""
    scheme = url.scheme
    return scheme, url.raw_host.decode("ascii"), url.port or (443 if scheme == "https" else 80)


def core_request(request: httpx.Request) -> httpcore.Request:
    """Make httpcore's request of httpx's."""
    url = request.url
    return httpcore.Request(
        request.method,
        httpcore.URL(scheme=url.raw_scheme, host=url.raw_host, port=url.port, target=url.raw_path),
        headers=request.headers.raw,
        content=_Whole(request.read()) if type(request.stream) is httpx.ByteStream else request.stream,
        extensions=request.extensions,
    )


class _Whole:
    """A body in one piece; no generator, since one that is dropped halfway is a leak on trio."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._given = False

    def __iter__(self) -> Iterator[bytes]:
        return iter((self._data,))

    def __aiter__(self) -> AsyncIterator[bytes]:
        self._given = False
        return self

    async def __anext__(self) -> bytes:
        if self._given:
            raise StopAsyncIteration
        self._given = True
        return self._data
