"""Signature Version 4: an HttpRequest and Credentials in, a signed HttpRequest out.

The canonical request and the string to sign are those of botocore's SigV4Auth; the clock is the
caller's. `add_auth` is never called: it reads the wall clock and logs the session token. Nothing
here logs. botocore is imported at the first signature, and by no other module.
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
"""

from __future__ import annotations

import hmac
import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from functools import cache, lru_cache
from hashlib import sha256
from typing import Any, NamedTuple, Protocol

from ..errors import ParameterError
from .access_key import Credentials
from .endpoint_url import host_header
from .message import HttpRequest
from .query_auth import presignable
from .scope import Scope, scope_at, signing_key

__all__ = ["Anatomy", "Credentials", "SigV4Signer", "Signer", "anatomy", "presign", "sign"]

# What a proxy may change or drop on the way: botocore.auth's list, of which older versions have a part.
_UNSIGNABLE = frozenset(
    (
        *("authorization", "baggage", "connection", "expect", "keep-alive", "proxy-authenticate"),
        *("proxy-authorization", "te", "traceparent", "tracestate", "trailer", "transfer-encoding"),
        *("upgrade", "user-agent", "x-amzn-trace-id"),
    )
)
_SIGNATURE_HEADERS = frozenset(("authorization", "date", "x-amz-date", "x-amz-security-token"))
_BLANKS = re.compile(r"[ \t]+")
_TOKEN = re.compile(r"(?i)(x-amz-security-token[:=])[^&\n]*")


class Signer(Protocol):
    """What signs requests: one method, called for each attempt of a call."""

    def sign(
        self, request: HttpRequest, credentials: Credentials, *, region: str, service: str, now: datetime
    ) -> HttpRequest:
        """Return `request` with a signature made at `now` (aware); what is returned is what is sent.

        A request that is signed already is signed anew.
        """
        ...


class SigV4Signer:
    """The default Signer: Signature Version 4 in the `authorization` header."""

    def sign(
        self, request: HttpRequest, credentials: Credentials, *, region: str, service: str, now: datetime
    ) -> HttpRequest:
        """Sign as the function `sign` does."""
        return sign(request, credentials, region, service, now)


class Anatomy(NamedTuple):
    """The steps of one signature, fit to be shown: a session token reads `***`.

    `string_to_sign` ends in the digest of the canonical request as it was before the masking.
    """

    canonical_request: str
    string_to_sign: str
    signature: str
    signed_headers: str
    scope: str


def sign(
    request: HttpRequest, credentials: Credentials, region: str, service: str, now: datetime
) -> HttpRequest:
    """Sign in the headers: every header but those that proxies change.

    Adds `host`, the URL's, where there is none; replaces `x-amz-date`, `x-amz-security-token` and
    `authorization`; drops `date`. A given `x-amz-content-sha256` is believed.

    Raises: ConfigurationError for a Region, service, URL or header that cannot be signed.
    """
    headers, made = _header_signature(request, credentials, scope_at(now, region, service))
    headers["authorization"] = (
        f"AWS4-HMAC-SHA256 Credential={credentials.access_key_id}/{made.scope},"
        f" SignedHeaders={made.signed_headers}, Signature={made.signature}"
    )
    return HttpRequest(request.method, request.url, headers, request.body)


def anatomy(
    request: HttpRequest, credentials: Credentials, region: str, service: str, now: datetime
) -> Anatomy:
    """Return the steps of the signature that `sign` would make of the same arguments."""
    _, made = _header_signature(request, credentials, scope_at(now, region, service))
    return made._replace(canonical_request=_TOKEN.sub(r"\1***", made.canonical_request))


