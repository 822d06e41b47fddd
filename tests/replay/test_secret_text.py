"""Secrets told by their looks."""

from __future__ import annotations

import pytest

from ec2query.replay.secret_text import without_accounts, without_secrets

PEM = "-----BEGIN RSA PRIVATE KEY-----\nMIIE\n-----END RSA PRIVATE KEY-----"
JWT = "eyJhbGciOiJub25lIn0.eyJzdWIiOiJjYW5hcnkifQ."
SECRETS = [
    ("key AKIAIOSFODNN7EXAMPLE.", "key REDACTED."),
    ("ASIAIOSFODNN7EXAMPLE", "REDACTED"),
    (f"a {PEM} b {PEM}", "a REDACTED b REDACTED"),
    ("-----BEGIN EC PRIVATE KEY-----\ncut off", "REDACTED"),
    ("IQoJb3JpZ2luX2VjEJr//////////w==&x", "REDACTED&x"),
    ("FwoGZXIvYXdzEBYaDH%2B%2F%3D%3D x", "REDACTED x"),
    (f"Bearer {JWT}", "Bearer REDACTED"),
    ("https://h/?X-Amz-Credential=A/b&X-Amz-Date=d&X-Amz-Signature=1f", None),
    ("no. Encoded authorization failure message: abc_-9 end", None),
    ("-----BEGIN CERTIFICATE-----", "-----BEGIN CERTIFICATE-----"),
    ("AKIA is a prefix, eyJ is not a token", "AKIA is a prefix, eyJ is not a token"),
    ("ami-0123456789abcdef0", "ami-0123456789abcdef0"),
]


@pytest.mark.parametrize(("text", "expected"), SECRETS)
def test_what_looks_like_a_secret_is_replaced(text: str, expected: str | None) -> None:
    """And nothing else; doing it twice does no more."""
    shown = without_secrets(text)
    expected = (
        expected
        or {
            "https": "https://h/?X-Amz-Credential=REDACTED&X-Amz-Date=d&X-Amz-Signature=REDACTED",
            "no. E": "no. Encoded authorization failure message: REDACTED end",
        }[text[:5]]
    )
    assert shown == expected
    assert without_secrets(shown) == shown


ACCOUNTS = [
    ("arn:aws:iam::123456789012:role/x", "arn:aws:iam::000000000000:role/x"),
    ("1|aws|123456789012|64500|20261231|SHA256|RSAPSS", "1|aws|000000000000|64500|20261231|SHA256|RSAPSS"),
    (
        "i-0123456789012abcd, 1234567890123, x123456789012",
        "i-0123456789012abcd, 1234567890123, x123456789012",
    ),
]


@pytest.mark.parametrize(("text", "expected"), ACCOUNTS)
def test_account_ids_are_twelve_digits_by_themselves(text: str, expected: str) -> None:
    """Digits within an id, a number or a time are none."""
    assert without_accounts(text) == expected
