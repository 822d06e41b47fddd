"""Content codings that nobody asked for: undone where they are right, never for too much."""

from __future__ import annotations

import gzip
import os
import subprocess
import sys
import tracemalloc
import zlib
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from ec2query import Client, ResponseError, ServiceError, ec2
from ec2query.client.sending import BlockingSender
from ec2query.protocol.effects import Send, Timeout
from ec2query.protocol.message import HttpRequest
from support.hostile import KEYS, WAYS, answering, ask, quiet_world

ASK = ec2.DescribeVpcs()
ANSWER = b"<DescribeVpcsResponse><requestId>r</requestId></DescribeVpcsResponse>"
MEBIBYTE = 1024 * 1024

GOOD: dict[str, tuple[str, bytes]] = {
    "gzip": ("gzip", gzip.compress(ANSWER)),
    "gzip by its old name": ("X-GZIP", gzip.compress(ANSWER)),
    "deflate": ("deflate", zlib.compress(ANSWER)),
    "two members": ("gzip", gzip.compress(ANSWER[:9]) + gzip.compress(ANSWER[9:])),
    "stacked": ("gzip, identity, deflate", zlib.compress(gzip.compress(ANSWER))),
    "none": ("identity", ANSWER),
    "nothing": ("", ANSWER),
}


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("name", GOOD)
def test_a_right_coding_is_undone(name: str, way: str) -> None:
    """Though the request asked for none: a proxy may have put it on."""
    coding, body = GOOD[name]
    assert ask(way, ASK, answering(body, 200, {"content-encoding": coding})).request_id == "r"


POWDER = gzip.compress(b"\0" * 16 * MEBIBYTE, mtime=0)
BOMB = (POWDER * 70)[: MEBIBYTE + 2]

BAD: dict[str, tuple[str, bytes, str]] = {
    "a bomb": ("gzip", BOMB, "over the limit of 50331648 bytes"),
    "a bomb of deflate": ("deflate", zlib.compress(b"\0" * 60 * MEBIBYTE), "over the limit"),
    "a bomb in a bomb": ("gzip, gzip", gzip.compress(BOMB), "over the limit"),
    "codings without end": (", ".join(["gzip"] * 6), ANSWER, "at most 5 content codings"),
    "a wrong checksum": ("gzip", gzip.compress(ANSWER)[:-8] + b"\0" * 8, "corrupt"),
    "a wrong length": ("gzip", gzip.compress(ANSWER)[:-4] + b"\0" * 4, "corrupt"),
    "truncated": ("gzip", gzip.compress(ANSWER)[:-1], "truncated"),
    "garbage behind it": ("gzip", gzip.compress(ANSWER) + b"x" * 100, "goes on after"),
    "another coding than it says": ("gzip", zlib.compress(ANSWER), "does not begin"),
    "no coding, though it says so": ("gzip", ANSWER, "does not begin"),
    "a coding that it does not say": ("", gzip.compress(ANSWER), "well-formed"),
    "one that nobody here knows": ("br", ANSWER, "got br"),
    "a name of control characters": ("g\x1bzip", ANSWER, "got another"),
    "a coding of nothing but ends": ("gzip", gzip.compress(b"") * 1000, "empty"),
}


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("name", BAD)
def test_a_wrong_coding_is_refused(name: str, way: str) -> None:
    """By one error, which says why, and knows status and request id."""
    coding, body, reason = BAD[name]
    headers = {"content-encoding": coding, "x-amzn-requestid": "r-1"}
    with pytest.raises(ResponseError, match=reason) as caught:
        ask(way, ASK, answering(body, 200, headers))
    assert (caught.value.status, caught.value.request_id) == (200, "r-1")


def peak(body: bytes, coding: str, status: int = 200) -> int:
    """Return how many bytes a call held at its height, besides the answer as it came."""
    with Client(
        region="us-east-1",
        credentials=KEYS,
        world=quiet_world(),
        transport=httpx.MockTransport(answering(body, status, {"content-encoding": coding})),
    ) as client:
        tracemalloc.start()
        try:
            with pytest.raises((ResponseError, ServiceError)):
                client.send(ASK)
            return tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()


