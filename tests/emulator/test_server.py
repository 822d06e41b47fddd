"""`ec2query.emulator.server`: the emulator as a real HTTP server on loopback."""

from __future__ import annotations

import http.client
import signal
import socket
import subprocess
import sys
import threading
from urllib.parse import urlsplit

import pytest

from ec2query import Client, ec2
from ec2query.emulator import EXAMPLE_CREDENTIALS, Emulator, running_emulator
from ec2query.errors import ConfigurationError
from support.account import ASN, CIDR, STATE, emulator, request_for


def test_it_answers_over_http() -> None:
    """A client over a real connection sees the same emulator."""
    endpoint = Emulator(state=STATE)
    with (
        running_emulator(endpoint) as url,
        Client(region="us-east-1", credentials=EXAMPLE_CREDENTIALS, endpoint_url=url) as client,
    ):
        assert url.startswith("http://127.0.0.1:")
        client.send(ec2.DisassociateIpamByoasn(asn=ASN, cidr=CIDR))
    assert endpoint.state.associations[ASN, CIDR].value.state == "pending-disassociation"


def test_the_bytes_are_the_emulators() -> None:
    """Nothing is added on the way but the length; the date is the emulator's."""
    endpoint, twin = emulator()[0], emulator()[0]
    with running_emulator(endpoint) as url:
        address = urlsplit(url).netloc
        request = request_for(ec2.DescribeIpams())
        connection = http.client.HTTPConnection(address)
        connection.request("POST", "/", request.body, {**request.headers, "connection": "close"})
        answer = connection.getresponse()
        body, headers = answer.read(), {name.lower(): value for name, value in answer.getheaders()}
        connection.close()
    expected = twin.handle(request)
    assert (answer.status, body) == (expected.status, expected.body)
    assert headers == {**expected.headers, "content-length": str(len(body)), "connection": "close"}


def test_it_stops_when_the_block_ends() -> None:
    """Afterwards nobody listens, and no thread is left."""
    before = set(threading.enumerate())
    with running_emulator() as url:
        port = urlsplit(url).port
        assert port
        (server,) = set(threading.enumerate()) - before
    assert not server.is_alive()
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", port))


def test_it_stops_when_the_block_fails() -> None:
    """An error in the block passes through, and the server stops all the same."""
    before = set(threading.enumerate())
    with pytest.raises(ZeroDivisionError), running_emulator():
        raise ZeroDivisionError
    assert set(threading.enumerate()) <= before


def test_two_at_once() -> None:
    """Each has a port and a state of its own."""
    with running_emulator() as one, running_emulator() as other:
        assert one != other


def test_a_port_in_use() -> None:
    """A port that is taken is a ConfigurationError that says what to do."""
    with (
        running_emulator() as url,
        pytest.raises(ConfigurationError, match="choose another port"),
        running_emulator(port=urlsplit(url).port or 0),
    ):
        pass


@pytest.mark.parametrize("port", [-1, 65536])
def test_a_port_that_is_none(port: int) -> None:
    """So is a number that no port has."""
    with pytest.raises(ConfigurationError, match="choose another port"), running_emulator(port=port):
        pass


def test_serve_runs_until_it_is_interrupted() -> None:
    """`serve` announces its URL, answers, and ends in peace at SIGINT."""
    program = "from ec2query.emulator import serve; serve(0, announce=lambda url: print(url, flush=True))"
    with subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout is not None
        try:
            url = server.stdout.readline().strip()
            with Client(region="us-east-1", credentials=EXAMPLE_CREDENTIALS, endpoint_url=url) as client:
                assert client.send(ec2.DescribeIpams()).ipams == ()
            server.send_signal(signal.SIGINT)
            assert server.wait(30) == 0
        finally:
            server.kill()
