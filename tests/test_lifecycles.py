"""The lifecycle tables hold together, and name the states of the model."""

from __future__ import annotations

import pytest

from ec2query.lifecycles import ABSENT, ASN, ASN_ASSOCIATION, BYOIP_CIDR, IPAM, Lifecycle

ALL = [ASN, ASN_ASSOCIATION, BYOIP_CIDR, IPAM]

STATES = {
    "AsnState": {
        "pending-provision",
        "provisioned",
        "failed-provision",
        "pending-deprovision",
        "deprovisioned",
        "failed-deprovision",
    },
    "AsnAssociationState": {
        "pending-association",
        "associated",
        "failed-association",
        "pending-disassociation",
        "disassociated",
        "failed-disassociation",
    },
    "ByoipCidrState": {
        "pending-provision",
        "provisioned",
        "provisioned-not-publicly-advertisable",
        "failed-provision",
        "pending-advertising",
        "advertised",
        "pending-withdrawal",
        "pending-deprovision",
        "deprovisioned",
        "failed-deprovision",
    },
    "IpamState": {
        "create-in-progress",
        "create-complete",
        "create-failed",
        "delete-in-progress",
        "delete-complete",
        "delete-failed",
    },
}


@pytest.mark.parametrize("lifecycle", ALL, ids=lambda lifecycle: lifecycle.name)
def test_states_are_the_documented_ones(lifecycle: Lifecycle) -> None:
    """A lifecycle names every documented state, and no other."""
    assert set(lifecycle.states) == STATES[lifecycle.name]


@pytest.mark.parametrize("lifecycle", ALL, ids=lambda lifecycle: lifecycle.name)
def test_a_pending_state_belongs_to_one_transition(lifecycle: Lifecycle) -> None:
    """A pending state says which operation is under way, and is no place to start another from."""
    assert len(set(lifecycle.pending)) == len(lifecycle.transitions)
    for step in lifecycle.transitions:
        assert lifecycle.out_of(step.pending) is step
        assert lifecycle.by_operation(step.operation) is step
        assert not set(step.sources) & set(lifecycle.pending)


@pytest.mark.parametrize("lifecycle", ALL, ids=lambda lifecycle: lifecycle.name)
def test_every_stable_state_can_be_reached(lifecycle: Lifecycle) -> None:
    """From nothing, the operations lead to every state but the variants made by a parameter."""
    reached = {ABSENT}
    for _ in lifecycle.transitions:
        for step in lifecycle.transitions:
            if reached & set(step.sources):
                reached |= {step.pending, step.done, *([step.failed] if step.failed else [])}
    assert set(lifecycle.states) - reached <= {"provisioned-not-publicly-advertisable"}


def test_a_stable_state_has_nothing_under_way() -> None:
    """Only pending states end by themselves."""
    assert ASN_ASSOCIATION.out_of("associated") is None
    assert ASN_ASSOCIATION.failed == ("failed-association", "failed-disassociation")


def test_an_operation_of_another_resource_is_a_key_error() -> None:
    """A lifecycle does not answer for operations that leave it alone."""
    with pytest.raises(KeyError, match="WithdrawByoipCidr"):
        ASN.by_operation("WithdrawByoipCidr")
