"""`ec2query whoami`: as whom, where, at which endpoint, and who says so."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from ec2query.cli.exits import Exit
from ec2query.cli.whoami import Fact, Identity
from ec2query.cli.whoami_table import identity_text
from support.aws import ARN, LATER
from support.command_line import CommandLine
from support.server import ScriptedServer

NOW = datetime(2030, 1, 1, 12, tzinfo=UTC)
CONFIG = (
    "[default]\nregion = eu-west-1\n"
    "[profile dev]\nregion = eu-west-2\naws_access_key_id = AKIDPROFILE\naws_secret_access_key = CANARY\n"
)


@pytest.fixture
def files(environment: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """A home with a config file."""
    (tmp_path / ".aws").mkdir()
    (tmp_path / ".aws" / "config").write_text(CONFIG)
    return tmp_path / ".aws" / "config"


def test_every_fact_has_its_source(cli: CommandLine, aws: ScriptedServer) -> None:
    """In JSON, as a pipe gets it: values by name, and beside them who says so; no secret among them."""
    url = aws.url.rstrip("/")
    ended = cli("whoami")
    assert (ended.status, ended.err) == (Exit.SUCCESS, "")
    assert json.loads(ended.out) == {
        "Account": "111122223333",
        "Arn": ARN,
        "UserId": None,
        "AccessKeyId": "***MPLE",
        "ExpiresAt": None,
        "Region": "us-east-1",
        "Endpoint": url,
        "Sources": {
            "Account": f"STS at {url}",
            "Arn": f"STS at {url}",
            "AccessKeyId": "environment: access key in the environment",
            "ExpiresAt": "long-term: without a session token",
            "Region": "AWS_REGION",
            "Endpoint": "AWS_ENDPOINT_URL",
        },
    }


def test_the_options_are_sources_too(cli: CommandLine, aws: ScriptedServer, files: Path) -> None:
    """--profile outranks the environment's keys; each option is named as it was typed."""
    found = json.loads(
        cli("whoami", "--profile", "dev", "--region", "eu-west-3", "--endpoint-url", aws.url).out
    )
    assert (found["AccessKeyId"], found["Region"]) == ("***FILE", "eu-west-3")
    assert found["Sources"]["AccessKeyId"] == (
        f"profile 'dev': access key in {files}, line 5, profile 'dev', aws_access_key_id"
    )
    assert (found["Sources"]["Region"], found["Sources"]["Endpoint"]) == ("--region", "--endpoint-url")


@pytest.mark.usefixtures("aws")
def test_credentials_of_an_instance_expire(cli: CommandLine, environment: pytest.MonkeyPatch) -> None:
    """The Region is the instance's too."""
    for name in ("AWS_ACCESS_KEY_ID", "AWS_REGION", "AWS_SECRET_ACCESS_KEY", "AWS_EC2_METADATA_DISABLED"):
        environment.delenv(name)
    found = json.loads(cli("whoami").out)
    assert (found["ExpiresAt"], found["AccessKeyId"]) == (LATER, "***ANCE")
    assert found["Sources"]["ExpiresAt"] == found["Sources"]["Region"] == "instance metadata"


@pytest.mark.usefixtures("aws")
def test_a_session_token_without_its_end_is_not_long_term(
    cli: CommandLine, environment: pytest.MonkeyPatch
) -> None:
    """Nobody knows when it expires."""
    environment.setenv("AWS_SESSION_TOKEN", "t")
    found = json.loads(cli("whoami").out)
    assert found["ExpiresAt"] is None
    assert "ExpiresAt" not in found["Sources"]


@pytest.mark.parametrize(
    ("changes", "status", "known", "said"),
    [
        ({"AWS_ACCESS_KEY_ID": ""}, Exit.CONFIGURATION, None, "AWS_ACCESS_KEY_ID is not"),
        (
            {"AWS_ACCESS_KEY_ID": "", "AWS_SECRET_ACCESS_KEY": ""},
            Exit.CONFIGURATION,
            None,
            "(on the command line: --profile); 'ec2query doctor' looks at every source",
        ),
        ({"AWS_PROFILE": "nope"}, Exit.SUCCESS, ("Account", "Region"), ""),
        (
            {"AWS_REGION": " "},
            Exit.CONFIGURATION,
            ("AccessKeyId",),
            "no Region: AWS_REGION: not set; AWS_DEFAULT_REGION: not set; profile 'default': no region in the"
            " shared files",
        ),
        ({"AWS_REGION": "a@b"}, Exit.CONFIGURATION, ("AccessKeyId",), "AWS_REGION: Region: expected"),
        ({"AWS_ENDPOINT_URL_EC2": "ftp://x"}, Exit.CONFIGURATION, ("Account", "Region"), "ENDPOINT_URL_EC2"),
        (
            {"AWS_ENDPOINT_URL_STS": "http://127.0.0.1:1"},
            Exit.TRANSPORT,
            ("Region", "Endpoint"),
            "STS GetCallerIdentity: POST http://127.0.0.1:1: connecting failed",
        ),
        ({"AWS_MAX_ATTEMPTS": "x"}, Exit.CONFIGURATION, None, "AWS_MAX_ATTEMPTS: expected a number"),
        ({"AWS_CONFIG_FILE": "/"}, Exit.CONFIGURATION, None, "/: expected a readable file"),
    ],
)
@pytest.mark.usefixtures("aws")
def test_what_is_known_is_shown_before_what_fails_is_said(
    cli: CommandLine,
    environment: pytest.MonkeyPatch,
    changes: dict[str, str],
    status: Exit,
    known: tuple[str, ...] | None,
    said: str,
) -> None:
    """One line on standard error and a status; without keys there is nobody to show."""
    for name, value in changes.items():
        environment.setenv(name, value)
    ended = cli("whoami")
    assert ended.status == status
    assert ended.err.count("\n") == (1 if said else 0)
    assert said in ended.err
    found = json.loads(ended.out) if ended.out else None
    assert (found is None) == (known is None)
    assert found is None or all(found[name] is not None for name in known or ())
    assert "Traceback" not in ended.err


