"""What a hostile answer costs, counted: function calls between two pauses, and bytes of memory."""

from __future__ import annotations

import sys
import tracemalloc
from collections.abc import Callable
from typing import Any

import pytest

from ec2query import Ec2QueryError, ec2
from ec2query.protocol.call import call, call_raw
from ec2query.protocol.channel import Channel, GivenCredentials
from ec2query.protocol.effects import Flow, Pause, Send
from ec2query.protocol.endpoint import Endpoint
from ec2query.protocol.message import HttpResponse
from ec2query.protocol.parse import parse
from ec2query.protocol.retry import Retries
from ec2query.protocol.retry_policy import STANDARD
from support.hostile import KEYS, quiet_world

WORLD = quiet_world()
CHANNEL = Channel(
    endpoint=Endpoint("https://ec2.us-east-1.amazonaws.com", "us-east-1"),
    credentials=GivenCredentials(KEYS),
    world=WORLD,
    user_agent="x",
    retries=Retries(STANDARD, random=WORLD.random, clock=WORLD.monotonic),
)
MEBIBYTE = 1024 * 1024


def longest_stretch(flow: Flow[Any], reply: HttpResponse) -> tuple[int, int]:
    """Run a call that is answered once; return the most function calls without a stop, and the stops."""
    counts = [0]

    def count(frame: object, event: str, argument: object) -> None:
        if event in ("call", "c_call"):
            counts[-1] += 1

    effect = next(flow)
    while not isinstance(effect, Send):
        effect = flow.send(None)
    before = sys.getprofile()
    sys.setprofile(count)
    try:
        effect = flow.send(reply)
        while isinstance(effect, Pause):
            counts.append(0)
            effect = flow.send(None)
    except (StopIteration, Ec2QueryError):
        pass
    finally:
        sys.setprofile(before)
        flow.close()
    return max(counts), len(counts)


def whole(inner: bytes, root: bytes = b"DescribeInstancesResponse") -> bytes:
    return b"<%b>%b</%b>" % (root, inner, root)


def many(element: bytes, *, size: int = MEBIBYTE) -> bytes:
    return element * (size // len(element))


ANSWERS: dict[str, Callable[[], bytes]] = {
    "entries": lambda: whole(b"<reservationSet>" + many(b"<i/>") + b"</reservationSet>"),
    "text": lambda: whole(many(b"<nextToken>x</nextToken>")),
    "unknown elements": lambda: whole(many(b"<x/>")),
    "prefixes": lambda: whole(many(b"<x:y/>")),
    "attributes": lambda: whole(many(b"<x a='' b='' c='' d='' e=''/>")),
    "comments": lambda: whole(many(b"<!---->")),
    "instructions": lambda: whole(many(b"<?a?>")),
    "sections": lambda: whole(b"<nextToken>" + many(b"<![CDATA[]]>") + b"</nextToken>"),
    "references": lambda: whole(b"<nextToken>" + many(b"&#9;") + b"</nextToken>"),
    "lines": lambda: whole(b"<nextToken>" + many(b"\n") + b"</nextToken>"),
    "lines nobody reads": lambda: whole(many(b"\n")),
    "blanks first": lambda: many(b" ") + whole(b""),
    "depth and back": lambda: whole(many(b"<a>" * 50 + b"</a>" * 50)),
    "structures": lambda: whole(
        many(b"<reservationSet><i><instancesSet><i/></instancesSet></i></reservationSet>")
    ),
}

FLOWS: dict[str, Callable[[], Flow[Any]]] = {
    "typed": lambda: call(ec2.DescribeInstances(), CHANNEL),
    "raw": lambda: call_raw("DescribeInstances", {}, CHANNEL, service=ec2.SERVICE),
}

# An entry takes four bytes, a piece 65536: some functions are called for each entry, on the way in and out.
_MOST_CALLS = 150_000


@pytest.mark.parametrize("kind", FLOWS)
@pytest.mark.parametrize("name", ANSWERS)
def test_an_answer_is_read_in_small_pieces(name: str, kind: str) -> None:
    """However densely it is packed, other tasks get their turn every few hundredths of a second."""
    flow = FLOWS[kind]
    longest_stretch(flow(), HttpResponse(200, {}, b"<DescribeInstancesResponse/>"))
    body = ANSWERS[name]()
    stretch, stops = longest_stretch(flow(), HttpResponse(200, {}, body))
    assert stretch < _MOST_CALLS
    assert stops >= len(body) // 65536


@pytest.mark.parametrize("kind", FLOWS)
@pytest.mark.parametrize("status", [200, 400, 503])
@pytest.mark.parametrize("name", ANSWERS)
def test_an_error_answer_is_read_in_one_small_piece(name: str, status: int, kind: str) -> None:
    """What could take longer is not read."""
    wrapped = ANSWERS[name]().replace(b"DescribeInstancesResponse", b"Response")
    for body in (wrapped, wrapped[:65_536] + b"</Response>"):
        stretch, _ = longest_stretch(FLOWS[kind](), HttpResponse(status, {}, body))
        assert stretch < _MOST_CALLS


@pytest.mark.parametrize("name", ANSWERS)
def test_an_answer_that_nobody_wants_costs_its_bytes_again_at_most(name: str) -> None:
    """What the model does not know is dropped as it comes."""
    body = ANSWERS[name]().replace(b"reservationSet", b"nobodysSet").replace(b"nextToken", b"nobodys")
    tracemalloc.start()
    try:
        parse(ec2.DescribeInstances, 200, {}, body)
        assert tracemalloc.get_traced_memory()[1] < MEBIBYTE
    finally:
        tracemalloc.stop()
