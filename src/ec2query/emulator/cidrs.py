"""Handlers of the BYOIP operations: provision, deprovision, advertise, withdraw, describe, move.

Each takes the state and an operation, and returns the new state and the result, or raises the
ServiceError that EC2 would answer.
https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/ec2-byoip.html
"""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta

from ..ec2.byoip import (
    AdvertiseByoipCidr,
    AdvertiseByoipCidrResult,
    ByoipCidr,
    DeprovisionByoipCidr,
    DeprovisionByoipCidrResult,
    DescribeByoipCidrs,
    DescribeByoipCidrsResult,
    MoveByoipCidrToIpam,
    MoveByoipCidrToIpamResult,
    ProvisionByoipCidr,
    ProvisionByoipCidrResult,
    WithdrawByoipCidr,
    WithdrawByoipCidrResult,
)
from ..lifecycles import BYOIP_CIDR
from .formats import check_asn, check_authorization, check_cidr, page
from .refusal import invalid, refusal
from .state import Advertisement, Held, Setting, State, enter

__all__ = [
    "advertise_byoip_cidr",
    "deprovision_byoip_cidr",
    "describe_byoip_cidrs",
    "move_byoip_cidr_to_ipam",
    "provision_byoip_cidr",
    "withdraw_byoip_cidr",
]

# https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/ec2-byoip.html
_CIDRS_PER_REGION = 5
# https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeByoipCidrs.html: MaxResults 1 to 100
_PAGES = (1, 100)
# https://docs.aws.amazon.com/vpc/latest/ipam/tutorials-byoasn.html limits the change from Amazon's ASN to
# one's own; that the change from one of one's own to another counts as well is assumed.
_CUSTOM_ASN_EVERY = timedelta(hours=1)
_AMAZON = "AWS"

_POOL_ID = re.compile(r"ipam-pool-[0-9a-f]{8,17}")
_ACCOUNT = re.compile(r"[0-9]{12}")


def provision_byoip_cidr(
    state: State, operation: ProvisionByoipCidr, setting: Setting
) -> tuple[State, ProvisionByoipCidrResult]:
    """Bring an address range; the authorization is checked where there is one."""
    cidr = operation.cidr
    check_cidr(cidr)
    if (given := operation.cidr_authorization_context) is not None:
        check_authorization(given.message, given.signature, cidr, setting)
    others = [
        key for key, held in state.cidrs.items() if key != cidr and held.value.state not in BYOIP_CIDR.gone
    ]
    if len(others) >= _CIDRS_PER_REGION:
        # The code: https://github.com/awsdocs/amazon-ec2-user-guide/issues/231
        raise refusal("ResourceLimitExceeded", "The number of BYOIP CIDRs has reached its limit.")
    made = state.made + 1
    pool = "ipv6pool-ec2" if ":" in cidr else "ipv4pool-ec2"
    byoip_cidr = ByoipCidr(
        cidr=cidr,
        description=operation.description,
        network_border_group=operation.network_border_group,
        pool_id=f"{pool}-{made:017x}",
    )
    held = enter(BYOIP_CIDR, "ProvisionByoipCidr", cidr, state.cidrs.get(cidr), byoip_cidr, setting)
    if operation.publicly_advertisable is False and held.bound_for == "provisioned":
        held = replace(held, bound_for="provisioned-not-publicly-advertisable")
    changed = replace(state, cidrs={**state.cidrs, cidr: held}, made=made)
    return changed, ProvisionByoipCidrResult(byoip_cidr=_shown(changed, cidr))


def deprovision_byoip_cidr(
    state: State, operation: DeprovisionByoipCidr, setting: Setting
) -> tuple[State, DeprovisionByoipCidrResult]:
    """Give a range back that is withdrawn and has no association."""
    cidr = operation.cidr
    held = _find_cidr(state, cidr)
    left = [
        asn
        for (asn, other), pair in state.associations.items()
        if other == cidr and pair.value.state not in ("disassociated", "failed-association")
    ]
    leaving = enter(BYOIP_CIDR, "DeprovisionByoipCidr", cidr, held, held.value, setting)
    if left:
        raise refusal("DependencyViolation", f"{cidr} is associated with ASN {', '.join(left)}.")  # assumed
    changed = _without_advertisement(replace(state, cidrs={**state.cidrs, cidr: leaving}), cidr)
    return changed, DeprovisionByoipCidrResult(byoip_cidr=_shown(changed, cidr))


