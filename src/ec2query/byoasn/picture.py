"""The account's ranges and ASNs at one moment, as two listings show them.

An association is found only inside a range's record. Records are compared by what their ASN and range
mean, not by how they are spelled; a record that names neither is passed over.
https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeByoipCidrs.html
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ..errors import ParameterError
from ..lifecycles import ASN, ASN_ASSOCIATION
from .asn import Asn
from .cidr import Cidr

if TYPE_CHECKING:
    from .. import ec2

__all__ = ["UNBOUND", "Picture", "Sighting"]

UNBOUND = frozenset((*ASN_ASSOCIATION.gone, "failed-association"))
"""The states in which an ASN and a range have nothing to do with each other."""


@dataclass(frozen=True, slots=True)
class Sighting:
    """One resource as it was seen: its state, and what EC2 says of it."""

    state: str
    message: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """Two listings; None for one that was not read, and then it must not be asked about."""

    cidrs: Sequence[ec2.ByoipCidr] | None = None
    asns: Sequence[ec2.Byoasn] | None = None

    def asn(self, asn: int | str) -> tuple[Sighting, ...]:
        """Return every record of an ASN."""
        assert self.asns is not None, "DescribeIpamByoasn was not read"
        return _sightings(one for one in self.asns if _is_asn(one.asn, Asn(asn)))

    def cidr(self, cidr: str) -> tuple[Sighting, ...]:
        """Return every record of a range."""
        assert self.cidrs is not None, "DescribeByoipCidrs was not read"
        return _sightings(one for one in self.cidrs if _is_cidr(one.cidr, Cidr(cidr)))

    def association(self, asn: int | str, cidr: str) -> tuple[Sighting, ...]:
        """Return every record of the pair, whichever range it is listed under."""
        assert self.cidrs is not None, "DescribeByoipCidrs was not read"
        return _sightings(
            one
            for range_ in self.cidrs
            for one in range_.asn_associations
            if _is_asn(one.asn, Asn(asn)) and _is_cidr(one.cidr or range_.cidr, Cidr(cidr))
        )

    def records(self, asn: int | str) -> tuple[ec2.Byoasn, ...]:
        """Return the listing's records of an ASN that is still the account's."""
        return tuple(
            one for one in self.asns or () if _is_asn(one.asn, Asn(asn)) and one.state not in ASN.gone
        )

    def ranges_of(self, asn: int | str) -> tuple[str, ...]:
        """Return the ranges that an ASN is bound to, in whatever state the binding is."""
        return tuple(
            range_.cidr
            for range_ in self.cidrs or ()
            if range_.cidr is not None
            and any(
                _is_asn(one.asn, Asn(asn)) and one.state not in UNBOUND for one in range_.asn_associations
            )
        )


def _sightings(
    records: Iterable[ec2.ByoipCidr | ec2.Byoasn | ec2.AsnAssociation],
) -> tuple[Sighting, ...]:
    return tuple(Sighting(one.state or "unknown", one.status_message or "") for one in records)


def _is_asn(text: str | None, asn: Asn) -> bool:
    try:
        return text is not None and Asn(text) == asn
    except ParameterError:
        return False


def _is_cidr(text: str | None, cidr: Cidr) -> bool:
    try:
        return text is not None and Cidr(text) == cidr
    except ParameterError:
        return False
