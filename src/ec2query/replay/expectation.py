"""What an answer means: the Result or error that the parser makes of it, and that in JSON's types.

A result is given by model names, as `Shape.to_dict()` has it; timestamps are ISO 8601, blobs base64. An
error is given by its class, code, message, status and request id.
"""

from __future__ import annotations

import math
from base64 import b64encode
from datetime import UTC, datetime
from typing import Any

from .. import ec2
from ..errors import ResponseError, ServiceError
from ..protocol.customise import readable
from ..protocol.parse import parse
from ..protocol.timestamp import format_timestamp
from ..shape import Operation, Result
from .exchange import Exchange

__all__ = ["expectation", "operation_named", "outcome"]


def operation_named(action: str) -> type[Operation[Any]] | None:
    """Return the operation of an action, None where the model has none."""
    found = getattr(ec2, action, None) if action.isidentifier() else None
    return found if isinstance(found, type) and issubclass(found, Operation) else None


def outcome(exchange: Exchange) -> Result | ServiceError | ResponseError | None:
    """Read the answer of an exchange as a client does; None where the model does not know the action."""
    operation = operation_named(exchange.action)
    if operation is None:
        return None
    response = exchange.response
    try:
        result: Result = parse(operation, response.status, response.headers, response.body)
    except (ServiceError, ResponseError) as error:
        return error
    return readable(result, operation)


def expectation(meant: Result | ServiceError | ResponseError) -> dict[str, object]:
    """Write a result or an error as `{"result": {...}}` or `{"error": {...}}`."""
    if isinstance(meant, Result):
        return {"result": _plain(meant.to_dict())}
    known: dict[str, object] = {"class": type(meant).__name__}
    if isinstance(meant, ServiceError):
        known |= {"code": meant.code, "message": meant.message}
    return {"error": {**known, "status": meant.status, "request_id": meant.request_id}}


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _plain(inner) for name, inner in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(entry) for entry in value]
    if isinstance(value, datetime):
        return format_timestamp(value.astimezone(UTC), "iso8601")
    if isinstance(value, (bytes, bytearray)):
        return b64encode(value).decode("ascii")
    if isinstance(value, float) and not math.isfinite(value):
        return "NaN" if math.isnan(value) else "Infinity" if value > 0 else "-Infinity"
    return value
