"""What the emulator asks of an ASN, a CIDR, an authorization context and a page.

An authorization is checked for its form and its date only: the certificate that would prove it lies in
a registry's RDAP record, which the emulator cannot ask.
https://docs.aws.amazon.com/vpc/latest/ipam/tutorials-byoasn.html
https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/prepare-for-byoip.html
"""

from __future__ import annotations

import re
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Sequence
from datetime import UTC, datetime
from ipaddress import ip_network
from typing import TypeVar

from .refusal import invalid, refusal
from .state import Setting

__all__ = ["check_asn", "check_authorization", "check_cidr", "page"]

T = TypeVar("T")

_ASN = re.compile(r"0|[1-9][0-9]{0,9}")
_DATE = re.compile(r"[0-9]{8}")
# base64 with `+ = /` written `- _ ~`; the plain alphabet is taken as well (assumed).
_SIGNATURE = re.compile(r"[A-Za-z0-9+/=_~-]+")
_MAX_ASN = 2**32 - 1


def check_asn(asn: str) -> None:
    """Refuse what is no asplain ASN (RFC 5396). That EC2 refuses asdot is assumed."""
    if not _ASN.fullmatch(asn) or int(asn) > _MAX_ASN:
        raise invalid(asn, "asn", "Expected a whole number from 0 to 4294967295.")


def check_cidr(cidr: str) -> None:
    """Refuse what is no network in its canonical spelling; its size is not judged."""
    try:
        network = ip_network(cidr)
    except ValueError:
        raise invalid(cidr, "cidr", "Expected a network such as 203.0.113.0/24.") from None
    if str(network) != cidr:
        raise invalid(cidr, "cidr", f"Expected it as {network}.")  # assumed


def check_authorization(message: str, signature: str, subject: str, setting: Setting) -> None:
    """Refuse an authorization of `subject` (an ASN or CIDR) in another form, for another account, or expired.

    The form is `1|aws|ACCOUNT|SUBJECT|YYYYMMDD|SHA256|RSAPSS`, the date its last day. Codes: assumed.
    """
    fixed = ("1", "aws", setting.account, subject, "SHA256", "RSAPSS")
    parts = message.split("|")
    if len(parts) != 7 or (*parts[:4], *parts[5:]) != fixed or not _DATE.fullmatch(parts[4]):
        expected = "|".join((*fixed[:4], "YYYYMMDD", *fixed[4:]))
        raise invalid(message, "message", f"Expected {expected}.")
    try:
        expires = datetime.strptime(parts[4], "%Y%m%d").replace(tzinfo=UTC).date()
    except ValueError:
        raise invalid(parts[4], "message", "Expected a day of the calendar as YYYYMMDD.") from None
    if expires < setting.now.astimezone(UTC).date():
        raise invalid(parts[4], "message", "The authorization has expired.")
    if not _SIGNATURE.fullmatch(signature):
        raise refusal("InvalidParameterValue", "The signature is not base64.")


def page(
    entries: Sequence[T],
    max_results: int | None,
    next_token: str | None,
    *,
    allowed: tuple[int, int],
    default: int,
) -> tuple[Sequence[T], str | None]:
    """Cut one page out of `entries`: the page, and the token of the next one. Codes: assumed."""
    low, high = allowed
    if max_results is not None and not low <= max_results <= high:
        raise invalid(str(max_results), "maxResults", f"Expected a number from {low} to {high}.")
    start = _position(next_token, len(entries)) if next_token is not None else 0
    end = start + (max_results or default)
    return entries[start:end], _token(end) if end < len(entries) else None


def _token(position: int) -> str:
    return urlsafe_b64encode(f"position={position}".encode()).decode()


def _position(token: str, count: int) -> int:
    for position in range(count + 1):
        if _token(position) == token:
            return position
    try:  # what it pointed at is gone: the page is empty, as behind the end
        known = re.fullmatch(rb"position=[0-9]+", urlsafe_b64decode(token))
    except ValueError:
        known = None
    if known is None:
        raise invalid(token, "nextToken", "Expected a token from an earlier page.")
    return count
