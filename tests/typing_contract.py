"""What a user's type checker infers: read by mypy and pyright (`make check`), never run.

Lines that must be errors say so; an error that goes away is reported by both, as an ignore without use.
"""

# pyright: reportUnnecessaryTypeIgnoreComment=error

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any, assert_type

from ec2query import AsyncClient, AsyncPaginator, Client, Paginator, RawResult, ServiceError, ec2
from ec2query.protocol.call import call
from ec2query.protocol.channel import Channel
from ec2query.protocol.effects import Flow
from ec2query.protocol.parse import parse
from ec2query.protocol.serialize import pairs, serialize
from ec2query.shape import Operation, Result
from ec2query.waiter import Wait

__all__: list[str] = []

TAKE = ec2.DisassociateIpamByoasn(asn="64500", cidr="203.0.113.0/24")


async def results_of_async_calls(client: AsyncClient) -> None:
    """A call gives what its operation names."""
    assert_type(await client.send(TAKE), ec2.DisassociateIpamByoasnResult)
    assert_type(await client.send(ec2.DescribeInstances()), ec2.DescribeInstancesResult)
    assert_type(await client.send(ec2.RunInstances(min_count=1, max_count=1)), ec2.Reservation)
    assert_type(await client.send(ec2.DeleteVpc(vpc_id="vpc-1")), Result)
    assert_type(await client.permitted(TAKE), bool)
    assert_type(await client.call("DescribeVpcs", {"VpcIds": ["vpc-1"]}), Result)
    assert_type(await client.call("DescribeVpcs"), Result)
    assert_type(await client.call_raw("DescribeVpcs", {"VpcId.1": "vpc-1"}), RawResult)
    assert_type(
        await client.call_raw("DescribeVpcs", [("VpcId.1", "vpc-1")], version="2031-01-01"), RawResult
    )
    assert_type(
        await client.wait(ec2.waiters.instance_running(instance_ids=["i-1"])),
        ec2.DescribeInstancesResult | None,
    )
    await client.send("DescribeVpcs")  # type: ignore[arg-type]
    await client.call_raw("X", {"A": 1})  # type: ignore[arg-type]


def results_of_blocking_calls(client: Client) -> None:
    """The blocking client gives the same, at once."""
    assert_type(client.send(TAKE), ec2.DisassociateIpamByoasnResult)
    assert_type(client.permitted(TAKE), bool)
    assert_type(client.call("DescribeVpcs"), Result)
    assert_type(client.call_raw("DescribeVpcs"), RawResult)
    assert_type(client.wait(ec2.waiters.vpc_available(vpc_ids=["vpc-1"])), ec2.DescribeVpcsResult | None)


async def pages(client: AsyncClient, blocking: Client) -> None:
    """Pages have the operation's result type."""
    paginator = client.paginate(ec2.DescribeIpamByoasn(), page_size=5, limit=10, starting_token=None)
    assert_type(paginator, AsyncPaginator[ec2.DescribeIpamByoasnResult])
    assert_type(paginator.items(), AsyncIterator[Any])
    assert_type(paginator.resume_token, str | None)
    async for page in paginator:
        assert_type(page, ec2.DescribeIpamByoasnResult)
        assert_type(page.byoasns, Sequence[ec2.Byoasn])
    async with paginator.ahead() as ahead:
        async for page_ahead in ahead:
            assert_type(page_ahead, ec2.DescribeIpamByoasnResult)
    assert_type(blocking.paginate(ec2.DescribeVpcs()), Paginator[ec2.DescribeVpcsResult])
    for listing in blocking.paginate(ec2.DescribeVpcs()):
        assert_type(listing.vpcs, Sequence[ec2.Vpc])


def members_of_requests() -> None:
    """Required members must be given, all by keyword and with their types; lists take any sequence."""
    assert_type(TAKE.asn, str)
    assert_type(TAKE.dry_run, bool | None)
    ec2.DescribeVpcs(vpc_ids=["vpc-1"])
    ec2.DescribeVpcs(vpc_ids=("vpc-1",), filters=[ec2.Filter(name="state", values=["available"])])
    ec2.RunInstances(min_count=1, max_count=1, user_data=b"#!/bin/sh")
    ec2.RunInstances(min_count=1, max_count=1, user_data="#!/bin/sh", client_token=None)
    ec2.CreateNetworkInsightsPath(source="i-1", protocol="tcp")  # its required token is filled
    replace(TAKE, dry_run=True)
    ec2.DisassociateIpamByoasn(asn="1")  # type: ignore[call-arg]
    ec2.DisassociateIpamByoasn("1", "2")  # type: ignore[call-arg, arg-type]
    ec2.DescribeVpcs(vpcs=["x"])  # type: ignore[call-arg]
    ec2.DescribeVpcs(vpc_ids=[1])  # type: ignore[list-item]
    ec2.RunInstances(min_count="1", max_count=1)  # type: ignore[arg-type]
    ec2.RunInstances(min_count=1, max_count=1, user_data=5)  # type: ignore[arg-type]
    TAKE.asn = "1"  # type: ignore[misc]
    TAKE.asm  # type: ignore[attr-defined]
    ec2.DescribeVpsc  # type: ignore[attr-defined]


def members_of_results(result: ec2.DescribeInstancesResult) -> None:
    """Nothing that is received is certain, but lists are never None."""
    assert_type(result.request_id, str | None)
    assert_type(result.reservations, Sequence[ec2.Reservation])
    for reservation in result.reservations:
        for instance in reservation.instances:
            assert_type(instance, ec2.Instance)
            assert_type(instance.launch_time, datetime | None)
            assert_type(instance.state, ec2.InstanceState | None)
            assert_type(instance.tags, Sequence[ec2.Tag])
    assert_type(result.to_dict(), dict[str, Any])
    state: str = ec2.AsnAssociationState.ASSOCIATED
    del state
    assert_type(ec2.waiters.instance_running(), Wait[ec2.DescribeInstancesResult])


def the_pure_half(channel: Channel, error: ServiceError, raw: RawResult) -> None:
    """What needs no client is typed as well."""
    assert_type(serialize(TAKE), bytes)
    assert_type(pairs(TAKE), list[tuple[str, str]])
    answer = parse(ec2.DisassociateIpamByoasn, 200, {}, b"")
    assert_type(answer, ec2.DisassociateIpamByoasnResult)
    flow: Flow[ec2.DisassociateIpamByoasnResult] = call(TAKE, channel)
    operation: Operation[ec2.DisassociateIpamByoasnResult] = TAKE
    assert_type(error.code, str)
    assert_type(error.request_id, str | None)
    assert_type(raw.request_id, str | None)
    nested: Mapping[str, Any] = raw
    del flow, operation, nested
