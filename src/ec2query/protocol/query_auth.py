"""The URL that presigning signs: a request's pairs and the X-Amz-… pairs, without the signature.

A form body's pairs move into the query, behind the URL's own; order and repetition are kept. What
belongs to a body or to one attempt of a call does not go with a URL that is handed on, and what would be
part of another signature is dropped wherever it stands.
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-authentication-methods.html
"""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import parse_qsl, quote, urlencode, urlsplit

from ..errors import ParameterError
from .message import HttpRequest

__all__ = ["presignable"]

_FORM = "application/x-www-form-urlencoded"
_BODY_OR_ATTEMPT = frozenset(
    ("content-type", "content-length", "x-amz-content-sha256", "amz-sdk-invocation-id", "amz-sdk-request")
)
_AUTHENTICATION = frozenset(
    f"x-amz-{name}"
    for name in ("algorithm", "credential", "date", "expires", "security-token", "signature", "signedheaders")
)


def presignable(
    request: HttpRequest,
    headers: Mapping[str, str],
    *,
    credential: str,
    timestamp: str,
    expires: int,
    token: str | None,
) -> HttpRequest:
    """Return the bodiless request to sign; of `headers` (those that may be signed) some are left out.

    Raises: ParameterError for a body that is no form, or pairs that are not UTF-8.
    """
    kept = {name: value for name, value in headers.items() if name not in _BODY_OR_ATTEMPT}
    url = urlsplit(request.url)
    given = (*_decode("URL", url.query), *_form(request))
    pairs = [pair for pair in given if pair[0].lower() not in _AUTHENTICATION]
    pairs += [
        ("X-Amz-Algorithm", "AWS4-HMAC-SHA256"),
        ("X-Amz-Credential", credential),
        ("X-Amz-Date", timestamp),
        ("X-Amz-Expires", str(expires)),
        ("X-Amz-SignedHeaders", ";".join(sorted(kept))),
    ]
    if token is not None:
        pairs.append(("X-Amz-Security-Token", token))
    query = urlencode(pairs, quote_via=quote, safe="-._~")
    location = f"{url.scheme}://{url.netloc}{url.path or '/'}?{query}"
    return HttpRequest("GET" if request.body else request.method, location, kept)


def _form(request: HttpRequest) -> list[tuple[str, str]]:
    if not request.body:
        return []
    content_type = request.headers.get("content-type", _FORM)
    if content_type.partition(";")[0].strip().lower() != _FORM or not request.body.isascii():
        raise ParameterError(
            where="presign body", expected=f"pairs in {_FORM}, or no body", got=f"a body of {content_type}"
        )
    return _decode("body", request.body.decode("ascii"))


def _decode(where: str, query: str) -> list[tuple[str, str]]:
    try:
        return parse_qsl(query, keep_blank_values=True, encoding="utf-8", errors="strict")
    except UnicodeDecodeError:
        raise ParameterError(
            where=f"presign {where}", expected="percent-encoded UTF-8", got="bytes that are not UTF-8"
        ) from None