ALMOST = [b"<DescribeVpcsResponse>" + b" " * 47 * MEBIBYTE, b"<html>" + b"x" * 47 * MEBIBYTE]


@pytest.mark.parametrize("status", [200, 503])
@pytest.mark.parametrize(
    "body",
    [BOMB, gzip.compress(ALMOST[0]), gzip.compress(ALMOST[1]), POWDER * 2],
    ids=["bomb", "almost a bomb", "almost a bomb of HTML", "a small one"],
)
def test_a_mebibyte_of_gzip_costs_no_more_than_64_mebibytes(body: bytes, status: int) -> None:
    """Whether it is over the limit or just below, and in however many attempts."""
    assert len(body) <= 1.01 * MEBIBYTE
    ask("blocking", ASK, answering(ANSWER))  # what is loaded at the first call does not count
    assert peak(body, "gzip", status) <= 64 * MEBIBYTE


PATHS = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
RESIDENT = """
import gzip, re, sys
from pathlib import Path
from ec2query import Ec2QueryError, ec2
from support.hostile import answering, ask

def resident(name: str) -> int:
    return int(re.search(name + r":\\s*(\\d+) kB", Path("/proc/self/status").read_text())[1])

def call(body: bytes) -> None:
    try:
        ask("blocking", ec2.DescribeVpcs(), answering(body, 200, {"content-encoding": "gzip"}))
    except Ec2QueryError as error:
        assert "over the limit" in str(error)

bomb = (gzip.compress(bytes(16 * 1024 * 1024)) * 70)[: 1024 * 1024]
call(gzip.compress(b"<DescribeVpcsResponse/>"))
for _ in range(3):
    before = resident("VmRSS")
    Path("/proc/self/clear_refs").write_text("5")  # the highest so far is forgotten
    call(bomb)
    print((resident("VmHWM") - before) // 1024)
"""


@pytest.mark.skipif(not Path("/proc/self/clear_refs").exists(), reason="needs Linux's account of a process")
def test_a_bomb_costs_the_machine_no_more_either() -> None:
    """Resident memory, what the allocator keeps included."""
    found = subprocess.run(
        [sys.executable, "-c", RESIDENT], env=PATHS, capture_output=True, text=True, check=True
    )
    assert all(int(mebibytes) <= 64 for mebibytes in found.stdout.split()), found.stdout


@pytest.mark.parametrize(
    ("body", "coding"),
    [(POWDER * 2, "gzip"), (gzip.compress(b"") * 20_000, "gzip"), (gzip.compress(POWDER * 2), "gzip, gzip")],
    ids=["inflated", "empty members", "stacked"],
)
def test_decoding_stops_now_and_then(body: bytes, coding: str) -> None:
    """A chunk that becomes a thousand times as long is not decoded in one go: there is time in between."""
    looked = 0

    def clock() -> float:
        nonlocal looked
        looked += 1
        return 0.0

    sender = BlockingSender(httpx.MockTransport(answering(body, 200, {"content-encoding": coding})), clock)
    sender(Send(HttpRequest("POST", "https://ec2.test/", {}, b"x"), Timeout(total=60.0)))
    assert looked > 8


def test_what_is_over_the_limit_is_not_read_to_its_end() -> None:
    """Neither plain nor coded: the first byte too many ends it."""
    taken = 0

    class Endless(httpx.SyncByteStream):
        def __iter__(self) -> Iterator[bytes]:
            nonlocal taken
            while True:
                taken += 1
                yield b"x" * 1000

    transport = httpx.MockTransport(lambda request: httpx.Response(200, stream=Endless()))
    with (
        Client(region="us-east-1", credentials=KEYS, world=quiet_world(), transport=transport) as client,
        pytest.raises(ResponseError, match="over the limit"),
    ):
        client.send(ASK)
    assert taken == 48 * MEBIBYTE // 1000 + 1
