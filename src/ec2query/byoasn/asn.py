"""Autonomous System numbers: any spelling in, asplain text out, as EC2 wants them.

An Asn is a `str`, so it goes into an operation as it is and equals what an answer holds. Numbers
that the Internet will not route are named in `warnings()`, never refused.
https://www.rfc-editor.org/rfc/rfc5396 (spellings)
https://www.iana.org/assignments/iana-as-numbers-special-registry (special numbers)
"""

from __future__ import annotations

import re
from typing import Self

from ..errors import ParameterError

__all__ = ["AWS", "Asn", "advertised_as"]

AWS = "AWS"
"""What AdvertiseByoipCidr takes in place of an ASN: advertise under Amazon's own."""

_LARGEST = 2**32 - 1
_NUMBER = r"(0|[1-9][0-9]{0,9})"
_SPELLING = re.compile(rf"(?:AS)?(?:{_NUMBER}|{_NUMBER}\.{_NUMBER})", re.IGNORECASE)

# First, last, kind, and why it cannot be used on the Internet.
_SPECIAL: tuple[tuple[int, int, str, str], ...] = (
    (0, 0, "reserved", "it may not be routed (RFC 7607)"),
    (112, 112, "reserved", "it belongs to the AS112 project (RFC 7534)"),
    (23456, 23456, "reserved", "it is AS_TRANS (RFC 6793)"),
    (64496, 64511, "documentation", "it is for documentation (RFC 5398)"),
    (64512, 65534, "private", "it is for private use (RFC 6996)"),
    (65535, 65535, "reserved", "it is the last of the 16-bit numbers (RFC 7300)"),
    (65536, 65551, "documentation", "it is for documentation (RFC 5398)"),
    (65552, 131071, "reserved", "IANA reserves it"),
    (4200000000, 4294967294, "private", "it is for private use (RFC 6996)"),
    (4294967295, 4294967295, "reserved", "it is the last of the 32-bit numbers (RFC 7300)"),
)


class Asn(str):
    """An AS number, 0 to 4294967295; as text it is asplain: `Asn("AS1.10") == "65546"`."""

    __slots__ = ()

    def __new__(cls, value: int | str) -> Self:
        number = value if isinstance(value, int) and not isinstance(value, bool) else _parse(value)
        if number is None or not 0 <= number <= _LARGEST:
            raise ParameterError(
                where="ASN",
                expected=f"a number from 0 to {_LARGEST}, as 65546, 1.10 or AS65546",
                got=repr(value),
            )
        return super().__new__(cls, str(number))

    def __repr__(self) -> str:
        return f"Asn({str(self)!r})"

    @property
    def number(self) -> int:
        """The number itself; order by this."""
        return int(self)

    @property
    def asdot(self) -> str:
        """High and low 16 bits joined by a dot; below 65536 the same as asplain."""
        high, low = divmod(self.number, 65536)
        return f"{high}.{low}" if high else str(low)

    @property
    def kind(self) -> str:
        """`public`, `private`, `documentation` or `reserved`."""
        return self._special()[0]

    def warnings(self) -> tuple[str, ...]:
        """Sentences on why this number will not work on the Internet; empty for a public one."""
        kind, why = self._special()
        return () if kind == "public" else (f"AS{self} is not a public ASN: {why}",)

    def _special(self) -> tuple[str, str]:
        for first, last, kind, why in _SPECIAL:
            if first <= self.number <= last:
                return kind, why
        return "public", ""


def _parse(value: object) -> int | None:
    found = _SPELLING.fullmatch(value) if isinstance(value, str) else None
    if found is None:
        return None
    plain, high, low = found.groups()
    if plain is not None:
        return int(plain)
    return int(high) * 65536 + int(low) if int(high) < 65536 and int(low) < 65536 else None


def advertised_as(value: int | str) -> str:
    """Return what AdvertiseByoipCidr takes as its ASN: an Asn, or `AWS` in any case."""
    if isinstance(value, str) and value.upper() == AWS:
        return AWS
    return Asn(value)
