"""What a whole botocore client sends and returns, handlers included, at a fixed time, without a network."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any
from urllib.parse import parse_qsl

import botocore.auth
import botocore.session
import pytest
from botocore.awsrequest import AWSResponse
from botocore.compat import HTTPHeaders
from botocore.config import Config

from ec2query.protocol.sign import Credentials

__all__ = ["Told", "tell"]


@dataclass(frozen=True)
class Told:
    """One call: the pairs of the form that went out, and what came back to the caller."""

    pairs: dict[str, str]
    url: str
    answer: dict[str, Any]


class _Raw:
    """The body of an AWSResponse."""

    def __init__(self, body: bytes) -> None:
        self._body = body

    def stream(self) -> list[bytes]:
        return [self._body]


@cache
def _session() -> Any:
    return botocore.session.Session()


def tell(
    monkeypatch: pytest.MonkeyPatch,
    operation: str,
    params: Mapping[str, Any],
    keys: Credentials,
    *,
    region: str = "us-east-1",
    now: datetime,
    body: bytes | None = None,
    endpoint_url: str | None = None,
    **config: Any,
) -> Told:
    """Make a call; `operation` is its Python name there, `body` the answer that it gets."""
    client = _session().create_client(
        "ec2",
        region_name=region,
        endpoint_url=endpoint_url,
        aws_access_key_id=keys.access_key_id,
        aws_secret_access_key=keys.secret_access_key,
        aws_session_token=keys.session_token,
        config=Config(**config),
    )
    seen: list[Any] = []

    def answer(request: Any, **_: Any) -> AWSResponse:
        seen.append(request)
        return AWSResponse(request.url, 200, HTTPHeaders(), _Raw(body or b"<r><requestId>r</requestId></r>"))

    client.meta.events.register("before-send", answer)
    monkeypatch.setattr(botocore.auth, "get_current_datetime", lambda: now.replace(tzinfo=None))
    result = getattr(client, operation)(**params)
    (request,) = seen
    text = request.body.decode() if isinstance(request.body, bytes) else request.body
    return Told(dict(parse_qsl(text, keep_blank_values=True)), request.url, result)
