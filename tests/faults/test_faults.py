"""A small slice of each scenario of the fault harness: what holds at any size, speed and load.

The whole of it is `make faults`; docs/reliability.md says what it proves.
"""

from __future__ import annotations

import asyncio
import json
import random
from collections import Counter
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from urllib.parse import urlencode

import pytest

from ec2query import Credentials, TransportError
from ec2query.protocol.message import HttpRequest
from ec2query.protocol.sign import sign
from faults.__main__ import main
from faults.adapting import throttled_server
from faults.books import settled
from faults.checks import Check, Found, percentile
from faults.cutting import Cut, cancelled_calls
from faults.ledger import Ledger
from faults.load import Outcome
from faults.plan import FAMILIES, WEIGHTS, Fault, Plan, draw_fault
from faults.process import FaultServer
from faults.report import as_text
from faults.retrying import faulty_attempts, outage
from faults.rotating import rotating_credentials
from faults.service import KEYS, REGION, Service
from faults.soaking import soak

Scenario = Callable[[FaultServer], Awaitable[Found]]

# Without stalls and trickles no timeout is needed, and so none can come too early.
QUICK = ("resets", "5xx", "truncation", "malformed")

SLICES: dict[str, Scenario] = {
    "faulty attempts": lambda server: faulty_attempts(
        server, number=1, attempts=3, goal=0.99, size=200, callers=50, ramp=0.1
    ),
    "ten attempts": lambda server: faulty_attempts(
        server, number=2, attempts=10, goal=1.0, size=100, callers=50, ramp=0.1
    ),
    "an outage": lambda server: outage(
        server, size=200, callers=50, watched=0.2, families=QUICK, patience=30.0
    ),
    "throttling": lambda server: throttled_server(server, seconds=2.0, settling=1),
    "cancellation": lambda server: cancelled_calls(server, size=200, after=50, callers=60, patience=3.0),
    "rotation": lambda server: rotating_credentials(server, callers=5, seconds=4.2, rotation=2.0),
    "a soak": lambda server: soak(server, minutes=0.04, lines=4),
}


@pytest.mark.parametrize("name", SLICES)
def test_what_holds_under_faults(name: str) -> None:
    """Every call ends once, in an answer or an error that both sides' books agree with; nothing is left."""

    async def run() -> Found:
        async with FaultServer() as server:
            return await SLICES[name](server)

    found = asyncio.run(run())
    assert [check for check in found.checks if check.invariant and not check.met] == []
    assert sum(check.invariant for check in found.checks) >= 3


def test_a_missed_target_shows_in_the_exit_status(capsys: pytest.CaptureFixture[str]) -> None:
    """A scenario that does not end in its time is one."""
    assert main(["4", "--quick", "--minutes", "-4.98"]) == 1
    assert "✗ time" in capsys.readouterr().out


def test_all_are_run_where_none_is_named(capsys: pytest.CaptureFixture[str]) -> None:
    """And what is no scenario is refused."""
    assert main(["--quick", "--minutes", "-5"]) == 1
    assert capsys.readouterr().out.count("✗ time") == 7
    with pytest.raises(SystemExit):
        main(["8"])


def test_faults_come_as_often_as_planned() -> None:
    """The share is of all attempts, the families by weight, and only those that were asked for."""
    chance = random.Random(0)
    plan = Plan(share=0.2)
    drawn = Counter(draw_fault(plan, chance) for _ in range(50_000))
    assert 0.19 < 1 - drawn[None] / 50_000 < 0.21
    for family, kinds in FAMILIES.items():
        part = sum(drawn[kind] for kind in kinds) / (50_000 - drawn[None])
        assert part == pytest.approx(WEIGHTS[family] / sum(WEIGHTS.values()), rel=0.1)
    few = Plan(share=1.0, families=("stalls",))
    assert {draw_fault(few, chance) for _ in range(99)} == set(FAMILIES["stalls"])
    assert Plan.from_json(few.to_json()) == few


CIDR = "2001:db8::/64"
UNSENT = TransportError("refused", sent=False)


@pytest.mark.parametrize(
    ("outcomes", "ledger", "broken"),
    [
        ([Outcome(CIDR, None, 0.0, 0.0)], Ledger(effects=Counter({CIDR: 1})), []),
        ([], Ledger(), ["resolve exactly once"]),
        ([Outcome(CIDR, None, 0.0, 0.0)], Ledger(), ["were not carried out"]),
        ([Outcome(CIDR, OSError("reset"), 0.0, 0.0)], Ledger(), ["not of ec2query's tree"]),
        ([Outcome(CIDR, UNSENT, 0.0, 0.0)], Ledger(effects=Counter({CIDR: 1})), ["had one"]),
        ([Outcome("call-1", None, 0.0, 0.0)], Ledger(effects=Counter({"call-1": 2})), ["carried out twice"]),
        ([Outcome(CIDR, UNSENT, 0.0, 0.0)], Ledger(refused=Counter({"AuthFailure": 1})), ["wrong signature"]),
        ([Outcome(CIDR, UNSENT, 0.0, 0.0)], Ledger(torn=1), ["belong together"]),
        ([Outcome(CIDR, None, 0.0, 0.0, crossed=True)], Ledger(effects=Counter({CIDR: 1})), ["another call"]),
    ],
)
def test_books_that_differ(outcomes: list[Outcome], ledger: Ledger, broken: list[str]) -> None:
    """The comparison finds what does not fit."""
    missed = [check.what for check in settled(1, outcomes, ledger) if not check.met]
    assert len(missed) == len(broken)
    assert all(words in what for words, what in zip(broken, missed, strict=True))


