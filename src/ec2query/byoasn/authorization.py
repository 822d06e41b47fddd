"""The proof that an ASN or a range is yours: a message for one account, signed with RSA-PSS.

Signing takes any callable from bytes to bytes (an HSM, KMS, OpenSSL); `rsa_pss` makes one from a key
in PEM, where the package `cryptography` is installed. Nothing here keeps or logs a key.
https://docs.aws.amazon.com/vpc/latest/ipam/tutorials-byoasn.html
https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/prepare-for-byoip.html
"""

from __future__ import annotations

import base64
import re
from collections.abc import Callable
from datetime import date, datetime

from .. import ec2
from ..errors import ConfigurationError, ParameterError
from .asn import Asn
from .cidr import Cidr

__all__ = [
    "asn_authorization",
    "authorization_message",
    "cidr_authorization",
    "decode_signature",
    "encode_signature",
    "rsa_pss",
]

_ACCOUNT = re.compile(r"[0-9]{12}")
_TO_WIRE = bytes.maketrans(b"+=/", b"-_~")
_FROM_WIRE = bytes.maketrans(b"-_~", b"+=/")


def authorization_message(account: str, subject: int | str, expires: date) -> str:
    """Return the text to sign: `subject` is an ASN or a CIDR, `expires` the last day it is good for."""
    _check(account, expires)
    day = expires.date() if isinstance(expires, datetime) else expires
    named = Cidr(subject) if isinstance(subject, str) and "/" in subject else Asn(subject)
    return f"1|aws|{account}|{named}|{day:%Y%m%d}|SHA256|RSAPSS"


def _check(account: object, expires: object) -> None:
    if not isinstance(account, str) or not _ACCOUNT.fullmatch(account):
        raise ParameterError(where="account", expected="an AWS account id of 12 digits", got=repr(account))
    if not isinstance(expires, date):
        raise ParameterError(where="expires", expected="a date", got=repr(expires))


def encode_signature(signature: bytes) -> str:
    """Write a signature as EC2 takes it: base64 with `+ = /` turned into `- _ ~`."""
    return base64.b64encode(signature).translate(_TO_WIRE).decode("ascii")


def decode_signature(text: str) -> bytes:
    """Read what `encode_signature` wrote."""
    try:
        signature = base64.b64decode(text.encode("ascii").translate(_FROM_WIRE), validate=True)
    except ValueError:
        signature = b""
    if encode_signature(signature) != text:
        raise ParameterError(
            where="signature", expected="base64 with - _ ~ for + = /", got=f"{len(text)} other characters"
        )
    return signature


def asn_authorization(
    account: str, asn: int | str, expires: date, sign: Callable[[bytes], bytes]
) -> ec2.AsnAuthorizationContext:
    """Make what ProvisionIpamByoasn asks for; `sign` is RSA-PSS over SHA-256, salt of 32 bytes."""
    message = authorization_message(account, Asn(asn), expires)
    return ec2.AsnAuthorizationContext(
        message=message, signature=encode_signature(sign(message.encode("ascii")))
    )


def cidr_authorization(
    account: str, cidr: str, expires: date, sign: Callable[[bytes], bytes]
) -> ec2.CidrAuthorizationContext:
    """Make what ProvisionByoipCidr asks for; `sign` is RSA-PSS over SHA-256, salt of 32 bytes."""
    message = authorization_message(account, Cidr(cidr), expires)
    return ec2.CidrAuthorizationContext(
        message=message, signature=encode_signature(sign(message.encode("ascii")))
    )


def rsa_pss(private_key: bytes, *, password: bytes | None = None) -> Callable[[bytes], bytes]:
    """Return a signing function for an RSA key in PEM.

    Raises: ConfigurationError where `cryptography` is not installed or the key is not an RSA key.
    """
    try:
        from cryptography.exceptions import UnsupportedAlgorithm
        from cryptography.hazmat.primitives import hashes
        from cryptography.hazmat.primitives.asymmetric import padding, rsa
        from cryptography.hazmat.primitives.serialization import load_pem_private_key
    except ImportError as error:
        raise ConfigurationError(
            "signing with a key needs the package cryptography: install it, or pass a signing function"
        ) from error
    try:
        key = load_pem_private_key(private_key, password)
    except (TypeError, ValueError, UnsupportedAlgorithm) as error:
        raise ConfigurationError(
            f"private key: expected PEM that the password opens, got: {error}"
        ) from error
    if not isinstance(key, rsa.RSAPrivateKey):
        raise ConfigurationError("private key: expected an RSA key, got another kind")
    rsa_key = key
    scheme = padding.PSS(mgf=padding.MGF1(hashes.SHA256()), salt_length=padding.PSS.DIGEST_LENGTH)
    return lambda message: rsa_key.sign(message, scheme, hashes.SHA256())
