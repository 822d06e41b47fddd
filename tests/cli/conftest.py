"""The command line under test: run in process, against the emulator over HTTP on a loopback port."""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import timedelta

import pytest

from ec2query.cli.run import run
from ec2query.emulator import EXAMPLE_CREDENTIALS, Emulator, running_emulator
from support.aws import play
from support.command_line import CommandLine, Ended, Endpoint
from support.server import ScriptedServer

__all__ = ["aws", "cli", "endpoint", "environment", "served"]


@pytest.fixture(scope="session")
def served() -> Iterator[Endpoint]:
    """One emulator for all tests; whatever is asked of it happens at once, or is not permitted."""
    emulator = Emulator(delay=timedelta(0), deny=["WithdrawByoipCidr"])
    with running_emulator(emulator) as url:
        yield Endpoint(emulator, url)


@pytest.fixture
def environment(monkeypatch: pytest.MonkeyPatch, tmp_path: object) -> pytest.MonkeyPatch:
    """An environment with credentials and a Region and nothing else of AWS's, no retries, no proxies."""
    for name in list(os.environ):
        if name.startswith(("AWS_", "EC2QUERY_", "_EC2QUERY_", "COMP_")) or name.lower().endswith("_proxy"):
            monkeypatch.delenv(name)
    for name, value in (
        ("AWS_ACCESS_KEY_ID", EXAMPLE_CREDENTIALS.access_key_id),
        ("AWS_SECRET_ACCESS_KEY", EXAMPLE_CREDENTIALS.secret_access_key),
        ("AWS_REGION", "us-east-1"),
        ("AWS_EC2_METADATA_DISABLED", "true"),
        ("AWS_MAX_ATTEMPTS", "1"),
        ("HOME", str(tmp_path)),
        ("COLUMNS", "80"),
        ("NO_COLOR", "1"),
    ):
        monkeypatch.setenv(name, value)
    return monkeypatch


@pytest.fixture
def cli(environment: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> CommandLine:
    """Run the command line with these arguments."""

    def ended(*arguments: str) -> Ended:
        status = run(arguments)
        captured = capsys.readouterr()
        return Ended(status, captured.out, captured.err)

    return ended


@pytest.fixture
def aws(environment: pytest.MonkeyPatch) -> Iterator[ScriptedServer]:
    """A peer that answers as IMDS, STS and an EC2 do, as every endpoint that the environment names."""
    with ScriptedServer(play) as server:
        environment.setenv("AWS_ENDPOINT_URL", server.url)
        environment.setenv("AWS_EC2_METADATA_SERVICE_ENDPOINT", server.url)
        yield server


@pytest.fixture
def endpoint(environment: pytest.MonkeyPatch, served: Endpoint) -> Endpoint:
    """The emulator, as the endpoint that the environment names."""
    environment.setenv("AWS_ENDPOINT_URL_EC2", served.url)
    return served
