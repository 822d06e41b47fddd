"""`ec2query.cli.run`: whole runs, against the emulator over HTTP, and how they end."""

from __future__ import annotations

import io
import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from ec2query import __version__
from ec2query.cli.exits import MEANINGS, Exit
from ec2query.ec2 import SERVICE
from ec2query.emulator import EMPTY_500, HTML_503, MALFORMED, TRUNCATED, Fault
from support.command_line import CommandLine, Endpoint

DISASSOCIATE = ("DisassociateIpamByoasn", "Asn=64500", "Cidr=203.0.113.0/24")
DESCRIBE = ("DescribeIpamByoasn",)

# Arguments, changes of the environment, the status, and what the line on standard error holds.
FAILURES: dict[str, tuple[tuple[str, ...], dict[str, str | None], Exit, str]] = {
    "nothing": ((), {}, Exit.USAGE, "expected an operation or a command, got none; see 'ec2query --help'"),
    "no such operation": (("DisasociateIpamByoasn",), {}, Exit.USAGE, "did you mean DisassociateIpamByoasn?"),
    "another case": (("describevpcs",), {}, Exit.USAGE, "did you mean DescribeVpcs?"),
    "a structure is no operation": (("AsnAssociation",), {}, Exit.USAGE, "no operation 'AsnAssociation'"),
    "no such command": (("descibe",), {}, Exit.USAGE, "did you mean 'describe'?"),
    "no such option": (
        (*DESCRIBE, "--regon", "x"),
        {},
        Exit.USAGE,
        "see 'ec2query DescribeIpamByoasn --help'",
    ),
    "an option before the operation": (
        ("--region", "x", *DESCRIBE),
        {},
        Exit.USAGE,
        "no such option '--region' here (the options of a call stand after its operation)",
    ),
    "no such output": ((*DESCRIBE, "--output", "yaml"), {}, Exit.USAGE, "'yaml'"),
    "no such parameter": ((*DESCRIBE, "Max=1"), {}, Exit.USAGE, "see 'ec2query describe DescribeIpamByoasn'"),
    "a missing parameter": (DISASSOCIATE[:2], {}, Exit.USAGE, "Cidr=... (it is required)"),
    "words and JSON": (
        (*DISASSOCIATE, "--json", "-"),
        {},
        Exit.USAGE,
        "either Key=Value or --json, got both",
    ),
    "no such file": ((*DESCRIBE, "--json", "/nowhere"), {}, Exit.USAGE, "No such file or directory"),
    "no time at all": ((*DESCRIBE, "--timeout", "0"), {}, Exit.USAGE, "--timeout"),
    "no such shell": (("completion", "cmd"), {}, Exit.USAGE, "'cmd'"),
    "nothing matches": (("operations", "zzz"), {}, Exit.USAGE, "no operation matches 'zzz'"),
    "describing nothing": (("describe", "Describevpc"), {}, Exit.USAGE, "did you mean DescribeVpcs"),
    "denied": (
        ("WithdrawByoipCidr", "Cidr=203.0.113.0/24", "--dry-run"),
        {},
        Exit.DENIED,
        "WithdrawByoipCidr: UnauthorizedOperation",
    ),
    "denied by its parameter": (
        ("WithdrawByoipCidr", "Cidr=203.0.113.0/24", "DryRun=true"),
        {},
        Exit.DENIED,
        "UnauthorizedOperation",
    ),
    "denied in earnest": (
        ("WithdrawByoipCidr", "Cidr=203.0.113.0/24"),
        {},
        Exit.DENIED,
        "these credentials need the permission",
    ),
    "refused": (DISASSOCIATE, {}, Exit.SERVICE, "64500 is not associated with 203.0.113.0/24"),
    "not offered": (("DescribeVpcs",), {}, Exit.SERVICE, "check --region and --endpoint-url"),
    "a wrong secret": (DESCRIBE, {"AWS_SECRET_ACCESS_KEY": "x" * 40}, Exit.SERVICE, "SignatureDoesNotMatch"),
    "nobody listens": (
        (*DESCRIBE, "--endpoint-url", "http://127.0.0.1:1"),
        {},
        Exit.TRANSPORT,
        "127.0.0.1:1",
    ),
    "no Region": (DESCRIBE, {"AWS_REGION": None}, Exit.CONFIGURATION, "no Region"),
    "a Region that is a host": ((*DESCRIBE, "--region", "a@evil.example"), {}, Exit.CONFIGURATION, "Region"),
    "an endpoint that is none": (
        (*DESCRIBE, "--endpoint-url", "ftp://x"),
        {},
        Exit.CONFIGURATION,
        "endpoint",
    ),
}


