"""Is a request signed by a known key, for this Region, within the time allowed? SigV4, verified.

The request is signed anew, with the same headers at the same time, and the signatures compared: in the
`authorization` header, or in the URL where it was presigned.
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-troubleshooting.html
"""

from __future__ import annotations

import hmac
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from urllib.parse import parse_qsl, urlsplit

from ..errors import Ec2QueryError, ServiceError
from ..protocol.message import HttpRequest
from ..protocol.sign import Credentials, anatomy, presign
from .refusal import refusal

__all__ = ["authenticate"]

_ALGORITHM = "AWS4-HMAC-SHA256"
_SERVICE = "ec2"
_FIELD = re.compile(r"(Credential|SignedHeaders|Signature)=([!-+\--~]+)")
_TIME = re.compile(r"[0-9]{8}T[0-9]{6}Z")


@dataclass(frozen=True, slots=True)
class _Claim:
    """What a signature says of itself; `expires` is None where it stands in the header."""

    access_key_id: str
    scope: str
    signed_headers: tuple[str, ...]
    signature: str
    at: datetime
    token: str | None
    expires: int | None


def authenticate(
    request: HttpRequest,
    credentials: Mapping[str, Credentials],
    *,
    region: str,
    now: datetime,
    skew: timedelta,
) -> Credentials:
    """Return the credentials that the request is signed with.

    Raises:
        ServiceError: AuthFailure, IncompleteSignature, RequestExpired or SignatureDoesNotMatch.
    """
    claim = _claim(request)
    known = credentials.get(claim.access_key_id)
    if known is None or not _same(known.session_token or "", claim.token or ""):
        raise refusal("AuthFailure", "AWS was not able to validate the provided access credentials")
    if known.expires_at is not None and known.expires_at <= now:
        raise refusal("RequestExpired", "Request has expired: the credentials have.")
    allowed = timedelta(seconds=claim.expires) if claim.expires is not None else skew
    if now - claim.at > allowed or claim.at - now > skew:
        raise refusal("RequestExpired", f"Request has expired: it was signed for {claim.at:%Y%m%dT%H%M%SZ}.")
    if claim.scope != f"{claim.at:%Y%m%d}/{region}/{_SERVICE}/aws4_request":
        raise _mismatch("The credential scope is of another day, Region or service.")  # assumed
    if "host" not in claim.signed_headers:
        raise _mismatch("The host header is not signed.")  # assumed
    if not _same(_expected(request, claim, known, region), claim.signature):
        raise _mismatch("The signature is not the one calculated from the request and the secret key.")
    return known


def _claim(request: HttpRequest) -> _Claim:
    if "authorization" in request.headers:
        return _claim_in_header(request)
    pairs = dict(parse_qsl(urlsplit(request.url).query, keep_blank_values=True))
    if "X-Amz-Algorithm" in pairs:
        return _claim_in_query(pairs)
    raise refusal("AuthFailure", "The request is not signed.")


def _claim_in_header(request: HttpRequest) -> _Claim:
    algorithm, _, rest = request.headers["authorization"].partition(" ")
    fields = dict(_FIELD.findall(rest))
    if algorithm != _ALGORITHM or len(fields) != 3:
        raise _incomplete()
    return _made(
        credential=fields["Credential"],
        signed_headers=fields["SignedHeaders"],
        signature=fields["Signature"],
        at=request.headers.get("x-amz-date", ""),
        token=request.headers.get("x-amz-security-token"),
        expires=None,
    )


def _claim_in_query(pairs: Mapping[str, str]) -> _Claim:
    expires = pairs.get("X-Amz-Expires", "")
    if not re.fullmatch(r"[1-9][0-9]{0,5}", expires) or pairs["X-Amz-Algorithm"] != _ALGORITHM:
        raise _incomplete()
    return _made(
        credential=pairs.get("X-Amz-Credential", ""),
        signed_headers=pairs.get("X-Amz-SignedHeaders", ""),
        signature=pairs.get("X-Amz-Signature", ""),
        at=pairs.get("X-Amz-Date", ""),
        token=pairs.get("X-Amz-Security-Token"),
        expires=int(expires),
    )


def _made(
    *, credential: str, signed_headers: str, signature: str, at: str, token: str | None, expires: int | None
) -> _Claim:
    access_key_id, _, scope = credential.partition("/")
    try:
        if not (_TIME.fullmatch(at) and signature and scope and signature.isascii()):
            raise ValueError
        when = datetime.strptime(at, "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)
    except ValueError:
        raise _incomplete() from None
    return _Claim(access_key_id, scope, tuple(signed_headers.split(";")), signature, when, token, expires)


def _expected(request: HttpRequest, claim: _Claim, known: Credentials, region: str) -> str:
    """Return the signature that the request should have; one that nothing can have where it is not whole."""
    hashed = request.headers.get("x-amz-content-sha256")
    if hashed is not None and hashed != sha256(request.body).hexdigest():
        return ""
    headers = {name: value for name, value in request.headers.items() if name in claim.signed_headers}
    signed = HttpRequest(request.method, request.url, headers, request.body)
    try:
        if claim.expires is None:
            steps = anatomy(signed, known, region, _SERVICE, claim.at)
            return steps.signature if steps.signed_headers == ";".join(claim.signed_headers) else ""
        url = presign(signed, known, region, _SERVICE, claim.at, claim.expires).url
        return url.rpartition("&X-Amz-Signature=")[2]
    except Ec2QueryError:
        return ""


def _same(expected: str, given: str) -> bool:
    """Compare in constant time; `given` may hold any character."""
    return hmac.compare_digest(expected.encode(), given.encode())


def _mismatch(message: str) -> ServiceError:
    return refusal("SignatureDoesNotMatch", message)


def _incomplete() -> ServiceError:
    return refusal("IncompleteSignature", "The signature lacks a part, or has one that cannot be read.")
