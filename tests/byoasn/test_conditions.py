"""Conditions, judged on pictures of an account."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from ec2query import ec2
from ec2query.byoasn.conditions import (
    Condition,
    Finding,
    asn_associated,
    asn_deprovisioned,
    asn_disassociated,
    asn_provisioned,
    byoip_advertised,
    byoip_deprovisioned,
    byoip_provisioned,
    byoip_withdrawn,
)
from ec2query.byoasn.picture import Picture
from ec2query.errors import ParameterError
from ec2query.waiter import Verdict
from support.script import CIDR, listing


def asns(*states: str, asn: str = "64500") -> Picture:
    """An account with a record of the ASN in each of the states."""
    return Picture(asns=[ec2.Byoasn(asn=asn, state=state, status_message="because") for state in states])


def cidrs(state: str, *pairs: tuple[str, str], cidr: str = CIDR) -> Picture:
    """An account with one range."""
    return Picture(cidrs=listing(state, *pairs, cidr=cidr).byoip_cidrs)


@pytest.mark.parametrize(
    ("condition", "states", "verdict"),
    [
        (asn_provisioned, ("provisioned",), "success"),
        (asn_provisioned, ("pending-provision",), "retry"),
        (asn_provisioned, ("failed-provision",), "failure"),
        (asn_provisioned, (), "retry"),
        (asn_provisioned, ("deprovisioned",), "retry"),
        (asn_provisioned, ("deprovisioned", "provisioned"), "success"),
        (asn_provisioned, ("failed-provision", "pending-provision"), "retry"),
        (asn_provisioned, ("a-state-of-tomorrow",), "retry"),
        (asn_deprovisioned, ("deprovisioned",), "success"),
        (asn_deprovisioned, (), "success"),
        (asn_deprovisioned, ("provisioned",), "retry"),
        (asn_deprovisioned, ("pending-deprovision",), "retry"),
        (asn_deprovisioned, ("failed-deprovision",), "failure"),
        (asn_deprovisioned, ("deprovisioned", "provisioned"), "retry"),
    ],
)
def test_an_asn_is_judged_by_its_records(
    condition: Callable[[int | str], Condition], states: tuple[str, ...], verdict: Verdict
) -> None:
    """What is to come needs one record that shows it, what is to go leaves none that does not."""
    assert condition("AS64500").judge(asns(*states)).verdict == verdict


@pytest.mark.parametrize(
    ("condition", "states", "verdict"),
    [
        (asn_associated, ("associated",), "success"),
        (asn_associated, ("pending-association",), "retry"),
        (asn_associated, ("failed-association",), "failure"),
        (asn_associated, ("disassociated",), "retry"),
        (asn_associated, (), "retry"),
        (asn_disassociated, ("disassociated",), "success"),
        (asn_disassociated, (), "success"),
        (asn_disassociated, ("associated",), "retry"),
        (asn_disassociated, ("pending-disassociation",), "retry"),
        (asn_disassociated, ("failed-disassociation",), "failure"),
        (asn_disassociated, ("failed-disassociation", "pending-disassociation"), "retry"),
        (asn_disassociated, ("disassociated", "associated"), "retry"),
    ],
)
def test_an_association_is_judged_inside_its_range(
    condition: Callable[[int | str, str], Condition], states: tuple[str, ...], verdict: Verdict
) -> None:
    """Disassociated and absent are the same: neither is documented to be the one that comes."""
    picture = cidrs("advertised", ("64499", "associated"), *(("64500", state) for state in states))
    assert condition("64500", CIDR).judge(picture).verdict == verdict


def test_an_association_is_absent_with_its_range() -> None:
    """No range, no association."""
    nothing = Picture(cidrs=())
    assert asn_disassociated(64500, CIDR).judge(nothing) == Finding("success", "absent")
    assert asn_associated(64500, CIDR).judge(nothing) == Finding("retry", "absent")


@pytest.mark.parametrize(
    ("condition", "state", "verdict"),
    [
        (byoip_provisioned, "pending-provision", "retry"),
        (byoip_provisioned, "provisioned", "success"),
        (byoip_provisioned, "provisioned-not-publicly-advertisable", "success"),
        (byoip_provisioned, "advertised", "success"),
        (byoip_provisioned, "failed-provision", "failure"),
        (byoip_provisioned, "deprovisioned", "retry"),
        (byoip_advertised, "advertised", "success"),
        (byoip_advertised, "pending-advertising", "retry"),
        (byoip_advertised, "provisioned", "retry"),
        (byoip_advertised, "provisioned-not-publicly-advertisable", "failure"),
        (byoip_advertised, "failed-provision", "failure"),
        (byoip_withdrawn, "advertised", "retry"),
        (byoip_withdrawn, "pending-withdrawal", "retry"),
        (byoip_withdrawn, "provisioned", "success"),
        (byoip_withdrawn, "deprovisioned", "success"),
        (byoip_deprovisioned, "provisioned", "retry"),
        (byoip_deprovisioned, "pending-deprovision", "retry"),
        (byoip_deprovisioned, "deprovisioned", "success"),
        (byoip_deprovisioned, "failed-deprovision", "failure"),
    ],
)
def test_a_range_is_judged_by_its_state(
    condition: Callable[[str], Condition], state: str, verdict: Verdict
) -> None:
    """Each condition by each state that matters to it."""
    assert condition(CIDR).judge(cidrs(state)) == Finding(
        verdict, state, f"it is {state} (EC2 gives no reason)" if verdict == "failure" else ""
    )


@pytest.mark.parametrize(
    ("condition", "verdict"),
    [
        (byoip_provisioned, "retry"),
        (byoip_advertised, "retry"),
        (byoip_withdrawn, "retry"),
        (byoip_deprovisioned, "success"),
    ],
)
def test_a_range_that_is_not_listed(condition: Callable[[str], Condition], verdict: Verdict) -> None:
    """Only what is to go may be absent."""
    assert condition(CIDR).judge(cidrs("advertised", cidr="198.51.100.0/24")).verdict == verdict


@pytest.mark.parametrize(
    ("state", "bound", "verdict", "seen"),
    [
        ("advertised", "associated", "success", "advertised"),
        ("advertised", "pending-association", "retry", "pending-association"),
        ("pending-advertising", "associated", "retry", "pending-advertising"),
        ("advertised", "failed-association", "failure", "failed-association"),
    ],
)
def test_advertised_under_an_asn_needs_the_association_too(
    state: str, bound: str, verdict: Verdict, seen: str
) -> None:
    """Both must hold at the same moment, and the one that does not is named."""
    condition = byoip_advertised(CIDR, "64500")
    finding = condition.judge(cidrs(state, ("64500", bound)))
    assert (finding.verdict, finding.state) == (verdict, seen)
    assert condition.name == "203.0.113.0/24 advertised as AS64500"


def test_a_failure_carries_what_ec2_says() -> None:
    """The status message ends in the WaiterError's text."""
    assert asn_provisioned(64500).judge(asns("failed-provision")).reason == "it is failed-provision: because"


