"""Watching: one pace for all who wait, throttling outlasted, failures told."""

from __future__ import annotations

import heapq
from collections.abc import Sequence
from typing import Any

import pytest

from ec2query import ec2
from ec2query.byoasn.conditions import (
    asn_associated,
    asn_disassociated,
    asn_provisioned,
    byoip_advertised,
)
from ec2query.byoasn.watch import PACE, Poller, look, watch
from ec2query.errors import ServerFault, ServiceError, Throttled, TransportError, WaiterError
from ec2query.protocol.effects import Flow, Sleep, sleep
from ec2query.protocol.poll import Pace, Progress
from ec2query.shape import Operation
from support.play import FakeTime, Played, play
from support.script import CIDR, Account, Script, listing

RANGES = ec2.DescribeByoipCidrs(max_results=100)
ASNS = ec2.DescribeIpamByoasn()
LEAVING = listing("advertised", ("64500", "pending-disassociation"))
LEFT = listing("advertised")
THROTTLED = Throttled("RequestLimitExceeded", "slow down", status=503)
STEADY = Pace(delay=2, attempts=10, jitter=0)


def test_it_looks_until_the_association_is_gone() -> None:
    """The flagship: disassociated where it lingers, absent where it does not."""
    for ending in (LEFT, listing("advertised", ("64500", "disassociated"))):
        script = Script((RANGES, LEAVING), (RANGES, LEAVING), (RANGES, ending))
        time, played = FakeTime(), Played()
        picture = play(
            watch(asn_disassociated("64500", CIDR), script.call, time.world, pace=STEADY), [], time, played
        )
        assert picture.cidrs == ending.byoip_cidrs
        assert played.sleeps == [2, 2]
        assert not script.pairs


def test_every_page_is_walked() -> None:
    """An association on a later page is still one."""
    first = ec2.DescribeByoipCidrsResult(next_token="more")
    second = ec2.DescribeByoipCidrs(max_results=100, next_token="more")
    script = Script((RANGES, first), (second, LEAVING), (RANGES, LEFT))
    time = FakeTime()
    play(watch(asn_disassociated("64500", CIDR), script.call, time.world), [], time)
    assert not script.pairs


def test_the_usual_pace_never_looks_faster_than_ec2_allows() -> None:
    """DescribeByoipCidrs is refilled at one call in two seconds; delays grow to fifteen."""
    for chance in (0.0, 0.999):
        script = Script(*((RANGES, LEAVING) for _ in range(9)), (RANGES, LEFT))
        time, played = FakeTime(chance=chance), Played()
        play(watch(asn_disassociated("64500", CIDR), script.call, time.world), [], time, played)
        assert min(played.sleeps) >= 2
        assert max(played.sleeps) < 15 * 1.25
        assert played.sleeps == sorted(played.sleeps)


@pytest.mark.parametrize("error", [THROTTLED, ServerFault("InternalError", "oh", status=500)])
def test_a_throttled_look_counts_as_an_attempt(error: ServiceError) -> None:
    """It says nothing about the association."""
    told: list[Progress] = []
    script = Script((RANGES, error), (RANGES, LEFT))
    time = FakeTime()
    play(
        watch(asn_disassociated("64500", CIDR), script.call, time.world, pace=STEADY, progress=told.append),
        [],
        time,
    )
    assert [(one.attempt, one.state) for one in told] == [(1, error.code), (2, "absent")]


def test_throttling_alone_ends_with_the_attempts() -> None:
    """The last error is kept."""
    script = Script((RANGES, THROTTLED), (RANGES, THROTTLED))
    time = FakeTime()
    pace = Pace(delay=5, attempts=2, jitter=0)
    with pytest.raises(WaiterError, match="RequestLimitExceeded") as caught:
        play(watch(asn_disassociated("64500", CIDR), script.call, time.world, pace=pace), [], time)
    assert caught.value.last is THROTTLED


@pytest.mark.parametrize("error", [TransportError("reset"), ServiceError("AuthFailure", "no", status=401)])
def test_other_errors_go_through(error: Any) -> None:
    """They will not mend themselves by waiting."""
    script = Script((RANGES, error))
    time = FakeTime()
    with pytest.raises(type(error)) as caught:
        play(watch(asn_disassociated("64500", CIDR), script.call, time.world), [], time)
    assert caught.value is error


def test_a_failure_is_told_with_ec2s_message() -> None:
    """Which condition, which state, and why."""
    script = Script((RANGES, listing("advertised", ("64500", "failed-association"))))
    time = FakeTime()
    with pytest.raises(WaiterError) as caught:
        play(watch(asn_associated("64500", CIDR), script.call, time.world), [], time)
    assert str(caught.value) == (
        "AS64500 with 203.0.113.0/24 associated: it is failed-association: failed-association indeed"
        " (attempt 1, after 0.0 s)"
    )


