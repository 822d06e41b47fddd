"""A peer that serves credentials over HTTP: IMDSv2, a container's endpoint, STS, SSO, OIDC; and an EC2."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

from support.server import Peer, Received, answer

__all__ = ["ARN", "LATER", "SOON", "keys", "play", "reply", "sts"]

ARN = "arn:aws:iam::111122223333:user/u"
LATER = (datetime.now(UTC) + timedelta(hours=6)).strftime("%Y-%m-%dT%H:%M:%SZ")
SOON = (datetime.now(UTC) + timedelta(minutes=1)).strftime("%Y-%m-%dT%H:%M:%SZ")


def keys(name: str) -> bytes:
    parts = {"AccessKeyId": name, "SecretAccessKey": "s", "Token": "t", "Expiration": LATER}
    return json.dumps({"Code": "Success", **parts}).encode()


def sts(action: str, name: str) -> bytes:
    return (
        f"<{action}Response><{action}Result><Arn>{ARN}</Arn>"
        f"<Account>111122223333</Account><Credentials><AccessKeyId>{name}</AccessKeyId>"
        "<SecretAccessKey>s</SecretAccessKey><SessionToken>t</SessionToken>"
        f"<Expiration>{LATER}</Expiration></Credentials></{action}Result></{action}Response>"
    ).encode()


def reply(request: Received) -> bytes:
    """Play IMDSv2, a container's endpoint, STS, SSO and OIDC."""
    method, target, _ = request.line.split(" ")
    headers = dict(request.headers)
    form = request.body.decode()
    match method, target:
        case "PUT", "/latest/api/token":
            return answer(b"imds-token")
        case "GET", "/latest/meta-data/iam/security-credentials/":
            assert headers["x-aws-ec2-metadata-token"] == "imds-token"
            return answer(b"role")
        case "GET", "/latest/meta-data/iam/security-credentials/role":
            return answer(keys("INSTANCE"))
        case "GET", "/latest/meta-data/placement/region":
            return answer(b"us-east-1")
        case "GET", "/container":
            assert headers["authorization"] == "pod-token"
            return answer(keys("CONTAINER"))
        case "POST", "/token":
            return answer(json.dumps({"accessToken": "new", "expiresIn": 3600}).encode())
        case "GET", "/federation/credentials?role_name=r&account_id=111122223333":
            assert headers["x-amz-sso_bearer_token"] == "new"
            milliseconds = int(datetime.fromisoformat(LATER).timestamp() * 1000)
            parts = {"accessKeyId": "SSO", "secretAccessKey": "s", "sessionToken": "t"}
            return answer(json.dumps({"roleCredentials": {**parts, "expiration": milliseconds}}).encode())
        case "POST", "/" if "Action=AssumeRole&" in form:
            assert headers["authorization"].startswith("AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/")
            return answer(sts("AssumeRole", "ROLE"))
        case "POST", "/" if "Action=AssumeRoleWithWebIdentity&" in form and "authorization" not in headers:
            assert "WebIdentityToken=pod-token" in form
            return answer(sts("AssumeRoleWithWebIdentity", "WEBIDENTITY"))
        case "POST", "/" if "Action=GetCallerIdentity&" in form:
            return answer(sts("GetCallerIdentity", ""))
        case "POST", "/" if "Action=DescribeIpamByoasn&" in form:
            return answer(
                b"<DescribeIpamByoasnResponse><requestId>r-1</requestId></DescribeIpamByoasnResponse>"
            )
        case _:
            return answer(b"", status="404 Not Found")


def play(peer: Peer) -> None:
    while request := peer.request():
        peer.send(reply(request))