def test_spelling_does_not_matter() -> None:
    """ASNs and ranges are compared by what they mean; what cannot be read matches nothing."""
    shown = ec2.ByoipCidr(
        cidr="2001:0DB8::/32",
        state="advertised",
        asn_associations=[
            ec2.AsnAssociation(asn="1.10", state="associated"),
            ec2.AsnAssociation(asn="?", cidr="??", state="associated"),
            ec2.AsnAssociation(state="associated"),
        ],
    )
    picture = Picture(cidrs=[shown, ec2.ByoipCidr(state="advertised")])
    assert byoip_advertised("2001:db8::/32", 65546).judge(picture).verdict == "success"
    assert asn_associated(64500, "2001:db8::/32").judge(picture).state == "absent"


@pytest.mark.parametrize(
    ("condition", "name"),
    [
        (asn_provisioned("AS64500"), "AS64500 provisioned"),
        (asn_disassociated("64500", CIDR), "AS64500 with 203.0.113.0/24 disassociated"),
        (byoip_withdrawn(CIDR), "203.0.113.0/24 withdrawn"),
    ],
)
def test_a_condition_reads_as_a_sentence(condition: Condition, name: str) -> None:
    """Its name begins the WaiterError's text; two of the same are equal."""
    assert condition.name == name


def test_a_condition_is_a_value() -> None:
    """So that plans can be compared, and a bad argument is found when it is made."""
    assert asn_associated("AS64500", CIDR) == asn_associated(64500, CIDR)
    with pytest.raises(ParameterError, match="ASN"):
        asn_provisioned("nine")
    with pytest.raises(ParameterError, match="CIDR"):
        byoip_advertised("203.0.113.1/24")


def test_a_listing_that_was_not_read_answers_nothing() -> None:
    """Absent must not be concluded from not having looked."""
    with pytest.raises(AssertionError, match="DescribeByoipCidrs"):
        byoip_deprovisioned(CIDR).judge(asns())
    with pytest.raises(AssertionError, match="DescribeIpamByoasn"):
        asn_deprovisioned(64500).judge(cidrs("advertised"))
