"""Sources of credentials on a loopback server, each with secrets planted in all that is sent and answered."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from hashlib import sha1
from pathlib import Path

from support.canaries import KEYS, SECRETS
from support.server import Received, answer

__all__ = ["PROVIDERS", "Provider", "step_of"]

_LATER = "2026-01-02T09:00:00Z"
_SOON = "2026-01-02T03:05:00Z"
_ROLE = {
    "AccessKeyId": SECRETS["role's key id"],
    "SecretAccessKey": SECRETS["role's secret key"],
    "Expiration": _LATER,
}
_JSON_KEYS = json.dumps({"Code": "Success", **_ROLE, "Token": SECRETS["role's session token"]}).encode()
_PROCESS = json.dumps({"Version": 1, **_ROLE, "SessionToken": SECRETS["role's session token"]}).encode()
_LOGIN = {
    "accessToken": SECRETS["SSO token"],
    "refreshToken": SECRETS["SSO refresh token"],
    "clientId": "client",
    "clientSecret": SECRETS["OIDC client secret"],
    "expiresAt": _SOON,
}
_REFRESHED = {"accessToken": SECRETS["new SSO token"], "expiresIn": 28800, "tokenType": "Bearer"}
_PORTAL = {
    "accessKeyId": SECRETS["role's key id"],
    "secretAccessKey": SECRETS["role's secret key"],
    "sessionToken": SECRETS["role's session token"],
    "expiration": 1767344400000,
}
_LOGIN_FILE = f"home/.aws/sso/cache/{sha1(b's').hexdigest()}.json"
_CONFIG = "home/.aws/config"


def _sts(action: str) -> bytes:
    parts = {**_ROLE, "SessionToken": SECRETS["role's session token"]}
    keys = "".join(f"<{name}>{text}</{name}>" for name, text in parts.items())
    result = f"<{action}Result><Credentials>{keys}</Credentials></{action}Result>"
    return f"<{action}Response>{result}</{action}Response>".encode()


@dataclass(frozen=True)
class Provider:
    """Settings (`{url}` is the server's), files below the root, and what the server answers, step by step."""

    environ: Mapping[str, str]
    steps: tuple[tuple[str, bytes], ...]
    files: Mapping[str, str] = field(default_factory=dict[str, str])

    def settings(self, url: str) -> dict[str, str]:
        """The environment."""
        given = {name: value.format(url=url.rstrip("/")) for name, value in self.environ.items()}
        elsewhere = (
            {} if "AWS_EC2_METADATA_SERVICE_ENDPOINT" in given else {"AWS_EC2_METADATA_DISABLED": "true"}
        )
        return {"HOME": "/home", "AWS_REGION": "us-east-1", **elsewhere, **given}

    def write(self, root: Path) -> None:
        """Put the files in place."""
        for name, text in self.files.items():
            path = root / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)

    def good(self, step: int) -> bytes:
        """What the server should answer."""
        return answer(self.steps[step][1])


def step_of(provider: Provider, request: Received) -> int | None:
    """Tell which step a request is, None for one to EC2."""
    text = f"{request.line}\n{request.body.decode()}"
    return next((number for number, (part, _) in enumerate(provider.steps) if part in text), None)


_STATIC = (
    f"aws_access_key_id = {KEYS.access_key_id}\naws_secret_access_key = {KEYS.secret_access_key}\n"
    f"aws_session_token = {KEYS.session_token}\n"
)

PROVIDERS: Mapping[str, Provider] = {
    "instance metadata": Provider(
        {"AWS_EC2_METADATA_SERVICE_ENDPOINT": "{url}"},
        (
            ("/latest/api/token", SECRETS["IMDS token"].encode()),
            ("/security-credentials/ ", b"role"),
            ("/security-credentials/role", _JSON_KEYS),
        ),
    ),
    "container": Provider(
        {
            "AWS_CONTAINER_CREDENTIALS_FULL_URI": "{url}/container",
            "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE": "/token",
        },
        (("/container", _JSON_KEYS),),
        {"token": SECRETS["container token"]},
    ),
    "assume role": Provider(
        {"AWS_ENDPOINT_URL_STS": "{url}"},
        (("Action=AssumeRole&", _sts("AssumeRole")),),
        {
            _CONFIG: "[default]\nrole_arn = arn:aws:iam::111122223333:role/r\nsource_profile = b\n"
            f"external_id = {SECRETS['external id']}\nmfa_serial = m\n[profile b]\n{_STATIC}"
        },
    ),
    "web identity": Provider(
        {
            "AWS_ENDPOINT_URL_STS": "{url}",
            "AWS_WEB_IDENTITY_TOKEN_FILE": "/token",
            "AWS_ROLE_ARN": "arn:aws:iam::111122223333:role/r",
        },
        (("Action=AssumeRoleWithWebIdentity&", _sts("AssumeRoleWithWebIdentity")),),
        {"token": SECRETS["web identity"]},
    ),
    "sso": Provider(
        {"AWS_ENDPOINT_URL_SSO": "{url}", "AWS_ENDPOINT_URL_SSO_OIDC": "{url}"},
        (
            ("POST /token", json.dumps(_REFRESHED).encode()),
            ("/federation/credentials", json.dumps({"roleCredentials": _PORTAL}).encode()),
        ),
        {
            _CONFIG: "[default]\nsso_session = s\nsso_account_id = 111122223333\nsso_role_name = r\n"
            "[sso-session s]\nsso_region = us-east-1\nsso_start_url = https://example.com\n",
            _LOGIN_FILE: json.dumps(_LOGIN),
        },
    ),
    "process": Provider(
        {},
        (),
        {
            _CONFIG: f"[default]\ncredential_process = /p {SECRETS['program' + chr(39) + 's argument']}\n",
            "output": _PROCESS.decode(),
        },
    ),
}
