"""Exchanges made on the spot: a request signed with the published key, and the answer given."""

from __future__ import annotations

from typing import Any

import httpx

from ec2query import Client, Credentials
from ec2query.errors import Ec2QueryError
from ec2query.replay import Exchange, Recorder, RecordingTransport
from ec2query.shape import Operation
from support.recording import AT, KEY, REGION, fixed_world

__all__ = ["answered", "client_of", "exchange"]


def answered(body: bytes | str = b"", status: int = 200, **headers: str) -> httpx.Response:
    """An answer, with `content_type="text/xml"` written as a header is."""
    named = [(name.replace("_", "-").encode(), value.encode("latin-1")) for name, value in headers.items()]
    return httpx.Response(status, headers=named, content=body)


def client_of(
    transport: httpx.BaseTransport, *, token: str = "token-1", credentials: Credentials = KEY
) -> Client:
    """A client in a fixed world that makes one attempt."""
    world = fixed_world(lambda: AT, token)
    return Client(region=REGION, credentials=credentials, world=world, max_attempts=1, transport=transport)


def exchange(
    operation: Operation[Any],
    answer: httpx.Response | None = None,
    *,
    recorder: Recorder | None = None,
    token: str = "token-1",
    credentials: Credentials = KEY,
) -> Exchange:
    """Make the call, whatever comes of it, and return what was recorded last; unredacted unless told."""
    recorder = recorder or Recorder(provenance="recorded: emulator", redaction=None)
    answer = answer or answered(f"<{type(operation).__name__}Response/>")
    transport = RecordingTransport(httpx.MockTransport(lambda request: answer), recorder)
    try:
        client_of(transport, token=token, credentials=credentials).send(operation)
    except Ec2QueryError:
        pass  # the exchange says it
    return recorder.exchanges[-1]
