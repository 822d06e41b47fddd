"""The three STS operations that are needed here, for the Query machinery of EC2.

STS speaks awsQuery, whose answers put a `<…Result>` element around the members: here that element is
a member of its own. Neither request nor answer below holds a list, where the two protocols differ.
https://docs.aws.amazon.com/STS/latest/APIReference/API_Operations.html
"""

from __future__ import annotations

from datetime import datetime

from ..shape import Operation, Result, Service, Shape, wire

__all__ = [
    "SERVICE",
    "AssumeRole",
    "AssumeRoleResponse",
    "AssumeRoleResult",
    "AssumeRoleWithWebIdentity",
    "AssumeRoleWithWebIdentityResponse",
    "CallerIdentity",
    "GetCallerIdentity",
    "GetCallerIdentityResponse",
    "TemporaryCredentials",
]

SERVICE = Service(
    name="STS",
    version="2011-06-15",
    namespace="https://sts.amazonaws.com/doc/2011-06-15/",
    signing_name="sts",
    endpoint_prefix="sts",
)


class TemporaryCredentials(Shape):
    access_key_id: str | None = wire("AccessKeyId", default=None, sensitive=True)
    secret_access_key: str | None = wire("SecretAccessKey", default=None, sensitive=True)
    session_token: str | None = wire("SessionToken", default=None, sensitive=True)
    expiration: datetime | None = wire("Expiration", default=None)


class AssumeRoleResult(Shape):
    credentials: TemporaryCredentials | None = wire("Credentials", default=None)


class AssumeRoleResponse(Result):
    result: AssumeRoleResult | None = wire("AssumeRoleResult", default=None)


class AssumeRole(Operation[AssumeRoleResponse]):
    """https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html"""

    role_arn: str = wire("RoleArn")
    role_session_name: str = wire("RoleSessionName")
    external_id: str | None = wire("ExternalId", default=None, sensitive=True)
    duration_seconds: int | None = wire("DurationSeconds", default=None)
    serial_number: str | None = wire("SerialNumber", default=None)
    token_code: str | None = wire("TokenCode", default=None, sensitive=True)


class AssumeRoleWithWebIdentityResponse(Result):
    result: AssumeRoleResult | None = wire("AssumeRoleWithWebIdentityResult", default=None)


class AssumeRoleWithWebIdentity(Operation[AssumeRoleWithWebIdentityResponse]):
    """https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRoleWithWebIdentity.html"""

    role_arn: str = wire("RoleArn")
    role_session_name: str = wire("RoleSessionName")
    web_identity_token: str = wire("WebIdentityToken", sensitive=True)
    duration_seconds: int | None = wire("DurationSeconds", default=None)


class CallerIdentity(Shape):
    user_id: str | None = wire("UserId", default=None)
    account: str | None = wire("Account", default=None)
    arn: str | None = wire("Arn", default=None)


class GetCallerIdentityResponse(Result):
    result: CallerIdentity | None = wire("GetCallerIdentityResult", default=None)


class GetCallerIdentity(Operation[GetCallerIdentityResponse]):
    """https://docs.aws.amazon.com/STS/latest/APIReference/API_GetCallerIdentity.html"""
