"""A small slice of the fuzzing, and properties of each reader: a value or one documented error comes out.

The whole of it is `make fuzz`; docs/reliability.md says what it proves.
"""

from __future__ import annotations

import json
import random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fuzz.__main__ import main
from fuzz.every import TARGETS
from fuzz.mutations import BYTES
from fuzz.running import Tally, run_case, run_cases, smaller
from fuzz.target import Target, input_of, judge

CASES = 200

NAMES = st.sampled_from(
    [
        "DescribeVpcsResponse",
        "Response",
        "Errors",
        "Error",
        "Code",
        "vpcSet",
        "item",
        "tagSet",
        "requestId",
        "a:b",
    ]
)
TEXT = st.text(max_size=20) | st.sampled_from(
    ["", "true", "1", "9" * 5000, "&#0;", "&x;", "]]>", "2026-01-02T"]
)


def element(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    """An element around others, or around a text; now and then with another end tag."""
    ends = st.one_of(st.none(), st.none(), st.none(), NAMES)
    return st.builds(
        lambda name, end, parts: f"<{name}>{''.join(parts)}</{end or name}>",
        NAMES,
        ends,
        st.lists(inner, max_size=4),
    )


XML = st.recursive(TEXT, element, max_leaves=12).map(
    lambda inner: f"<DescribeVpcsResponse>{inner}</DescribeVpcsResponse>".encode("utf-8", "replace")
)
KEYS = st.sampled_from(
    [
        *(
            "AccessKeyId",
            "SecretAccessKey",
            "Token",
            "SessionToken",
            "Expiration",
            "Version",
            "Code",
            "expiresAt",
        ),
        *("roleCredentials", "accessKeyId", "secretAccessKey", "sessionToken", "expiration", "accessToken"),
        *("expiresIn", "refreshToken", "clientId", "clientSecret", "registrationExpiresAt"),
    ]
)
LEAF = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=9), st.just("2026-01-02T12:00:00Z")
)
JSON = st.recursive(
    st.dictionaries(KEYS, LEAF),
    lambda inner: st.dictionaries(KEYS, inner | LEAF) | st.lists(inner),
    max_leaves=8,
).map(lambda value: json.dumps(value).encode())
LINES = st.lists(
    st.builds(
        "{}{} {} {}".format,
        st.sampled_from(["", "", "", " ", "\t"]),
        st.sampled_from(
            ["[default]", "[profile a]", "[sso-session s]", "role_arn", "source_profile", "x", "#"]
        ),
        st.sampled_from(["=", "=", ":", ""]),
        st.text(max_size=9) | st.sampled_from(["default", "a", "s", "us-east-1", "true"]),
    ),
    max_size=12,
).map(lambda found: "\n".join(found).encode("utf-8", "replace"))
PAIRS = st.lists(
    st.tuples(
        st.sampled_from(
            ["Action", "Version", "Asn", "Cidr", "DryRun", "MaxResults", "Filter.1.Value.1", "a..b", ""]
        ),
        st.sampled_from(["DescribeIpamByoasn", "AssociateIpamByoasn", "2016-11-15", "%ff", "true"])
        | st.text(max_size=5),
    ),
    max_size=8,
).map(lambda pairs: "&".join(f"{key}={value}" for key, value in pairs).encode("utf-8", "replace"))
HEADS = st.builds(
    lambda status, headers, body: b"HTTP/1.1 %d x\r\n%b\r\n%b" % (status, b"".join(headers), body),
    st.integers(0, 999),
    st.lists(
        st.sampled_from(
            [
                *(b"Content-Length: 3\r\n", b"Transfer-Encoding: chunked\r\n", b"Content-Encoding: gzip\r\n"),
                *(b"Date: ,\r\n", b" x\r\n", b"x:\n", b"Connection: close\r\n", b"Content-Length: x\r\n"),
            ]
        ),
        max_size=4,
    ),
    st.binary(max_size=30) | XML,
)
INPUTS = st.binary(max_size=200) | XML | JSON | LINES | PAIRS | HEADS


