"""Instance metadata, version 2 only: a session token first, then what is asked for.

There is no way back to version 1: where the token is refused, so is everything. The settings are
`AWS_EC2_METADATA_DISABLED`, `AWS_EC2_METADATA_SERVICE_ENDPOINT[_MODE]`, `AWS_METADATA_SERVICE_TIMEOUT`
and `AWS_METADATA_SERVICE_NUM_ATTEMPTS`.
https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/instancedata-data-retrieval.html
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from ..errors import CredentialsError, TransportError
from ..protocol.access_key import Credentials
from ..protocol.effects import Flow, Timeout
from ..protocol.message import HttpRequest, HttpResponse
from .context import Context
from .document import Document, KeyNames, credentials_in, read_document
from .exchange import Absent, ask_often, check_status, fetch
from .settings import MetadataService
from .token_file import check_token

__all__ = ["instance_credentials", "instance_region"]

_TOKEN_PATH = "/latest/api/token"  # noqa: S105 - a path
_ROLE_PATH = "/latest/meta-data/iam/security-credentials/"
_REGION_PATH = "/latest/meta-data/placement/region"
_TTL = "21600"
_WHAT = "instance metadata"
# https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreateRole.html
_ROLE = re.compile(r"[A-Za-z0-9_+=,.@-]{1,64}")
_CODE = re.compile(r"[A-Za-z]{1,64}")


def instance_credentials(context: Context) -> Flow[Credentials]:
    """Ask for the credentials of the instance's role.

    Raises: Absent where no metadata service answers or the instance has no role; CredentialsError.
    """
    token = yield from _token(context)
    role = (yield from _get(context, token, _ROLE_PATH, "the instance's role")).partition("\n")[0].strip()
    if not role:
        raise Absent(f"{_WHAT}: the instance has no role; attach an instance profile to it")
    if not _ROLE.fullmatch(role):
        raise CredentialsError(f"{_WHAT}: expected the name of a role, got something else (not shown)")
    path = _ROLE_PATH + role

    def once() -> Flow[Credentials]:
        response = yield from _send(context, "GET", path, {"x-aws-ec2-metadata-token": token})
        check_status(_WHAT, response)
        document = read_document(_WHAT, response.body)
        _check_code(document)
        return credentials_in(_WHAT, document, KeyNames())

    return (yield from ask_often(once, context.settings.metadata.attempts, context.world))


def instance_region(context: Context) -> Flow[str]:
    """Ask in which Region the instance runs. Raises Absent, CredentialsError."""
    token = yield from _token(context)
    return (yield from _get(context, token, _REGION_PATH, "the Region")).strip()


def _token(context: Context) -> Flow[str]:
    service: MetadataService = context.settings.metadata
    if service.disabled:
        raise Absent(f"{_WHAT}: AWS_EC2_METADATA_DISABLED is true")

    def once() -> Flow[str]:
        response = yield from _send(
            context, "PUT", _TOKEN_PATH, {"x-aws-ec2-metadata-token-ttl-seconds": _TTL}
        )
        if response.status in (403, 404, 405):
            raise Absent(f"{_WHAT}: {service.endpoint} gives no IMDSv2 token (status {response.status})")
        check_status(_WHAT, response)
        return check_token(f"{_WHAT}: the session token", response.body)

    try:
        return (yield from ask_often(once, service.attempts, context.world))
    except TransportError as error:
        raise Absent(
            f"{error}; this is no EC2 instance, or its hop limit or firewall is in the way"
        ) from None


def _get(context: Context, token: str, path: str, wanted: str) -> Flow[str]:
    def once() -> Flow[str]:
        response = yield from _send(context, "GET", path, {"x-aws-ec2-metadata-token": token})
        if response.status == 404:
            raise Absent(f"{_WHAT}: {wanted} is not there (status 404)")
        check_status(_WHAT, response)
        return response.body.decode("utf-8", "replace")

    return (yield from ask_often(once, context.settings.metadata.attempts, context.world))


def _send(context: Context, method: str, path: str, headers: Mapping[str, str]) -> Flow[HttpResponse]:
    service: MetadataService = context.settings.metadata
    request = HttpRequest(
        method, service.endpoint + path, {"user-agent": context.user_agent, "accept": "*/*", **headers}
    )
    seconds = service.timeout
    timeout = Timeout(connect=seconds, read=seconds, write=seconds, pool=seconds)
    return (yield from fetch(_WHAT, request, timeout))


def _check_code(document: Document) -> None:
    code = document.get("Code", "Success")
    if code != "Success":
        # A word of letters is a code, as IMDS documents it; anything else is not shown.
        shown = code if isinstance(code, str) and _CODE.fullmatch(code) else "another"
        raise CredentialsError(
            f"{_WHAT}: expected the code Success, got {shown}; check the role's trust policy"
        )
