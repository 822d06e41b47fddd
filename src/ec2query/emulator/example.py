"""An account to begin with: AS64500 and AS64501 provisioned, AS64500 associated with 203.0.113.0/24."""

from __future__ import annotations

from datetime import UTC, datetime

from ..ec2.byoip import ByoipCidr
from ..ec2.ipam import Ipam
from ..ec2.ipam_byoasn import Byoasn
from ..ec2.shapes.asn_association import AsnAssociation
from .state import Advertisement, Held, State

__all__ = ["example_state"]

_LONG_AGO = datetime(2026, 1, 1, tzinfo=UTC)
_IPAM, _ASNS, _CIDR = "ipam-0123456789abcdef0", ("64500", "64501"), "203.0.113.0/24"


def example_state() -> State:
    """Return an account in which there is something to disassociate, and something to swap it for."""
    old = _ASNS[0]
    return State(
        ipams={_IPAM: Held(Ipam(ipam_id=_IPAM, state="create-complete"), _LONG_AGO)},
        asns={asn: Held(Byoasn(asn=asn, ipam_id=_IPAM, state="provisioned"), _LONG_AGO) for asn in _ASNS},
        cidrs={_CIDR: Held(ByoipCidr(cidr=_CIDR, state="advertised"), _LONG_AGO)},
        associations={(old, _CIDR): Held(AsnAssociation(asn=old, cidr=_CIDR, state="associated"), _LONG_AGO)},
        advertisements={_CIDR: Advertisement(old, _LONG_AGO)},
    )
