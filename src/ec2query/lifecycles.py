"""The lifecycles of BYOASN and BYOIP resources, as tables: which operation leads from where to where.

A `Transition` starts in one of its `sources` (ABSENT where there is nothing yet), rests in a pending
state, and ends `done` or `failed`. Pure data: `byoasn` waits by these tables, the emulator moves by them.
https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_Byoasn.html
https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_AsnAssociation.html
https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_ByoipCidr.html
"""

from __future__ import annotations

from .frozen import frozen

__all__ = [
    "ABSENT",
    "ASN",
    "ASN_ASSOCIATION",
    "BYOIP_CIDR",
    "IPAM",
    "Lifecycle",
    "Transition",
]

ABSENT = "absent"
"""The state of what is not there: never on the wire, and no AWS name."""


@frozen
class Transition:
    """What one operation does to a resource; `failed` is None where no failed state is known."""

    operation: str
    sources: tuple[str, ...]
    pending: str
    done: str
    failed: str | None


@frozen
class Lifecycle:
    """All transitions of one kind of resource, and the states that it does not come back from."""

    name: str
    transitions: tuple[Transition, ...]
    gone: tuple[str, ...]

    @property
    def states(self) -> tuple[str, ...]:
        """Every state that an answer may carry, without repeats, ABSENT excluded."""
        named: list[str | None] = []
        for step in self.transitions:
            named += [*step.sources, step.pending, step.done, step.failed]
        return tuple(dict.fromkeys(state for state in named if state is not None and state != ABSENT))

    @property
    def pending(self) -> tuple[str, ...]:
        """The states that end by themselves."""
        return tuple(step.pending for step in self.transitions)

    @property
    def failed(self) -> tuple[str, ...]:
        """The states that say that an operation failed."""
        return tuple(step.failed for step in self.transitions if step.failed is not None)

    def by_operation(self, operation: str) -> Transition:
        """Return what `operation` does. Raises KeyError where it does nothing here."""
        for step in self.transitions:
            if step.operation == operation:
                return step
        raise KeyError(operation)

    def out_of(self, state: str) -> Transition | None:
        """Return the transition that rests in `state`, or None where the state is stable."""
        for step in self.transitions:
            if step.pending == state:
                return step
        return None


ASN = Lifecycle(
    "AsnState",
    (
        Transition(
            "ProvisionIpamByoasn",
            (ABSENT, "deprovisioned", "failed-provision"),
            "pending-provision",
            "provisioned",
            "failed-provision",
        ),
        Transition(
            "DeprovisionIpamByoasn",
            ("provisioned", "failed-provision", "failed-deprovision"),
            "pending-deprovision",
            "deprovisioned",
            "failed-deprovision",
        ),
    ),
    gone=("deprovisioned",),
)

ASN_ASSOCIATION = Lifecycle(
    "AsnAssociationState",
    (
        Transition(
            "AssociateIpamByoasn",
            (ABSENT, "disassociated", "failed-association"),
            "pending-association",
            "associated",
            "failed-association",
        ),
        Transition(
            "DisassociateIpamByoasn",
            # assumed: a failed association is cleared away by disassociating it
            ("associated", "failed-association", "failed-disassociation"),
            "pending-disassociation",
            "disassociated",
            "failed-disassociation",
        ),
    ),
    gone=("disassociated",),
)

BYOIP_CIDR = Lifecycle(
    "ByoipCidrState",
    (
        # A range that is not publicly advertisable ends `provisioned-not-publicly-advertisable`.
        Transition(
            "ProvisionByoipCidr",
            (ABSENT, "deprovisioned", "failed-provision"),
            "pending-provision",
            "provisioned",
            "failed-provision",
        ),
        # Advertised again with another ASN: https://docs.aws.amazon.com/vpc/latest/ipam/tutorials-byoasn.html
        Transition(
            "AdvertiseByoipCidr", ("provisioned", "advertised"), "pending-advertising", "advertised", None
        ),
        Transition("WithdrawByoipCidr", ("advertised",), "pending-withdrawal", "provisioned", None),
        Transition(
            "DeprovisionByoipCidr",
            (
                "provisioned",
                "provisioned-not-publicly-advertisable",
                "failed-provision",
                "failed-deprovision",
            ),
            "pending-deprovision",
            "deprovisioned",
            "failed-deprovision",
        ),
    ),
    gone=("deprovisioned",),
)

# The states of https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_Ipam.html that BYOASN needs.
IPAM = Lifecycle(
    "IpamState",
    (
        Transition("CreateIpam", (ABSENT,), "create-in-progress", "create-complete", "create-failed"),
        Transition(
            "DeleteIpam",
            ("create-complete", "create-failed", "delete-failed"),
            "delete-in-progress",
            "delete-complete",
            "delete-failed",
        ),
    ),
    gone=("delete-complete",),
)