def test_several_conditions_are_read_from_one_look() -> None:
    """Ranges and ASNs are listed once each, whatever the number of conditions."""
    there = ec2.DescribeIpamByoasnResult(byoasns=[ec2.Byoasn(asn="64500", state="provisioned")])
    shown = listing("advertised", ("64500", "associated"))
    script = Script((RANGES, LEAVING), (ASNS, there), (RANGES, shown), (ASNS, there))
    time = FakeTime()
    wanted = [asn_provisioned("64500"), asn_associated("64500", CIDR), byoip_advertised(CIDR)]
    picture = play(watch(wanted, script.call, time.world, pace=STEADY), [], time)
    assert (picture.cidrs, picture.asns) == (shown.byoip_cidrs, there.byoasns)


def test_looks_share_the_pollers_pace() -> None:
    """A second look within two seconds waits for the rest of them."""
    nothing = ec2.DescribeIpamByoasnResult()
    script = Script((RANGES, LEFT), (ASNS, nothing), (RANGES, LEFT), (ASNS, nothing))
    time, played, poller = FakeTime(), Played(), Poller()
    play(look(script.call, time.world, poller=poller), [], time, played)
    time.seconds += 0.5
    play(look(script.call, time.world, poller=poller), [], time, played)
    assert played.sleeps == [1.5]


def test_after_throttling_the_poller_holds_back() -> None:
    """Twice its interval."""
    script = Script((RANGES, THROTTLED), (RANGES, LEFT), (ASNS, ec2.DescribeIpamByoasnResult()))
    time, played, poller = FakeTime(), Played(), Poller()
    with pytest.raises(Throttled):
        play(look(script.call, time.world, poller=poller), [], time, played)
    play(look(script.call, time.world, poller=poller), [], time, played)
    assert played.sleeps == [4]


class Slow(Account):
    """An account whose answers take a tenth of a second."""

    def call(self, operation: Operation[Any], /) -> Flow[Any]:
        yield from sleep(0.1)
        return self.do(operation)


def together(time: FakeTime, flows: Sequence[tuple[float, Flow[Any]]]) -> list[float]:
    """Run flows side by side, each from its own second on; return when each ended."""
    ended = [0.0] * len(flows)
    waiting = [(start, number) for number, (start, _) in enumerate(flows)]
    heapq.heapify(waiting)
    while waiting:
        time.seconds, number = heapq.heappop(waiting)
        try:
            effect = flows[number][1].send(None)
        except StopIteration:
            ended[number] = time.seconds
            continue
        assert isinstance(effect, Sleep), effect
        heapq.heappush(waiting, (time.seconds + effect.seconds, number))
    return ended


@pytest.mark.parametrize("waiters", [1, 5, 20])
def test_however_many_wait_ec2_is_asked_at_one_pace(waiters: int) -> None:
    """Twenty tasks ask as often as one, and none of them waits much longer."""
    time, poller = FakeTime(), Poller()
    account = Slow(time, delay=30)
    account.do(ec2.ProvisionByoipCidr(cidr=CIDR))
    flows: list[tuple[float, Flow[Any]]] = [(0.0, _advertise_later(account))]
    for number in range(waiters):
        condition = byoip_advertised(CIDR)
        pace = Pace(delay=2, attempts=99, jitter=0)
        flow = watch(condition, account.call, time.world, poller=poller, pace=pace)
        flows.append((0.3 * number, flow))
    last = max(together(time, flows))
    reads = sum(isinstance(operation, ec2.DescribeByoipCidrs) for operation in account.made)
    assert reads <= last / 2 + 1
    assert 61 <= last < 61 + 5


def _advertise_later(account: Account) -> Flow[None]:
    yield from sleep(31)
    account.do(ec2.AdvertiseByoipCidr(cidr=CIDR))


def test_no_one_takes_a_picture_older_than_his_question() -> None:
    """A listing that began before the call that changed things must not answer for it."""
    time, poller = FakeTime(), Poller()
    before = listing("provisioned", ("64500", "associated"))
    script = Script((RANGES, before), (RANGES, LEFT))

    def slow(operation: Operation[Any], /) -> Flow[Any]:
        answer = yield from script.call(operation)
        yield from sleep(1)
        return answer

    early = watch(asn_associated(64500, CIDR), slow, time.world, poller=poller)
    late = watch(asn_disassociated(64500, CIDR), slow, time.world, poller=poller, pace=STEADY)
    together(time, [(0.0, early), (0.5, late)])
    assert not script.pairs


def test_a_look_cut_short_does_not_block_the_others() -> None:
    """A task that is cancelled in the middle of its call leaves the poller free."""
    time, poller = FakeTime(), Poller(interval=0.5)
    script = Script((RANGES, LEFT))

    def never(_: Operation[Any], /) -> Flow[Any]:
        yield from sleep(1e9)

    cancelled = watch(asn_disassociated(64500, CIDR), never, time.world, poller=poller)
    next(cancelled)
    cancelled.close()
    time.seconds += 1
    play(watch(asn_disassociated(64500, CIDR), script.call, time.world, poller=poller), [], time)
    assert not script.pairs


def test_a_clock_that_stands_still_ends_all_the_same() -> None:
    """Attempts are counted, whatever the clock says."""
    time = FakeTime()
    script = Script(*((RANGES, LEAVING) for _ in range(PACE.attempts)))
    flow = watch(asn_disassociated(64500, CIDR), script.call, time.world)
    with pytest.raises(WaiterError, match="attempts ran out"):
        list(flow)
