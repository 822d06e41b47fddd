"""The swap of one ASN for another on a range, planned: what is seen now decides which steps are left.

No step can take the old ASN away before the new one is associated and the range advertised under it.
EC2 does not show under which ASN a range is advertised, so that step is planned anew unless `resume`
names it; a custom ASN may change once an hour.
https://docs.aws.amazon.com/vpc/latest/ipam/tutorials-byoasn.html
"""

from __future__ import annotations

from collections.abc import Iterable

from .. import ec2
from ..errors import ParameterError
from .conditions import (
    asn_associated,
    asn_deprovisioned,
    asn_disassociated,
    asn_provisioned,
    byoip_advertised,
    byoip_provisioned,
    byoip_withdrawn,
)
from .picture import UNBOUND, Picture, Sighting
from .steps import Step, Swap

__all__ = ["plan_swap"]


def plan_swap(swap: Swap, picture: Picture) -> tuple[Step, ...]:
    """Return the steps that are left.

    Raises: ParameterError where the state that is seen allows no swap.
    """
    steps = [
        *_provision(swap, picture),
        *_settle(swap, picture),
        *_associate(swap, picture),
        *_advertise(swap, picture),
        *_disassociate(swap, picture),
        *_deprovision(swap, picture),
    ]
    return tuple(steps)


def _states(sightings: Iterable[Sighting]) -> set[str]:
    return {one.state for one in sightings} - {"deprovisioned"}


def _listed(states: set[str], listing: str) -> str:
    return ", ".join(sorted(states)) or f"one that {listing} does not list as the account's"


def _provision(swap: Swap, picture: Picture) -> list[Step]:
    new = swap.new_asn
    states = _states(picture.asn(new))
    if "provisioned" in states:
        return []
    if "pending-provision" in states:
        return [Step(name="provision", sentence=f"wait for AS{new}", until=asn_provisioned(new))]
    raise ParameterError(
        where=f"new_asn {new}",
        expected="an ASN that is provisioned in this account and Region (ProvisionIpamByoasn comes first)",
        got=_listed(states, "DescribeIpamByoasn"),
    )


def _settle(swap: Swap, picture: Picture) -> list[Step]:
    """Let what is under way on the range end first."""
    cidr, new = swap.cidr, swap.new_asn
    states = _states(picture.cidr(cidr))
    usable = {
        "pending-provision": byoip_provisioned(cidr),
        "pending-advertising": byoip_advertised(cidr),
        "pending-withdrawal": byoip_withdrawn(cidr),
        "provisioned": None,
        "advertised": None,
        "provisioned-not-publicly-advertisable": None,
    }
    if len(states) != 1 or not states <= usable.keys():
        raise ParameterError(
            where=f"cidr {cidr}",
            expected="a range that is provisioned or advertised in this account and Region",
            got=_listed(states, "DescribeByoipCidrs"),
        )
    until = usable[states.pop()]
    steps = [Step(name="settle", sentence=f"wait for {until.name}", until=until)] if until else []
    if "pending-disassociation" in _states(picture.association(new, cidr)):
        gone = asn_disassociated(new, cidr)
        steps.append(Step(name="settle", sentence=f"wait for {gone.name}", until=gone))
    return steps


def _associate(swap: Swap, picture: Picture) -> list[Step]:
    cidr, new = swap.cidr, swap.new_asn
    states = _states(picture.association(new, cidr))
    if "associated" in states:
        return []
    pending = "pending-association" in states
    return [
        Step(
            name="associate",
            sentence=f"wait for AS{new} with {cidr}" if pending else f"associate AS{new} with {cidr}",
            operation=None if pending else ec2.AssociateIpamByoasn(asn=str(new), cidr=cidr),
            until=asn_associated(new, cidr),
        )
    ]


def _advertise(swap: Swap, picture: Picture) -> list[Step]:
    cidr, new = swap.cidr, swap.new_asn
    states = _states(picture.cidr(cidr))
    shown = states & {"advertised", "pending-advertising"}
    if not swap.advertise:
        if shown:
            raise ParameterError(
                where="advertise",
                expected=f"True, since {cidr} is advertised and would lose its ASN",
                got="False",
            )
        return []
    if "provisioned-not-publicly-advertisable" in states:
        raise ParameterError(
            where="advertise", expected=f"False, since {cidr} is not publicly advertisable", got="True"
        )
    bound = "associated" in _states(picture.association(new, cidr))
    if "advertise" in swap.resume and shown and bound:
        return []
    return [
        Step(
            name="advertise",
            sentence=f"advertise {cidr} as AS{new}" + ("" if shown else " (it is not advertised now)"),
            operation=ec2.AdvertiseByoipCidr(cidr=cidr, asn=str(new)),
            until=byoip_advertised(cidr, new),
        )
    ]


def _disassociate(swap: Swap, picture: Picture) -> list[Step]:
    cidr, old = swap.cidr, swap.old_asn
    states = _states(picture.association(old, cidr))
    if states <= UNBOUND:
        return []
    pending = "pending-disassociation" in states
    return [
        Step(
            name="disassociate",
            sentence=f"wait until AS{old} has left {cidr}"
            if pending
            else f"disassociate AS{old} from {cidr}",
            operation=None if pending else ec2.DisassociateIpamByoasn(asn=str(old), cidr=cidr),
            until=asn_disassociated(old, cidr),
        )
    ]


def _deprovision(swap: Swap, picture: Picture) -> list[Step]:
    old = swap.old_asn
    records = picture.records(old)
    if not swap.deprovision or not records:
        return []
    others = [cidr for cidr in picture.ranges_of(old) if cidr != swap.cidr]
    if others:
        raise ParameterError(
            where="deprovision", expected=f"False, since AS{old} is also at {', '.join(others)}", got="True"
        )
    pending = records[0].state == "pending-deprovision"
    ipam_id = records[0].ipam_id or ""
    return [
        Step(
            name="deprovision",
            sentence=f"wait until AS{old} is gone" if pending else f"deprovision AS{old}",
            operation=None if pending else ec2.DeprovisionIpamByoasn(asn=str(old), ipam_id=ipam_id),
            until=asn_deprovisioned(old),
        )
    ]
