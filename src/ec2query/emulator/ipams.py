"""Handlers of CreateIpam, DescribeIpams and DeleteIpam, as far as ASNs need an IPAM to belong to.

Each takes the state and an operation, and returns the new state and the result, or raises the
ServiceError that EC2 would answer.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from ..ec2.ipam import (
    CreateIpam,
    CreateIpamResult,
    DeleteIpam,
    DeleteIpamResult,
    DescribeIpams,
    DescribeIpamsResult,
    Ipam,
)
from ..ec2.shapes.filter import Filter
from ..ec2.shapes.ipam_operating_region import IpamOperatingRegion
from ..ec2.shapes.tag import Tag
from ..lifecycles import ASN, IPAM
from .formats import page
from .refusal import invalid, refusal
from .state import Held, Setting, State, enter

__all__ = ["create_ipam", "delete_ipam", "describe_ipams", "find_ipam"]

# https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeIpams.html: MaxResults 5 to 1000
_PAGES = (5, 1000)


def find_ipam(state: State, ipam_id: str) -> Held[Ipam]:
    """Return the IPAM of that id. Raises ServiceError."""
    held = state.ipams.get(ipam_id)
    if held is None:
        # assumed: the code follows the pattern of other ids
        raise refusal("InvalidIpamId.NotFound", f"The IPAM ID '{ipam_id[:80]}' does not exist.")
    return held


def create_ipam(state: State, operation: CreateIpam, setting: Setting) -> tuple[State, CreateIpamResult]:
    """Create an IPAM with its two default scopes."""
    made = state.made + 1
    ipam_id = f"ipam-{made:017x}"
    tags: Sequence[Tag] = [tag for spec in operation.tag_specifications for tag in spec.tags]
    regions = {region.region_name or "" for region in operation.operating_regions} | {setting.region}
    ipam = Ipam(
        owner_id=setting.account,
        ipam_id=ipam_id,
        ipam_arn=f"arn:aws:ec2::{setting.account}:ipam/{ipam_id}",
        ipam_region=setting.region,
        public_default_scope_id=f"ipam-scope-{2 * made:017x}",
        private_default_scope_id=f"ipam-scope-{2 * made + 1:017x}",
        scope_count=2,
        description=operation.description,
        operating_regions=[IpamOperatingRegion(region_name=name) for name in sorted(regions)],
        tags=tags,
        tier=operation.tier or "advanced",
    )
    held = enter(IPAM, "CreateIpam", ipam_id, None, ipam, setting)
    return (
        replace(state, ipams={**state.ipams, ipam_id: held}, made=made),
        CreateIpamResult(ipam=held.value),
    )


def describe_ipams(
    state: State, operation: DescribeIpams, setting: Setting
) -> tuple[State, DescribeIpamsResult]:
    """List IPAMs by id and by the filters ipam-id, owner-id, ipam-region, state and tier."""
    for ipam_id in operation.ipam_ids:
        find_ipam(state, ipam_id)
    wanted = set(operation.ipam_ids)
    found = [
        held.value
        for ipam_id, held in state.ipams.items()
        if (not wanted or ipam_id in wanted) and _passes(held.value, operation.filters)
    ]
    shown, token = page(found, operation.max_results, operation.next_token, allowed=_PAGES, default=_PAGES[1])
    return state, DescribeIpamsResult(ipams=shown, next_token=token)


def _passes(ipam: Ipam, filters: Sequence[Filter]) -> bool:
    known = {
        "ipam-id": ipam.ipam_id,
        "owner-id": ipam.owner_id,
        "ipam-region": ipam.ipam_region,
        "state": ipam.state,
        "tier": ipam.tier,
    }
    for given in filters:
        if given.name not in known:
            raise invalid(given.name or "", "filter", "The emulator has no such filter.")
        if known[given.name] not in given.values:
            return False
    return True


def delete_ipam(state: State, operation: DeleteIpam, setting: Setting) -> tuple[State, DeleteIpamResult]:
    """Delete an IPAM that no ASN belongs to; that `Cascade` does not reach ASNs is assumed."""
    ipam_id = operation.ipam_id
    held = find_ipam(state, ipam_id)
    left = [
        asn
        for asn, of in state.asns.items()
        if of.value.ipam_id == ipam_id and of.value.state not in ASN.gone
    ]
    if left:
        raise refusal("DependencyViolation", f"{ipam_id} still holds ASN {', '.join(left)}.")  # assumed
    leaving = enter(IPAM, "DeleteIpam", ipam_id, held, held.value, setting)
    return replace(state, ipams={**state.ipams, ipam_id: leaving}), DeleteIpamResult(ipam=leaving.value)
