"""`ec2query.emulator.ipams`: CreateIpam, DescribeIpams, DeleteIpam."""

from __future__ import annotations

from dataclasses import replace

import pytest

from ec2query import ec2
from ec2query.emulator import State
from ec2query.errors import NotFound, WrongState
from support.account import ACCOUNT, DELAY, IPAM, SETTING, STATE, later, refused, run


def test_an_ipam_is_created() -> None:
    """CreateIpam answers with an id, scopes and the pending state; time completes it."""
    state, answer = run(
        State(),
        ec2.CreateIpam(
            description="ours",
            operating_regions=[ec2.AddIpamOperatingRegion(region_name="eu-west-1")],
            tag_specifications=[
                ec2.TagSpecification(resource_type="ipam", tags=[ec2.Tag(key="team", value="edge")])
            ],
        ),
    )
    assert answer.ipam == ec2.Ipam(
        ipam_id="ipam-00000000000000001",
        owner_id=ACCOUNT,
        ipam_arn=f"arn:aws:ec2::{ACCOUNT}:ipam/ipam-00000000000000001",
        ipam_region="us-east-1",
        public_default_scope_id="ipam-scope-00000000000000002",
        private_default_scope_id="ipam-scope-00000000000000003",
        scope_count=2,
        description="ours",
        operating_regions=[
            ec2.IpamOperatingRegion(region_name="eu-west-1"),
            ec2.IpamOperatingRegion(region_name="us-east-1"),
        ],
        state="create-in-progress",
        tags=[ec2.Tag(key="team", value="edge")],
        tier="advanced",
    )
    _, found = run(later(state), ec2.DescribeIpams())
    assert [ipam.state for ipam in found.ipams] == ["create-complete"]


def test_ids_are_not_given_twice() -> None:
    """Each IPAM has an id of its own."""
    state, _ = run(State(), ec2.CreateIpam())
    state, _ = run(state, ec2.CreateIpam())
    assert len(state.ipams) == 2


DESCRIBED: dict[str, tuple[ec2.DescribeIpams, bool]] = {
    "no conditions": (ec2.DescribeIpams(), True),
    "its id": (ec2.DescribeIpams(ipam_ids=[IPAM]), True),
    "a filter that fits": (ec2.DescribeIpams(filters=[ec2.Filter(name="ipam-id", values=["x", IPAM])]), True),
    "a filter that does not": (
        ec2.DescribeIpams(filters=[ec2.Filter(name="state", values=["delete-in-progress"])]),
        False,
    ),
    "filters of which one does not fit": (
        ec2.DescribeIpams(
            filters=[
                ec2.Filter(name="owner-id", values=[ACCOUNT]),
                ec2.Filter(name="tier", values=["free"]),
            ]
        ),
        False,
    ),
}


@pytest.mark.parametrize("name", DESCRIBED)
def test_ipams_are_listed(name: str) -> None:
    """Ids and filters narrow the list."""
    operation, found = DESCRIBED[name]
    state, answer = run(STATE, operation)
    assert [ipam.ipam_id for ipam in answer.ipams] == ([IPAM] if found else [])
    assert state is STATE


def test_ipams_are_paged() -> None:
    """Six IPAMs are two pages of five."""
    state = replace(STATE, ipams={f"ipam-{n}": STATE.ipams[IPAM] for n in range(6)})
    _, first = run(state, ec2.DescribeIpams(max_results=5))
    assert len(first.ipams) == 5
    _, second = run(state, ec2.DescribeIpams(max_results=5, next_token=first.next_token))
    assert (len(second.ipams), second.next_token) == (1, None)


@pytest.mark.parametrize(
    ("operation", "code"),
    [
        (ec2.DescribeIpams(max_results=4), "InvalidParameterValue"),
        (ec2.DescribeIpams(ipam_ids=["ipam-0"]), "InvalidIpamId.NotFound"),
        (ec2.DescribeIpams(filters=[ec2.Filter(name="colour", values=["red"])]), "InvalidParameterValue"),
        (ec2.DescribeIpams(next_token="?"), "InvalidParameterValue"),
        (ec2.DeleteIpam(ipam_id="ipam-0"), "InvalidIpamId.NotFound"),
        (ec2.DeleteIpam(ipam_id=IPAM), "DependencyViolation"),
        (ec2.DeleteIpam(ipam_id=IPAM, cascade=True), "DependencyViolation"),
    ],
)
def test_refusals(operation: ec2.DescribeIpams | ec2.DeleteIpam, code: str) -> None:
    """Wrong ids, pages and filters are refused, and so is deleting an IPAM that holds ASNs."""
    assert refused(STATE, operation).code == code


def test_an_ipam_without_asns_is_deleted() -> None:
    """DeleteIpam starts the deletion, a second one is refused, and time takes the IPAM away."""
    state, answer = run(replace(STATE, asns={}), ec2.DeleteIpam(ipam_id=IPAM))
    assert answer.ipam is not None
    assert answer.ipam.state == "delete-in-progress"
    assert isinstance(refused(state, ec2.DeleteIpam(ipam_id=IPAM)), WrongState)
    gone = later(state, DELAY)
    assert isinstance(refused(gone, ec2.DescribeIpams(ipam_ids=[IPAM])), NotFound)


def test_an_ipam_may_fail() -> None:
    """An IPAM that is told to fail ends so, and can be deleted all the same."""
    setting = replace(SETTING, failing=frozenset({"CreateIpam"}))
    state, _ = run(State(), ec2.CreateIpam(), setting)
    state = later(state)
    (ipam_id,) = state.ipams
    assert state.ipams[ipam_id].value.state == "create-failed"
    run(state, ec2.DeleteIpam(ipam_id=ipam_id))
