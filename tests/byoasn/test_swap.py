"""Disassociating and swapping, played against scripts and against the emulator's handlers."""

from __future__ import annotations

from typing import Any

import pytest

from ec2query import ec2
from ec2query.byoasn.steps import Swap
from ec2query.byoasn.swap import StepProgress, disassociate, perform, swap_asn
from ec2query.errors import Throttled, TransportError, WaiterError, WrongState
from ec2query.protocol.effects import Flow
from ec2query.protocol.poll import Pace
from ec2query.shape import Operation
from support.play import FakeTime, Played, play
from support.script import CIDR, Account, Script, listing

OLD, NEW = "64496", "64500"
RANGES = ec2.DescribeByoipCidrs(max_results=100)
LEAVE = ec2.DisassociateIpamByoasn(asn="64496", cidr=CIDR)
LEAVING = ec2.DisassociateIpamByoasnResult(
    asn_association=ec2.AsnAssociation(asn="64496", cidr=CIDR, state="pending-disassociation")
)
THROTTLED = Throttled("RequestLimitExceeded", "slow down", status=503)
SWAP = Swap(cidr=CIDR, old_asn=OLD, new_asn=NEW)


def test_disassociate_calls_and_waits_until_it_is_gone() -> None:
    """The answer is that of the call."""
    script = Script(
        (LEAVE, LEAVING),
        (RANGES, listing("advertised", (OLD, "associated"))),
        (RANGES, listing("advertised", (OLD, "pending-disassociation"))),
        (RANGES, listing("advertised")),
    )
    time, played = FakeTime(), Played()
    flow = disassociate(script.call, time.world, "AS64496", CIDR, pace=Pace(delay=2, attempts=9, jitter=0))
    assert play(flow, [], time, played) == LEAVING
    assert (played.sleeps, script.pairs) == ([2, 2], [])


def test_disassociate_need_not_wait() -> None:
    """Then it is one call."""
    script = Script((LEAVE, LEAVING))
    time = FakeTime()
    assert play(disassociate(script.call, time.world, 64496, CIDR, wait=False), [], time) == LEAVING


def test_a_disassociation_that_fails_is_told() -> None:
    """With EC2's message."""
    script = Script((LEAVE, LEAVING), (RANGES, listing("advertised", (OLD, "failed-disassociation"))))
    time = FakeTime()
    with pytest.raises(WaiterError, match="it is failed-disassociation: failed-disassociation indeed"):
        play(disassociate(script.call, time.world, OLD, CIDR), [], time)


def test_a_throttled_call_is_repeated_at_the_buckets_pace() -> None:
    """AdvertiseByoipCidr is refilled at one call in ten seconds."""
    script = Script((LEAVE, THROTTLED), (LEAVE, THROTTLED), (LEAVE, LEAVING))
    time, played = FakeTime(chance=0.4), Played()
    assert play(perform(LEAVE, script.call, time.world), [], time, played) == LEAVING
    assert played.sleeps == [11, 11]


def test_throttling_without_end_is_an_error_at_last() -> None:
    """After five calls."""
    script = Script(*((LEAVE, THROTTLED) for _ in range(5)))
    time = FakeTime()
    with pytest.raises(Throttled):
        play(perform(LEAVE, script.call, time.world), [], time)
    assert not script.pairs


def an_account(*, linger: float = 0) -> Account:
    """An account whose range has been advertised under the old ASN for more than an hour."""
    account = Account(FakeTime(chance=0.0), delay=5, linger=linger)
    context = ec2.AsnAuthorizationContext
    ipam_id = account.do(ec2.CreateIpam()).ipam.ipam_id
    account.time.seconds += 5
    for asn in (OLD, NEW):
        message = f"1|aws|123456789012|{asn}|20991231|SHA256|RSAPSS"
        authorization = context(message=message, signature="QUJD")
        account.do(ec2.ProvisionIpamByoasn(ipam_id=ipam_id, asn=asn, asn_authorization_context=authorization))
    account.do(ec2.ProvisionByoipCidr(cidr=CIDR))
    account.time.seconds += 5
    account.do(ec2.AssociateIpamByoasn(asn=OLD, cidr=CIDR))
    account.time.seconds += 5
    account.do(ec2.AdvertiseByoipCidr(cidr=CIDR, asn=OLD))
    account.time.seconds += 3600
    account.made.clear()
    return account


def associations(account: Account) -> dict[str, str | None]:
    """Who is bound to the range, and how."""
    account.settle()
    return {asn: held.value.state for (asn, _), held in account.state.associations.items()}


def safe(account: Account) -> bool:
    """The range is advertised, under one of the two, and that one is associated."""
    account.settle()
    held = account.state.cidrs[CIDR].value
    asn = account.state.advertisements[CIDR].asn
    bound = associations(account).get(asn)
    return held.state in ("advertised", "pending-advertising") and asn in (OLD, NEW) and bound == "associated"


