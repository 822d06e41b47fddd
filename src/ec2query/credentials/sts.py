"""STS: assume a role with keys or with a web identity token, and say who one is.

The Regional endpoint is asked, through the serializer, signer and parser that EC2's calls go
through. A role is assumed anew for each refresh; AssumeRoleWithWebIdentity is not signed.
https://docs.aws.amazon.com/STS/latest/APIReference/welcome.html
"""

from __future__ import annotations

from datetime import UTC
from typing import Any, TypeVar

from ..errors import CredentialsError, Ec2QueryError, ParameterError, ResponseError, ServiceError
from ..protocol.access_key import Credentials
from ..protocol.effects import Flow, Timeout, ask
from ..protocol.message import HttpRequest
from ..protocol.parse import parse
from ..protocol.serialize import action_of, serialize
from ..protocol.sign import sign
from ..shape import Operation, Result
from .context import Context
from .exchange import ask_often, fetch
from .keys import key_pair
from .region import resolve_region
from .service_endpoint import service_endpoint
from .sources import AssumeRole, WebIdentity
from .sts_shapes import AssumeRole as AssumeRoleOperation
from .sts_shapes import (
    AssumeRoleResult,
    AssumeRoleWithWebIdentity,
    CallerIdentity,
    GetCallerIdentity,
)
from .token_file import read_token

__all__ = ["assume_role", "assume_role_with_web_identity", "get_caller_identity"]

R = TypeVar("R", bound=Result)

_ATTEMPTS = 3
_BASE = 0.1
# Members of its operations that STS may quote.
_SECRET = ("web_identity_token", "token_code", "external_id")
_FORM = "application/x-www-form-urlencoded; charset=utf-8"


def assume_role(source: AssumeRole, credentials: Credentials, context: Context) -> Flow[Credentials]:
    """Assume a role with the credentials of its source. Raises CredentialsError, TransportError."""
    code = (yield from _mfa_code(source, context)) if source.mfa_serial else None
    operation = AssumeRoleOperation(
        role_arn=source.role_arn,
        role_session_name=source.session_name or _session_name(context),
        external_id=source.external_id,
        duration_seconds=source.duration_seconds,
        serial_number=source.mfa_serial,
        token_code=code,
    )
    answer = yield from _explained(source.where, operation, credentials, context)
    return _credentials(source.where, answer.result)


def assume_role_with_web_identity(source: WebIdentity, context: Context) -> Flow[Credentials]:
    """Assume a role with the token in a file, read anew each time. Raises as `assume_role` does."""
    operation = AssumeRoleWithWebIdentity(
        role_arn=source.role_arn,
        role_session_name=source.session_name or _session_name(context),
        duration_seconds=source.duration_seconds,
        web_identity_token=(yield from read_token(source.where, source.token_file)),
    )
    answer = yield from _explained(source.where, operation, None, context)
    return _credentials(source.where, answer.result)


def get_caller_identity(credentials: Credentials, context: Context) -> Flow[CallerIdentity]:
    """Ask whose credentials these are. Raises ServiceError, ResponseError, TransportError."""
    operation = GetCallerIdentity()
    answer = yield from _call(operation, credentials, context)
    if answer.result is None:
        raise ResponseError("expected a GetCallerIdentityResult, got none", operation="GetCallerIdentity")
    return answer.result


def _call(operation: Operation[R], credentials: Credentials | None, context: Context) -> Flow[R]:
    region = (yield from resolve_region(context)).region
    endpoint = service_endpoint(context, region, service="sts").endpoint
    request = HttpRequest(
        "POST",
        f"{endpoint.url}/",
        {"content-type": _FORM, "user-agent": context.user_agent, "accept-encoding": "identity"},
        serialize(operation),
    )

    def once() -> Flow[R]:
        signed = request
        if credentials is not None:
            signed = sign(request, credentials, endpoint.region, "sts", context.world.now())
        response = yield from fetch(f"STS {action_of(type(operation))}", signed, Timeout())
        return parse(type(operation), response.status, response.headers, response.body)

    return (yield from ask_often(once, _ATTEMPTS, context.world, _BASE))


def _explained(
    where: str, operation: Operation[R], credentials: Credentials | None, context: Context
) -> Flow[R]:
    """Call, and turn what STS refuses into a CredentialsError that says whose role it was."""
    failure: Ec2QueryError
    try:
        return (yield from _call(operation, credentials, context))
    except (ServiceError, ResponseError, ParameterError) as error:
        failure = error
    # Raised out here, so that no __context__ holds what an answer may have echoed.
    raise CredentialsError(
        f"{where}: STS gave no credentials: {_without_secrets(str(failure), operation, credentials)}"
    )


def _without_secrets(text: str, operation: Operation[Any], credentials: Credentials | None) -> str:
    secrets = [getattr(operation, name, None) for name in _SECRET]
    if credentials is not None:
        secrets += [credentials.secret_access_key, credentials.session_token]
    # Longest first: one may begin with another.
    for secret in sorted(filter(None, secrets), key=len, reverse=True):
        text = text.replace(secret, "***")
    return text


def _credentials(where: str, result: AssumeRoleResult | None) -> Credentials:
    found = result.credentials if result is not None else None
    if found is None:
        raise CredentialsError(f"{where}: expected Credentials in the answer of STS, got none")
    parts = (found.access_key_id, found.secret_access_key, found.session_token, found.expiration)
    access_key_id, secret_access_key, session_token, expiration = parts
    if not access_key_id or not secret_access_key or not session_token or expiration is None:
        names = ("AccessKeyId", "SecretAccessKey", "SessionToken", "Expiration")
        missing = ", ".join(name for name, part in zip(names, parts, strict=True) if not part)
        raise CredentialsError(f"{where}: expected {missing} in the answer of STS, got none")
    return key_pair(where, access_key_id, secret_access_key, session_token, expiration.astimezone(UTC))


def _mfa_code(source: AssumeRole, context: Context) -> Flow[str]:
    assert source.mfa_serial is not None
    if context.mfa_token is None:
        raise CredentialsError(
            f"{source.where}: mfa_serial {source.mfa_serial} asks for a code, but there is no one to ask;"
            " pass mfa_token=, a function that is given the serial and returns the code"
        )
    return (yield from ask(context.mfa_token, source.mfa_serial)).strip()


def _session_name(context: Context) -> str:
    return f"ec2query-{int(context.world.now().timestamp())}"
