"""`ec2query.emulator.perform`: every operation it offers, permitted, denied, and as a dry run."""

from __future__ import annotations

from typing import Any

import pytest

from ec2query import ec2
from ec2query.emulator import ACTIONS, perform
from ec2query.emulator.perform import operation_named
from ec2query.errors import DryRunSucceeded, ServiceError, Unauthorized
from ec2query.shape import Operation, result_of
from support.account import ASN, CIDR, IPAM, OTHER_ASN, OTHER_CIDR, SETTING, STATE, authorization, later, run

PERMITTED: dict[str, Operation[Any]] = {
    type(operation).__name__: operation
    for operation in (
        ec2.CreateIpam(),
        ec2.DescribeIpams(),
        ec2.ProvisionIpamByoasn(
            ipam_id=IPAM,
            asn="64502",
            asn_authorization_context=ec2.AsnAuthorizationContext(
                message=authorization("64502"), signature="abc"
            ),
        ),
        ec2.DeprovisionIpamByoasn(ipam_id=IPAM, asn=OTHER_ASN),
        ec2.DescribeIpamByoasn(),
        ec2.AssociateIpamByoasn(asn=OTHER_ASN, cidr=CIDR),
        ec2.DisassociateIpamByoasn(asn=ASN, cidr=CIDR),
        ec2.ProvisionByoipCidr(cidr="198.51.100.0/24"),
        ec2.DeprovisionByoipCidr(cidr=OTHER_CIDR),
        ec2.AdvertiseByoipCidr(cidr=CIDR),
        ec2.DescribeByoipCidrs(max_results=10),
        ec2.MoveByoipCidrToIpam(
            cidr=CIDR, ipam_pool_id="ipam-pool-0123456789abcdef0", ipam_pool_owner="123456789012"
        ),
    )
}


def test_every_action_is_tried_here() -> None:
    """The table above holds all that the emulator offers, but for two that need a state of their own."""
    assert set(PERMITTED) | {"DeleteIpam", "WithdrawByoipCidr"} == set(ACTIONS)


@pytest.mark.parametrize("action", PERMITTED)
def test_success(action: str) -> None:
    """A permitted operation answers with its own kind of result."""
    _, answer = perform(STATE, PERMITTED[action], SETTING)
    assert type(answer) is result_of(type(PERMITTED[action]))


def test_success_of_the_other_two() -> None:
    """WithdrawByoipCidr needs an advertised range, DeleteIpam an IPAM without ASNs."""
    state, _ = run(STATE, ec2.AdvertiseByoipCidr(cidr=CIDR))
    run(later(state), ec2.WithdrawByoipCidr(cidr=CIDR))
    state, made = run(STATE, ec2.CreateIpam())
    assert made.ipam is not None
    run(later(state), ec2.DeleteIpam(ipam_id=made.ipam.ipam_id or ""))


@pytest.mark.parametrize("action", PERMITTED)
def test_a_dry_run_changes_nothing(action: str) -> None:
    """DryRun=true answers DryRunOperation, status 412, and leaves the state alone."""
    state, answer = perform(STATE, PERMITTED[action].__replace__(dry_run=True), SETTING)
    assert state is STATE
    assert isinstance(answer, DryRunSucceeded)
    assert (answer.code, answer.status) == ("DryRunOperation", 412)


@pytest.mark.parametrize("dry_run", [True, False, None])
@pytest.mark.parametrize("action", PERMITTED)
def test_what_is_denied(action: str, dry_run: bool | None) -> None:
    """An action on the deny list is an UnauthorizedOperation, status 403, dry run or not."""
    operation = PERMITTED[action].__replace__(dry_run=dry_run)
    state, answer = perform(STATE, operation, SETTING, deny={action})
    assert state is STATE
    assert isinstance(answer, Unauthorized)
    assert (answer.code, answer.status) == ("UnauthorizedOperation", 403)


def test_a_deny_list_names_actions() -> None:
    """Another action on the list forbids nothing."""
    _, answer = perform(STATE, ec2.DescribeIpams(), SETTING, deny={"DescribeIpamByoasn"})
    assert not isinstance(answer, ServiceError)


def test_other_operations_are_not_offered() -> None:
    """The rest of EC2 is unknown to the emulator."""
    assert operation_named("DisassociateIpamByoasn") is ec2.DisassociateIpamByoasn
    assert operation_named("DescribeInstances") is None
