"""Planted secrets on the command line: nothing of them is printed, whatever the servers say."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from ec2query.cli.run import run
from support.canaries import KEYS, SECRETS, USER_DATA, canaries_in
from support.echoes import ECHOES, Echo, closing
from support.providers import PROVIDERS
from support.server import Start

VPN = ["CreateVpnConnection", "Type=ipsec.1", "CustomerGatewayId=cgw-1"]
KEY = f"Options.TunnelOptions.1.PreSharedKey={SECRETS['pre-shared key']}"
LAUNCH = ["RunInstances", "MinCount=1", "MaxCount=1", f"UserData={USER_DATA}"]
COMMANDS: dict[str, list[str]] = {
    "a call": [*VPN, KEY],
    "user data": LAUNCH,
    "explained": [*VPN, KEY, "--explain"],
    "explained, not sent": [*LAUNCH, "--explain-only"],
    "a dry run": [*LAUNCH, "--dry-run"],
    "a presigned URL": ["CopySnapshot", "SourceRegion=us-west-2", "SourceSnapshotId=snap-1"],
    "whoami": ["whoami"],
    "doctor": ["doctor"],
}
ECHO = ["a refusal that quotes the body", "the request, as text", "the request, with 503", "nothing"]

Cli = Callable[..., tuple[int, str]]


@pytest.fixture
def cli(monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str], tmp_path: Path) -> Cli:
    """Run the program with keys in its environment and with tracebacks; give status and output."""
    for name in list(os.environ):
        if name.startswith(("AWS_", "EC2QUERY_")) or name.lower().endswith("_proxy"):
            monkeypatch.delenv(name)

    def ended(arguments: list[str], **environ: str) -> tuple[int, str]:
        given = {
            "HOME": str(tmp_path),
            "AWS_REGION": "us-east-1",
            "AWS_ACCESS_KEY_ID": KEYS.access_key_id,
            "AWS_SECRET_ACCESS_KEY": KEYS.secret_access_key,
            "AWS_SESSION_TOKEN": str(KEYS.session_token),
            "AWS_EC2_METADATA_DISABLED": "true",
            "AWS_MAX_ATTEMPTS": "1",
            "EC2QUERY_DEBUG": "1",
            **environ,
        }
        for name, value in given.items():
            monkeypatch.setenv(name, value)
        status = run(arguments)
        captured = capfd.readouterr()
        return status, captured.out + captured.err

    return ended


def _closing(echo: Echo, start: Start) -> str:
    return start(closing(echo)).url


@pytest.mark.parametrize("kind", ECHO)
@pytest.mark.parametrize("command", COMMANDS)
def test_no_secret_is_printed(start: Start, cli: Cli, command: str, kind: str) -> None:
    """With the traceback, too; of an access key id, `whoami` and `doctor` show the end."""
    url = _closing(ECHOES[kind], start)
    status, printed = cli(COMMANDS[command], AWS_ENDPOINT_URL=url)
    assert printed
    assert (status == 0) == (command in ("explained, not sent",)) or command == "doctor"
    assert canaries_in(printed) == set()


def test_an_answer_s_secrets_are_printed_where_they_are_asked_for(start: Start, cli: Cli) -> None:
    """The result of a call is what it was made for; its explanation hides them."""
    url = _closing(ECHOES["an answer"], start)
    status, printed = cli(["CreateKeyPair", "KeyName=k"], AWS_ENDPOINT_URL=url)
    assert (status, canaries_in(printed)) == (0, {"key material"})
    status, printed = cli(["CreateKeyPair", "KeyName=k", "--explain"], AWS_ENDPOINT_URL=url)
    assert (status, canaries_in(printed)) == (0, set())


WRONG: dict[str, list[str]] = {
    "a key twice": [*VPN, KEY, KEY],
    "text below text": [*VPN, KEY, f"{KEY.partition('=')[0]}.1={SECRETS['pre-shared key']}"],
    "a number of user data": [*LAUNCH, f"UserData.1={USER_DATA}"],
    "no base64": ["ModifyInstanceAttribute", "InstanceId=i-1", f"UserData.Value={USER_DATA}"],
    "an endpoint with a password": ["whoami", "--endpoint-url", f"http://u:{SECRETS['endpoint password']}@h"],
    "doctor's endpoint with a password": [
        "doctor",
        "--endpoint-url",
        f"http://u:{SECRETS['endpoint password']}@127.0.0.1:9",
    ],
}


@pytest.mark.parametrize("kind", WRONG)
def test_a_wrong_command_shows_no_secret(cli: Cli, kind: str) -> None:
    """What is wrong is said, with its place."""
    status, printed = cli(WRONG[kind], AWS_ENDPOINT_URL="http://127.0.0.1:9")
    assert status != 0
    assert printed
    assert canaries_in(printed) == set()


def test_wrong_json_shows_no_secret(cli: Cli, tmp_path: Path) -> None:
    """Neither what is no JSON nor what is no base64."""
    file = tmp_path / "parameters.json"
    for text in (
        f'{{"UserData": {{"Value": "{USER_DATA}"}}}}',
        f'{{"UserData": "{USER_DATA}"',
        f'["{USER_DATA}"]',
    ):
        file.write_text(text)
        status, printed = cli(["ModifyInstanceAttribute", "--json", str(file)])
        assert status != 0
        assert printed
        assert canaries_in(printed) == set()


@pytest.mark.parametrize("name", [name for name in PROVIDERS if name != "process"])
@pytest.mark.parametrize("command", ["whoami", "doctor"])
def test_no_source_s_secrets_are_printed(
    start: Start, cli: Cli, tmp_path: Path, command: str, name: str
) -> None:
    """Where a server repeats what it is sent."""
    url = _closing(ECHOES["the request, with 403"], start)
    provider = PROVIDERS[name]
    provider.write(tmp_path)
    settings = provider.settings(url) | {"HOME": str(tmp_path / "home")}
    settings = {key: f"{tmp_path}{value}" if value == "/token" else value for key, value in settings.items()}
    blank = dict.fromkeys(("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"), "")
    _, printed = cli([command], **{"AWS_ENDPOINT_URL": url, **blank, **settings})
    assert printed
    assert canaries_in(printed) == set()
