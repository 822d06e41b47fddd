"""Changing a range's ASN as flows: `disassociate` one, or `swap_asn` for another without downtime.

Both may be run again after a failure: a swap reads the present state and does what is left. Before it
takes the old ASN away it looks once more that the new one is in place. A throttled call is repeated at
the pace at which EC2 refills these operations' buckets.
https://docs.aws.amazon.com/vpc/latest/ipam/tutorials-byoasn.html
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, Literal, TypeVar

from .. import ec2
from ..errors import Throttled, WaiterError
from ..protocol.effects import Flow, sleep
from ..protocol.paginate import Call
from ..protocol.poll import Pace, Progress
from ..protocol.world import World
from ..shape import Operation, Result
from .asn import Asn
from .cidr import Cidr
from .conditions import asn_associated, asn_disassociated, byoip_advertised
from .plan import plan_swap
from .steps import Step, Swap
from .watch import PACE, Poller, look, watch

__all__ = ["StepProgress", "disassociate", "perform", "swap_asn"]

R = TypeVar("R", bound=Result)

# AdvertiseByoipCidr and its siblings are refilled at 0.1 calls a second:
# https://docs.aws.amazon.com/ec2/latest/devguide/ec2-api-throttling.html
_REFILL = 10.0
_TRIES = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class StepProgress:
    """A report: step `number` of `total` (from 1) begins, was called, is waited for, or is done."""

    step: Step
    number: int
    total: int
    stage: Literal["begun", "called", "waiting", "done"]
    waiting: Progress | None = None


def perform(operation: Operation[R], call: Call, world: World) -> Flow[R]:
    """Make one call, and where it is throttled repeat it every 10 s or slower, five times in all."""
    for _ in range(_TRIES - 1):
        try:
            return (yield from call(operation))
        except Throttled:
            yield from sleep(_REFILL * (1 + world.random() / 4))
    return (yield from call(operation))


def disassociate(
    call: Call,
    world: World,
    asn: int | str,
    cidr: str,
    *,
    wait: bool = True,
    poller: Poller | None = None,
    pace: Pace = PACE,
    progress: Callable[[Progress], None] | None = None,
) -> Flow[ec2.DisassociateIpamByoasnResult]:
    """Take an ASN off a range, and wait until it is gone; return what the call itself answered.

    Raises: WaiterError where it stays, and as any call.
    """
    number, range_ = Asn(asn), Cidr(cidr)
    result = yield from perform(ec2.DisassociateIpamByoasn(asn=number, cidr=range_), call, world)
    if wait:
        gone = asn_disassociated(number, range_)
        yield from watch(gone, call, world, poller=poller, pace=pace, progress=progress)
    return result


def swap_asn(
    call: Call,
    world: World,
    swap: Swap,
    *,
    poller: Poller | None = None,
    pace: Pace = PACE,
    progress: Callable[[StepProgress], None] | None = None,
) -> Flow[tuple[Step, ...]]:
    """Put one ASN in another's place on a range; return the steps that were carried out.

    Raises: ParameterError where the present state allows no swap, WaiterError where a step does not
    come to its end, and as any call. After an error, run it again; name `advertise` in the swap's
    `resume` if that step was reported as called.
    """
    eyes = poller or Poller()
    picture = yield from look(call, world, poller=eyes)
    steps = plan_swap(swap, picture)
    for number, step in enumerate(steps, 1):
        told = StepProgress(step=step, number=number, total=len(steps), stage="begun")
        tell = progress or _ignore
        tell(told)
        if step.operation is not None:
            if step.name == "disassociate":
                yield from _check_safe(swap, call, world, eyes)
            operation: Operation[Any] = step.operation
            yield from perform(operation, call, world)
            tell(replace(told, stage="called"))
        yield from watch(step.until, call, world, poller=eyes, pace=pace, progress=_waiting(told, tell))
        tell(replace(told, stage="done"))
    return steps


def _ignore(_: StepProgress) -> None:
    """Tell nobody."""


def _waiting(told: StepProgress, tell: Callable[[StepProgress], None]) -> Callable[[Progress], None]:
    return lambda seen: tell(replace(told, stage="waiting", waiting=seen))


def _check_safe(swap: Swap, call: Call, world: World, poller: Poller) -> Flow[None]:
    """Refuse to go on unless the new ASN holds the range; the state may have changed meanwhile."""
    listing = yield from poller.cidrs(call, world, world.monotonic())
    wanted = asn_associated(swap.new_asn, swap.cidr)
    if swap.advertise:
        wanted = byoip_advertised(swap.cidr, swap.new_asn)
    finding = wanted.judge(listing.picture)
    if finding.verdict != "success":
        raise WaiterError(
            f"swap on {swap.cidr}",
            f"AS{swap.old_asn} stays, since {wanted.name} does not hold any more: {finding.state};"
            " look why, then run the swap again",
            last=listing.picture,
        )