def drawn(identity: Identity, width: int = 100) -> list[str]:
    return identity_text(identity, NOW, width).plain.splitlines()


@pytest.mark.parametrize(
    ("left", "shown"),
    [
        (timedelta(hours=5, minutes=59, seconds=59), "2030-01-01T17:59:59Z (in 5 h 59 min)"),
        (timedelta(days=2, hours=3), "2030-01-03T15:00:00Z (in 2 d 3 h)"),
    ],
)
def test_a_person_reads_how_long_they_last(left: timedelta, shown: str) -> None:
    """The time, and how far it is."""
    ends = (NOW + left).strftime("%Y-%m-%dT%H:%M:%SZ")
    assert f"Expires     {shown}  instance metadata" in drawn(
        Identity({"ExpiresAt": Fact(ends, "instance metadata")})
    )


def test_what_is_not_known_is_said_to_be() -> None:
    """And what never expires; text from outside is one line without control characters."""
    lines = drawn(Identity({"ExpiresAt": Fact(None, "long-term"), "Arn": Fact("arn\x1b[2J\nx", "STS\x9b")}))
    assert lines == [
        "Account     unknown",
        "ARN         arn [2J x  STS",
        "User id     unknown",
        "Access key  unknown",
        "Expires     never      long-term",
        "Region      unknown",
        "Endpoint    unknown",
    ]


def test_no_value_is_broken_where_it_is_narrow() -> None:
    """The sources go below, each once, and an ARN can be copied."""
    arn = f"arn:aws:iam::111122223333:user/{'x' * 64}"
    source = "STS at https://sts.us-east-1.amazonaws.com"
    lines = drawn(Identity({"Account": Fact("111122223333", source), "Arn": Fact(arn, source)}), 80)
    assert lines[:3] == ["Account     111122223333", f"ARN         {arn}", f"              {source}"]


@pytest.mark.usefixtures("aws")
def test_the_table_is_drawn_on_request(cli: CommandLine) -> None:
    """Standard output is no terminal here."""
    first, *_ = cli("whoami", "--output", "table").out.splitlines()
    assert first.split()[:2] == ["Account", "111122223333"]


@pytest.mark.usefixtures("aws", "files")
@pytest.mark.parametrize(("profile", "key"), [("dev", "AKIDPROFILE"), ("default", None)])
def test_every_operation_takes_a_profile(
    cli: CommandLine, aws: ScriptedServer, profile: str, key: str | None
) -> None:
    """And signs with its keys; the Region is its own where the environment names none."""
    ended = cli("DescribeIpamByoasn", "--profile", profile)
    if key is None:
        assert (ended.status, aws.requests) == (Exit.CONFIGURATION, [])
        return
    assert json.loads(ended.out)["RequestId"] == "r-1"
    [request] = aws.requests
    assert f"Credential={key}/" in dict(request.headers)["authorization"]


@pytest.mark.usefixtures("aws")
def test_an_mfa_code_is_asked_for_on_a_terminal(
    cli: CommandLine, environment: pytest.MonkeyPatch, files: Path
) -> None:
    """Where there is none, the line says so instead of waiting."""
    files.write_text(
        "[profile mfa]\nrole_arn = arn:aws:iam::111122223333:role/r\nsource_profile = base\nmfa_serial = m\n"
        "[profile base]\naws_access_key_id = AKIDEXAMPLE\naws_secret_access_key = CANARY\n"
    )
    ended = cli("whoami", "--profile", "mfa")
    assert (ended.status, ended.out) == (Exit.CONFIGURATION, "")
    assert "mfa_serial m: expected a terminal to ask for its code on, got none" in ended.err
    environment.setattr("sys.stdin.isatty", lambda: True)
    environment.setattr("getpass.getpass", {"Code of MFA device m: ": "123456"}.__getitem__)
    assert json.loads(cli("whoami", "--profile", "mfa").out)["AccessKeyId"] == "***"
