"""The main job, shown: provision an ASN, associate it with a CIDR, disassociate it, see it gone.

The public AsyncClient talks HTTP to the emulator on a free loopback port; nothing else is reached. Every
step prints a line, the disassociation its anatomy. A failure is raised, as for any other call.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from time import perf_counter
from typing import TypeVar

from rich.console import Console
from rich.text import Text

from .. import ec2
from ..byoasn.authorization import authorization_message, encode_signature
from ..byoasn.conditions import (
    Condition,
    asn_associated,
    asn_disassociated,
    asn_provisioned,
    byoip_provisioned,
)
from ..byoasn.watch import Poller, watch
from ..client import AsyncClient, system_world
from ..emulator import EXAMPLE_CREDENTIALS, Emulator, running_emulator
from ..errors import WaiterError
from ..lifecycles import ABSENT
from ..protocol.poll import Pace, Progress
from ..shape import Operation, Result
from .console import output_console
from .explain import explain, print_sections
from .watch import Exchange, watched

__all__ = ["run_demo"]

R = TypeVar("R", bound=Result)

# Documentation values: RFC 5398 and RFC 5737. The endpoint is on this machine, so it may be asked often.
ASN, CIDR, ACCOUNT, REGION = "64500", "203.0.113.0/24", "123456789012", "us-east-1"
_PACE = Pace(delay=0.1, longest=0.5, attempts=100, jitter=0.1)


def run_demo(delay: timedelta) -> None:
    """Run the demonstration and print it; a pending state lasts `delay`. Raises: Ec2QueryError."""
    console = output_console()
    with running_emulator(Emulator(delay=delay)) as url:
        console.print(
            Text.assemble(("An ASN leaves a CIDR", "bold"), f" - on an embedded EC2 endpoint, {url}\n")
        )
        begun = perf_counter()
        asyncio.run(_Demo(console, url).run())
    console.print(
        Text(f"AS{ASN} has left {CIDR}. It took {perf_counter() - begun:.1f} s.", style="bold green"),
        soft_wrap=True,
    )


class _Demo:
    """The steps, and how they are shown."""

    def __init__(self, console: Console, url: str) -> None:
        self._console = console
        self._client = AsyncClient(
            region=REGION,
            endpoint_url=url,
            credentials=EXAMPLE_CREDENTIALS,
            world=replace(system_world(), environ={}),
        )
        self._poller = Poller(interval=0.1)

    async def run(self) -> None:
        async with self._client as client:
            ipam = (await self._step(ec2.CreateIpam())).ipam
            ipam_id = (ipam.ipam_id if ipam is not None else None) or ""
            await self._step(
                ec2.ProvisionByoipCidr(
                    cidr=CIDR,
                    cidr_authorization_context=ec2.CidrAuthorizationContext(**self._proof(CIDR)),
                ),
                byoip_provisioned(CIDR),
            )
            await self._step(
                ec2.ProvisionIpamByoasn(
                    ipam_id=ipam_id,
                    asn=ASN,
                    asn_authorization_context=ec2.AsnAuthorizationContext(**self._proof(ASN)),
                ),
                asn_provisioned(ASN),
            )
            await self._step(ec2.AssociateIpamByoasn(asn=ASN, cidr=CIDR), asn_associated(ASN, CIDR))
            await self._explained(ec2.DisassociateIpamByoasn(asn=ASN, cidr=CIDR))
            await self._until(asn_disassociated(ASN, CIDR))
            await self._check_gone(client)

    async def _step(self, operation: Operation[R], until: Condition | None = None) -> R:
        """Make one call and wait for what it leads to."""
        result = await self._client.send(operation)
        self._line(type(operation).__name__, f"request id {result.request_id}")
        if until is not None:
            await self._until(until)
        return result

    async def _explained(self, operation: ec2.DisassociateIpamByoasn) -> None:
        """Make the call that this is about, and show its anatomy."""
        name, exchanges = type(operation).__name__, list[Exchange]()
        flow = watched(self._client.calls.call(operation), exchanges, action=name)
        result = await self._client.run(flow)
        self._line(name, f"request id {result.request_id}")
        self._console.print()
        print_sections(self._console, explain(operation, exchanges, result))
        self._console.print()

    async def _until(self, condition: Condition) -> None:
        """Wait for a condition, and show the states on the way."""
        states: list[str] = []
        client = self._client
        await client.run(
            watch(
                condition,
                client.calls.call,
                client.calls.world,
                poller=self._poller,
                pace=_PACE,
                progress=_noting(states),
            )
        )
        subject = condition.name.rpartition(" ")[0]
        shown = ("gone" if state == ABSENT else state for state in dict.fromkeys(states))
        self._console.print(Text(f"    {subject}: {' -> '.join(shown)}"), soft_wrap=True)

    async def _check_gone(self, client: AsyncClient) -> None:
        """Look once more, through the paginator."""
        async for page in client.paginate(ec2.DescribeByoipCidrs(max_results=10)):
            for cidr in page.byoip_cidrs:
                for found in cidr.asn_associations:
                    if (found.asn, found.cidr, found.state) == (ASN, CIDR, "associated"):
                        raise WaiterError("demo", f"AS{ASN} is still associated with {CIDR}", last=page)

    def _proof(self, subject: str) -> dict[str, str]:
        """Write an authorization; the emulator checks its form, and the signature is none."""
        expires = self._client.calls.world.now().date() + timedelta(days=30)
        message = authorization_message(ACCOUNT, subject, expires)
        return {"message": message, "signature": encode_signature(b"made up for the emulator")}

    def _line(self, what: str, outcome: str) -> None:
        self._console.print(Text.assemble((f"{what:<22}", "bold cyan"), f"  {outcome}"), soft_wrap=True)


def _noting(states: list[str]) -> Callable[[Progress], None]:
    def note(progress: Progress) -> None:
        states.append(progress.state)

    return note
