"""The flows through real clients and the emulator in process: signed, serialized, throttled, parsed."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import anyio
import pytest

from ec2query import AsyncClient, Client, World, ec2
from ec2query.byoasn import (
    Poller,
    Swap,
    asn_associated,
    asn_authorization,
    asn_deprovisioned,
    asn_provisioned,
    byoip_advertised,
    byoip_deprovisioned,
    byoip_provisioned,
    byoip_withdrawn,
    disassociate,
    perform,
    swap_asn,
    watch,
)
from ec2query.emulator import EXAMPLE_CREDENTIALS, Emulator, EmulatorTransport
from ec2query.protocol.effects import Flow, sleep
from ec2query.protocol.paginate import Call
from support.script import CIDR

ACCOUNT = "123456789012"
START = datetime(2026, 1, 2, tzinfo=UTC)
OLD, NEW = "64496", "64500"

Story = Callable[[Call, World], Flow[Any]]


class Time:
    """Seconds that pass only by sleeping, for the client and the emulator alike."""

    def __init__(self) -> None:
        self.seconds = 0.0
        self.world = World(
            environ={},
            now=self.now,
            monotonic=lambda: self.seconds,
            random=lambda: 0.5,
            token=lambda: "token",
            sleep=self.sleep,
        )

    def now(self) -> datetime:
        return START + timedelta(seconds=self.seconds)

    def sleep(self, seconds: float) -> None:
        self.seconds += seconds


def told_blocking(story: Story, emulator: Emulator, time: Time) -> Any:
    """Run a flow with Client."""
    transport = EmulatorTransport(emulator)
    with Client(
        region="us-east-1", credentials=EXAMPLE_CREDENTIALS, transport=transport, world=time.world
    ) as client:
        return client.run(story(client.calls.call, client.calls.world))


def told_async(backend: str) -> Callable[[Story, Emulator, Time], Any]:
    """Run a flow with AsyncClient."""

    def told(story: Story, emulator: Emulator, time: Time) -> Any:
        async def main() -> Any:
            async with AsyncClient(
                region="us-east-1",
                credentials=EXAMPLE_CREDENTIALS,
                transport=EmulatorTransport(emulator),
                world=time.world,
            ) as client:
                return await client.run(story(client.calls.call, client.calls.world))

        return anyio.run(main, backend=backend)

    return told


RUNNERS = pytest.mark.parametrize(
    "told", [told_blocking, told_async("asyncio"), told_async("trio")], ids=["blocking", "asyncio", "trio"]
)


def bring(call: Call, world: World, poller: Poller) -> Flow[str]:
    """Bring two ASNs and a range, and advertise it under the old one; return the IPAM's id."""
    created = yield from call(ec2.CreateIpam())
    assert created.ipam is not None
    assert created.ipam.ipam_id is not None
    ipam_id = created.ipam.ipam_id
    yield from sleep(10)
    for asn in (OLD, NEW):
        context = asn_authorization(ACCOUNT, asn, date(2030, 1, 1), lambda message: message[::-1])
        operation = ec2.ProvisionIpamByoasn(ipam_id=ipam_id, asn=asn, asn_authorization_context=context)
        yield from perform(operation, call, world)
    yield from perform(ec2.ProvisionByoipCidr(cidr=CIDR), call, world)
    ready = [asn_provisioned(OLD), asn_provisioned(NEW), byoip_provisioned(CIDR)]
    yield from watch(ready, call, world, poller=poller)
    yield from perform(ec2.AssociateIpamByoasn(asn=OLD, cidr=CIDR), call, world)
    yield from watch(asn_associated(OLD, CIDR), call, world, poller=poller)
    yield from perform(ec2.AdvertiseByoipCidr(cidr=CIDR, asn=OLD), call, world)
    yield from watch(byoip_advertised(CIDR, OLD), call, world, poller=poller)
    return ipam_id


@RUNNERS
def test_a_life_from_provisioning_to_the_end(told: Callable[[Story, Emulator, Time], Any]) -> None:
    """Bring, swap, disassociate, give back: under EC2's own rate limits, in every kind of client."""
    time = Time()
    emulator = Emulator(clock=time.now, delay=timedelta(seconds=7), throttle=True)
    seen: list[tuple[str, set[str]]] = []

    def look(label: str) -> None:
        held = emulator.state
        seen.append((label, {asn for asn, _ in held.associations}))

    def story(call: Call, world: World) -> Flow[None]:
        poller = Poller()
        ipam_id = yield from bring(call, world, poller)
        look("brought")
        yield from sleep(3600)
        swap = Swap(cidr=CIDR, old_asn=OLD, new_asn=NEW, deprovision=True)
        yield from swap_asn(call, world, swap, poller=poller)
        look("swapped")
        yield from perform(ec2.WithdrawByoipCidr(cidr=CIDR), call, world)
        yield from watch(byoip_withdrawn(CIDR), call, world, poller=poller)
        result = yield from disassociate(call, world, NEW, CIDR, poller=poller)
        assert result.asn_association is not None
        assert result.asn_association.state == "pending-disassociation"
        look("left")
        yield from perform(ec2.DeprovisionByoipCidr(cidr=CIDR), call, world)
        yield from perform(ec2.DeprovisionIpamByoasn(asn=NEW, ipam_id=ipam_id), call, world)
        gone = [byoip_deprovisioned(CIDR), asn_deprovisioned(NEW)]
        yield from watch(gone, call, world, poller=poller)

    told(story, emulator, time)
    assert seen == [("brought", {OLD}), ("swapped", {NEW}), ("left", set())]
    assert not emulator.state.cidrs
    assert not emulator.state.asns
