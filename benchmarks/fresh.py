"""Programs that run in a fresh process each, and what they print: imports, classes, clients, memory.

The ones in `first/` make one call and print the state that was answered; they are run isolated (-I),
so that nothing but their environment is on the path.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

from .contestants import KEY, REGION, SECRET
from .environments import Environment, clean_environ

__all__ = ["CLASSES", "CLIENTS", "FIRST", "IMPORTS", "first_answer", "hundred_clients", "timed"]

# The environment, and the program in `first/`.
FIRST = {
    "ec2query": ("ec2query", "ec2query.py"),
    "ec2query-blocking": ("ec2query", "ec2query_blocking.py"),
    "the floor": ("ec2query", "floor.py"),
    "boto3": ("boto3", "boto3.py"),
    "aiobotocore": ("aiobotocore", "aiobotocore.py"),
    "capo-ec2": ("capo-ec2", "capo_ec2.py"),
}

_TIMED = """
import json, time
{before}
began = time.perf_counter()
{statement}
print(json.dumps(1000 * (time.perf_counter() - began)))
"""

# What is timed, and what is loaded before.
IMPORTS = {
    "import ec2query, after import httpx": ("import httpx", "import ec2query"),
    "from ec2query import AsyncClient, ec2, after import httpx": (
        "import httpx",
        "from ec2query import AsyncClient, ec2",
    ),
    "from ec2query import AsyncClient, ec2, alone": ("", "from ec2query import AsyncClient, ec2"),
    "import httpx, alone": ("", "import httpx"),
}

CLASSES = {
    name: ("from ec2query import AsyncClient, ec2", f"ec2.{name}")
    for name in ("DisassociateIpamByoasn", "DescribeInstances", "RunInstances")
}

_MEMORY = """
import gc, json, sys, time
{setup}
def rss():
    gc.collect()
    with open("/proc/self/statm") as file:
        return int(file.read().split()[1]) * 4096
first = make()
use(first)
few = [make() for _ in range(10)]
ten, began = rss(), time.perf_counter()
more = [make() for _ in range(89)]
seconds = time.perf_counter() - began
hundred = rss()
for client in few + more:
    use(client)
further, ms = (hundred - ten) / 89, 1000 * seconds / 89
print(json.dumps({{"all": hundred, "further": further, "ms": ms, "used": rss()}}))
"""

# How a hundred clients are made, and one is used.
CLIENTS = {
    "ec2query": """
from ec2query import AsyncClient, ec2
import asyncio
runner = asyncio.Runner()
def make():
    return AsyncClient(region="us-east-1", endpoint_url=sys.argv[1])
def use(client):
    runner.run(client.send(ec2.DisassociateIpamByoasn(asn="64500", cidr="203.0.113.0/24")))
""",
    "boto3": """
import boto3
def make():
    return boto3.client("ec2", region_name="us-east-1", endpoint_url=sys.argv[1])
def use(client):
    client.disassociate_ipam_byoasn(Asn="64500", Cidr="203.0.113.0/24")
""",
}


def _environ(bundle: Path) -> dict[str, str]:
    return clean_environ(
        AWS_ACCESS_KEY_ID=KEY,
        AWS_SECRET_ACCESS_KEY=SECRET,
        AWS_DEFAULT_REGION=REGION,
        AWS_REGION=REGION,
        AWS_CA_BUNDLE=str(bundle),
        SSL_CERT_FILE=str(bundle),
        AWS_EC2_METADATA_DISABLED="true",
        AWS_CONFIG_FILE="/nonexistent/config",
        AWS_SHARED_CREDENTIALS_FILE="/nonexistent/credentials",
    )


def _printed(environment: Environment, program: str, *arguments: str, bundle: Path) -> Any:
    """Run a program in a fresh process and give what it prints, JSON."""
    command = [environment.python, "-I", "-c", program, *arguments]
    done = subprocess.run(command, env=_environ(bundle), stdout=subprocess.PIPE, text=True, check=True)
    return json.loads(done.stdout)


def timed(environment: Environment, before: str, statement: str, *, bundle: Path) -> float:
    """Give the milliseconds of a statement in a fresh process."""
    program = _TIMED.format(before=before, statement=statement)
    return float(_printed(environment, program, bundle=bundle))


def hundred_clients(environment: Environment, who: str, url: str, *, bundle: Path) -> dict[str, float]:
    """Give the memory of a hundred clients, what a further one costs, and what they take once used."""
    program = _MEMORY.format(setup=CLIENTS[who])
    found: dict[str, float] = _printed(environment, program, url, bundle=bundle)
    return found


def first_answer(
    environment: Environment, program: str, url: str, expected: str, *, bundle: Path
) -> tuple[float, float]:
    """Give the milliseconds from the start of a process to its first answer, and its peak memory in MB."""
    path = Path(__file__).parent / "first" / program
    began = time.perf_counter()
    process = subprocess.Popen(
        [environment.python, "-I", path, url], env=_environ(bundle), stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    with process.stdout as output:
        state = output.readline().strip()
        milliseconds = 1000 * (time.perf_counter() - began)
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if state != expected or process.returncode:
        raise SystemExit(f"{program}: expected {expected!r}, got {state!r}")
    return milliseconds, usage.ru_maxrss / (2**20 if sys.platform == "darwin" else 1024)
