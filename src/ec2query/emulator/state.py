"""What the emulated account holds, as one frozen value that operations and time replace.

`enter` starts a transition of a lifecycle, `settle` ends those whose time has come. Nobody outside
AWS knows how long a pending state takes, nor whether ended things linger: both are arguments.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Generic, Protocol, Self, TypeVar

from ..ec2.byoip import ByoipCidr
from ..ec2.ipam import Ipam
from ..ec2.ipam_byoasn import Byoasn
from ..ec2.shapes.asn_association import AsnAssociation
from ..lifecycles import ABSENT, ASN, ASN_ASSOCIATION, BYOIP_CIDR, IPAM, Lifecycle
from .refusal import unfit_state

__all__ = ["Advertisement", "Held", "Setting", "State", "enter", "settle"]


class _Stateful(Protocol):
    @property
    def state(self) -> str | None: ...
    def __replace__(self, *, state: str) -> Self: ...


S = TypeVar("S", bound=_Stateful)
K = TypeVar("K")


@dataclass(frozen=True, slots=True)
class Held(Generic[S]):
    """A resource, since when it is in its state, and the state it is bound for (None: it stays)."""

    value: S
    since: datetime
    bound_for: str | None = None


@dataclass(frozen=True, slots=True)
class Advertisement:
    """The ASN that a range is advertised with (`AWS` for Amazon's), and when a custom one was set."""

    asn: str
    custom_since: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    """Everything the account holds; an association's key is (ASN, CIDR), `made` counts ids given."""

    ipams: Mapping[str, Held[Ipam]] = field(default_factory=dict[str, Held[Ipam]])
    asns: Mapping[str, Held[Byoasn]] = field(default_factory=dict[str, Held[Byoasn]])
    cidrs: Mapping[str, Held[ByoipCidr]] = field(default_factory=dict[str, Held[ByoipCidr]])
    associations: Mapping[tuple[str, str], Held[AsnAssociation]] = field(
        default_factory=dict[tuple[str, str], Held[AsnAssociation]]
    )
    advertisements: Mapping[str, Advertisement] = field(default_factory=dict[str, Advertisement])
    made: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """What a handler may know besides the state: the time, the place, and what is to fail."""

    now: datetime
    region: str = "us-east-1"
    account: str = "123456789012"
    failing: frozenset[str] = frozenset()


def enter(
    lifecycle: Lifecycle, operation: str, what: str, held: Held[S] | None, value: S, setting: Setting
) -> Held[S]:
    """Start what `operation` does to a resource. Raises ServiceError (IncorrectState)."""
    step = lifecycle.by_operation(operation)
    state = held.value.state if held is not None else ABSENT
    if state not in step.sources:
        raise unfit_state(what, state, operation)
    fails = operation in setting.failing and step.failed is not None
    bound_for = step.failed if fails else step.done
    return Held(value.__replace__(state=step.pending), setting.now, bound_for)


def settle(state: State, now: datetime, delay: timedelta, linger: timedelta) -> State:
    """Return the state at `now`: pending states end after `delay`, ended things go after `linger`."""
    settled = replace(
        state,
        ipams=_settle(IPAM, state.ipams, now, delay, linger),
        asns=_settle(ASN, state.asns, now, delay, linger),
        cidrs=_settle(BYOIP_CIDR, state.cidrs, now, delay, linger),
        associations=_settle(ASN_ASSOCIATION, state.associations, now, delay, linger),
    )
    return state if settled == state else settled


def _settle(
    lifecycle: Lifecycle, things: Mapping[K, Held[S]], now: datetime, delay: timedelta, linger: timedelta
) -> Mapping[K, Held[S]]:
    left: dict[K, Held[S]] = {}
    for key, held in things.items():
        if held.bound_for is not None and now - held.since >= delay:
            held = Held(held.value.__replace__(state=held.bound_for), held.since + delay)
        if held.value.state not in lifecycle.gone or now - held.since < linger:
            left[key] = held
    return left