def signed(keys: Credentials, at: datetime, action: str = "AssociateIpamByoasn", **more: str) -> HttpRequest:
    pairs = {"Action": action, "Version": "2016-11-15", "Asn": "64496", "Cidr": CIDR, **more}
    headers = {"amz-sdk-invocation-id": "id", "amz-sdk-request": "attempt=1; max=3"}
    request = HttpRequest("POST", "http://127.0.0.1/", headers, urlencode(pairs).encode())
    return sign(request, keys, REGION, "ec2", at)


def test_the_server_knows_when_keys_had_expired_before_they_signed() -> None:
    """To the second, and whether or not it still accepts them."""
    service = Service()
    found = json.loads(service.credentials().body)
    end = datetime.fromisoformat(found["Expiration"])
    keys = Credentials(found["AccessKeyId"], found["SecretAccessKey"], found["Token"])
    for seconds, stale in ((-1, 0), (0, 1), (1, 2)):
        service.reply(signed(keys, end + timedelta(seconds=seconds)), None)
        assert service.ledger.stale == stale


@pytest.mark.parametrize(
    ("fault", "status", "effects"),
    [
        (None, 200, 1),
        (Fault.TRUNCATED, 200, 1),
        (Fault.XML_500, 500, 0),
        (Fault.THROTTLED, 503, 0),
    ],
)
def test_the_server_keeps_books(fault: Fault | None, status: int, effects: int) -> None:
    """What is signed rightly is carried out, unless the fault comes before that."""
    service, now = Service(), datetime.now(UTC)
    assert service.reply(signed(KEYS, now), fault).status == status
    assert service.ledger.effects[CIDR] == effects
    assert service.ledger.attempts[CIDR] == 1
    forged = Credentials(KEYS.access_key_id, "another")
    assert service.reply(signed(forged, now), None).status == 403
    assert service.reply(signed(KEYS, now - timedelta(minutes=6)), None).status == 400
    assert service.ledger.refused == {"SignatureDoesNotMatch": 1, "RequestExpired": 1}
    assert service.ledger.effects[CIDR] == effects


def test_the_server_repeats_nothing_under_one_token() -> None:
    """A second token is a second effect."""
    service, now = Service(), datetime.now(UTC)
    for token, created in (("a", 1), ("a", 1), ("b", 2)):
        service.reply(signed(KEYS, now, "CreateIpam", Description="call-1", ClientToken=token), None)
        assert service.ledger.effects["call-1"] == created


def test_the_server_throttles_above_its_rate() -> None:
    """A second's worth may come at once; what is less than one request never may."""
    service, request = Service(), signed(KEYS, datetime.now(UTC))
    service.begin(Plan(rate=0.5), seed=0)
    assert [service.reply(request, None).status for _ in range(2)] == [503, 503]
    assert sum(service.ledger.throttled.values()) == 2
    service.begin(Plan(rate=2.0), seed=0)
    assert [service.reply(request, None).status for _ in range(2)] == [200, 200]


def test_a_cut_cancels_at_the_await_asked_for() -> None:
    """Not before, and not where there are fewer awaits."""

    async def work(done: list[int]) -> str:
        for number in range(3):
            await asyncio.sleep(0)
            done.append(number)
        return "finished"

    async def run(await_number: int) -> tuple[bool, list[int]]:
        done: list[int] = []
        task = asyncio.create_task(Cut(await_number).run(work(done)))
        await asyncio.wait([task])
        return task.cancelled(), done

    assert asyncio.run(run(2)) == (True, [0])
    assert asyncio.run(run(4)) == (False, [0, 1, 2])


def test_a_report_shows_target_and_measure() -> None:
    """A missed check has its mark, and a table its columns."""
    found = Found(9, "nine", [Check("calls", "0", "7", met=False)], {"by": {"a": 1}}, 1.0, [["x"], ["10"]])
    text = as_text(found, judged=True)
    assert "✗ calls" in text
    assert "7  (0)" in text
    assert "by: a 1" in text
    assert "     10" in text
    assert not found.met


def test_percentiles() -> None:
    """The value that so many do not exceed."""
    assert percentile([3.0, 1.0, 2.0, 4.0], 0.5) == 2.0
    assert percentile([3.0, 1.0], 0.99) == 3.0
    assert percentile([], 0.5) != percentile([], 0.5)
