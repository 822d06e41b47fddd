"""Recorder and RecordingTransport: what is kept, what passes through, what is saved."""

from __future__ import annotations

import gzip
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import anyio
import httpx
import pytest

from ec2query import AsyncClient, Client, ConfigurationError, ResponseError, ec2
from ec2query.emulator import Emulator, EmulatorTransport
from ec2query.protocol.message import HttpRequest, HttpResponse
from ec2query.replay import Recorder, RecordingTransport, ReplayError, load
from support.exchanges import client_of, exchange
from support.recording import AT, KEY, REGION, fixed_world

ANSWER = b"<DescribeVpcsResponse><requestId>r</requestId></DescribeVpcsResponse>"


class Streamed(httpx.SyncByteStream, httpx.AsyncByteStream):
    """A body in pieces; may break off."""

    def __init__(self, *pieces: bytes, broken: bool = False) -> None:
        self.pieces = pieces
        self.broken = broken
        self.closed = 0

    def __iter__(self) -> Iterator[bytes]:
        yield from self.pieces
        if self.broken:
            raise httpx.ReadError("reset")

    async def __aiter__(self) -> AsyncIterator[bytes]:
        for piece in self:
            yield piece

    def close(self) -> None:
        self.closed += 1

    async def aclose(self) -> None:
        self.closed += 1


def call_blocking(transport: httpx.MockTransport, recorder: Recorder) -> None:
    client_of(RecordingTransport(transport, recorder)).send(ec2.DescribeVpcs())


def call_async(transport: httpx.MockTransport, recorder: Recorder) -> None:
    async def send() -> None:
        world = fixed_world(lambda: AT, "token-1")
        recording = RecordingTransport(transport, recorder)
        async with AsyncClient(
            region=REGION, credentials=KEY, world=world, transport=recording, max_attempts=1
        ) as client:
            await client.send(ec2.DescribeVpcs())

    anyio.run(send)


CALLS = {"blocking": call_blocking, "async": call_async}


def answering(stream: Streamed, **headers: str) -> httpx.MockTransport:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return httpx.MockTransport(lambda request: httpx.Response(200, headers=named, stream=stream))


@pytest.mark.parametrize("way", CALLS)
def test_an_answer_is_kept_when_it_was_read(way: str) -> None:
    """In pieces or whole, it passes to the client and is kept, and the stream is closed."""
    recorder, stream = Recorder(), Streamed(ANSWER[:20], ANSWER[20:])
    CALLS[way](answering(stream, content_type="text/xml", connection="close", server="x"), recorder)
    CALLS[way](httpx.MockTransport(lambda request: httpx.Response(200, content=ANSWER)), recorder)
    streamed, whole = recorder.exchanges
    assert streamed.response == HttpResponse(200, {"content-type": "text/xml"}, ANSWER)
    assert whole.response == HttpResponse(200, {}, ANSWER)
    assert streamed.expected == {"result": {"RequestId": "r"}}
    assert stream.closed == 1


@pytest.mark.parametrize("way", CALLS)
def test_a_coded_answer_is_kept_decoded(way: str) -> None:
    """As the client sees it, without the header that says how it came."""
    recorder = Recorder()
    CALLS[way](answering(Streamed(gzip.compress(ANSWER)), content_encoding="gzip"), recorder)
    assert recorder.exchanges[0].response == HttpResponse(200, {}, ANSWER)


def test_headers_are_kept_as_the_client_reads_them() -> None:
    """Lower-case names, sorted, values of one name joined."""
    headers = [("X-Note", "b"), ("Date", "d"), ("x-note", "a")]
    found = exchange(ec2.DescribeVpcs(), httpx.Response(200, headers=headers, content=ANSWER))
    assert list(found.response.headers.items()) == [("date", "d"), ("x-note", "b, a")]


BROKEN = {
    "it breaks off": answering(Streamed(ANSWER[:20], broken=True)),
    "its coding is wrong": answering(Streamed(b"no gzip"), content_encoding="gzip"),
}


@pytest.mark.parametrize("way", CALLS)
@pytest.mark.parametrize("fault", BROKEN)
def test_what_did_not_come_whole_is_not_kept(fault: str, way: str) -> None:
    """The client's error is the same as without recording."""
    recorder = Recorder()
    with pytest.raises(ResponseError):
        CALLS[way](BROKEN[fault], recorder)
    assert recorder.exchanges == ()


