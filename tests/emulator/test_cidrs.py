"""`ec2query.emulator.cidrs`: the BYOIP operations."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from ec2query import ec2
from ec2query.emulator import State
from ec2query.emulator.state import Held
from ec2query.errors import WrongState
from ec2query.shape import Operation
from support.account import (
    ASN,
    CIDR,
    NOW,
    OTHER_ASN,
    OTHER_CIDR,
    SETTING,
    STATE,
    authorization,
    later,
    refused,
    run,
)

NEW = "198.51.100.0/24"
POOL = "ipam-pool-0123456789abcdef0"


def with_cidr(state: str) -> State:
    return replace(STATE, cidrs={CIDR: Held(ec2.ByoipCidr(cidr=CIDR, state=state), NOW)})


def proof(cidr: str, signature: str = "abc") -> ec2.CidrAuthorizationContext:
    return ec2.CidrAuthorizationContext(message=authorization(cidr), signature=signature)


def test_the_life_of_a_range() -> None:
    """Provisioned, advertised, withdrawn, deprovisioned, gone: each step pending first."""
    states: list[str | None] = []
    state = State()
    steps: list[Operation[Any]] = [
        ec2.ProvisionByoipCidr(cidr=NEW, cidr_authorization_context=proof(NEW), description="ours"),
        ec2.AdvertiseByoipCidr(cidr=NEW),
        ec2.WithdrawByoipCidr(cidr=NEW),
        ec2.DeprovisionByoipCidr(cidr=NEW),
    ]
    for operation in steps:
        state, answer = run(state, operation)
        assert answer.byoip_cidr is not None
        assert (answer.byoip_cidr.cidr, answer.byoip_cidr.description) == (NEW, "ours")
        assert answer.byoip_cidr.pool_id == "ipv4pool-ec2-00000000000000001"
        states.append(answer.byoip_cidr.state)
        state = later(state)
        _, listed = run(state, ec2.DescribeByoipCidrs(max_results=5))
        states += [cidr.state for cidr in listed.byoip_cidrs]
    assert states == [
        "pending-provision",
        "provisioned",
        "pending-advertising",
        "advertised",
        "pending-withdrawal",
        "provisioned",
        "pending-deprovision",
    ]
    assert not state.cidrs
    assert not state.advertisements


def test_associations_are_seen_with_their_range() -> None:
    """DescribeByoipCidrs shows each range's associations, and no other's."""
    state, _ = run(STATE, ec2.AssociateIpamByoasn(asn=OTHER_ASN, cidr=OTHER_CIDR))
    _, listed = run(state, ec2.DescribeByoipCidrs(max_results=5))
    assert {cidr.cidr: list(cidr.asn_associations) for cidr in listed.byoip_cidrs} == {
        CIDR: [ec2.AsnAssociation(asn=ASN, cidr=CIDR, state="associated")],
        OTHER_CIDR: [ec2.AsnAssociation(asn=OTHER_ASN, cidr=OTHER_CIDR, state="pending-association")],
    }


def test_ranges_are_paged() -> None:
    """MaxResults and NextToken walk the list."""
    _, first = run(STATE, ec2.DescribeByoipCidrs(max_results=1))
    _, second = run(STATE, ec2.DescribeByoipCidrs(max_results=1, next_token=first.next_token))
    assert [cidr.cidr for cidr in (*first.byoip_cidrs, *second.byoip_cidrs)] == [CIDR, OTHER_CIDR]
    assert second.next_token is None


def test_a_range_that_is_not_public_cannot_be_advertised() -> None:
    """PubliclyAdvertisable=false ends in a state of its own, from which only deprovisioning leads."""
    state, _ = run(State(), ec2.ProvisionByoipCidr(cidr="2001:db8::/32", publicly_advertisable=False))
    state = later(state)
    held = state.cidrs["2001:db8::/32"].value
    assert held.state == "provisioned-not-publicly-advertisable"
    assert (held.pool_id or "").startswith("ipv6pool-ec2-")
    assert isinstance(refused(state, ec2.AdvertiseByoipCidr(cidr="2001:db8::/32")), WrongState)
    run(state, ec2.DeprovisionByoipCidr(cidr="2001:db8::/32"))


def test_a_provision_may_fail() -> None:
    """Told to fail, a range ends so, public or not, and can be given back."""
    setting = replace(SETTING, failing=frozenset({"ProvisionByoipCidr"}))
    state, _ = run(State(), ec2.ProvisionByoipCidr(cidr=NEW, publicly_advertisable=False), setting)
    state = later(state)
    assert state.cidrs[NEW].value.state == "failed-provision"
    run(state, ec2.DeprovisionByoipCidr(cidr=NEW))


# Minutes after the first advertisement with a custom ASN, the ASN asked for, is it refused?
HOURLY: list[tuple[int, str | None, bool]] = [
    (59, OTHER_ASN, True),
    (59, ASN, True),
    (59, "AWS", False),
    (59, None, False),
    (60, OTHER_ASN, False),
]


@pytest.mark.parametrize(("minutes", "asn", "is_refused"), HOURLY)
def test_a_custom_asn_at_most_once_an_hour(minutes: int, asn: str | None, is_refused: bool) -> None:
    """A custom ASN is set once an hour; Amazon's may be at any time."""
    state, _ = run(STATE, ec2.AssociateIpamByoasn(asn=OTHER_ASN, cidr=CIDR))
    state, _ = run(later(state), ec2.AdvertiseByoipCidr(cidr=CIDR, asn=ASN))
    assert state.advertisements[CIDR].asn == ASN
    state = later(state)
    then = replace(SETTING, now=NOW + timedelta(minutes=minutes))
    operation = ec2.AdvertiseByoipCidr(cidr=CIDR, asn=asn)
    if is_refused:
        assert "hour" in refused(state, operation, then).message
    else:
        changed, _ = run(state, operation, then)
        assert changed.advertisements[CIDR].asn == (asn or "AWS")


