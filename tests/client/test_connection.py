"""One connection: whether it may be used again, by how the exchange on it went."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import httpx
import pytest

from ec2query.client.connection import Body, Connection
from support.server import OK

pytestmark = pytest.mark.anyio

ORIGIN = ("http", "ec2.test", 80)


@dataclass
class Line:
    """A stream that says what it was told to."""

    secure: bool = False
    quiet: bool = True
    deaf: bool = False
    untouched: bool = True
    says: list[bytes] = field(default_factory=lambda: [OK])
    aborted: bool = False

    async def send(self, data: bytes | memoryview, seconds: float | None) -> None:
        self.untouched = False
        if self.deaf:
            raise httpx.WriteError("broken pipe")

    async def receive(self, seconds: float | None) -> bytes:
        return self.says.pop(0) if self.says else b""

    def abort(self) -> None:
        self.aborted = True

    async def aclose(self) -> None:
        self.abort()


# The stream, since when it was idle (0: it is new), and whether it may serve the next request.
EXCHANGES: dict[str, tuple[Line, float, bool]] = {
    "as it should be": (Line(), 0.0, True),
    "in two pieces": (Line(says=[OK[:20], OK[20:]]), 0.0, True),
    "spoken before it was asked": (Line(quiet=False), 0.0, False),
    "TLS, which speaks for itself": (Line(quiet=False, secure=True), 0.0, True),
    "looked at before": (Line(quiet=False), 1.0, True),
    "answered without hearing all": (Line(deaf=True), 0.0, False),
    "answered more than asked": (Line(says=[OK + b"x"]), 0.0, False),
}


@pytest.mark.parametrize("case", EXCHANGES)
async def test_whether_it_is_used_again(anyio_backend: str, case: str) -> None:
    """Only where nothing is in doubt; the answer is heard in any case."""
    line, idle_since, reusable = EXCHANGES[case]
    connection = Connection(ORIGIN, replace(line, says=[*line.says]))
    connection.idle_since = idle_since
    put_back: list[Connection] = []
    await connection.exchange(httpx.Request("POST", "http://ec2.test/"), memoryview(b"a"), {})
    assert (connection.present.begun, connection.reusable) == (True, False)
    body = Body(connection, {}, put_back.append)
    assert b"".join([piece async for piece in body]) == b"ok"
    assert connection.reusable is reusable
    await body.aclose()
    await body.aclose()
    assert put_back == [connection]


@pytest.mark.parametrize(
    ("quiet", "idle_since", "usable"), [(True, 5.0, True), (True, 4.9, False), (False, 9.0, False)]
)
async def test_whether_an_idle_one_is_usable(
    anyio_backend: str, quiet: bool, idle_since: float, usable: bool
) -> None:
    """Young enough, and nothing has come; then no byte of the next request has left."""
    connection = Connection(ORIGIN, Line(quiet=quiet, untouched=False))
    connection.idle_since = idle_since
    assert connection.usable(5.0) is usable
    assert connection.touched is not usable
