"""What a credentials flow may ask, answered: files, programs and services, one of them by the input.

So the provider's own decisions run on every document that it meets: the other answers are good ones.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import TypeAlias

from ec2query.errors import ConfigurationError, CredentialsError, TransportError
from ec2query.protocol.effects import Ask, Effect, ReadFile, RunProcess, Send, WriteFile
from ec2query.protocol.message import HttpResponse
from ec2query.protocol.world import World
from support.hostile import quiet_world

__all__ = [
    "ENDED",
    "FAMILIES",
    "GIVEN",
    "KEY_PARTS",
    "LOGIN",
    "METADATA",
    "PRINTED",
    "REFUSED",
    "RENEWED",
    "Services",
    "as_json",
    "assumed",
    "world_of",
]

# What stands for an effect: a file by the end of its path, a request by a part of its URL.
Answers: TypeAlias = Mapping[str, bytes]

FAMILIES = (CredentialsError, ConfigurationError, TransportError)
"""What a search for credentials may raise."""

_LATER = "2026-01-02T12:04:05Z"
KEY_PARTS = {
    "AccessKeyId": "ASIAEXAMPLE",
    "SecretAccessKey": "secret",
    "Token": "token",
    "Expiration": _LATER,
}


def as_json(value: object) -> bytes:
    return json.dumps(value).encode()


PRINTED = as_json(
    {
        "Version": 1,
        **{key: KEY_PARTS[key] for key in ("AccessKeyId", "SecretAccessKey", "Expiration")},
        "SessionToken": "t",
    }
)
GIVEN = as_json(
    {
        "roleCredentials": {
            "accessKeyId": "ASIAEXAMPLE",
            "secretAccessKey": "secret",
            "sessionToken": "token",
            "expiration": 1767355445000,
        }
    }
)
LOGIN = {
    "startUrl": "https://example.com/start",
    "region": "us-east-1",
    "accessToken": "token",
    "expiresAt": "2026-01-02T03:09:05Z",
    "clientId": "client",
    "clientSecret": "secret",
    "refreshToken": "refresh",
    "registrationExpiresAt": "2026-03-01T00:00:00Z",
}
ENDED = as_json({**LOGIN, "expiresAt": "2026-01-02T03:04:04Z"})
RENEWED = as_json({"accessToken": "new", "expiresIn": 28800, "refreshToken": "next", "tokenType": "Bearer"})


def assumed(action: str) -> bytes:
    return (
        f"<{action}Response xmlns='https://sts.amazonaws.com/doc/2011-06-15/'><{action}Result><Credentials>"
        f"<AccessKeyId>ASIAEXAMPLE</AccessKeyId><SecretAccessKey>secret</SecretAccessKey>"
        f"<SessionToken>token</SessionToken><Expiration>{_LATER}</Expiration></Credentials></{action}Result>"
        f"<ResponseMetadata><RequestId>r</RequestId></ResponseMetadata></{action}Response>"
    ).encode()


REFUSED = (
    b"<ErrorResponse><Error><Type>Sender</Type><Code>AccessDenied</Code><Message>m</Message></Error>"
    b"<RequestId>r</RequestId></ErrorResponse>"
)
METADATA = "/latest/meta-data/iam/security-credentials/"
# Looked through in this order; what has no answer is a missing file, or a 404.
_GOOD: dict[str, bytes] = {
    "/latest/api/token": b"token",
    f"{METADATA}role": as_json({"Code": "Success", **KEY_PARTS}),
    METADATA: b"role\n",
    "/latest/meta-data/placement/region": b"us-east-1",
    "http://169.254.170.2/": as_json(KEY_PARTS),
    "portal.sso": GIVEN,
    "oidc.": RENEWED,
    "/sso/cache/": as_json(LOGIN),
    "/token-file": b"token",
    "a-program": PRINTED,
    "Action=AssumeRole&": assumed("AssumeRole"),
    "Action=AssumeRoleWithWebIdentity&": assumed("AssumeRoleWithWebIdentity"),
}


class Services:
    """Answers effects: `special` by the input, all others well. Written files are read again."""

    def __init__(self, special: Answers, status: int = 200, *, lost: bool = False) -> None:
        self.answers = {**special, **{name: data for name, data in _GOOD.items() if name not in special}}
        self.special = special
        self.status = status
        self.lost = lost
        self.files: dict[str, bytes] = {}

    def __call__(self, effect: Effect) -> object:
        match effect:
            case ReadFile():
                return self.files.get(effect.path) or self._found(effect.path)[1]
            case WriteFile():
                json.loads(effect.data)  # only a login is ever written
                self.files[effect.path] = effect.data
                return None
            case RunProcess():
                found = self._found(effect.argv[0])[1]
                if found is None:
                    raise CredentialsError("program: cannot be run")
                return found
            case Send():
                body = effect.request.body.decode("ascii") if effect.request.method == "POST" else ""
                name, found = self._found(f"{effect.request.url}?{body}")
                if self.lost and name in self.special:
                    raise TransportError("lost")
                status = self.status if name in self.special else 200 if found is not None else 404
                return HttpResponse(status, {}, found or b"")
            case Ask():
                return "123456"
            case _:
                raise AssertionError(f"not expected: {effect}")

    def _found(self, place: str) -> tuple[str, bytes | None]:
        for name, data in self.answers.items():
            if name in place:
                return name, data
        return "", None


def world_of(environ: Mapping[str, str]) -> World:
    return quiet_world({"HOME": "/h", "AWS_REGION": "us-east-1", **environ})
