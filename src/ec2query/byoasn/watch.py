"""Waiting for conditions, with one pair of eyes: however many wait, EC2 is asked at one pace.

`watch` is a flow that ends when its conditions hold. Several at once, in several tasks, share a
`Poller`: whoever looks first looks for all, since each takes any listing that began after its own last
look. EC2 refills DescribeByoipCidrs at one call in two seconds, which is the pace; a throttled look
counts as an attempt, not as an end.
https://docs.aws.amazon.com/ec2/latest/devguide/ec2-api-throttling.html
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from .. import ec2
from ..errors import ServerFault, Throttled
from ..lifecycles import ASN
from ..protocol.effects import Flow, sleep
from ..protocol.paginate import Call, every_page
from ..protocol.poll import Look, Pace, Progress, poll
from ..protocol.world import World
from .conditions import Condition
from .picture import Picture

__all__ = ["PACE", "Poller", "look", "watch"]

PACE = Pace(delay=2.0, longest=15.0, attempts=120, jitter=0.25)
"""From 2 s to 15 s between looks, about half an hour in all."""

_INTERVAL = 2.0


@dataclass(slots=True)
class _Listing:
    """One listing: what it showed when it was read last, when that began, and when it may be read again."""

    picture: Picture = field(default_factory=Picture)
    began: float = float("-inf")
    next_at: float = float("-inf")
    busy: bool = False


@dataclass(slots=True)
class Poller:
    """What the waiters of one client share; make one for each client, and give it to each `watch`."""

    interval: float = _INTERVAL
    _listings: tuple[_Listing, _Listing] = field(default_factory=lambda: (_Listing(), _Listing()), repr=False)

    def cidrs(self, call: Call, world: World, since: float) -> Flow[_Listing]:
        """Read all ranges, or take what another has read since then (monotonic seconds)."""
        return self._read(self._listings[0], lambda: _cidrs(call), world, since)

    def asns(self, call: Call, world: World, since: float) -> Flow[_Listing]:
        """Read all ASNs, or take what another has read since then."""
        return self._read(self._listings[1], lambda: _asns(call), world, since)

    def _read(
        self, listing: _Listing, read: Callable[[], Flow[Picture]], world: World, since: float
    ) -> Flow[_Listing]:
        paced = False
        while listing.began <= since:
            if listing.busy:
                yield from sleep(self.interval / 8)
            elif not paced and (early := listing.next_at - world.monotonic()) > 0:
                yield from sleep(early)
                paced = True
            else:
                yield from self._read_now(listing, read, world)
                break
        return listing

    def _read_now(self, listing: _Listing, read: Callable[[], Flow[Picture]], world: World) -> Flow[None]:
        began = world.monotonic()
        listing.busy = True
        listing.next_at = began + self.interval
        try:
            listing.picture = yield from read()
            listing.began = began
        except Throttled:
            listing.next_at = world.monotonic() + 2 * self.interval
            raise
        finally:
            listing.busy = False


def _cidrs(call: Call) -> Flow[Picture]:
    results = yield from every_page(ec2.DescribeByoipCidrs(max_results=100), call)
    return Picture(cidrs=tuple(one for result in results for one in result.byoip_cidrs))


def _asns(call: Call) -> Flow[Picture]:
    results = yield from every_page(ec2.DescribeIpamByoasn(), call)
    return Picture(asns=tuple(one for result in results for one in result.byoasns))


def look(call: Call, world: World, *, poller: Poller | None = None) -> Flow[Picture]:
    """Read ranges and ASNs as they are now."""
    eyes, now = poller or Poller(), world.monotonic()
    cidrs = yield from eyes.cidrs(call, world, now)
    asns = yield from eyes.asns(call, world, now)
    return Picture(cidrs=cidrs.picture.cidrs, asns=asns.picture.asns)


def watch(
    conditions: Condition | Sequence[Condition],
    call: Call,
    world: World,
    *,
    poller: Poller | None = None,
    pace: Pace = PACE,
    progress: Callable[[Progress], None] | None = None,
) -> Flow[Picture]:
    """Wait until all conditions hold at once, and return the picture that shows it.

    Raises: WaiterError where one of them failed (its status message is in the text) or the pace's
    patience ended.
    """
    wanted = (conditions,) if isinstance(conditions, Condition) else tuple(conditions)
    parts = [part for condition in wanted for part in condition.parts]
    eyes = poller or Poller()
    seen_cidrs = seen_asns = world.monotonic()
    shown = Picture()

    def glance() -> Flow[Look]:
        nonlocal seen_cidrs, seen_asns, shown
        try:
            if any(part.lifecycle is not ASN for part in parts):
                listing = yield from eyes.cidrs(call, world, seen_cidrs)
                seen_cidrs, shown = listing.began, Picture(cidrs=listing.picture.cidrs, asns=shown.asns)
            if any(part.lifecycle is ASN for part in parts):
                listing = yield from eyes.asns(call, world, seen_asns)
                seen_asns, shown = listing.began, Picture(cidrs=shown.cidrs, asns=listing.picture.asns)
        except (Throttled, ServerFault) as error:
            return Look(verdict="retry", state=error.code, last=error)
        return _judge(wanted, shown)

    yield from poll(" and ".join(one.name for one in wanted), glance, world, pace, progress)
    return shown


def _judge(wanted: Sequence[Condition], picture: Picture) -> Look:
    findings = [condition.judge(picture) for condition in wanted]
    last = tuple(one for condition in wanted for part in condition.parts for one in part.seen(picture))
    for finding in findings:
        if finding.verdict == "failure":
            return Look(verdict="failure", state=finding.state, last=last, reason=finding.reason)
    state = ", ".join(dict.fromkeys(one.state for one in findings))
    done = all(finding.verdict == "success" for finding in findings)
    return Look(verdict="success" if done else "retry", state=state, last=last)
