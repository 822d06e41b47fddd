"""Secrets that can be told by their looks, wherever in a text they stand.

Access key ids, session tokens, JSON Web Tokens, private keys, the parts of a presigned URL and the
encoded authorization failure of an error message. Text goes in, text without them comes out; what was
replaced already stays as it is.
"""

from __future__ import annotations

import re

__all__ = ["ACCOUNT", "REDACTED", "without_accounts", "without_secrets"]

REDACTED = "REDACTED"
"""What stands where a secret was: text, and base64, so that an answer can still be read."""

ACCOUNT = "000000000000"
"""What stands for every account id."""

_ACCOUNT_ID = re.compile(r"(?<![0-9A-Za-z])[0-9]{12}(?![0-9A-Za-z])")

_LOOKS: tuple[tuple[re.Pattern[str], str], ...] = (
    (
        re.compile(
            r"-----BEGIN [A-Z0-9 ]*PRIVATE KEY-----.*?(?:-----END [A-Z0-9 ]*PRIVATE KEY-----|\Z)", re.DOTALL
        ),
        REDACTED,
    ),
    # https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html#identifiers-prefixes
    (re.compile(r"(?<![A-Za-z0-9])(?:AKIA|ASIA|ABIA|ACCA)[A-Z0-9]{12,124}(?![A-Za-z0-9])"), REDACTED),
    # How session tokens of AWS STS have begun so far; a prefix of base64, not a promise.
    (
        re.compile(
            r"(?:IQoJb3JpZ2lu|FwoGZXIvYXdz|FQoGZXIvYXdz|AQoDYXdz|AQoEXAMPLE)(?:[A-Za-z0-9+/=_-]|%2[BbFf]|%3[Dd])*"
        ),
        REDACTED,
    ),
    # RFC 7519: base64url of `{"`, then two or four further parts.
    (re.compile(r"(?<![A-Za-z0-9_-])eyJ[A-Za-z0-9_-]+(?:\.[A-Za-z0-9_-]*){2,4}"), REDACTED),
    (
        re.compile(r"(?i)(X-Amz-(?:Credential|Security-Token|Signature)(?:=|%3D|%253D))[^&\s\"'<>]+"),
        rf"\g<1>{REDACTED}",
    ),
    # https://docs.aws.amazon.com/STS/latest/APIReference/API_DecodeAuthorizationMessage.html
    (re.compile(r"(Encoded authorization failure message:\s*)[A-Za-z0-9_-]+"), rf"\g<1>{REDACTED}"),
)


def without_secrets(text: str) -> str:
    """Replace whatever looks like a secret."""
    for look, replacement in _LOOKS:
        text = look.sub(replacement, text)
    return text


def without_accounts(text: str) -> str:
    """Replace whatever looks like an account id."""
    return _ACCOUNT_ID.sub(ACCOUNT, text)
