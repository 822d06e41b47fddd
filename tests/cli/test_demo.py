"""`ec2query demo` and `ec2query emulator`."""

from __future__ import annotations

import os
import signal
import subprocess
import sys

import pytest

from ec2query.cli.exits import Exit
from support.command_line import CommandLine


def test_the_demonstration_ends_well(cli: CommandLine, environment: pytest.MonkeyPatch) -> None:
    """Whatever the environment says of AWS and of proxies: it reaches nothing but its own endpoint."""
    for name, value in (
        ("AWS_ENDPOINT_URL_EC2", "http://127.0.0.1:1"),
        ("AWS_USE_FIPS_ENDPOINT", "true"),
        ("HTTP_PROXY", "http://127.0.0.1:1"),
        ("AWS_SECRET_ACCESS_KEY", "CANARY"),
    ):
        environment.setenv(name, value)
    environment.delenv("AWS_REGION")
    ended = cli("demo", "--delay", "0")
    assert (ended.status, ended.err) == (Exit.SUCCESS, "")
    steps = [line.split()[0] for line in ended.out.splitlines() if "request id" in line]
    assert steps == [
        "CreateIpam",
        "ProvisionByoipCidr",
        "ProvisionIpamByoasn",
        "AssociateIpamByoasn",
        "DisassociateIpamByoasn",
    ]
    for text in ("The canonical request", "The string to sign", "<DisassociateIpamByoasnResponse"):
        assert text in ended.out
    assert ended.out.splitlines()[-1].startswith("AS64500 has left 203.0.113.0/24.")
    assert "CANARY" not in ended.out


def test_the_emulator_serves_until_it_is_interrupted() -> None:
    """It says where it listens and how to reach it, and an interrupt is its ordinary end."""
    with subprocess.Popen(
        [sys.executable, "-m", "ec2query", "emulator", "--port", "0"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        lines: list[str] = []
        while not lines or "DescribeByoipCidrs" not in lines[-1]:
            lines.append(process.stdout.readline())
            assert lines[-1], process.stderr.read()
        settings = dict(
            line.removeprefix("  export ").strip().split("=", 1) for line in lines if "export" in line
        )
        ended = subprocess.run(
            [sys.executable, "-m", "ec2query", "DescribeByoipCidrs", "MaxResults=10"],
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
            env={**os.environ, **settings, "PYTHONPATH": os.pathsep.join(sys.path)},
        )
        process.send_signal(signal.SIGINT)
        assert process.wait(30) == 0
        assert process.stderr.read() == ""
    assert (ended.returncode, ended.stderr) == (0, "")
    assert '"ByoipCidrs": []' in ended.stdout


@pytest.mark.parametrize(
    ("arguments", "status", "text"),
    [
        (["--deny", "RunInstances"], Exit.USAGE, "action 'RunInstances': the emulator serves"),
        (["--port", "70000"], Exit.USAGE, "--port"),
        (["--host", "192.0.2.1"], Exit.CONFIGURATION, "192.0.2.1"),
    ],
)
def test_an_emulator_that_cannot_be_is_explained(
    cli: CommandLine, arguments: list[str], status: Exit, text: str
) -> None:
    """In one line."""
    ended = cli("emulator", "--port", "0", *arguments)
    assert (ended.status, ended.err.count("\n")) == (status, 1)
    assert text in ended.err
