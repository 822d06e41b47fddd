"""Calls without a client: answered from a list of pairs, or by the emulator's handlers."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from ec2query import ec2
from ec2query.emulator.perform import perform
from ec2query.emulator.state import Setting, State, settle
from ec2query.errors import Ec2QueryError, ServiceError
from ec2query.protocol.effects import Flow
from ec2query.shape import Operation, Result
from support.play import FakeTime

__all__ = ["CIDR", "Account", "Script", "listing"]

CIDR = "203.0.113.0/24"


def listing(state: str, *pairs: tuple[str, str], cidr: str = CIDR) -> ec2.DescribeByoipCidrsResult:
    """One range in a state, with (ASN, state of its association) pairs."""
    associations = [
        ec2.AsnAssociation(asn=asn, cidr=cidr, state=bound, status_message=f"{bound} indeed")
        for asn, bound in pairs
    ]
    return ec2.DescribeByoipCidrsResult(
        byoip_cidrs=[ec2.ByoipCidr(cidr=cidr, state=state, asn_associations=associations)]
    )


class Script:
    """Calls answered from a list of (expected operation, reply or error) pairs."""

    def __init__(self, *pairs: tuple[Operation[Any], Result | Ec2QueryError]) -> None:
        self.pairs = list(pairs)

    def call(self, operation: Operation[Any], /) -> Flow[Any]:
        assert self.pairs, f"unexpected: {operation}"
        expected, reply = self.pairs.pop(0)
        assert operation == expected
        if isinstance(reply, Ec2QueryError):
            raise reply
        return reply
        yield


class Account:
    """An account at the emulator, its calls answered in the test's own time and kept in `made`."""

    def __init__(self, time: FakeTime, *, delay: float = 5, linger: float = 0) -> None:
        self.time = time
        self.state = State()
        self.delay = timedelta(seconds=delay)
        self.linger = timedelta(seconds=linger)
        self.failing: frozenset[str] = frozenset()
        self.made: list[Operation[Any]] = []

    def call(self, operation: Operation[Any], /) -> Flow[Any]:
        return self.do(operation)
        yield

    def do(self, operation: Operation[Any]) -> Any:
        """Answer one operation, or raise what answers it."""
        self.made.append(operation)
        self.settle()
        setting = Setting(now=self.time.world.now(), failing=self.failing)
        self.state, answer = perform(self.state, operation, setting)
        if isinstance(answer, ServiceError):
            raise answer
        return answer

    def settle(self) -> None:
        """Let time have its effect."""
        self.state = settle(self.state, self.time.world.now(), self.delay, self.linger)

    def names(self) -> Sequence[str]:
        """The operations that change something, in order."""
        made = [type(operation).__name__ for operation in self.made]
        return [name for name in made if not name.startswith("Describe")]