@pytest.mark.usefixtures("endpoint")
@pytest.mark.parametrize(("arguments", "changes", "status", "text"), FAILURES.values(), ids=FAILURES)
def test_a_failure_is_one_line_and_a_status(
    cli: CommandLine,
    environment: pytest.MonkeyPatch,
    arguments: tuple[str, ...],
    changes: dict[str, str | None],
    status: Exit,
    text: str,
) -> None:
    """On standard error, and nothing on standard output."""
    for name, value in changes.items():
        if value is None:
            environment.delenv(name)
        else:
            environment.setenv(name, value)
    ended = cli(*arguments)
    assert (ended.status, ended.out) == (status, "")
    assert ended.err.startswith("ec2query: ")
    assert ended.err.count("\n") == 1
    assert text in ended.err


@pytest.mark.parametrize(
    ("fault", "status"),
    [
        (MALFORMED, Exit.RESPONSE),
        (TRUNCATED, Exit.RESPONSE),
        (HTML_503, Exit.SERVICE),
        (EMPTY_500, Exit.SERVICE),
    ],
    ids=lambda value: getattr(value, "name", None),
)
def test_a_broken_answer_is_a_line_too(
    cli: CommandLine, endpoint: Endpoint, fault: Fault, status: Exit
) -> None:
    """An answer that is no document is another thing than a refusal."""
    endpoint.emulator.inject("DescribeIpamByoasn", fault)
    ended = cli(*DESCRIBE)
    assert (ended.status, ended.err.count("\n")) == (status, 1)


@pytest.mark.usefixtures("endpoint")
def test_the_same_call_in_each_output(cli: CommandLine) -> None:
    """JSON is what a pipe gets unasked; XML is the answer as it came."""
    data = json.loads(cli(*DESCRIBE).out)
    assert data.keys() == {"Byoasns", "RequestId"}
    assert json.loads(cli(*DESCRIBE, "--output", "json").out).keys() == data.keys()
    assert cli(*DESCRIBE, "--output", "xml").out.startswith("<DescribeIpamByoasnResponse xmlns=")
    assert cli(*DESCRIBE, "--output", "table").out.startswith("Byoasns  none\n")


@pytest.mark.usefixtures("endpoint")
def test_parameters_from_json(cli: CommandLine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """From a file, with or without a byte order mark, or from standard input."""
    text = b'{"MaxResults": 5}'
    file = tmp_path / "parameters.json"
    for content in (text, b"\xef\xbb\xbf" + text):
        file.write_bytes(content)
        assert cli(*DESCRIBE, "--json", str(file)).status == Exit.SUCCESS
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(text)))
    assert cli(*DESCRIBE, "--json", "-").status == Exit.SUCCESS


@pytest.mark.usefixtures("endpoint")
@pytest.mark.parametrize("trial", ["--dry-run", "DryRun=true"])
def test_a_permitted_dry_run_is_a_success(cli: CommandLine, trial: str) -> None:
    """In every output."""
    assert json.loads(cli(*DISASSOCIATE, trial).out)["Permitted"] is True
    assert "permitted" in cli(*DISASSOCIATE, trial, "--output", "table").out
    assert "<Code>DryRunOperation</Code>" in cli(*DISASSOCIATE, trial, "--output", "xml").out
    assert cli(*DISASSOCIATE, trial).status == Exit.SUCCESS


def test_the_version_names_the_model(cli: CommandLine) -> None:
    """Both are needed to know what a program can do."""
    ended = cli("--version")
    assert ended.status == Exit.SUCCESS
    assert ended.out == f"ec2query {__version__} (Amazon EC2 API {SERVICE.version}, model: {SERVICE.model})\n"


def test_the_help_lists_commands_and_exit_statuses(cli: CommandLine) -> None:
    """Each with its meaning."""
    text = cli("--help").out
    for word in ("operations", "describe", "completion", "emulator", "demo", *MEANINGS.values()):
        assert word in text


def test_the_help_of_an_operation_lists_its_parameters(cli: CommandLine) -> None:
    """Required ones marked, and the page of the API Reference."""
    text = cli("DisassociateIpamByoasn", "--help").out
    assert "Cidr *" in text
    assert "API_DisassociateIpamByoasn.html" in text


def python(*arguments: str, environ: dict[str, str] | None = None) -> subprocess.CompletedProcess[str]:
    """Run Python in a process of its own."""
    return subprocess.run(
        [sys.executable, *arguments],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path), **(environ or {})},
    )


