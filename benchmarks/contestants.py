"""The contestants: how each opens a client, and the calls that it makes with it.

Each is given as many connections as there are callers, static credentials, a Region and the endpoint;
everything else stays as it comes, retries and timeouts too. Ours has an attempt hook besides. A call
returns what it has read of the answer, which the caller compares.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from typing import Any

from .answers import ASN, CIDR

__all__ = ["ASYNC", "BLOCKING", "KEY", "REGION", "SECRET", "AsyncCalls", "BlockingCalls"]

REGION, KEY, SECRET = "us-east-1", "AKIAIOSFODNN7EXAMPLE", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"


@dataclass(frozen=True, slots=True)
class AsyncCalls:
    """`small` gives a state, `page(count)` the number of reservations and the last instance's id.

    `listing(pages, items, ahead)` iterates the numbers of items of the pages of a list.
    """

    small: Callable[[], Awaitable[str]]
    page: Callable[[int], Awaitable[tuple[int, str]]]
    listing: Callable[[int, int, bool], AsyncIterator[int]] | None = None


@dataclass(frozen=True, slots=True)
class BlockingCalls:
    """The same, in threads."""

    small: Callable[[], str]
    page: Callable[[int], tuple[int, str]]


def _hook(event: object) -> None:
    """An attempt hook that does nothing."""


def _ours(url: str) -> dict[str, Any]:
    from ec2query import Credentials

    return {
        "region": REGION,
        "endpoint_url": url,
        "credentials": Credentials(KEY, SECRET),
        "on_attempt": _hook,
    }


@asynccontextmanager
async def _ec2query(url: str, connections: int, transport: Any = None) -> AsyncIterator[AsyncCalls]:
    from ec2query import AsyncClient, ec2

    async with AsyncClient(**_ours(url), transport=transport) as client:

        async def small() -> str:
            result = await client.send(ec2.DisassociateIpamByoasn(asn=ASN, cidr=CIDR))
            return str(result.asn_association and result.asn_association.state)

        async def page(count: int) -> tuple[int, str]:
            result = await client.send(ec2.DescribeInstances(max_results=count))
            return len(result.reservations), str(result.reservations[-1].instances[0].instance_id)

        async def listing(pages: int, items: int, ahead: bool) -> AsyncIterator[int]:
            wanted = ec2.Filter(name="pages", values=[str(pages)])
            found = client.paginate(ec2.DescribeTags(filters=[wanted]), page_size=items)
            if not ahead:
                async for result in found:
                    yield len(result.tags)
                return
            async with found.ahead() as results:
                async for result in results:
                    yield len(result.tags)

        yield AsyncCalls(small, page, listing)


@asynccontextmanager
async def _ec2query_aiohttp(url: str, connections: int) -> AsyncIterator[AsyncCalls]:
    import httpx
    from httpx_aiohttp import AiohttpTransport

    limits = httpx.Limits(max_connections=connections, max_keepalive_connections=connections)
    async with (
        AiohttpTransport(limits=limits) as transport,
        _ec2query(url, connections, transport) as calls,
    ):
        yield calls


@asynccontextmanager
async def _ec2query_stock(url: str, connections: int) -> AsyncIterator[AsyncCalls]:
    import httpx

    limits = httpx.Limits(max_connections=connections, max_keepalive_connections=connections)
    async with (
        httpx.AsyncHTTPTransport(limits=limits) as transport,
        _ec2query(url, connections, transport) as calls,
    ):
        yield calls


@asynccontextmanager
async def _aiobotocore(url: str, connections: int) -> AsyncIterator[AsyncCalls]:
    from aiobotocore.config import AioConfig
    from aiobotocore.session import get_session

    config = AioConfig(max_pool_connections=connections)
    options = {"region_name": REGION, "endpoint_url": url, "config": config}
    keys = {"aws_access_key_id": KEY, "aws_secret_access_key": SECRET}
    async with get_session().create_client("ec2", **options, **keys) as client:

        async def small() -> str:
            result = await client.disassociate_ipam_byoasn(Asn=ASN, Cidr=CIDR)
            return str(result["AsnAssociation"]["State"])

        async def page(count: int) -> tuple[int, str]:
            found = (await client.describe_instances(MaxResults=count))["Reservations"]
            return len(found), str(found[-1]["Instances"][0]["InstanceId"])

        async def listing(pages: int, items: int, ahead: bool) -> AsyncIterator[int]:
            wanted = [{"Name": "pages", "Values": [str(pages)]}]
            found = client.get_paginator("describe_tags")
            async for result in found.paginate(Filters=wanted, PaginationConfig={"PageSize": items}):
                yield len(result["Tags"])

        yield AsyncCalls(small, page, listing)


@asynccontextmanager
async def _capo(url: str, connections: int) -> AsyncIterator[AsyncCalls]:
    from capo_ec2 import AsyncEC2Client, Credentials

    keys = Credentials(access_key=KEY, secret_key=SECRET)
    async with AsyncEC2Client(region=REGION, endpoint=url, credentials=keys) as client:

        async def small() -> str:
            result = await client.disassociate_ipam_byoasn(asn=ASN, cidr=CIDR)
            return str(result["asn_association"]["state"])

        async def page(count: int) -> tuple[int, str]:
            found = (await client.describe_instances(max_results=count))["reservations"]
            return len(found), str(found[-1]["instances"][0]["instance_id"])

        yield AsyncCalls(small, page)


@contextmanager
def _ec2query_blocking(url: str, connections: int) -> Iterator[BlockingCalls]:
    from ec2query import Client, ec2

    with Client(**_ours(url)) as client:

        def small() -> str:
            result = client.send(ec2.DisassociateIpamByoasn(asn=ASN, cidr=CIDR))
            return str(result.asn_association and result.asn_association.state)

        def page(count: int) -> tuple[int, str]:
            result = client.send(ec2.DescribeInstances(max_results=count))
            return len(result.reservations), str(result.reservations[-1].instances[0].instance_id)

        yield BlockingCalls(small, page)


@contextmanager
def _boto3(url: str, connections: int) -> Iterator[BlockingCalls]:
    import boto3
    from botocore.config import Config

    client = boto3.client(
        "ec2",
        region_name=REGION,
        endpoint_url=url,
        aws_access_key_id=KEY,
        aws_secret_access_key=SECRET,
        config=Config(max_pool_connections=connections),
    )

    def small() -> str:
        result = client.disassociate_ipam_byoasn(Asn=ASN, Cidr=CIDR)
        return str(result["AsnAssociation"]["State"])

    def page(count: int) -> tuple[int, str]:
        found = client.describe_instances(MaxResults=count)["Reservations"]
        return len(found), str(found[-1]["Instances"][0]["InstanceId"])

    try:
        yield BlockingCalls(small, page)
    finally:
        client.close()


ASYNC: dict[str, Callable[[str, int], Any]] = {
    "ec2query": _ec2query,
    "ec2query-aiohttp": _ec2query_aiohttp,
    "ec2query-trio": _ec2query,
    "ec2query-uvloop": _ec2query,
    "ec2query-stock": _ec2query_stock,
    "aiobotocore": _aiobotocore,
    "capo-ec2": _capo,
}
BLOCKING: dict[str, Callable[[str, int], Any]] = {"ec2query-blocking": _ec2query_blocking, "boto3": _boto3}
