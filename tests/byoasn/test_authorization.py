"""The authorization message and its signature."""

from __future__ import annotations

import sys
from datetime import UTC, date, datetime
from typing import Any

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa

from ec2query.byoasn.authorization import (
    asn_authorization,
    authorization_message,
    cidr_authorization,
    decode_signature,
    encode_signature,
    rsa_pss,
)
from ec2query.errors import ConfigurationError, ParameterError

ACCOUNT = "111122223333"
DAY = date(2026, 12, 1)


@pytest.mark.parametrize(
    ("subject", "expires", "message"),
    [
        ("64500", DAY, "1|aws|111122223333|64500|20261201|SHA256|RSAPSS"),
        ("AS1.10", DAY, "1|aws|111122223333|65546|20261201|SHA256|RSAPSS"),
        (64500, datetime(2026, 1, 2, 3, tzinfo=UTC), "1|aws|111122223333|64500|20260102|SHA256|RSAPSS"),
        ("203.0.113.0/24", DAY, "1|aws|111122223333|203.0.113.0/24|20261201|SHA256|RSAPSS"),
        ("2001:DB8::/32", DAY, "1|aws|111122223333|2001:db8::/32|20261201|SHA256|RSAPSS"),
    ],
)
def test_the_message_has_seven_parts(subject: int | str, expires: date, message: str) -> None:
    """An ASN is asplain, a range canonical, the date the last good day."""
    assert authorization_message(ACCOUNT, subject, expires) == message


@pytest.mark.parametrize(
    ("account", "subject", "expires", "where"),
    [
        ("1111-2222-3333", "64500", DAY, "account"),
        ("11112222333", "64500", DAY, "account"),
        (111122223333, "64500", DAY, "account"),
        (ACCOUNT, "64500|x", DAY, "ASN"),
        (ACCOUNT, "203.0.113.1/24", DAY, "CIDR"),
        (ACCOUNT, "64500", "20261201", "expires"),
    ],
)
def test_a_part_that_would_break_the_message_is_refused(
    account: Any, subject: str, expires: Any, where: str
) -> None:
    """A bar or a dash in the wrong place would sign something else."""
    with pytest.raises(ParameterError) as caught:
        authorization_message(account, subject, expires)
    assert caught.value.where == where


@pytest.mark.parametrize(
    ("raw", "text"),
    [(b"\xfb\xff\xfe", "-~~-"), (b"\x00", "AA__"), (b"\xff\xff", "~~8_"), (b"", "")],
)
def test_a_signature_is_base64_with_three_letters_changed(raw: bytes, text: str) -> None:
    """`+ = /` become `- _ ~`, and back."""
    assert encode_signature(raw) == text
    assert decode_signature(text) == raw


@pytest.mark.parametrize("text", ["AA==", "A", "AA__é", "A A_"])
def test_another_alphabet_is_refused(text: str) -> None:
    """Plain base64 is a mistake that EC2 would refuse too."""
    with pytest.raises(ParameterError, match="signature"):
        decode_signature(text)


def test_a_key_signs_what_its_public_half_verifies() -> None:
    """RSA-PSS over SHA-256, with a salt of 32 bytes."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    pem = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.BestAvailableEncryption(b"open sesame"),
    )
    sign = rsa_pss(pem, password=b"open sesame")
    scheme = padding.PSS(mgf=padding.MGF1(hashes.SHA256()), salt_length=32)
    for context in (
        asn_authorization(ACCOUNT, "AS64500", DAY, sign),
        cidr_authorization(ACCOUNT, "203.0.113.0/24", DAY, sign),
    ):
        signature = decode_signature(context.signature)
        key.public_key().verify(signature, context.message.encode(), scheme, hashes.SHA256())
        with pytest.raises(InvalidSignature):
            key.public_key().verify(signature, b"1|aws|another", scheme, hashes.SHA256())


def test_any_callable_may_sign() -> None:
    """It is given the message's bytes, and nothing more is needed than what it returns."""
    given: list[bytes] = []

    def sign(message: bytes) -> bytes:
        given.append(message)
        return b"\xfb"

    context = asn_authorization(ACCOUNT, 64500, DAY, sign)
    assert given == [context.message.encode()]
    assert context.signature == "-w__"


def test_keys_that_cannot_sign_are_refused() -> None:
    """Neither text that is no PEM nor a key of another kind; the key is not in the error."""
    curve = ec.generate_private_key(ec.SECP256R1()).private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    with pytest.raises(ConfigurationError, match="RSA"):
        rsa_pss(curve)
    with pytest.raises(ConfigurationError) as caught:
        rsa_pss(b"not a key")
    assert "not a key" not in str(caught.value)


def test_without_cryptography_the_error_says_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    """The package is optional."""
    monkeypatch.setitem(sys.modules, "cryptography.exceptions", None)
    with pytest.raises(ConfigurationError, match="install it, or pass a signing function"):
        rsa_pss(b"")
