"""What things may cost, in modules, objects and bytes: figures that do not depend on the machine."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tracemalloc
from collections.abc import Callable
from datetime import UTC, datetime

import pytest

from ec2query import AsyncClient, Client, Credentials, ec2
from ec2query.protocol.message import HttpRequest
from ec2query.protocol.parse import parse
from ec2query.protocol.scope import signing_key
from ec2query.protocol.sign import sign

FIRST_CALL = """
import asyncio, json, sys

BODY = b'<DisassociateIpamByoasnResponse xmlns="x"><requestId>r</requestId></DisassociateIpamByoasnResponse>'
ANSWER = b"HTTP/1.1 200 OK\\r\\nContent-Length: %d\\r\\n\\r\\n%b" % (len(BODY), BODY)

class Server(asyncio.Protocol):
    def connection_made(self, transport):
        self.transport = transport
    def data_received(self, data):
        self.transport.write(ANSWER)

async def main():
    from ec2query import AsyncClient, ec2
    server = await asyncio.get_running_loop().create_server(Server, "127.0.0.1", 0)
    url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    async with AsyncClient(region="us-east-1", endpoint_url=url) as client:
        await client.send(ec2.DisassociateIpamByoasn(asn="64500", cidr="203.0.113.0/24"))
    server.close()

asyncio.run(main())
print(json.dumps(sorted(sys.modules)))
"""

# What a first call has no use for: others of botocore, what only some calls need.
NEVER = [
    "anyio",
    "botocore.client",
    "botocore.credentials",
    "botocore.endpoint",
    "botocore.loaders",
    "botocore.model",
    "botocore.parsers",
    "botocore.session",
    "ec2query.client.ahead",
    "ec2query.client.blocking_transport",
    "ec2query.client.network_trio",
    "ec2query.emulator",
    "ec2query.protocol.adaptive",
    "ec2query.protocol.poll",
    "ec2query.protocol.wait",
    "ec2query.waiter",
    "httpcore",
    "trio",
    "xml.dom",
]


@pytest.fixture(scope="module")
def loaded() -> set[str]:
    """The modules that a process has after its first call."""
    environ = {"AWS_ACCESS_KEY_ID": "AKIDEXAMPLE", "AWS_SECRET_ACCESS_KEY": "secret", "HOME": "/nonexistent"}
    environ |= {name: value for name, value in os.environ.items() if name in ("PATH", "PYTHONPATH")}
    found = subprocess.run(
        [sys.executable, "-c", FIRST_CALL], env=environ, capture_output=True, text=True, check=True
    )
    modules: list[str] = json.loads(found.stdout)
    return set(modules)


@pytest.mark.parametrize("module", NEVER)
def test_a_first_call_does_not_load(loaded: set[str], module: str) -> None:
    """Time to the first answer is mostly importing."""
    assert module not in loaded


def test_a_first_call_loads_few_modules_of_ours(loaded: set[str]) -> None:
    """Each costs about a fifth of a millisecond."""
    assert len([name for name in loaded if name.startswith("ec2query")]) <= 90


SHAPES = {"DisassociateIpamByoasn": 30, "DescribeInstances": 140, "RunInstances": 140}


@pytest.mark.parametrize("operation", SHAPES)
def test_an_operation_makes_few_classes(operation: str) -> None:
    """An operation's family and the shapes it shares are loaded, not the API."""
    program = (
        f"from ec2query import ec2; ec2.{operation}\n"
        "from ec2query.shape import Shape\n"
        "def count(cls): return 1 + sum(map(count, type.__subclasses__(cls)))\n"
        "print(count(Shape))"
    )
    found = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert int(found.stdout) <= SHAPES[operation]


@pytest.mark.parametrize("kind", [AsyncClient, Client])
def test_a_further_client_is_small(kind: Callable[..., object]) -> None:
    """A client for each account or Region costs no session, no model, no context."""
    keys = Credentials("AKIDEXAMPLE", "secret")
    first = kind(region="us-east-1", credentials=keys)
    tracemalloc.start()
    before, _ = tracemalloc.get_traced_memory()
    others = [kind(region="us-east-1", credentials=keys) for _ in range(100)]
    after, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert (after - before) / len(others) <= 2_000, first


INSTANCE = """
        <item>
            <reservationId>r-{n}</reservationId>
            <instancesSet>
                <item>
                    <instanceId>i-{n:017d}</instanceId>
                    <instanceState><code>16</code><name>running</name></instanceState>
                    <launchTime>2026-01-02T03:04:05.000Z</launchTime>
                    <tagSet><item><key>Name</key><value>web</value></item></tagSet>
                </item>
            </instancesSet>
        </item>"""


def test_a_page_takes_little_more_than_its_bytes() -> None:
    """What is built of a page, and what building it takes for a moment, is of the page's size."""
    items = "".join(INSTANCE.format(n=n) for n in range(2000))
    body = (
        f'<DescribeInstancesResponse xmlns="x"><reservationSet>{items}</reservationSet>'
        "</DescribeInstancesResponse>"
    ).encode()
    parse(
        ec2.DescribeInstances,
        200,
        {},
        body[: body.index(b"<item>")] + body[body.index(b"</reservationSet>") :],
    )
    tracemalloc.start()
    result = parse(ec2.DescribeInstances, 200, {}, body)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert len(result.reservations) == 2000
    assert peak <= 3.5 * len(body)


def test_a_signing_key_is_derived_once_a_day() -> None:
    """Later signatures of the same day, Region and key pair take the key that is there."""
    keys = Credentials("AKIDEXAMPLE", "the-secret-of-this-test")
    request = HttpRequest("POST", "https://ec2.us-east-1.amazonaws.com/", {}, b"Action=DescribeVpcs")
    before = signing_key.cache_info().misses
    for minute in range(10):
        sign(request, keys, "us-east-1", "ec2", datetime(2026, 1, 2, 3, minute, tzinfo=UTC))
    assert signing_key.cache_info().misses == before + 1