def test_a_swap_puts_one_asn_in_anothers_place() -> None:
    """In the one order that keeps the range up."""
    account = an_account()
    told: list[StepProgress] = []
    time = account.time
    swap = Swap(cidr=CIDR, old_asn=OLD, new_asn=NEW, deprovision=True)
    steps = play(swap_asn(account.call, time.world, swap, progress=told.append), [], time)
    assert account.names() == [
        "AssociateIpamByoasn",
        "AdvertiseByoipCidr",
        "DisassociateIpamByoasn",
        "DeprovisionIpamByoasn",
    ]
    assert associations(account) == {NEW: "associated"}
    assert list(account.state.asns) == [NEW]
    assert account.state.advertisements[CIDR].asn == NEW
    assert [step.name for step in steps] == ["associate", "advertise", "disassociate", "deprovision"]
    assert [(one.number, one.total, one.step.name) for one in told if one.stage == "begun"] == [
        (1, 4, "associate"),
        (2, 4, "advertise"),
        (3, 4, "disassociate"),
        (4, 4, "deprovision"),
    ]
    assert sum(one.stage == "done" for one in told) == 4
    assert all((one.waiting is not None) == (one.stage == "waiting") for one in told)


@pytest.mark.parametrize("linger", [0, 60])
def test_the_range_is_never_without_an_asn(linger: float) -> None:
    """After every single call: advertised, under an ASN that is associated."""
    account = an_account(linger=linger)

    def watched(operation: Operation[Any], /) -> Flow[Any]:
        answer = yield from account.call(operation)
        assert safe(account), operation
        return answer

    play(swap_asn(watched, account.time.world, SWAP), [], account.time)
    assert safe(account)


@pytest.mark.parametrize("lost", [False, True])
@pytest.mark.parametrize("at", range(15))
def test_a_swap_cut_off_anywhere_can_be_run_again(at: int, lost: bool) -> None:
    """Whether the call at which the connection broke took effect or not."""
    account, time = (made := an_account()), made.time
    calls = 0
    called: list[str] = []

    def breaking(operation: Operation[Any], /) -> Flow[Any]:
        nonlocal calls
        calls += 1
        if calls - 1 != at:
            return (yield from account.call(operation))
        if lost:
            yield from account.call(operation)
        # A custom ASN may be set anew after an hour: nobody knows whether this call set it.
        time.seconds += 3600 if isinstance(operation, ec2.AdvertiseByoipCidr) else 0
        raise TransportError("reset")

    def note(told: StepProgress) -> None:
        if told.stage == "called":
            called.append(told.step.name)

    with pytest.raises(TransportError):
        play(swap_asn(breaking, time.world, SWAP, progress=note), [], time)
    assert safe(account)
    again = Swap(cidr=CIDR, old_asn=OLD, new_asn=NEW, resume=tuple(called))
    play(swap_asn(account.call, time.world, again), [], time)
    assert associations(account) == {NEW: "associated"}
    assert account.state.advertisements[CIDR].asn == NEW
    assert account.names().count("DisassociateIpamByoasn") == 1


def test_the_old_asn_stays_where_the_new_one_fails() -> None:
    """A failed association ends the swap before anything is taken away."""
    account = an_account()
    account.failing = frozenset(("AssociateIpamByoasn",))
    with pytest.raises(WaiterError, match="failed-association"):
        play(swap_asn(account.call, account.time.world, SWAP), [], account.time)
    assert associations(account)[OLD] == "associated"
    assert safe(account)


def test_a_refused_advertisement_leaves_the_old_asn() -> None:
    """A custom ASN may change once an hour: EC2 may say so."""
    account = an_account()
    account.time.seconds -= 3000
    with pytest.raises(WrongState):
        play(swap_asn(account.call, account.time.world, SWAP), [], account.time)
    assert associations(account)[OLD] == "associated"
    assert safe(account)


def test_it_looks_again_before_it_takes_the_old_asn_away() -> None:
    """Somebody else withdraws the range between two steps: the swap stops."""
    account = an_account()

    def note(told: StepProgress) -> None:
        if told.step.name == "disassociate" and told.stage == "begun":
            account.do(ec2.WithdrawByoipCidr(cidr=CIDR))

    with pytest.raises(WaiterError, match="AS64496 stays") as caught:
        play(swap_asn(account.call, account.time.world, SWAP, progress=note), [], account.time)
    assert "pending-withdrawal" in str(caught.value)
    assert "DisassociateIpamByoasn" not in account.names()


def test_an_unadvertised_range_is_swapped_without_being_advertised() -> None:
    """Where that is asked for."""
    account = an_account()
    account.do(ec2.WithdrawByoipCidr(cidr=CIDR))
    account.time.seconds += 5
    account.made.clear()
    swap = Swap(cidr=CIDR, old_asn=OLD, new_asn=NEW, advertise=False)
    play(swap_asn(account.call, account.time.world, swap), [], account.time)
    assert account.names() == ["AssociateIpamByoasn", "DisassociateIpamByoasn"]
    assert associations(account) == {NEW: "associated"}
