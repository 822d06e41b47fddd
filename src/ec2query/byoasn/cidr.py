"""Address ranges, as BYOIP has them: canonical text, and what to know before bringing one.

A Cidr is a `str`, so it goes into an operation as it is. Host bits are an error, since EC2 would take
another range than the one written; a range that AWS may not accept is only warned of, for AWS's pages
differ on the limits.
https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/ec2-byoip.html
"""

from __future__ import annotations

import ipaddress
import re
from typing import Self

from ..errors import ParameterError

__all__ = ["Cidr"]

_SHAPE = re.compile(r"[0-9A-Fa-f:.]+/[0-9]{1,3}")


class Cidr(str):
    """An IPv4 or IPv6 range in canonical form: `Cidr("2001:DB8::/32") == "2001:db8::/32"`."""

    __slots__ = ()

    def __new__(cls, value: str) -> Self:
        network = _parse(value)
        if network is None:
            raise ParameterError(
                where="CIDR", expected="a range such as 203.0.113.0/24 or 2001:db8::/32", got=repr(value)
            )
        if ipaddress.ip_address(value.partition("/")[0]) != network.network_address:
            raise ParameterError(
                where="CIDR", expected=f"a range's first address ({network})", got=repr(value)
            )
        return super().__new__(cls, str(network))

    def __repr__(self) -> str:
        return f"Cidr({str(self)!r})"

    @property
    def network(self) -> ipaddress.IPv4Network | ipaddress.IPv6Network:
        return ipaddress.ip_network(str(self))

    def warnings(self) -> tuple[str, ...]:
        """Sentences on why AWS may not accept or advertise this range."""
        network = self.network
        longest = 24 if network.version == 4 else 48
        found: list[str] = []
        if network.prefixlen > longest:
            found.append(
                f"{self} is smaller than /{longest}, the smallest range that AWS advertises publicly"
            )
        if not network.is_global:
            found.append(f"{self} is not a public range")
        return tuple(found)


def _parse(value: object) -> ipaddress.IPv4Network | ipaddress.IPv6Network | None:
    if not isinstance(value, str) or not _SHAPE.fullmatch(value):
        return None
    try:
        return ipaddress.ip_network(value, strict=False)
    except ValueError:
        return None
