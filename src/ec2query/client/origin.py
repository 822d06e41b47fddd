"""Origins: which requests may share a connection."""

from __future__ import annotations

from typing import TypeAlias

import httpx

__all__ = ["Origin", "origin_of"]

# Scheme, host, port: https://www.rfc-editor.org/rfc/rfc9110#section-4.3.1
Origin: TypeAlias = tuple[str, str, int]


def origin_of(url: httpx.URL) -> Origin:
    """Give what decides whether two requests may share a connection."""
    scheme = url.scheme
    return scheme, url.raw_host.decode("ascii"), url.port or (443 if scheme == "https" else 80)
