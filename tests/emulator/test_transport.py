"""`ec2query.emulator.transport`: the emulator in process, under httpx and under our clients."""

from __future__ import annotations

import httpx
import pytest

from ec2query import AsyncClient, Client, ec2
from ec2query.emulator import EXAMPLE_CREDENTIALS, Emulator, EmulatorTransport
from ec2query.errors import DryRunSucceeded, NotFound
from support.account import ASN, CIDR, STATE, emulator, request_for

DISASSOCIATE = ec2.DisassociateIpamByoasn(asn=ASN, cidr=CIDR)


@pytest.mark.anyio
async def test_the_async_client() -> None:
    """AsyncClient disassociates an ASN without a socket."""
    endpoint = Emulator(state=STATE)
    async with AsyncClient(
        region="us-east-1", credentials=EXAMPLE_CREDENTIALS, transport=EmulatorTransport(endpoint)
    ) as client:
        result = await client.send(DISASSOCIATE)
        assert result.asn_association == ec2.AsnAssociation(
            asn=ASN, cidr=CIDR, state="pending-disassociation"
        )
        with pytest.raises(DryRunSucceeded):
            await client.send(DISASSOCIATE.__replace__(dry_run=True))


def test_the_blocking_client() -> None:
    """So does Client."""
    endpoint = Emulator(state=STATE)
    with Client(
        region="us-east-1", credentials=EXAMPLE_CREDENTIALS, transport=EmulatorTransport(endpoint)
    ) as client:
        client.send(DISASSOCIATE)
        with pytest.raises(NotFound):
            client.send(ec2.DisassociateIpamByoasn(asn=ASN, cidr="192.0.2.0/24"))
    assert endpoint.state.associations[ASN, CIDR].value.state == "pending-disassociation"


def test_httpx_alone() -> None:
    """Any httpx client can send through it; the answer is the emulator's, to the byte."""
    endpoint, _ = emulator()
    twin, _ = emulator()
    request = request_for(DISASSOCIATE)
    with httpx.Client(transport=EmulatorTransport(endpoint)) as client:
        answer = client.post(request.url, headers=dict(request.headers), content=request.body)
    expected = twin.handle(request)
    assert (answer.status_code, answer.content) == (expected.status, expected.body)
    assert dict(answer.headers) == {**expected.headers, "content-length": str(len(expected.body))}
