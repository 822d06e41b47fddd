"""Requests as an httpx client's event hooks may see them: they can add to them, but break no signature.

A hook that would change method, URL or body is a mistake that is said before anything is sent; changes
of headers that are signed, or would have to be, are passed over.
"""

from __future__ import annotations

import httpx

from ..errors import ConfigurationError

__all__ = ["SignedHeaders", "seal"]

_SIGNED = ("method", "url", "stream", "_content")


def seal(request: httpx.Request) -> None:
    """Let nothing that was signed be changed from now on."""
    request.headers = SignedHeaders(request.headers)
    request.__class__ = _SignedRequest  # httpx has no other way to give a client a request of one's own kind


class _SignedRequest(httpx.Request):
    def __setattr__(self, name: str, value: object) -> None:
        if name in _SIGNED:
            raise ConfigurationError(
                f"an event hook of the httpx client given sets {name.strip('_')} of a signed request:"
                " expected one that adds headers at most; let it leave this client's requests alone"
            )
        if name == "headers":
            self.headers.update(value)  # type: ignore[arg-type]  # whatever httpx takes for headers
        else:
            super().__setattr__(name, value)


class SignedHeaders(httpx.Headers):
    """Headers that can be added to, but for those that are signed or would have to be."""

    def __setitem__(self, key: str, value: str) -> None:
        if not self._guarded(key):
            super().__setitem__(key, value)

    def __delitem__(self, key: str) -> None:
        """Delete nothing: who could, could delete what is signed."""

    def popitem(self) -> tuple[str, str]:
        """Say that nothing is left to be deleted: so `clear` comes to its end."""
        raise KeyError("the headers of a signed request stay")

    def update(self, headers: object = None) -> None:  # type: ignore[override]
        for key, value in httpx.Headers(headers).multi_items():  # type: ignore[arg-type]
            self[key] = value

    def _guarded(self, key: str) -> bool:
        name = key.lower()
        return name in self or name in ("authorization", "cookie") or name.startswith("x-amz-")