def presign(
    request: HttpRequest,
    credentials: Credentials,
    region: str,
    service: str,
    now: datetime,
    expires: int = 3600,
) -> HttpRequest:
    """Sign in the URL, good for `expires` seconds (1 to 604800) after `now`.

    The pairs of a form body move into the query and the method becomes GET; a request without a
    body keeps its method. An older signature is replaced. The headers of the answer are signed and
    must be sent with the URL: `host` alone, unless the request brought some of its own.

    Raises: ParameterError for a body that is no form; ConfigurationError as `sign` does.
    """
    if isinstance(expires, bool) or not 1 <= expires <= 604800:
        raise ParameterError(where="presign expires", expected="1 to 604800 seconds", got=repr(expires))
    scope = scope_at(now, region, service)
    unsigned = presignable(
        request,
        {name: value for name, value in _headers(request).items() if name not in _UNSIGNABLE},
        credential=f"{credentials.access_key_id}/{scope}",
        timestamp=scope.timestamp,
        expires=expires,
        token=credentials.session_token,
    )
    made = _signature(unsigned, unsigned.headers, credentials, scope)
    return replace(unsigned, url=f"{unsigned.url}&X-Amz-Signature={made.signature}")


def _header_signature(
    request: HttpRequest, credentials: Credentials, scope: Scope
) -> tuple[dict[str, str], Anatomy]:
    """Return the headers that go out, but for the signature, and the (unmasked) steps to it."""
    headers = _headers(request)
    headers["x-amz-date"] = scope.timestamp
    if credentials.session_token is not None:
        headers["x-amz-security-token"] = credentials.session_token
    return headers, _signature(request, headers, credentials, scope)


def _headers(request: HttpRequest) -> dict[str, str]:
    """Return the headers without any signature's, and with a `host`."""
    headers = {name: value for name, value in request.headers.items() if name not in _SIGNATURE_HEADERS}
    if "host" not in headers:
        headers["host"] = host_header(request.url)
    return headers


def _signature(
    request: HttpRequest, headers: Mapping[str, str], credentials: Credentials, scope: Scope
) -> Anatomy:
    key = signing_key(credentials.secret_access_key, scope.timestamp[:8], scope.region, scope.service)
    auth = _auth(scope.region, scope.service)
    signable = _Signable(request, headers, scope.timestamp)
    canonical = auth.canonical_request(signable)
    text = auth.string_to_sign(signable, canonical)
    signature = hmac.digest(key, text.encode(), "sha256").hex()
    return Anatomy(canonical, text, signature, auth.signed_headers(signable.headers), str(scope))


class _Signable:
    """What SigV4Auth reads of a request, in the form that it reads fastest."""

    __slots__ = ("body", "context", "headers", "method", "params", "url")

    def __init__(self, request: HttpRequest, headers: Mapping[str, str], timestamp: str) -> None:
        self.method = request.method
        self.url = request.url
        self.params = None
        self.headers = {name: headers[name] for name in sorted(headers) if name not in _UNSIGNABLE}
        self.body = request.body
        self.context = {"timestamp": timestamp}


class _Auth(Protocol):
    """The public methods of SigV4Auth that are called: pure, and the same since before 1.0."""

    def canonical_request(self, request: _Signable) -> str: ...
    def string_to_sign(self, request: _Signable, canonical_request: str) -> str: ...
    def signed_headers(self, headers_to_sign: Mapping[str, str]) -> str: ...


@lru_cache(maxsize=64)
def _auth(region: str, service: str) -> _Auth:
    auth: _Auth = _auth_type()(None, service, region)
    return auth


@cache
def _auth_type() -> Any:
    from botocore.auth import SigV4Auth

    class SortedHeaders(SigV4Auth):  # type: ignore[misc, unused-ignore]  # Any without botocore's stubs
        """SigV4Auth that takes a `_Signable`'s headers and body as they lie."""

        # Any: botocore is untyped, and its stubs know no other request and headers than its own.
        def headers_to_sign(self, request: Any) -> Any:
            return request.headers

        def canonical_headers(self, headers_to_sign: Any) -> Any:
            lines = "\n".join([f"{name}:{value}" for name, value in headers_to_sign.items()])
            if "  " in lines or "\t" in lines:
                lines = _BLANKS.sub(" ", lines)
            return lines

        def signed_headers(self, headers_to_sign: Any) -> Any:
            return ";".join(headers_to_sign)

        def payload(self, request: Any) -> Any:
            return request.headers.get("x-amz-content-sha256") or sha256(request.body).hexdigest()

    return SortedHeaders
