"""Recorded exchanges as routes of respx."""

from __future__ import annotations

import subprocess
import sys

import anyio
import httpx
import pytest
import respx

from ec2query import AsyncClient, Client, ec2
from ec2query.replay import Replay, UnexpectedRequest, add_routes
from support.exchanges import exchange
from support.recording import KEY, REGION

RECORDED = [exchange(ec2.DescribeVpcs()), exchange(ec2.DescribeVpcs()), exchange(ec2.DescribeSubnets())]


def test_routes_are_named_after_actions_and_counted() -> None:
    """respx knows which were called how often, and that all were."""
    with respx.mock(assert_all_called=True) as router, httpx.Client() as http:
        add_routes(router, Replay(RECORDED))
        client = Client(region=REGION, credentials=KEY, http_client=http)
        client.send(ec2.DescribeVpcs())
        client.send(ec2.DescribeSubnets())
        client.send(ec2.DescribeVpcs())
        assert router["DescribeVpcs"].call_count == 2
        assert router["DescribeSubnets"].call_count == 1


def test_an_async_client_meets_the_same_routes() -> None:
    """respx mocks httpx's transports of both kinds."""

    async def send() -> None:
        async with (
            respx.mock as router,
            httpx.AsyncClient() as http,
            AsyncClient(region=REGION, credentials=KEY, http_client=http) as client,
        ):
            add_routes(router, Replay(RECORDED[2:]))
            await client.send(ec2.DescribeSubnets())

    anyio.run(send)


def test_a_route_is_as_strict_as_the_replay() -> None:
    """A recorded action with other pairs is refused."""
    with respx.mock(assert_all_called=False) as router, httpx.Client() as http:
        add_routes(router, Replay(RECORDED))
        client = Client(region=REGION, credentials=KEY, http_client=http)
        with pytest.raises(UnexpectedRequest, match=r"VpcId\.1 \(recorded none, got 'vpc-1'\)"):
            client.send(ec2.DescribeVpcs(vpc_ids=["vpc-1"]))


@pytest.mark.parametrize(
    ("statement", "not_loaded"),
    [
        ("import ec2query.replay", {"httpx", "respx", "botocore", "anyio"}),
        (
            "from ec2query.replay import add_routes, ReplayTransport, RecordingTransport",
            {"respx", "botocore"},
        ),
    ],
)
def test_what_is_not_needed_is_not_loaded(statement: str, not_loaded: set[str]) -> None:
    """respx is the caller's affair, httpx that of the transports."""
    program = f"import sys; {statement}; print(*{{name.partition('.')[0] for name in sys.modules}})"
    found = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert not not_loaded & set(found.stdout.split())