OTHERS = {
    "IMDS": HttpRequest("PUT", "http://169.254.169.254/latest/api/token", {}, b""),
    "SSO": HttpRequest("GET", "https://portal.sso.us-east-1.amazonaws.com/federation/credentials"),
    "STS": HttpRequest("POST", "https://sts.amazonaws.com/", {}, b"Action=AssumeRole&Version=2011-06-15"),
    "OIDC": HttpRequest("POST", "https://oidc.us-east-1.amazonaws.com/token", {}, b'{"clientSecret": "x"}'),
    "no text": HttpRequest("POST", "https://h/", {}, b"Action=%ff&Version=2016-11-15"),
}


@pytest.mark.parametrize("kind", OTHERS)
def test_calls_for_credentials_are_never_kept(kind: str) -> None:
    """A recorder knows EC2's calls and nothing else."""
    recorder = Recorder()
    recorder.keep(OTHERS[kind], HttpResponse(200, {}, b"secret"))
    assert recorder.exchanges == ()


def test_a_transport_of_the_other_kind_is_refused() -> None:
    """A blocking client cannot use an async transport, nor the other way round."""
    blocking = RecordingTransport(httpx.AsyncHTTPTransport(verify=False), Recorder())
    with pytest.raises(ConfigurationError, match="a blocking httpx transport for this client"):
        client_of(blocking).send(ec2.DescribeVpcs())

    async def send() -> None:
        transport = RecordingTransport(httpx.WSGITransport(app=lambda environ, start: []), Recorder())
        async with AsyncClient(region=REGION, credentials=KEY, transport=transport) as client:
            await client.send(ec2.DescribeVpcs())

    with pytest.raises(ConfigurationError, match="an async httpx transport for this client"):
        anyio.run(send)


def test_closing_closes_what_is_wrapped() -> None:
    """Both ways."""
    closed: list[str] = []

    class Transport(httpx.BaseTransport, httpx.AsyncBaseTransport):
        def close(self) -> None:
            closed.append("blocking")

        async def aclose(self) -> None:
            closed.append("async")

    transport = RecordingTransport(Transport(), Recorder())
    transport.close()
    anyio.run(transport.aclose)
    assert closed == ["blocking", "async"]


def test_a_recording_says_which_host_answered() -> None:
    """Unless it is told what to say; user and password are no part of a host."""
    request = exchange(ec2.DescribeVpcs()).request
    recorder = Recorder()
    recorder.keep(
        HttpRequest("POST", "http://u:p@127.0.0.1:5000/", request.headers, request.body), HttpResponse(200)
    )
    assert recorder.exchanges[0].provenance == "recorded: 127.0.0.1:5000"
    assert exchange(ec2.DescribeVpcs()).provenance == "recorded: emulator"


def test_recordings_are_saved_in_order_and_replace_older_ones(tmp_path: Path) -> None:
    """Numbered files, that load as they were; other files of the folder stay."""
    recorder = Recorder()
    client = Client(
        region=REGION,
        credentials=KEY,
        transport=RecordingTransport(EmulatorTransport(Emulator(credentials=[KEY])), recorder),
    )
    client.send(ec2.CreateIpam())
    client.send(ec2.DescribeIpamByoasn())
    folder = tmp_path / "made" / "here"
    folder.mkdir(parents=True)
    for name in ("007-Old.exchange", "mine.exchange", "notes.txt"):
        (folder / name).write_text("x")
    files = recorder.save(folder)
    assert [file.name for file in files] == ["001-CreateIpam.exchange", "002-DescribeIpamByoasn.exchange"]
    assert sorted(file.name for file in folder.iterdir()) == [
        "001-CreateIpam.exchange",
        "002-DescribeIpamByoasn.exchange",
        "mine.exchange",
        "notes.txt",
    ]
    assert tuple(load(file)[0] for file in files) == recorder.exchanges


def test_a_recorder_that_kept_nothing_saves_nothing(tmp_path: Path) -> None:
    """A mistake in a set-up must not empty a folder."""
    (tmp_path / "001-Old.exchange").write_text("x")
    with pytest.raises(ReplayError, match="at least one exchange"):
        Recorder().save(tmp_path)
    assert (tmp_path / "001-Old.exchange").exists()
