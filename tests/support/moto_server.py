"""moto's server, in a process of its own, on a free loopback port."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import httpx

__all__ = ["moto_server", "reset"]

# Its log goes nowhere; its own warnings are not ours to judge.
_PROGRAM = """
import logging, sys
logging.disable()
from moto.server import ThreadedMotoServer
server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
server.start()
print(server.get_host_and_port()[1], flush=True)
sys.stdin.read()  # ends with whoever started this
"""


@contextmanager
def moto_server() -> Iterator[str]:
    """Give the server's URL."""
    process = subprocess.Popen(
        [sys.executable, "-W", "ignore", "-c", _PROGRAM],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    assert process.stdin is not None
    assert process.stdout is not None
    try:
        yield f"http://127.0.0.1:{int(process.stdout.readline())}"
    finally:
        process.stdin.close()
        process.kill()
        process.wait()
        process.stdout.close()


def reset(url: str) -> None:
    """Empty the account."""
    with httpx.Client(base_url=url, trust_env=False) as client:
        client.post("/moto-api/reset").raise_for_status()
