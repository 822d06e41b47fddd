"""The four things that EC2's operations need beyond the protocol, all that botocore does for them:

- an idempotency token that the caller left out is filled, once for a call;
- RunInstances.UserData goes out as base64, once, whether text or bytes were given;
- CopySnapshot carries a URL presigned for the source Region, signed anew for each attempt;
- GetConsoleOutput.Output comes back as text.
docs/customisations.md says what is left to the caller.
"""

from __future__ import annotations

import dataclasses
from base64 import b64decode
from collections.abc import Callable
from datetime import datetime
from functools import cache
from typing import Any, TypeVar

from ..errors import ConfigurationError, ParameterError
from ..shape import Operation, Result, members, service_of, slot_of
from .endpoint import Endpoint, check_region
from .message import HttpRequest
from .query import Completion
from .serialize import action_of, percent_encode
from .sign import Credentials, presign

__all__ = ["completion", "outgoing", "readable"]

R = TypeVar("R", bound=Result)


def outgoing(operation: Operation[R], token: str, endpoint: Endpoint) -> Operation[R]:
    """Return what is serialized in place of what the caller made, the same for all attempts.

    Raises: ParameterError for a value that cannot be sent.
    """
    kind: type[Operation[Any]] = type(operation)
    changes: dict[str, object] = {
        name: token for name in _token_members(kind) if getattr(operation, name) is None
    }
    change = _CHANGES.get(_name(kind))
    if change is not None:
        changes.update(change(operation, endpoint))
    return dataclasses.replace(operation, **changes) if changes else operation


def completion(operation: Operation[Any], endpoint: Endpoint) -> Completion | None:
    """Return what finishes each attempt's request, or None where nothing is left to do."""
    plain: Any = operation
    if _name(type(operation)) == "CopySnapshot" and plain.presigned_url is None:
        return _presigner(plain.source_region, endpoint, service_of(type(operation)).signing_name)
    return None


def readable(result: R, operation: type[Operation[Any]]) -> R:
    """Decode what the answer carries encoded; `result` is changed in place and returned."""
    if _name(operation) == "GetConsoleOutput":
        plain: Any = result
        slot_of(type(result), "output").__set__(result, _console_text(plain.output))
    return result


@cache
def _name(operation: type[Operation[Any]]) -> str:
    """Return the action where it is EC2's, since other services may have namesakes."""
    return action_of(operation) if service_of(operation).endpoint_prefix == "ec2" else ""


# https://docs.aws.amazon.com/ec2/latest/devguide/ec2-api-idempotency.html
@cache
def _token_members(operation: type[Operation[Any]]) -> tuple[str, ...]:
    return tuple(member.name for member in members(operation) if member.token)


def _user_data(operation: Any, endpoint: Endpoint) -> dict[str, object]:
    """Turn text into bytes, which the serializer writes as base64: so it happens exactly once.

    https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_RunInstances.html
    """
    if not isinstance(operation.user_data, str):
        return {}
    try:
        return {"user_data": operation.user_data.encode()}
    except UnicodeEncodeError:
        raise ParameterError(
            where="RunInstances.user_data", expected="text or bytes", got="a str with a lone surrogate"
        ) from None


def _destination(operation: Any, endpoint: Endpoint) -> dict[str, object]:
    """Name the Region that copies, unless the caller presigned for it."""
    return {} if operation.presigned_url is not None else {"destination_region": endpoint.region}


_CHANGES: dict[str, Callable[[Any, Endpoint], dict[str, object]]] = {
    "RunInstances": _user_data,
    "CopySnapshot": _destination,
}


def _presigner(source_region: str, endpoint: Endpoint, service: str) -> Completion:
    """Add the same request, presigned for the Region that holds the snapshot.

    Raises: ParameterError for a source Region that cannot stand in a host name.
    https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CopySnapshot.html
    """
    try:
        check_region(source_region)
    except ConfigurationError:
        raise ParameterError(
            where="CopySnapshot.source_region", expected="a Region (us-east-1)", got=repr(source_region[:80])
        ) from None
    url = endpoint.url.replace(endpoint.region, source_region)

    def complete(request: HttpRequest, credentials: Credentials, now: datetime) -> HttpRequest:
        copied = HttpRequest("POST", url, {}, request.body)
        presigned = presign(copied, credentials, source_region, service, now).url
        body = request.body + f"&PresignedUrl={percent_encode(presigned)}".encode()
        return dataclasses.replace(request, body=body)

    return complete


def _console_text(output: str | None) -> str | None:
    """Decode as botocore's `decode_console_output` does: what is not base64 stays as it is."""
    if output is None:
        return None
    try:
        return b64decode(output.encode("latin-1")).decode("utf-8", "replace")
    except ValueError:  # binascii.Error and UnicodeEncodeError are such
        return output
