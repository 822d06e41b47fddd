"""An emulated account with two ASNs, two ranges and one association, and how to ask an emulator."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any, TypeVar

from ec2query import ec2
from ec2query.emulator import EXAMPLE_CREDENTIALS, Emulator, ManualClock, Setting, State, perform
from ec2query.emulator.state import Held, settle
from ec2query.errors import ServiceError
from ec2query.protocol.message import HttpRequest
from ec2query.protocol.parse import parse
from ec2query.protocol.serialize import serialize
from ec2query.protocol.sign import sign
from ec2query.shape import Operation, Result

__all__ = [
    "ACCOUNT",
    "ASN",
    "CIDR",
    "DELAY",
    "IPAM",
    "NOW",
    "OTHER_ASN",
    "OTHER_CIDR",
    "SETTING",
    "STATE",
    "ask",
    "authorization",
    "emulator",
    "later",
    "refused",
    "request_for",
    "run",
]

R = TypeVar("R", bound=Result)

NOW = datetime(2026, 1, 2, 12, 0, 0, tzinfo=UTC)
DELAY = timedelta(seconds=2)
ACCOUNT = "123456789012"
SETTING = Setting(now=NOW, account=ACCOUNT)
IPAM, ASN, OTHER_ASN, CIDR, OTHER_CIDR = (
    "ipam-00000000000000001",
    "64500",
    "64501",
    "203.0.113.0/24",
    "2001:db8::/32",
)

STATE = State(
    ipams={IPAM: Held(ec2.Ipam(ipam_id=IPAM, owner_id=ACCOUNT, state="create-complete"), NOW)},
    asns={asn: Held(ec2.Byoasn(asn=asn, ipam_id=IPAM, state="provisioned"), NOW) for asn in (ASN, OTHER_ASN)},
    cidrs={cidr: Held(ec2.ByoipCidr(cidr=cidr, state="provisioned"), NOW) for cidr in (CIDR, OTHER_CIDR)},
    associations={
        (ASN, CIDR): Held(ec2.AsnAssociation(asn=ASN, cidr=CIDR, state="associated"), NOW),
    },
    made=1,
)


def authorization(subject: str, *, account: str = ACCOUNT, expires: str = "20260131") -> str:
    """An authorization message in its right form."""
    return f"1|aws|{account}|{subject}|{expires}|SHA256|RSAPSS"


def later(state: State, by: timedelta = DELAY, *, linger: timedelta = timedelta(0)) -> State:
    """The state some time after NOW."""
    return settle(state, NOW + by, DELAY, linger)


def run(state: State, operation: Operation[R], setting: Setting = SETTING) -> tuple[State, R]:
    """Perform an operation that must succeed."""
    changed, answer = perform(state, operation, setting)
    assert isinstance(answer, Result), answer
    return changed, answer  # type: ignore[return-value]


def refused(state: State, operation: Operation[Any], setting: Setting = SETTING) -> ServiceError:
    """Perform an operation that must be refused, and must leave the state alone."""
    changed, answer = perform(state, operation, setting)
    assert isinstance(answer, ServiceError), answer
    assert changed is state
    return answer


def emulator(state: State = STATE, **options: Any) -> tuple[Emulator, ManualClock]:
    """An emulator with a clock that stands still, and request ids that count."""
    clock, ids = ManualClock(NOW), count(1)
    made: dict[str, Any] = {
        "clock": clock,
        "token": lambda: f"request-{next(ids)}",
        "state": state,
        "delay": DELAY,
    }
    return Emulator(**{**made, **options}), clock


def request_for(operation: Operation[Any], now: datetime = NOW, **changes: Any) -> HttpRequest:
    """The signed request of an operation; `changes` replace parts of it after it was signed."""
    unsigned = HttpRequest(
        "POST",
        "https://ec2.us-east-1.amazonaws.com/",
        {"content-type": "application/x-www-form-urlencoded; charset=utf-8"},
        serialize(operation),
    )
    return replace(sign(unsigned, EXAMPLE_CREDENTIALS, "us-east-1", "ec2", now), **changes)


def ask(endpoint: Emulator, operation: Operation[R], now: datetime = NOW) -> R:
    """Send an operation to an emulator and read its answer. Raises ServiceError."""
    answer = endpoint.handle(request_for(operation, now))
    return parse(type(operation), answer.status, answer.headers, answer.body)