def advertise_byoip_cidr(
    state: State, operation: AdvertiseByoipCidr, setting: Setting
) -> tuple[State, AdvertiseByoipCidrResult]:
    """Advertise a range with Amazon's ASN, or at most once an hour with an associated one."""
    cidr, asn = operation.cidr, operation.asn or _AMAZON
    held = _find_cidr(state, cidr)
    advertised = state.advertisements.get(cidr)
    custom_since = advertised.custom_since if advertised is not None else None
    if asn != _AMAZON:
        check_asn(asn)
        pair = state.associations.get((asn, cidr))
        if pair is None or pair.value.state != "associated":
            raise refusal("IncorrectState", f"ASN {asn} is not associated with {cidr}.")  # assumed
        if custom_since is not None and setting.now - custom_since < _CUSTOM_ASN_EVERY:
            # assumed: that there is such a limit is documented, its code is not
            raise refusal("IncorrectState", f"A custom ASN was set for {cidr} less than an hour ago.")
        custom_since = setting.now
    advertising = enter(BYOIP_CIDR, "AdvertiseByoipCidr", cidr, held, held.value, setting)
    changed = replace(
        state,
        cidrs={**state.cidrs, cidr: advertising},
        advertisements={**state.advertisements, cidr: Advertisement(asn, custom_since)},
    )
    return changed, AdvertiseByoipCidrResult(byoip_cidr=_shown(changed, cidr))


def withdraw_byoip_cidr(
    state: State, operation: WithdrawByoipCidr, setting: Setting
) -> tuple[State, WithdrawByoipCidrResult]:
    """Stop advertising a range; when a custom ASN was last set is remembered (assumed)."""
    cidr = operation.cidr
    held = _find_cidr(state, cidr)
    withdrawn = enter(BYOIP_CIDR, "WithdrawByoipCidr", cidr, held, held.value, setting)
    changed = replace(state, cidrs={**state.cidrs, cidr: withdrawn})
    return changed, WithdrawByoipCidrResult(byoip_cidr=_shown(changed, cidr))


def describe_byoip_cidrs(
    state: State, operation: DescribeByoipCidrs, setting: Setting
) -> tuple[State, DescribeByoipCidrsResult]:
    """List the ranges of the account, each with its associations."""
    found = [_shown(state, cidr) for cidr in state.cidrs]
    shown, token = page(found, operation.max_results, operation.next_token, allowed=_PAGES, default=_PAGES[1])
    return state, DescribeByoipCidrsResult(byoip_cidrs=shown, next_token=token)


def move_byoip_cidr_to_ipam(
    state: State, operation: MoveByoipCidrToIpam, setting: Setting
) -> tuple[State, MoveByoipCidrToIpamResult]:
    """Hand a range to an IPAM pool, at once and whatever the pool (both assumed: pools are not emulated)."""
    cidr = operation.cidr
    held = _find_cidr(state, cidr)
    if not _POOL_ID.fullmatch(operation.ipam_pool_id):
        raise invalid(operation.ipam_pool_id, "ipamPoolId", "Expected ipam-pool- and hexadecimal digits.")
    if not _ACCOUNT.fullmatch(operation.ipam_pool_owner):
        raise invalid(operation.ipam_pool_owner, "ipamPoolOwner", "Expected an account of 12 digits.")
    moved = replace(held, value=held.value.__replace__(ipam_pool_id=operation.ipam_pool_id))
    changed = replace(state, cidrs={**state.cidrs, cidr: moved})
    return changed, MoveByoipCidrToIpamResult(byoip_cidr=_shown(changed, cidr))


def _find_cidr(state: State, cidr: str) -> Held[ByoipCidr]:
    check_cidr(cidr)
    held = state.cidrs.get(cidr)
    if held is None:
        # assumed: no code is documented for a range that is not there
        raise refusal("InvalidByoipCidr.NotFound", f"The CIDR {cidr} is not provisioned in this account.")
    return held


def _shown(state: State, cidr: str) -> ByoipCidr:
    """Return a range with its associations: the only place where they can be seen."""
    pairs = [pair.value for (_, other), pair in state.associations.items() if other == cidr]
    return state.cidrs[cidr].value.__replace__(asn_associations=pairs)


def _without_advertisement(state: State, cidr: str) -> State:
    left = {other: found for other, found in state.advertisements.items() if other != cidr}
    return replace(state, advertisements=left)
