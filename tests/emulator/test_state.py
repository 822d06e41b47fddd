"""`ec2query.emulator.state`: how transitions start and how time ends them."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from ec2query import ec2
from ec2query.emulator.state import Held, enter, settle
from ec2query.errors import WrongState
from ec2query.lifecycles import ASN_ASSOCIATION, BYOIP_CIDR
from support.account import ASN, CIDR, DELAY, NOW, SETTING, STATE

SECOND = timedelta(seconds=1)


def pair(state: str) -> Held[ec2.AsnAssociation]:
    return Held(ec2.AsnAssociation(asn=ASN, cidr=CIDR, state=state), NOW)


@pytest.mark.parametrize("state", ["associated", "failed-association", "failed-disassociation"])
def test_a_transition_starts_from_its_sources(state: str) -> None:
    """From each source state an operation leads to the pending state, bound for the end."""
    held = pair(state)
    entered = enter(ASN_ASSOCIATION, "DisassociateIpamByoasn", "it", held, held.value, SETTING)
    assert entered.value == ec2.AsnAssociation(asn=ASN, cidr=CIDR, state="pending-disassociation")
    assert (entered.since, entered.bound_for) == (NOW, "disassociated")


@pytest.mark.parametrize("state", ["pending-association", "pending-disassociation", "disassociated"])
def test_a_transition_starts_from_nowhere_else(state: str) -> None:
    """Any other state is an IncorrectState that names it."""
    held = pair(state)
    with pytest.raises(WrongState, match=f"IncorrectState: it is {state};"):
        enter(ASN_ASSOCIATION, "DisassociateIpamByoasn", "it", held, held.value, SETTING)


def test_what_is_to_fail_is_bound_for_failure() -> None:
    """An action that was told to fail ends in its failed state."""
    setting = replace(SETTING, failing=frozenset({"DisassociateIpamByoasn"}))
    held = pair("associated")
    entered = enter(ASN_ASSOCIATION, "DisassociateIpamByoasn", "it", held, held.value, setting)
    assert entered.bound_for == "failed-disassociation"


def test_what_cannot_fail_does_not() -> None:
    """Advertising has no failed state, so telling it to fail changes nothing."""
    setting = replace(SETTING, failing=frozenset({"AdvertiseByoipCidr"}))
    held = STATE.cidrs[CIDR]
    entered = enter(BYOIP_CIDR, "AdvertiseByoipCidr", "it", held, held.value, setting)
    assert entered.bound_for == "advertised"


def test_a_pending_state_ends_after_the_delay_and_not_before() -> None:
    """Time ends a pending state when the delay is over, and dates the new state there."""
    state = replace(
        STATE, associations={(ASN, CIDR): replace(pair("pending-association"), bound_for="associated")}
    )
    before = settle(state, NOW + DELAY - SECOND, DELAY, timedelta(0))
    assert before is state
    after = settle(state, NOW + 10 * DELAY, DELAY, timedelta(0))
    assert after.associations[ASN, CIDR].value.state == "associated"
    assert after.associations[ASN, CIDR].since == NOW + DELAY


@pytest.mark.parametrize(("seconds", "seen"), [(0, False), (5, True), (6, True), (7, False)])
def test_what_ended_lingers_as_long_as_it_is_told(seconds: int, seen: bool) -> None:
    """A disassociated pair is seen from the end of the delay until `linger` is over."""
    bound = replace(pair("pending-disassociation"), bound_for="disassociated")
    state = replace(STATE, associations={(ASN, CIDR): bound})
    linger = 5 * SECOND if seconds else timedelta(0)
    settled = settle(state, NOW + (seconds * SECOND or DELAY), DELAY, linger)
    found = settled.associations.get((ASN, CIDR))
    assert (found is not None) is seen
    assert found is None or found.value.state == "disassociated"


def test_it_may_linger_for_ever() -> None:
    """`timedelta.max` keeps what ended."""
    held = Held(ec2.Byoasn(asn=ASN, state="deprovisioned"), NOW)
    state = replace(STATE, asns={ASN: held})
    assert settle(state, NOW + timedelta(days=9999), DELAY, timedelta.max) is state


def test_every_kind_of_resource_settles() -> None:
    """IPAMs, ASNs, ranges and associations all move with time."""
    state = replace(
        STATE,
        ipams={"i": Held(ec2.Ipam(state="create-in-progress"), NOW, "create-complete")},
        asns={"1": Held(ec2.Byoasn(state="pending-provision"), NOW, "failed-provision")},
        cidrs={"c": Held(ec2.ByoipCidr(state="pending-deprovision"), NOW, "deprovisioned")},
    )
    settled = settle(state, NOW + DELAY, DELAY, timedelta(0))
    assert settled.ipams["i"].value.state == "create-complete"
    assert settled.asns["1"].value.state == "failed-provision"
    assert not settled.cidrs
