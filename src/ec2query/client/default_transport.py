"""The transport of a client that was given none: lanes, and httpx's own where a proxy applies.

Which of the two is decided once for each origin, at the first request to it: by then the settings
have been read. What is link-local or loopback never goes through a proxy.
"""

from __future__ import annotations

import threading
from functools import partial
from typing import TYPE_CHECKING

import httpx

from ..protocol.proxy import proxy_for
from .caller import Caller
from .tls import shared_context
from .waiting import in_thread

if TYPE_CHECKING:
    from .blocking_transport import BlockingLaneTransport
    from .transport import LaneTransport

__all__ = ["DefaultBlockingTransport", "DefaultTransport"]

_Origin = tuple[str, str, int | None]


def _origin(url: httpx.URL) -> _Origin:
    return url.scheme, url.host, url.port


def _proxy(caller: Caller, url: httpx.URL) -> str | None:
    return proxy_for(f"{url.scheme}://{url.netloc.decode('ascii')}", caller.world.environ)


class DefaultTransport(httpx.AsyncBaseTransport):
    """Sends each request through the lanes, or through the proxy that the environment names for it."""

    def __init__(self, caller: Caller) -> None:
        self._caller = caller
        self._lanes: LaneTransport | None = None
        self._proxied: dict[str, httpx.AsyncHTTPTransport] = {}
        self._routes: dict[_Origin, httpx.AsyncBaseTransport] = {}

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        route = self._routes.get(_origin(request.url)) or await self._route(request.url)
        return await route.handle_async_request(request)

    async def _route(self, url: httpx.URL) -> httpx.AsyncBaseTransport:
        proxy = _proxy(self._caller, url)
        route: httpx.AsyncBaseTransport
        if proxy is None:
            if self._lanes is None:
                from .transport import LaneTransport

                self._lanes = LaneTransport(ca_bundle=self._caller.ca_bundle)
            route = self._lanes
        else:
            if proxy not in self._proxied:
                context = await in_thread(partial(shared_context, self._caller.ca_bundle))
                if proxy not in self._proxied:  # another task may have been faster
                    self._proxied[proxy] = httpx.AsyncHTTPTransport(verify=context, proxy=proxy)
            route = self._proxied[proxy]
        self._routes[_origin(url)] = route
        return route

    async def aclose(self) -> None:
        """Close every connection."""
        self._routes.clear()
        if self._lanes is not None:
            await self._lanes.aclose()
        for transport in self._proxied.values():
            await transport.aclose()


class DefaultBlockingTransport(httpx.BaseTransport):
    """The same for `Client`."""

    def __init__(self, caller: Caller) -> None:
        self._caller = caller
        self._lanes: BlockingLaneTransport | None = None
        self._proxied: dict[str, httpx.HTTPTransport] = {}
        self._routes: dict[_Origin, httpx.BaseTransport] = {}
        self._lock = threading.Lock()

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        route = self._routes.get(_origin(request.url))
        if route is None:
            with self._lock:
                route = self._route(request.url)
        return route.handle_request(request)

    def _route(self, url: httpx.URL) -> httpx.BaseTransport:
        proxy = _proxy(self._caller, url)
        route: httpx.BaseTransport
        if proxy is None:
            if self._lanes is None:
                from .blocking_transport import BlockingLaneTransport

                self._lanes = BlockingLaneTransport(ca_bundle=self._caller.ca_bundle)
            route = self._lanes
        else:
            if proxy not in self._proxied:
                context = shared_context(self._caller.ca_bundle)
                self._proxied[proxy] = httpx.HTTPTransport(verify=context, proxy=proxy)
            route = self._proxied[proxy]
        self._routes[_origin(url)] = route
        return route

    def close(self) -> None:
        """Close every connection."""
        self._routes.clear()
        if self._lanes is not None:
            self._lanes.close()
        for transport in self._proxied.values():
            transport.close()