def test_it_runs_as_a_module() -> None:
    """`python -m ec2query` is the same program."""
    ended = python("-m", "ec2query", "--version")
    assert (ended.returncode, ended.stderr) == (0, "")
    assert ended.stdout.startswith(f"ec2query {__version__} ")


@pytest.mark.parametrize("arguments", [["--version"], ["--help"], ["DescribeVpcs", "--help"]])
def test_what_needs_no_network_loads_no_http(arguments: list[str]) -> None:
    """Nor the signer, nor what draws tables."""
    program = (
        "import sys; from ec2query.cli.run import run; run(sys.argv[1:]);"
        " sys.exit(', '.join({'httpx', 'botocore', 'rich', 'anyio', 'defusedxml'} & sys.modules.keys()))"
    )
    ended = python("-c", program, *arguments)
    assert ended.stderr.strip() == ""


@pytest.mark.parametrize(
    ("missing", "arguments", "extra"),
    [
        ("click", ["--version"], "'ec2query[cli]'"),
        ("rich", ["demo"], "'ec2query[cli]'"),
        ("uvicorn", ["demo"], "ec2query[emulator]"),
        ("uvicorn", ["emulator", "--port", "0"], "ec2query[emulator]"),
    ],
)
def test_a_missing_extra_is_one_sentence(missing: str, arguments: list[str], extra: str) -> None:
    """It names what is to be installed."""
    program = f"import sys; sys.modules[{missing!r}] = None; from ec2query.cli import main; main()"
    ended = python("-c", program, *arguments)
    assert ended.returncode == Exit.CONFIGURATION
    assert ended.stderr.count("\n") == 1
    assert extra in ended.stderr


@pytest.mark.usefixtures("endpoint")
@pytest.mark.parametrize("output", ["json", "table", "xml"])
def test_a_reader_that_goes_away_is_no_traceback(output: str) -> None:
    """As with any program in a pipe."""
    read, write = os.pipe()
    os.close(read)
    with os.fdopen(write, "wb") as pipe:
        ended = subprocess.run(
            [sys.executable, "-m", "ec2query", *DESCRIBE, "--output", output],
            stdout=pipe,
            stderr=subprocess.PIPE,
            text=True,
            timeout=60,
            check=False,
            env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
        )
    assert (ended.returncode, ended.stderr) == (Exit.READER_GONE, "")


@pytest.mark.usefixtures("endpoint")
def test_an_encoding_without_unicode_is_no_traceback() -> None:
    """Tables are drawn with other signs, text is escaped."""
    for output in ("json", "table", "xml"):
        ended = python(
            *("-m", "ec2query", "CreateIpam", "Description=\u00fc", "--output", output),
            environ={"PYTHONIOENCODING": "ascii"},
        )
        assert (ended.returncode, ended.stderr) == (0, "")
        assert ended.stdout.isascii()


@pytest.fixture
def silent() -> Iterator[socket.socket]:
    """A server that takes connections and never answers."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(60)
        yield server


@pytest.mark.usefixtures("environment")
def test_an_interrupt_is_a_line_and_a_status(silent: socket.socket) -> None:
    """While the answer is awaited."""
    url = f"http://127.0.0.1:{silent.getsockname()[1]}"
    with subprocess.Popen(
        [sys.executable, "-m", "ec2query", *DESCRIBE, "--endpoint-url", url],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
    ) as process:
        connection, _ = silent.accept()
        with connection:
            assert connection.recv(1)
            process.send_signal(signal.SIGINT)
            assert process.communicate(timeout=60) == ("", "ec2query: interrupted\n")
    assert process.returncode == Exit.INTERRUPTED


def test_the_timeout_is_the_user_s(cli: CommandLine, silent: socket.socket) -> None:
    """And what ran out is said."""
    ended = cli(
        *DESCRIBE, "--endpoint-url", f"http://127.0.0.1:{silent.getsockname()[1]}", "--timeout", "0.05"
    )
    assert ended.status == Exit.TRANSPORT
    assert "--timeout" in ended.err


def test_the_traceback_is_there_for_those_who_ask(cli: CommandLine, environment: pytest.MonkeyPatch) -> None:
    """After the line, with EC2QUERY_DEBUG set."""
    environment.setenv("EC2QUERY_DEBUG", "1")
    environment.delenv("AWS_REGION")
    first, *rest = cli(*DESCRIBE).err.splitlines()
    assert first.startswith("ec2query: no Region")
    assert rest[0].startswith("Traceback")