def test_amazons_asn_in_between_does_not_open_the_hour() -> None:
    """What counts is when a custom ASN was last set, even where the range was withdrawn since."""
    state, _ = run(STATE, ec2.AdvertiseByoipCidr(cidr=CIDR, asn=ASN))
    state, _ = run(later(state), ec2.AdvertiseByoipCidr(cidr=CIDR, asn="AWS"))
    state, _ = run(later(state), ec2.WithdrawByoipCidr(cidr=CIDR))
    assert "hour" in refused(later(state), ec2.AdvertiseByoipCidr(cidr=CIDR, asn=ASN)).message


def test_five_ranges_for_a_region() -> None:
    """The sixth range is refused."""
    state = STATE
    for number in range(3):
        state, _ = run(state, ec2.ProvisionByoipCidr(cidr=f"10.{number}.0.0/16"))
    assert refused(state, ec2.ProvisionByoipCidr(cidr=NEW)).code == "ResourceLimitExceeded"


def test_a_range_moves_to_a_pool() -> None:
    """MoveByoipCidrToIpam notes the pool and leaves the range's state alone."""
    move = ec2.MoveByoipCidrToIpam(cidr=CIDR, ipam_pool_id=POOL, ipam_pool_owner="123456789012")
    state, answer = run(STATE, move)
    assert answer.byoip_cidr is not None
    assert (answer.byoip_cidr.ipam_pool_id, answer.byoip_cidr.state) == (POOL, "provisioned")
    assert state.cidrs[CIDR].value.ipam_pool_id == POOL


REFUSED: dict[str, tuple[State, Operation[Any], str]] = {
    "provision: host bits": (STATE, ec2.ProvisionByoipCidr(cidr="192.0.2.1/24"), "InvalidParameterValue"),
    "provision: another range's authorization": (
        STATE,
        ec2.ProvisionByoipCidr(cidr=NEW, cidr_authorization_context=proof(CIDR)),
        "InvalidParameterValue",
    ),
    "provision: a signature that is none": (
        STATE,
        ec2.ProvisionByoipCidr(cidr=NEW, cidr_authorization_context=proof(NEW, " ")),
        "InvalidParameterValue",
    ),
    "provision: it is already": (STATE, ec2.ProvisionByoipCidr(cidr=CIDR), "IncorrectState"),
    "deprovision: no such range": (STATE, ec2.DeprovisionByoipCidr(cidr=NEW), "InvalidByoipCidr.NotFound"),
    "deprovision: still associated": (STATE, ec2.DeprovisionByoipCidr(cidr=CIDR), "DependencyViolation"),
    "deprovision: still advertised": (
        with_cidr("advertised"),
        ec2.DeprovisionByoipCidr(cidr=CIDR),
        "IncorrectState",
    ),
    "advertise: no such range": (STATE, ec2.AdvertiseByoipCidr(cidr=NEW), "InvalidByoipCidr.NotFound"),
    "advertise: no CIDR": (STATE, ec2.AdvertiseByoipCidr(cidr="x"), "InvalidParameterValue"),
    "advertise: no ASN": (STATE, ec2.AdvertiseByoipCidr(cidr=CIDR, asn="aws"), "InvalidParameterValue"),
    "advertise: an ASN that is not associated": (
        STATE,
        ec2.AdvertiseByoipCidr(cidr=CIDR, asn=OTHER_ASN),
        "IncorrectState",
    ),
    "advertise: a range on its way": (
        with_cidr("pending-provision"),
        ec2.AdvertiseByoipCidr(cidr=CIDR),
        "IncorrectState",
    ),
    "withdraw: no such range": (STATE, ec2.WithdrawByoipCidr(cidr=NEW), "InvalidByoipCidr.NotFound"),
    "withdraw: not advertised": (STATE, ec2.WithdrawByoipCidr(cidr=CIDR), "IncorrectState"),
    "describe: a page too small": (STATE, ec2.DescribeByoipCidrs(max_results=0), "InvalidParameterValue"),
    "describe: a token of someone else's": (
        STATE,
        ec2.DescribeByoipCidrs(max_results=1, next_token="x"),
        "InvalidParameterValue",
    ),
    "move: no such range": (
        STATE,
        ec2.MoveByoipCidrToIpam(cidr=NEW, ipam_pool_id=POOL, ipam_pool_owner="123456789012"),
        "InvalidByoipCidr.NotFound",
    ),
    "move: no pool": (
        STATE,
        ec2.MoveByoipCidrToIpam(cidr=CIDR, ipam_pool_id="pool", ipam_pool_owner="123456789012"),
        "InvalidParameterValue",
    ),
    "move: no account": (
        STATE,
        ec2.MoveByoipCidrToIpam(cidr=CIDR, ipam_pool_id=POOL, ipam_pool_owner="me"),
        "InvalidParameterValue",
    ),
}


@pytest.mark.parametrize("name", REFUSED)
def test_refusals(name: str) -> None:
    """What must not happen is refused, and leaves the state as it was."""
    state, operation, code = REFUSED[name]
    assert refused(state, operation).code == code
