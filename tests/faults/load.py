"""Load on a client: numbered calls, made by so many callers, each call's one outcome written down."""

from __future__ import annotations

import asyncio
import random
import time
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from itertools import count
from typing import Any

from ec2query import AsyncClient, Timeout, World, ec2, system_world
from ec2query.protocol.events import AttemptEvent
from ec2query.protocol.quota import Quota
from ec2query.protocol.retry import Retries
from ec2query.protocol.retry_policy import STANDARD, Policy
from ec2query.shape import Operation, Result
from faults.process import FaultServer
from faults.service import KEYS, REGION

__all__ = ["Call", "Outcome", "Watch", "call", "calls", "in_time", "make", "options", "run_all"]


@dataclass(frozen=True, slots=True)
class Call:
    """An operation, and what its answer must echo."""

    key: str
    operation: Operation[Any]


@dataclass(frozen=True, slots=True)
class Outcome:
    """How one call ended: `began` on the monotonic clock; `crossed` is an answer to another call."""

    key: str
    error: Exception | None
    began: float
    seconds: float
    crossed: bool = False


def call(number: int) -> Call:
    """Make call `number`: in turn a change, a change with an idempotency token, a read."""
    if number % 3 == 0:
        cidr = f"2001:db8:{number >> 16:x}:{number & 0xFFFF:x}::/64"
        return Call(cidr, ec2.AssociateIpamByoasn(asn="64496", cidr=cidr))
    key = f"call-{number}"
    if number % 3 == 1:
        return Call(key, ec2.CreateIpam(description=key))
    return Call(key, ec2.DescribeIpamByoasn(next_token=key))


def calls(first: int, last: int) -> Iterator[Call]:
    """Make the calls of these numbers, `last` not among them."""
    return map(call, range(first, last))


def in_time(seconds: float, first: int = 0) -> Iterator[Call]:
    """Make calls until so many seconds have passed."""
    end = time.monotonic() + seconds
    for number in count(first):
        if time.monotonic() >= end:
            return
        yield call(number)


def echo(result: Result) -> str | None:
    """Return what the answer says it answers."""
    if isinstance(result, ec2.AssociateIpamByoasnResult):
        return result.asn_association.cidr if result.asn_association else None
    if isinstance(result, ec2.CreateIpamResult):
        return result.ipam.description if result.ipam else None
    assert isinstance(result, ec2.DescribeIpamByoasnResult)
    return result.byoasns[0].status_message if result.byoasns else None


async def make(client: AsyncClient, each: Call) -> Outcome:
    """Make one call, and write down how it ends, also where it ends as no call should."""
    began = time.monotonic()
    try:
        result = await client.send(each.operation)
    except Exception as error:
        return Outcome(each.key, error, began, time.monotonic() - began)
    return Outcome(each.key, None, began, time.monotonic() - began, crossed=echo(result) != each.key)


async def run_all(
    client: AsyncClient, given: Iterable[Call], callers: int, *, ramp: float = 0.0
) -> list[Outcome]:
    """Let `callers` make the calls, each the next one as soon as it is free.

    They come one after the other, in `ramp` seconds: those that begin at once fail, and retry, at once.
    """
    queue, outcomes = iter(given), list[Outcome]()

    async def caller(number: int) -> None:
        await asyncio.sleep(ramp * number / callers)
        for each in queue:
            outcomes.append(await make(client, each))

    async with asyncio.TaskGroup() as group:
        for number in range(callers):
            group.create_task(caller(number))
    return outcomes


@dataclass(slots=True)
class Watch:
    """What the client itself tells of its attempts, and of its quota meanwhile."""

    quota: Quota = field(default_factory=Quota)
    attempts: int = 0
    failed: int = 0
    ends: Counter[str] = field(default_factory=Counter[str])
    reasons: Counter[str] = field(default_factory=Counter[str])
    fewest_tokens: int = 10**9

    def __call__(self, event: AttemptEvent) -> None:
        self.attempts += 1
        self.failed += event.error not in (None, "RequestExpired")
        self.fewest_tokens = min(self.fewest_tokens, self.quota.tokens)
        if event.is_last:
            self.ends[event.invocation_id] += 1
        if event.reason is not None:
            self.reasons[event.reason] += 1

    def retries(self, policy: Policy = STANDARD, *, seed: int = 0) -> Retries:
        """Make the retry rules that this watches; their chance is that of the seed."""
        chance = random.Random(seed)
        return Retries(policy, random=chance.random, clock=time.monotonic, quota=self.quota)


def options(server: FaultServer, patience: float = 2.0, **environ: str) -> dict[str, Any]:
    """Give the arguments of a client of this server: nothing of the machine's environment gets in.

    Timeouts are the defaults, but that a stall costs `patience` seconds, and so does a trickle.
    """
    world: World = replace(system_world(), environ=environ)
    timeout = Timeout(read=patience, slowest=200.0, window=patience)
    given: dict[str, Any] = {"region": REGION, "endpoint_url": server.url, "timeout": timeout, "world": world}
    return given if environ else {**given, "credentials": KEYS}
