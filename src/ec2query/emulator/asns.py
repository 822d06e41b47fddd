"""Handlers of the five BYOASN operations: provision, deprovision, describe, associate, disassociate.

Each takes the state and an operation, and returns the new state and the result, or raises the
ServiceError that EC2 would answer.
https://docs.aws.amazon.com/vpc/latest/ipam/tutorials-byoasn.html
"""

from __future__ import annotations

from dataclasses import replace

from ..ec2.ipam_byoasn import (
    AssociateIpamByoasn,
    AssociateIpamByoasnResult,
    Byoasn,
    DeprovisionIpamByoasn,
    DeprovisionIpamByoasnResult,
    DescribeIpamByoasn,
    DescribeIpamByoasnResult,
    DisassociateIpamByoasn,
    DisassociateIpamByoasnResult,
    ProvisionIpamByoasn,
    ProvisionIpamByoasnResult,
)
from ..ec2.shapes.asn_association import AsnAssociation
from ..errors import ServiceError
from ..lifecycles import ASN, ASN_ASSOCIATION
from .formats import check_asn, check_authorization, check_cidr, page
from .ipams import find_ipam
from .refusal import refusal, unfit_state
from .state import Advertisement, Held, Setting, State, enter

__all__ = [
    "associate_ipam_byoasn",
    "deprovision_ipam_byoasn",
    "describe_ipam_byoasn",
    "disassociate_ipam_byoasn",
    "provision_ipam_byoasn",
]

# https://docs.aws.amazon.com/vpc/latest/ipam/quotas-ipam.html
_ASNS_PER_IPAM = 5
# https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeIpamByoasn.html: MaxResults 1 to 100
_PAGES = (1, 100)

# An advertised range need not be withdrawn first (the tutorial says so); the pending states: assumed.
_ASSOCIABLE = ("provisioned", "advertised", "pending-advertising", "pending-withdrawal")


def provision_ipam_byoasn(
    state: State, operation: ProvisionIpamByoasn, setting: Setting
) -> tuple[State, ProvisionIpamByoasnResult]:
    """Bring an ASN into an IPAM."""
    asn, ipam_id = operation.asn, operation.ipam_id
    check_asn(asn)
    given = operation.asn_authorization_context
    check_authorization(given.message, given.signature, asn, setting)
    ipam = find_ipam(state, ipam_id).value
    if ipam.state != "create-complete":
        raise unfit_state(ipam_id, ipam.state, "ProvisionIpamByoasn")
    others = [
        held.value
        for key, held in state.asns.items()
        if key != asn and held.value.ipam_id == ipam_id and held.value.state not in ASN.gone
    ]
    if len(others) >= _ASNS_PER_IPAM:
        # assumed: the code that ProvisionByoipCidr answers with
        raise refusal("ResourceLimitExceeded", f"{ipam_id} holds its {_ASNS_PER_IPAM} ASNs already.")
    byoasn = Byoasn(asn=asn, ipam_id=ipam_id)
    held = enter(ASN, "ProvisionIpamByoasn", f"ASN {asn}", state.asns.get(asn), byoasn, setting)
    return replace(state, asns={**state.asns, asn: held}), ProvisionIpamByoasnResult(byoasn=held.value)


def deprovision_ipam_byoasn(
    state: State, operation: DeprovisionIpamByoasn, setting: Setting
) -> tuple[State, DeprovisionIpamByoasnResult]:
    """Give an ASN back that is associated with no range."""
    asn = operation.asn
    check_asn(asn)
    find_ipam(state, operation.ipam_id)
    held = _find_asn(state, asn)
    if held.value.ipam_id != operation.ipam_id:
        raise _no_such_asn(asn)
    left = [cidr for (number, cidr), pair in state.associations.items() if number == asn and _holds(pair)]
    if left:
        raise refusal("DependencyViolation", f"ASN {asn} is associated with {', '.join(left)}.")  # assumed
    leaving = enter(ASN, "DeprovisionIpamByoasn", f"ASN {asn}", held, held.value, setting)
    return replace(state, asns={**state.asns, asn: leaving}), DeprovisionIpamByoasnResult(
        byoasn=leaving.value
    )


def describe_ipam_byoasn(
    state: State, operation: DescribeIpamByoasn, setting: Setting
) -> tuple[State, DescribeIpamByoasnResult]:
    """List the ASNs of the account, of all its IPAMs."""
    found = [held.value for held in state.asns.values()]
    shown, token = page(found, operation.max_results, operation.next_token, allowed=_PAGES, default=_PAGES[1])
    return state, DescribeIpamByoasnResult(byoasns=shown, next_token=token)


def associate_ipam_byoasn(
    state: State, operation: AssociateIpamByoasn, setting: Setting
) -> tuple[State, AssociateIpamByoasnResult]:
    """Associate a provisioned ASN with a provisioned range."""
    asn, cidr = operation.asn, operation.cidr
    check_asn(asn)
    check_cidr(cidr)
    byoasn = _find_asn(state, asn).value
    if byoasn.state != "provisioned":
        raise unfit_state(f"ASN {asn}", byoasn.state, "AssociateIpamByoasn")
    held = state.cidrs.get(cidr)
    if held is None:
        # assumed, as every code of this form here
        raise refusal("InvalidByoipCidr.NotFound", f"The CIDR {cidr} is not provisioned in this account.")
    if held.value.state not in _ASSOCIABLE:
        raise unfit_state(cidr, held.value.state, "AssociateIpamByoasn")
    pair = enter(
        ASN_ASSOCIATION,
        "AssociateIpamByoasn",
        f"The association of ASN {asn} with {cidr}",
        state.associations.get((asn, cidr)),
        AsnAssociation(asn=asn, cidr=cidr),
        setting,
    )
    associations = {**state.associations, (asn, cidr): pair}
    return replace(state, associations=associations), AssociateIpamByoasnResult(asn_association=pair.value)


def disassociate_ipam_byoasn(
    state: State, operation: DisassociateIpamByoasn, setting: Setting
) -> tuple[State, DisassociateIpamByoasnResult]:
    """Undo an association; a range advertised with that ASN goes on with Amazon's (assumed)."""
    asn, cidr = operation.asn, operation.cidr
    check_asn(asn)
    check_cidr(cidr)
    held = state.associations.get((asn, cidr))
    if held is None:
        # assumed: no code is documented for a pair that is not associated
        raise refusal("InvalidAsnAssociation.NotFound", f"ASN {asn} is not associated with {cidr}.")
    what = f"The association of ASN {asn} with {cidr}"
    pair = enter(ASN_ASSOCIATION, "DisassociateIpamByoasn", what, held, held.value, setting)
    advertised = state.advertisements.get(cidr)
    advertisements = state.advertisements
    if advertised is not None and advertised.asn == asn:
        advertisements = {**advertisements, cidr: Advertisement("AWS", advertised.custom_since)}
    associations = {**state.associations, (asn, cidr): pair}
    changed = replace(state, associations=associations, advertisements=advertisements)
    return changed, DisassociateIpamByoasnResult(asn_association=pair.value)


def _find_asn(state: State, asn: str) -> Held[Byoasn]:
    held = state.asns.get(asn)
    if held is None:
        raise _no_such_asn(asn)
    return held


def _no_such_asn(asn: str) -> ServiceError:
    # assumed, as every `InvalidByoasn` code
    return refusal("InvalidByoasn.NotFound", f"ASN {asn} is not provisioned in this IPAM.")


def _holds(pair: Held[AsnAssociation]) -> bool:
    """Tell whether an association is still one: a disassociated or failed one binds nothing."""
    return pair.value.state not in ("disassociated", "failed-association")
