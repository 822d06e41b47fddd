"""What can be waited for in BYOASN and BYOIP, as values, and how a look at EC2 is judged by them.

AWS has no waiters for these. An association shows only in DescribeByoipCidrs; whether a dissolved one
lingers there as `disassociated` or vanishes is not documented, so both count. Only the failed state
of the very transition that is awaited ends a wait early: others may be left from before.
https://docs.aws.amazon.com/vpc/latest/ipam/tutorials-byoasn.html
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from ..lifecycles import ABSENT, ASN, ASN_ASSOCIATION, BYOIP_CIDR, Lifecycle
from ..waiter import Verdict
from .asn import Asn
from .cidr import Cidr
from .picture import Picture, Sighting

__all__ = [
    "Condition",
    "Finding",
    "asn_associated",
    "asn_deprovisioned",
    "asn_disassociated",
    "asn_provisioned",
    "byoip_advertised",
    "byoip_deprovisioned",
    "byoip_provisioned",
    "byoip_withdrawn",
]


@dataclass(frozen=True, slots=True)
class Finding:
    """How a picture was judged: the verdict, the states seen, and why it is a failure."""

    verdict: Verdict
    state: str
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Condition:
    """A state to wait for. Where `gone` is set, every record must be in `done`, or there be none.

    `also` are further conditions that must hold at the same moment.
    """

    name: str
    lifecycle: Lifecycle
    asn: Asn | None = None
    cidr: Cidr | None = None
    done: frozenset[str]
    failed: frozenset[str] = frozenset()
    gone: bool = False
    also: tuple[Condition, ...] = ()

    def seen(self, picture: Picture) -> tuple[Sighting, ...]:
        """Return the records that this condition is about."""
        if self.cidr is None:
            return picture.asn(self.asn or "")
        return picture.cidr(self.cidr) if self.asn is None else picture.association(self.asn, self.cidr)

    @property
    def parts(self) -> tuple[Condition, ...]:
        """The condition and the further ones, flat."""
        return (self, *(part for other in self.also for part in other.parts))

    def judge(self, picture: Picture) -> Finding:
        """Say whether the picture shows it, rules it out, or leaves it open."""
        findings = [part.judge_alone(picture) for part in self.parts]
        for verdict in ("failure", "retry"):
            for finding in findings:
                if finding.verdict == verdict:
                    return finding
        return findings[0]

    def judge_alone(self, picture: Picture) -> Finding:
        """Judge by the resource itself, without `also`."""
        sightings = self.seen(picture)
        states = [one.state for one in sightings] or [ABSENT]
        text = ", ".join(dict.fromkeys(states))
        if self.gone and all(state in self.done for state in states):
            return Finding("success", text)
        if not self.gone and any(state in self.done for state in states):
            return Finding("success", text)
        if any(state in self.lifecycle.pending for state in states):
            return Finding("retry", text)
        for one in sightings:
            if one.state in self.failed:
                says = f": {one.message}" if one.message else " (EC2 gives no reason)"
                return Finding("failure", text, f"it is {one.state}{says}")
        return Finding("retry", text)


def _condition(
    lifecycle: Lifecycle,
    operation: str,
    *,
    asn: int | str | None = None,
    cidr: str | None = None,
    more: Iterable[str] = (),
) -> Condition:
    """Wait for what an operation leads to; `more` are states that imply it."""
    step = lifecycle.by_operation(operation)
    gone = step.done in lifecycle.gone
    number = None if asn is None else Asn(asn)
    range_ = None if cidr is None else Cidr(cidr)
    subject = " with ".join(filter(None, (number and f"AS{number}", range_)))
    return Condition(
        name=f"{subject} {step.done}",
        lifecycle=lifecycle,
        asn=number,
        cidr=range_,
        done=frozenset((step.done, *more, *((ABSENT,) if gone else ()))),
        failed=frozenset((step.failed,) if step.failed else ()),
        gone=gone,
    )


def asn_provisioned(asn: int | str) -> Condition:
    """The ASN can be associated."""
    return _condition(ASN, "ProvisionIpamByoasn", asn=asn)


def asn_deprovisioned(asn: int | str) -> Condition:
    """The ASN is no longer the account's."""
    return _condition(ASN, "DeprovisionIpamByoasn", asn=asn)


def asn_associated(asn: int | str, cidr: str) -> Condition:
    """The range can be advertised under the ASN."""
    return _condition(ASN_ASSOCIATION, "AssociateIpamByoasn", asn=asn, cidr=cidr)


def asn_disassociated(asn: int | str, cidr: str) -> Condition:
    """The ASN has left the range."""
    return _condition(ASN_ASSOCIATION, "DisassociateIpamByoasn", asn=asn, cidr=cidr)


def byoip_provisioned(cidr: str) -> Condition:
    """The range is the account's, advertised or not."""
    further = (
        "provisioned-not-publicly-advertisable",
        "pending-advertising",
        "advertised",
        "pending-withdrawal",
    )
    return _condition(BYOIP_CIDR, "ProvisionByoipCidr", cidr=cidr, more=further)


def byoip_advertised(cidr: str, asn: int | str | None = None) -> Condition:
    """The range is advertised; with `asn`, that one is also associated.

    EC2 does not show under which ASN a range is advertised.
    """
    condition = replace(
        _condition(BYOIP_CIDR, "AdvertiseByoipCidr", cidr=cidr),
        failed=frozenset(("failed-provision", "provisioned-not-publicly-advertisable")),
    )
    if asn is None:
        return condition
    return replace(condition, name=f"{condition.name} as AS{Asn(asn)}", also=(asn_associated(asn, cidr),))


def byoip_withdrawn(cidr: str) -> Condition:
    """The range is provisioned and not advertised."""
    further = ("provisioned-not-publicly-advertisable", "pending-deprovision", "deprovisioned")
    condition = _condition(BYOIP_CIDR, "WithdrawByoipCidr", cidr=cidr, more=further)
    return replace(condition, name=f"{Cidr(cidr)} withdrawn")


def byoip_deprovisioned(cidr: str) -> Condition:
    """The range is no longer the account's."""
    return _condition(BYOIP_CIDR, "DeprovisionByoipCidr", cidr=cidr)
