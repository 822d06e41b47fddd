"""Planning a swap: from what is seen to the steps that are left."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from ec2query import ec2
from ec2query.byoasn.picture import Picture
from ec2query.byoasn.plan import plan_swap
from ec2query.byoasn.steps import Swap
from ec2query.errors import ParameterError
from support.script import CIDR, listing

OLD, NEW = "64496", "64500"
SWAP = Swap(cidr=CIDR, old_asn=OLD, new_asn=NEW)
ASSOCIATE = "associate: associate AS64500 with 203.0.113.0/24"
ADVERTISE = "advertise: advertise 203.0.113.0/24 as AS64500"
DISASSOCIATE = "disassociate: disassociate AS64496 from 203.0.113.0/24"


def seen(
    state: str = "advertised",
    *pairs: tuple[str, str],
    new: str = "provisioned",
    old: str = "provisioned",
    elsewhere: Sequence[ec2.ByoipCidr] = (),
) -> Picture:
    """An account with both ASNs and the range."""
    asns = [
        ec2.Byoasn(asn=NEW, state=new, ipam_id="ipam-1"),
        ec2.Byoasn(asn=OLD, state=old, ipam_id="ipam-1"),
    ]
    return Picture(cidrs=[*listing(state, *pairs).byoip_cidrs, *elsewhere], asns=asns)


def lines(swap: Swap, picture: Picture) -> list[str]:
    """The plan as it is shown."""
    return [str(step) for step in plan_swap(swap, picture)]


@pytest.mark.parametrize(
    ("pairs", "plan"),
    [
        ([(OLD, "associated")], [ASSOCIATE, ADVERTISE, DISASSOCIATE]),
        ([(OLD, "associated"), (NEW, "disassociated")], [ASSOCIATE, ADVERTISE, DISASSOCIATE]),
        ([(OLD, "associated"), (NEW, "failed-association")], [ASSOCIATE, ADVERTISE, DISASSOCIATE]),
        (
            [(OLD, "associated"), (NEW, "pending-association")],
            ["associate: wait for AS64500 with 203.0.113.0/24", ADVERTISE, DISASSOCIATE],
        ),
        (
            [(OLD, "associated"), (NEW, "pending-disassociation")],
            [
                "settle: wait for AS64500 with 203.0.113.0/24 disassociated",
                ASSOCIATE,
                ADVERTISE,
                DISASSOCIATE,
            ],
        ),
        ([(OLD, "associated"), (NEW, "associated")], [ADVERTISE, DISASSOCIATE]),
        ([(OLD, "failed-disassociation"), (NEW, "associated")], [ADVERTISE, DISASSOCIATE]),
        (
            [(OLD, "pending-disassociation"), (NEW, "associated")],
            [ADVERTISE, "disassociate: wait until AS64496 has left 203.0.113.0/24"],
        ),
        ([(OLD, "disassociated"), (NEW, "associated")], [ADVERTISE]),
        ([(NEW, "associated")], [ADVERTISE]),
        ([(OLD, "failed-association"), (NEW, "associated")], [ADVERTISE]),
        ([], [ASSOCIATE, ADVERTISE]),
    ],
)
def test_only_what_is_left_is_planned(pairs: list[tuple[str, str]], plan: list[str]) -> None:
    """Each present state of the two associations, on an advertised range."""
    assert lines(SWAP, seen("advertised", *pairs)) == plan


@pytest.mark.parametrize(
    ("state", "before"),
    [
        ("pending-provision", ["settle: wait for 203.0.113.0/24 provisioned"]),
        ("pending-withdrawal", ["settle: wait for 203.0.113.0/24 withdrawn"]),
        ("provisioned", []),
    ],
)
def test_a_range_that_is_not_advertised_is_said_to_be(state: str, before: list[str]) -> None:
    """The plan shows that the swap would make it public."""
    assert lines(SWAP, seen(state, (OLD, "associated"))) == [
        *before,
        ASSOCIATE,
        f"{ADVERTISE} (it is not advertised now)",
        DISASSOCIATE,
    ]


def test_what_is_under_way_ends_first() -> None:
    """A range that is on its way to being advertised is let arrive."""
    plan = lines(SWAP, seen("pending-advertising", (OLD, "associated"), (NEW, "associated")))
    assert plan == ["settle: wait for 203.0.113.0/24 advertised", ADVERTISE, DISASSOCIATE]


def test_a_new_asn_on_its_way_is_waited_for() -> None:
    """It comes first."""
    plan = lines(SWAP, seen("advertised", (OLD, "associated"), new="pending-provision"))
    assert plan == ["provision: wait for AS64500", ASSOCIATE, ADVERTISE, DISASSOCIATE]


def test_a_range_may_stay_unadvertised() -> None:
    """Then there is nothing to keep up, and no step makes it public."""
    swap = Swap(cidr=CIDR, old_asn=OLD, new_asn=NEW, advertise=False)
    for state in ("provisioned", "provisioned-not-publicly-advertisable"):
        assert lines(swap, seen(state, (OLD, "associated"))) == [ASSOCIATE, DISASSOCIATE]


def test_resume_spares_the_step_that_ec2_does_not_show() -> None:
    """But only while what it led to still stands."""
    swap = Swap(cidr=CIDR, old_asn=OLD, new_asn=NEW, resume=["advertise"])
    both = [(OLD, "associated"), (NEW, "associated")]
    assert lines(swap, seen("advertised", *both)) == [DISASSOCIATE]
    assert lines(swap, seen("provisioned", *both))[0].startswith("advertise")
    assert lines(swap, seen("advertised", (OLD, "associated")))[:2] == [ASSOCIATE, ADVERTISE]


def test_the_steps_carry_their_calls() -> None:
    """What is shown is what will be sent."""
    swap = Swap(cidr=CIDR, old_asn=OLD, new_asn=NEW, deprovision=True)
    steps = plan_swap(swap, seen("advertised", (OLD, "associated")))
    assert [step.operation for step in steps] == [
        ec2.AssociateIpamByoasn(asn=NEW, cidr=CIDR),
        ec2.AdvertiseByoipCidr(cidr=CIDR, asn=NEW),
        ec2.DisassociateIpamByoasn(asn=OLD, cidr=CIDR),
        ec2.DeprovisionIpamByoasn(asn=OLD, ipam_id="ipam-1"),
    ]


@pytest.mark.parametrize(
    ("old", "last"),
    [
        ("provisioned", ["deprovision: deprovision AS64496"]),
        ("pending-deprovision", ["deprovision: wait until AS64496 is gone"]),
        ("deprovisioned", []),
    ],
)
def test_the_old_asn_may_be_given_back(old: str, last: list[str]) -> None:
    """Only where it is asked for, and only as far as it is not gone."""
    swap = Swap(cidr=CIDR, old_asn=OLD, new_asn=NEW, deprovision=True)
    assert lines(swap, seen("advertised", (NEW, "associated"), old=old)) == [ADVERTISE, *last]


def test_an_asn_that_serves_another_range_is_not_given_back() -> None:
    """EC2 would refuse, after the swap was half done: it is refused before."""
    swap = Swap(cidr=CIDR, old_asn=OLD, new_asn=NEW, deprovision=True)
    for bound, allowed in (("associated", False), ("disassociated", True)):
        other = listing("advertised", (OLD, bound), cidr="198.51.100.0/24").byoip_cidrs
        picture = seen("advertised", (OLD, "associated"), elsewhere=other)
        if allowed:
            assert lines(swap, picture)[-1] == "deprovision: deprovision AS64496"
        else:
            with pytest.raises(ParameterError, match=r"198\.51\.100\.0/24"):
                plan_swap(swap, picture)


@pytest.mark.parametrize(
    ("picture", "swap", "says"),
    [
        (
            seen("advertised", new="failed-provision"),
            SWAP,
            r"new_asn 64500: expected an ASN that is provisioned .*, got failed-provision",
        ),
        (seen("advertised", new="deprovisioned"), SWAP, r"DescribeIpamByoasn does not list"),
        (seen("pending-deprovision"), SWAP, r"cidr 203\.0\.113\.0/24: .*, got pending-deprovision"),
        (seen("deprovisioned"), SWAP, r"DescribeByoipCidrs does not list"),
        (Picture(cidrs=(), asns=seen().asns), SWAP, r"DescribeByoipCidrs does not list"),
        (seen("provisioned-not-publicly-advertisable"), SWAP, r"advertise: expected False"),
        (
            seen("advertised"),
            Swap(cidr=CIDR, old_asn=OLD, new_asn=NEW, advertise=False),
            r"advertise: expected True",
        ),
    ],
)
def test_a_state_that_allows_no_swap_is_told(picture: Picture, swap: Swap, says: str) -> None:
    """What is expected, and what is there."""
    with pytest.raises(ParameterError, match=says):
        plan_swap(swap, picture)


def test_a_record_of_an_earlier_life_does_not_matter() -> None:
    """A range deprovisioned once and brought again."""
    ghost = listing("deprovisioned").byoip_cidrs
    assert lines(SWAP, seen("advertised", (NEW, "associated"), elsewhere=ghost)) == [ADVERTISE]
