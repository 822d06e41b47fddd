"""`ec2query.emulator.asns`: the five BYOASN operations."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from ec2query import ec2
from ec2query.emulator import State
from ec2query.emulator.state import Held
from ec2query.shape import Operation
from support.account import (
    ASN,
    CIDR,
    DELAY,
    IPAM,
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

NEW = "64502"


def provision(asn: str = NEW, **changes: str) -> ec2.ProvisionIpamByoasn:
    given = {"ipam_id": IPAM, "message": authorization(asn), "signature": "aB3-_~", **changes}
    return ec2.ProvisionIpamByoasn(
        ipam_id=given["ipam_id"],
        asn=asn,
        asn_authorization_context=ec2.AsnAuthorizationContext(
            message=given["message"], signature=given["signature"]
        ),
    )


def with_pair(state: str) -> State:
    held = Held(ec2.AsnAssociation(asn=ASN, cidr=CIDR, state=state), NOW)
    return replace(STATE, associations={(ASN, CIDR): held})


def with_cidr(state: str) -> State:
    return replace(STATE, cidrs={OTHER_CIDR: Held(ec2.ByoipCidr(cidr=OTHER_CIDR, state=state), NOW)})


def with_asn(state: str) -> State:
    asns = {**STATE.asns, OTHER_ASN: Held(ec2.Byoasn(asn=OTHER_ASN, ipam_id=IPAM, state=state), NOW)}
    return replace(STATE, asns=asns)


def test_the_life_of_an_association() -> None:
    """Associated, disassociated, gone: each state is answered, listed, and ended by time."""
    associate = ec2.AssociateIpamByoasn(asn=OTHER_ASN, cidr=CIDR)
    state, associated = run(STATE, associate)
    assert associated.asn_association == ec2.AsnAssociation(
        asn=OTHER_ASN, cidr=CIDR, state="pending-association"
    )
    state = later(state)
    assert state.associations[OTHER_ASN, CIDR].value.state == "associated"
    state, answer = run(state, ec2.DisassociateIpamByoasn(asn=OTHER_ASN, cidr=CIDR))
    assert answer.asn_association == ec2.AsnAssociation(
        asn=OTHER_ASN, cidr=CIDR, state="pending-disassociation"
    )
    state = later(state)
    assert (OTHER_ASN, CIDR) not in state.associations
    run(state, associate)


def test_an_association_is_of_one_asn_and_one_cidr() -> None:
    """Disassociating a pair leaves the ASN's other ranges, and the range's other ASNs, alone."""
    state, _ = run(STATE, ec2.AssociateIpamByoasn(asn=OTHER_ASN, cidr=CIDR))
    state, _ = run(state, ec2.AssociateIpamByoasn(asn=ASN, cidr=OTHER_CIDR))
    state = later(state)
    state, _ = run(state, ec2.DisassociateIpamByoasn(asn=ASN, cidr=CIDR))
    assert set(later(state).associations) == {(OTHER_ASN, CIDR), (ASN, OTHER_CIDR)}


def test_an_association_that_lingers_can_be_made_again() -> None:
    """A disassociated pair that can still be seen is no obstacle."""
    state, _ = run(STATE, ec2.DisassociateIpamByoasn(asn=ASN, cidr=CIDR))
    state = later(state, linger=timedelta.max)
    assert state.associations[ASN, CIDR].value.state == "disassociated"
    run(state, ec2.AssociateIpamByoasn(asn=ASN, cidr=CIDR))


@pytest.mark.parametrize("action", ["AssociateIpamByoasn", "DisassociateIpamByoasn"])
def test_an_association_may_fail(action: str) -> None:
    """Told to fail, it ends in its failed state; a failed one can be disassociated."""
    setting = replace(SETTING, failing=frozenset({action}))
    operation = getattr(ec2, action)(asn=ASN, cidr=CIDR)
    start = STATE if action == "DisassociateIpamByoasn" else replace(STATE, associations={})
    state, _ = run(start, operation, setting)
    state = later(state)
    failed = {"AssociateIpamByoasn": "failed-association", "DisassociateIpamByoasn": "failed-disassociation"}
    assert state.associations[ASN, CIDR].value.state == failed[action]
    run(state, ec2.DisassociateIpamByoasn(asn=ASN, cidr=CIDR))


def test_the_life_of_an_asn() -> None:
    """Provisioned, listed, deprovisioned, gone."""
    state, answer = run(STATE, provision())
    assert answer.byoasn == ec2.Byoasn(asn=NEW, ipam_id=IPAM, state="pending-provision")
    state = later(state)
    _, listed = run(state, ec2.DescribeIpamByoasn())
    assert [(found.asn, found.state) for found in listed.byoasns] == [
        (ASN, "provisioned"),
        (OTHER_ASN, "provisioned"),
        (NEW, "provisioned"),
    ]
    state, leaving = run(state, ec2.DeprovisionIpamByoasn(ipam_id=IPAM, asn=NEW))
    assert leaving.byoasn == ec2.Byoasn(asn=NEW, ipam_id=IPAM, state="pending-deprovision")
    assert NEW not in later(state).asns


def test_asns_are_paged() -> None:
    """MaxResults and NextToken walk the list."""
    _, first = run(STATE, ec2.DescribeIpamByoasn(max_results=1))
    _, second = run(STATE, ec2.DescribeIpamByoasn(max_results=1, next_token=first.next_token))
    assert [found.asn for found in (*first.byoasns, *second.byoasns)] == [ASN, OTHER_ASN]
    assert second.next_token is None


def test_five_asns_for_an_ipam() -> None:
    """The sixth ASN of an IPAM is refused; one that is gone makes room."""
    state = STATE
    for asn in ("64502", "64503", "64504"):
        state, _ = run(state, provision(asn))
    assert refused(state, provision("64505")).code == "ResourceLimitExceeded"
    gone = Held(ec2.Byoasn(asn=OTHER_ASN, ipam_id=IPAM, state="deprovisioned"), NOW)
    run(replace(state, asns={**state.asns, OTHER_ASN: gone}), provision("64505"))


def test_a_failed_asn_can_be_provisioned_again() -> None:
    """A provision that failed is tried again, and counts once."""
    setting = replace(SETTING, failing=frozenset({"ProvisionIpamByoasn"}))
    state, _ = run(STATE, provision(), setting)
    state = later(state)
    assert state.asns[NEW].value.state == "failed-provision"
    state, _ = run(state, provision())
    assert later(state, DELAY).asns[NEW].value.state == "provisioned"


def test_disassociating_an_advertised_asn_falls_back_to_amazons() -> None:
    """A range advertised with the ASN that leaves stays advertised."""
    state, _ = run(STATE, ec2.AdvertiseByoipCidr(cidr=CIDR, asn=ASN))
    state, _ = run(later(state), ec2.DisassociateIpamByoasn(asn=ASN, cidr=CIDR))
    assert state.advertisements[CIDR].asn == "AWS"
    assert later(state).cidrs[CIDR].value.state == "advertised"


OTHER_IPAM = replace(STATE, ipams={**STATE.ipams, "ipam-2": STATE.ipams[IPAM]})
NEW_IPAM = replace(STATE, ipams={IPAM: Held(ec2.Ipam(ipam_id=IPAM, state="create-in-progress"), NOW)})

REFUSED: dict[str, tuple[State, Operation[Any], str]] = {
    "provision: asdot": (STATE, provision("1.10"), "InvalidParameterValue"),
    "provision: another ASN's authorization": (
        STATE,
        provision(message=authorization(ASN)),
        "InvalidParameterValue",
    ),
    "provision: an expired authorization": (
        STATE,
        provision(message=authorization(NEW, expires="20260101")),
        "InvalidParameterValue",
    ),
    "provision: a signature that is none": (STATE, provision(signature="a b"), "InvalidParameterValue"),
    "provision: no such IPAM": (STATE, provision(ipam_id="ipam-0"), "InvalidIpamId.NotFound"),
    "provision: an IPAM in the making": (NEW_IPAM, provision(), "IncorrectState"),
    "provision: it is already": (STATE, provision(ASN), "IncorrectState"),
    "deprovision: no ASN": (STATE, ec2.DeprovisionIpamByoasn(ipam_id=IPAM, asn="x"), "InvalidParameterValue"),
    "deprovision: no such ASN": (
        STATE,
        ec2.DeprovisionIpamByoasn(ipam_id=IPAM, asn=NEW),
        "InvalidByoasn.NotFound",
    ),
    "deprovision: no such IPAM": (
        STATE,
        ec2.DeprovisionIpamByoasn(ipam_id="ipam-0", asn=ASN),
        "InvalidIpamId.NotFound",
    ),
    "deprovision: another IPAM's ASN": (
        OTHER_IPAM,
        ec2.DeprovisionIpamByoasn(ipam_id="ipam-2", asn=OTHER_ASN),
        "InvalidByoasn.NotFound",
    ),
    "deprovision: still associated": (
        STATE,
        ec2.DeprovisionIpamByoasn(ipam_id=IPAM, asn=ASN),
        "DependencyViolation",
    ),
    "deprovision: still disassociating": (
        with_pair("pending-disassociation"),
        ec2.DeprovisionIpamByoasn(ipam_id=IPAM, asn=ASN),
        "DependencyViolation",
    ),
    "deprovision: still provisioning": (
        with_asn("pending-provision"),
        ec2.DeprovisionIpamByoasn(ipam_id=IPAM, asn=OTHER_ASN),
        "IncorrectState",
    ),
    "describe: a page too large": (STATE, ec2.DescribeIpamByoasn(max_results=101), "InvalidParameterValue"),
    "describe: a token of someone else's": (
        STATE,
        ec2.DescribeIpamByoasn(next_token="x"),
        "InvalidParameterValue",
    ),
    "associate: no ASN": (STATE, ec2.AssociateIpamByoasn(asn="AWS", cidr=CIDR), "InvalidParameterValue"),
    "associate: no CIDR": (
        STATE,
        ec2.AssociateIpamByoasn(asn=ASN, cidr="203.0.113.1/24"),
        "InvalidParameterValue",
    ),
    "associate: no such ASN": (STATE, ec2.AssociateIpamByoasn(asn=NEW, cidr=CIDR), "InvalidByoasn.NotFound"),
    "associate: no such range": (
        STATE,
        ec2.AssociateIpamByoasn(asn=ASN, cidr="192.0.2.0/24"),
        "InvalidByoipCidr.NotFound",
    ),
    "associate: an ASN on its way": (
        with_asn("pending-provision"),
        ec2.AssociateIpamByoasn(asn=OTHER_ASN, cidr=CIDR),
        "IncorrectState",
    ),
    "associate: a range on its way": (
        with_cidr("pending-provision"),
        ec2.AssociateIpamByoasn(asn=ASN, cidr=OTHER_CIDR),
        "IncorrectState",
    ),
    "associate: it is already": (STATE, ec2.AssociateIpamByoasn(asn=ASN, cidr=CIDR), "IncorrectState"),
    "disassociate: no ASN": (STATE, ec2.DisassociateIpamByoasn(asn="-1", cidr=CIDR), "InvalidParameterValue"),
    "disassociate: no CIDR": (STATE, ec2.DisassociateIpamByoasn(asn=ASN, cidr="x"), "InvalidParameterValue"),
    "disassociate: another range": (
        STATE,
        ec2.DisassociateIpamByoasn(asn=ASN, cidr=OTHER_CIDR),
        "InvalidAsnAssociation.NotFound",
    ),
    "disassociate: another ASN": (
        STATE,
        ec2.DisassociateIpamByoasn(asn=OTHER_ASN, cidr=CIDR),
        "InvalidAsnAssociation.NotFound",
    ),
    "disassociate: it is leaving already": (
        with_pair("pending-disassociation"),
        ec2.DisassociateIpamByoasn(asn=ASN, cidr=CIDR),
        "IncorrectState",
    ),
    "disassociate: still associating": (
        with_pair("pending-association"),
        ec2.DisassociateIpamByoasn(asn=ASN, cidr=CIDR),
        "IncorrectState",
    ),
}


@pytest.mark.parametrize("name", REFUSED)
def test_refusals(name: str) -> None:
    """What must not happen is refused, and leaves the state as it was."""
    state, operation, code = REFUSED[name]
    assert refused(state, operation).code == code


@pytest.mark.parametrize("state", ["disassociated", "failed-association"])
def test_an_association_that_is_none_binds_nothing(state: str) -> None:
    """An ASN whose only association has ended, or never came about, can be deprovisioned."""
    run(with_pair(state), ec2.DeprovisionIpamByoasn(ipam_id=IPAM, asn=ASN))


@pytest.mark.parametrize("state", ["provisioned", "advertised", "pending-advertising", "pending-withdrawal"])
def test_ranges_that_can_be_associated(state: str) -> None:
    """A range that is provisioned, whatever is announced, takes an association."""
    run(with_cidr(state), ec2.AssociateIpamByoasn(asn=ASN, cidr=OTHER_CIDR))