@pytest.mark.parametrize("name", TARGETS)
@settings(
    max_examples=60,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
@given(data=INPUTS, chance=st.integers(0, 9))
def test_any_input_has_a_documented_outcome(name: str, data: bytes, chance: int) -> None:
    """Bytes, XML, JSON, lines, pairs and HTTP, each to every reader."""
    outcome = judge(TARGETS[name], data, str(chance))
    assert outcome.kind != "finding", outcome.detail


@pytest.mark.parametrize("name", TARGETS)
def test_mutated_input_has_a_documented_outcome(name: str) -> None:
    """What was well-formed and is so no longer; some of it is refused, and some still read."""
    tally = run_cases(TARGETS[name], 0, range(CASES), timed=False)
    assert [finding.detail for finding in tally.findings.values()] == []
    assert tally.kinds.total() == CASES
    assert name == "errors" or tally.kinds["result"] > 0
    assert tally.kinds["result"] < CASES


def broken(data: bytes, draw: random.Random) -> object:
    """Refuses what is long; three defects."""
    if b"\xff" in data:
        return int(data)
    if not data:
        raise LookupError
    if len(data) > 20:
        raise LookupError("too long")
    assert b"ss" not in data, "a broken promise"
    return data


def seed(draw: random.Random) -> bytes:
    return b"seed" * draw.randrange(9)


BROKEN = {"broken": Target(name="broken", seed=seed, run=broken, refusals=(LookupError,), mutations=BYTES)}


def test_defects_are_found_and_made_smaller(capsys: pytest.CaptureFixture[str]) -> None:
    """An exception of another kind, an error without words, a broken promise; the exit status says so."""
    assert main(["--cases", "3000", "--seed", "3", "--json"], BROKEN) == 1
    (row,) = json.loads(capsys.readouterr().out)["targets"]
    found = {each["signature"].partition(" at ")[0]: each["input"] for each in row["findings"]}
    assert found == {"ValueError": "\xff", "LookupError without words": "", "AssertionError": "ss"}
    assert sum(row["outcomes"].values()) == row["cases"] == 3000


def test_a_case_can_be_run_again(capsys: pytest.CaptureFixture[str]) -> None:
    """By the numbers that its finding names, and with the same exit status."""
    assert main(["--cases", "3000", "--seed", "3"], BROKEN) == 1
    lines = capsys.readouterr().out.splitlines()
    again = next(line for line in lines if "again:" in line).split()[3:]
    assert main(["--only", "broken", *again], BROKEN) == 1
    assert "FINDING broken" in capsys.readouterr().out
    fine = next(number for number in range(99) if run_case(BROKEN["broken"], 3, number)[1].kind == "result")
    assert main(["--seed", "3", "--case", str(fine)], BROKEN) == 0


def test_the_same_numbers_make_the_same_input() -> None:
    """Whatever ran before; and another seed makes others."""
    target = TARGETS["parse"]
    first = [input_of(target, 7, number) for number in range(20)]
    assert [input_of(target, 7, number) for number in reversed(range(20))] == first[::-1]
    assert [input_of(target, 8, number) for number in range(20)] != first


def test_what_is_slow_is_a_finding(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where time is judged, and nowhere else."""
    monkeypatch.setattr("fuzz.running.MOST_SECONDS", 0.0)
    quiet = Target(name="quiet", seed=seed, run=lambda data, draw: data, refusals=())
    assert list(run_cases(quiet, 0, range(5)).findings) == ["slow"]
    assert run_cases(quiet, 0, range(5), timed=False).kinds == {"result": 5}


def test_a_smaller_input_keeps_what_matters() -> None:
    """And nothing else."""
    assert (
        smaller(b"a" * 300 + b"xy" + b"b" * 300 + b"z", lambda data: b"x" in data and b"z" in data) == b"xz"
    )


def test_counts_add_up() -> None:
    """Of findings with one signature, the first is kept."""
    one, other = Tally("t"), run_cases(BROKEN["broken"], 3, range(300), timed=False)
    one.add(other)
    one.add(other)
    assert (one.cases, one.kinds["finding"]) == (600, 2 * other.kinds["finding"])
    assert one.findings == other.findings
