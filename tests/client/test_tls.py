"""TLS: whom it trusts, what it offers, and that one context serves all."""

from __future__ import annotations

import socket
import ssl
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from ec2query.client.tls import prepare, shared_context
from ec2query.errors import ConfigurationError, TransportError
from support.certificates import Authority
from support.server import OK, Peer, Start, answer
from support.ways import MakeWay, in_thread, post

pytestmark = pytest.mark.anyio


async def test_a_server_whose_authority_is_known(
    start: Start, make_way: MakeWay, authority: Authority
) -> None:
    """A CA bundle of one's own is trusted, and the connection is kept."""
    way, server = (
        make_way(ca_bundle=str(authority.bundle)),
        start(context=authority.server_context("127.0.0.1")),
    )
    for _ in range(3):
        assert (await way.run(post(server.url))).body == b"ok"
    assert server.accepted == 1
    await way.aclose()
    await in_thread(server.await_end)


async def test_a_large_body_goes_both_ways(start: Start, make_way: MakeWay, authority: Authority) -> None:
    """Three megabytes out, through TLS records."""
    way, server = (
        make_way(ca_bundle=str(authority.bundle)),
        start(context=authority.server_context("127.0.0.1")),
    )
    body = b"x" * 3_000_000
    assert (await way.run(post(server.url, body))).status == 200
    assert server.requests[0].body == body


@pytest.mark.skipif(not hasattr(socket, "TCP_CORK"), reason="only Linux can hold two records back")
async def test_a_record_that_nobody_asked_for(start: Start, make_way: MakeWay, authority: Authority) -> None:
    """What has been read from the socket, but not yet from TLS, is not taken for the next answer."""

    def script(peer: Peer) -> None:
        while (request := peer.request()) is not None:
            peer.cork(on=True)
            peer.send(answer(request.body))
            peer.send(answer(b"smuggled"))
            peer.cork(on=False)

    way = make_way(ca_bundle=str(authority.bundle))
    server = start(script, context=authority.server_context("127.0.0.1"))
    for number in range(3):
        body = b"Action=%d" % number
        assert (await way.run(post(server.url, body))).body == body
    assert server.accepted == 3


async def test_a_server_whose_authority_is_not_known(
    start: Start, make_way: MakeWay, authority: Authority
) -> None:
    """certifi's bundle does not know our authority; the error says what is wrong, and nothing was sent."""
    way, server = make_way(), start(context=authority.server_context("127.0.0.1"))
    with pytest.raises(TransportError, match=r"(?i)certificate.verify.failed") as caught:
        await way.run(post(server.url))
    assert caught.value.sent is False
    assert (server.requests, way.open_connections) == ([], 0)


async def test_a_server_of_another_name(start: Start, make_way: MakeWay, authority: Authority) -> None:
    """A certificate for another host is refused."""
    way, server = (
        make_way(ca_bundle=str(authority.bundle)),
        start(context=authority.server_context("other.test")),
    )
    with pytest.raises(TransportError, match=r"certificate") as caught:
        await way.run(post(server.url))
    assert caught.value.sent is False
    assert way.open_connections == 0


async def test_the_protocol_and_the_host_are_named(
    start: Start, make_way: MakeWay, authority: Authority
) -> None:
    """ALPN offers http/1.1 and nothing else; SNI carries the host's name."""
    names: list[str | None] = []
    context = authority.server_context("localhost")
    context.sni_callback = lambda sock, name, context: names.append(name)
    server = start(context=context)
    way = make_way(ca_bundle=str(authority.bundle))
    await way.run(post(server.url.replace("127.0.0.1", "localhost")))
    assert names == ["localhost"]
    assert shared_context(str(authority.bundle)).verify_mode is ssl.CERT_REQUIRED
    assert shared_context(str(authority.bundle)).check_hostname is True


async def test_a_plain_server_is_not_spoken_to(start: Start, make_way: MakeWay) -> None:
    """https on a port that speaks http is a failed connection."""

    def script(peer: Peer) -> None:
        peer.send(OK)
        peer.linger()

    way, server = make_way(), start(script)
    with pytest.raises(TransportError, match="connecting failed") as caught:
        await way.run(post(server.url.replace("http:", "https:")))
    assert caught.value.sent is False
    assert way.open_connections == 0


async def test_a_context_of_ones_own(start: Start, make_way: MakeWay, authority: Authority) -> None:
    """A ready SSLContext is used as it is."""
    context = ssl.create_default_context(cafile=authority.bundle)
    way, server = make_way(ssl_context=context), start(context=authority.server_context("127.0.0.1"))
    assert (await way.run(post(server.url))).status == 200


async def test_a_bundle_that_cannot_be_used(make_way: MakeWay, tmp_path: Path) -> None:
    """It is found out at the first https call, and says which file."""
    way = make_way(ca_bundle=str(tmp_path / "none.pem"))
    with pytest.raises(ConfigurationError, match=r"none\.pem.*No such file"):
        await way.run(post("https://127.0.0.1:1/"))
    assert way.open_connections == 0


UNUSABLE = {"empty": b"", "not PEM": b"hello", "broken PEM": b"-----BEGIN CERTIFICATE-----\nAAAA\n"}


@pytest.mark.parametrize("case", UNUSABLE)
def test_a_bundle_without_certificates(case: str, tmp_path: Path) -> None:
    """A file that holds no certificate is a ConfigurationError, not an ssl error."""
    path = tmp_path / "bundle.pem"
    path.write_bytes(UNUSABLE[case])
    with pytest.raises(ConfigurationError, match=r"bundle\.pem"):
        shared_context(str(path))


def test_a_failure_is_not_kept(authority: Authority, tmp_path: Path) -> None:
    """A bundle that appears later is used then."""
    path = tmp_path / "later.pem"
    with pytest.raises(ConfigurationError):
        shared_context(str(path))
    path.write_bytes(authority.bundle.read_bytes())
    assert isinstance(shared_context(str(path)), ssl.SSLContext)


def test_a_folder_of_certificates(tmp_path: Path) -> None:
    """A folder is used as OpenSSL's capath."""
    assert isinstance(shared_context(str(tmp_path)), ssl.SSLContext)


def test_one_context_for_all(authority: Authority) -> None:
    """Threads that ask at once are given the same context; another bundle has another."""
    found: list[ssl.SSLContext] = []
    threads = [threading.Thread(target=lambda: found.append(shared_context())) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len({id(context) for context in found}) == 1
    assert shared_context(str(authority.bundle)) is not found[0]
    assert prepare().result() is found[0]


def test_nothing_is_built_on_import() -> None:
    """Importing transports and drivers builds no context and starts no thread."""
    program = (
        "import threading, ec2query.client.drivers, ec2query.client.transport as transport;"
        "import ec2query.client.tls as tls; transport.LaneTransport();"
        "assert not vars(tls)['_contexts'] and threading.active_count() == 1"
    )
    subprocess.run([sys.executable, "-c", program], check=True)
