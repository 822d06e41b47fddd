"""`ec2query doctor`: everything looked at, whatever fails, and what to do about it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from rich.console import Console

from ec2query.cli.diagnosis import Diagnosis
from ec2query.cli.doctor_table import diagnosis_table
from ec2query.cli.exits import Exit
from ec2query.errors import ConfigurationError, CredentialsError, TransportTimeout
from support.aws import ARN, reply
from support.command_line import CommandLine
from support.server import Peer, ScriptedServer, answer

NOWHERE = "http://127.0.0.1:1"


def outcome(found: Mapping[str, Any], section: str, name: str) -> tuple[str, str]:
    """What became of one check."""
    [check] = [check for check in found["Checks"][section] if check["Name"] == name]
    return check["Outcome"], check["Detail"]


@pytest.mark.usefixtures("aws")
def test_where_nothing_is_wrong_nothing_is_to_be_done(cli: CommandLine, aws: ScriptedServer) -> None:
    """Every section is there, and each source says why it did not answer."""
    url = aws.url.rstrip("/")
    ended = cli("doctor")
    found = json.loads(ended.out)
    assert (ended.status, ended.err, found["Signable"], found["Next"]) == (Exit.SUCCESS, "", True, [])
    assert [name for name, checks in found["Checks"].items() if not checks] == []
    assert outcome(found, "Credentials", "environment") == (
        "answered",
        "access key in the environment (it is used)",
    )
    assert [(check["Name"], check["Outcome"]) for check in found["Checks"]["Credentials"]] == [
        ("environment", "answered"),
        ("profile 'default'", "absent"),
        ("web identity", "absent"),
        ("container", "absent"),
        ("instance metadata", "absent"),
    ]
    assert outcome(found, "Region", "AWS_REGION") == ("answered", "us-east-1")
    assert outcome(found, "Endpoint", url) == ("ok", "AWS_ENDPOINT_URL")
    assert outcome(found, "Settings", "max_attempts") == ("set", "1 (AWS_MAX_ATTEMPTS)")
    assert outcome(found, "Settings", "retries") == ("ok", "standard, 1 attempts")
    assert outcome(found, "Answers", "identity") == ("ok", f"{ARN} of account 111122223333, says {url}")
    assert outcome(found, "Answers", "clock")[0] == "absent"
    assert outcome(found, "Environment", "variables")[1].startswith("AWS_ACCESS_KEY_ID, ")


ROLE = (
    "[profile r]\nrole_arn = arn:aws:iam::111122223333:role/r\nsource_profile = b\n"
    "[profile b]\naws_access_key_id = AKIDEXAMPLE\naws_secret_access_key = CANARY\n"
)
BROKEN_FILE = {"AWS_CONFIG_FILE": "{home}/broken"}

# Changes of the environment, exit status, and the checks and the advice that they lead to.
TROUBLES: dict[str, tuple[dict[str, str], Exit, list[tuple[str, str, str, str]], list[str]]] = {
    "no credentials": (
        {"AWS_ACCESS_KEY_ID": "", "AWS_SECRET_ACCESS_KEY": " "},
        Exit.CONFIGURATION,
        [
            ("Credentials", "environment", "absent", "AWS_ACCESS_KEY_ID is not set"),
            ("Environment", "blank", "absent", "AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY: as if not set"),
        ],
        ["give credentials: set AWS_ACCESS_KEY_ID"],
    ),
    "half a pair": (
        {"AWS_ACCESS_KEY_ID": ""},
        Exit.CONFIGURATION,
        [("Credentials", "environment", "failed", "AWS_SECRET_ACCESS_KEY is set, but AWS_ACCESS_KEY_ID is")],
        ["environment: AWS_SECRET_ACCESS_KEY is set, but AWS_ACCESS_KEY_ID is not; set both"],
    ),
    "no Region": (
        {"AWS_REGION": ""},
        Exit.CONFIGURATION,
        [
            ("Region", "AWS_REGION", "absent", "not set"),
            ("Region", "instance metadata", "absent", "AWS_EC2_METADATA_DISABLED is true"),
        ],
        ["name a Region: with --region"],
    ),
    "no Region for a role": (
        {
            "AWS_REGION": "",
            "AWS_PROFILE": "r",
            "AWS_CONFIG_FILE": "{home}/role",
            "AWS_ACCESS_KEY_ID": "",
            "AWS_SECRET_ACCESS_KEY": "",
        },
        Exit.CONFIGURATION,
        [("Credentials", "profile 'r'", "failed", "no Region: ")],
        ["name a Region: with --region"],
    ),
    "a Region that is a host": (
        {"AWS_REGION": "a@evil.example"},
        Exit.CONFIGURATION,
        [("Region", "Region", "failed", "Region: expected 1 to 63 letters")],
        ["Region: expected 1 to 63 letters"],
    ),
    "a broken file": (
        BROKEN_FILE,
        Exit.CONFIGURATION,
        [
            ("Shared files", "config", "failed", "broken, line 1: expected a section"),
            ("Credentials", "profile 'default'", "not asked", "the shared files cannot be read"),
            ("Credentials", "environment", "answered", "(it is used)"),
            ("Answers", "identity", "ok", ARN),
        ],
        ["broken, line 1: expected a section"],
    ),
    "a file that is a folder": (
        {"AWS_SHARED_CREDENTIALS_FILE": "/"},
        Exit.CONFIGURATION,
        [("Shared files", "credentials", "failed", "/: expected a readable file")],
        ["/: expected a readable file"],
    ),
    "a setting that cannot be meant": (
        {"AWS_MAX_ATTEMPTS": "x"},
        Exit.CONFIGURATION,
        [
            ("Settings", "settings", "failed", "AWS_MAX_ATTEMPTS: expected a number"),
            ("Credentials", "instance metadata", "absent", "AWS_EC2_METADATA_DISABLED is true"),
        ],
        ["AWS_MAX_ATTEMPTS: expected a number"],
    ),
    "a setting of IMDS that cannot be meant": (
        {"AWS_METADATA_SERVICE_TIMEOUT": "x", "AWS_EC2_METADATA_SERVICE_ENDPOINT": NOWHERE},
        Exit.CONFIGURATION,
        [("Settings", "settings", "failed", "AWS_METADATA_SERVICE_TIMEOUT: expected seconds")],
        ["AWS_METADATA_SERVICE_TIMEOUT: expected seconds"],
    ),
    "a setting that the client alone reads": (
        {"AWS_NEW_RETRIES_2026": "x"},
        Exit.CONFIGURATION,
        [("Settings", "client", "failed", "AWS_NEW_RETRIES_2026: expected true or false")],
        ["AWS_NEW_RETRIES_2026: expected true or false"],
    ),
    "a profile that is not there": (
        {"AWS_PROFILE": "nope"},
        Exit.SUCCESS,
        [
            ("Shared files", "profile", "set", "nope (AWS_PROFILE)"),
            ("Credentials", "profile 'nope'", "failed", "profile 'nope', named by AWS_PROFILE: expected one"),
        ],
        [],
    ),
    "an endpoint that is none": (
        {"AWS_ENDPOINT_URL_EC2": "ftp://x"},
        Exit.CONFIGURATION,
        [("Endpoint", "endpoint", "failed", "AWS_ENDPOINT_URL_EC2")],
        ["AWS_ENDPOINT_URL_EC2"],
    ),
    "an endpoint and FIPS": (
        {"AWS_USE_FIPS_ENDPOINT": "true"},
        Exit.CONFIGURATION,
        [("Endpoint", "endpoint", "failed", "expected no custom endpoint together with FIPS")],
        ["expected no custom endpoint together with FIPS", "expected no custom endpoint together with FIPS"],
    ),
    "nobody at the endpoint": (
        {"AWS_ENDPOINT_URL_EC2": NOWHERE},
        Exit.SUCCESS,
        [("Answers", "endpoint", "failed", f"GET {NOWHERE}: connecting failed")],
        ["; check the network, --region and --endpoint-url"],
    ),
    "nobody at all": (
        {"AWS_ENDPOINT_URL": NOWHERE},
        Exit.SUCCESS,
        [
            ("Answers", "identity", "failed", "STS GetCallerIdentity"),
            ("Answers", "endpoint", "failed", "connecting failed"),
        ],
        ["STS GetCallerIdentity", f"GET {NOWHERE}"],
    ),
    "a proxy that is none": (
        {"AWS_ENDPOINT_URL": "", "HTTPS_PROXY": "ftp://user:CANARY@x", "AWS_ENDPOINT_URL_STS": NOWHERE},
        Exit.CONFIGURATION,
        [("Endpoint", "endpoint", "failed", "HTTPS_PROXY: expected the URL of a proxy")],
        ["HTTPS_PROXY: expected the URL of a proxy", "STS GetCallerIdentity"],
    ),
    "a proxy that is not there": (
        {"AWS_ENDPOINT_URL_EC2": "http://ec2.test", "http_proxy": "http://user:CANARY@127.0.0.1:1"},
        Exit.SUCCESS,
        [
            ("Endpoint", "proxy", "set", "http://127.0.0.1:1"),
            ("Answers", "endpoint", "failed", "GET http://ec2.test: connecting failed"),
            ("Answers", "identity", "ok", ARN),
        ],
        ["GET http://ec2.test: connecting failed"],
    ),
    "no home": ({"HOME": ""}, Exit.SUCCESS, [("Shared files", "config", "absent", "set HOME")], []),
    "a CA bundle that is not there": (
        {"AWS_CA_BUNDLE": "/nowhere.pem", "AWS_ENDPOINT_URL_EC2": "https://127.0.0.1:1"},
        Exit.SUCCESS,
        [("Settings", "ca_bundle", "set", "/nowhere.pem (AWS_CA_BUNDLE)")],
        ["/nowhere.pem"],
    ),
}


@pytest.mark.usefixtures("aws")
@pytest.mark.parametrize(("changes", "status", "checks", "advice"), TROUBLES.values(), ids=TROUBLES)
def test_each_trouble_is_found_and_said(
    cli: CommandLine,
    environment: pytest.MonkeyPatch,
    tmp_path: Path,
    changes: dict[str, str],
    status: Exit,
    checks: list[tuple[str, str, str, str]],
    advice: list[str],
) -> None:
    """Status 0 where a call can be signed, else 7; the rest is looked at all the same."""
    (tmp_path / "broken").write_text("CANARY")
    (tmp_path / "role").write_text(ROLE)
    for name, value in changes.items():
        environment.setenv(name, value.replace("{home}", str(tmp_path)))
    ended = cli("doctor")
    found = json.loads(ended.out)
    assert (ended.status, ended.err, found["Signable"]) == (status, "", status is Exit.SUCCESS)
    for section, name, expected, detail in checks:
        became = outcome(found, section, name)
        assert became[0] == expected
        assert detail in became[1]
    assert len(found["Next"]) == len(advice), found["Next"]
    for sentence, part in zip(found["Next"], advice, strict=True):
        assert part in sentence
    assert "CANARY" not in ended.out


@pytest.mark.parametrize(
    ("off", "expected", "said"),
    [
        (timedelta(0), "ok", "s apart"),
        (timedelta(minutes=3), "ok", "s apart"),
        (timedelta(hours=-1), "warning", "ahead of the endpoint's"),
        (timedelta(hours=1), "warning", "behind the endpoint's"),
    ],
)
def test_the_clock_is_compared_with_the_endpoints(
    cli: CommandLine, environment: pytest.MonkeyPatch, off: timedelta, expected: str, said: str
) -> None:
    """An unsigned request brings a Date; more than four minutes apart are said."""

    def script(peer: Peer) -> None:
        while request := peer.request():
            if request.line.startswith("GET / "):
                assert "authorization" not in dict(request.headers)
                peer.send(answer(b"", f"Date: {format_datetime(datetime.now(UTC) + off, usegmt=True)}"))
            else:
                peer.send(reply(request))

    with ScriptedServer(script) as server:
        environment.setenv("AWS_ENDPOINT_URL", server.url)
        found = json.loads(cli("doctor").out)
    became = outcome(found, "Answers", "clock")
    assert (became[0], said in became[1]) == (expected, True)
    assert len(found["Next"]) == (expected == "warning")


def drawn(found: Diagnosis) -> list[str]:
    console = Console(width=72, color_system=None)
    with console.capture() as capture:
        console.print(diagnosis_table(found))
    return [line.rstrip() for line in capture.get().splitlines()]


def test_a_person_reads_sections_and_what_to_do() -> None:
    """Sections without a check are left out; the advice stands last, blocking or not."""
    found = Diagnosis()
    found.add("Region", "AWS_REGION", "answered", "us-east-1\x1b[2J")
    assert drawn(found)[-1] == "A call can be signed, and is answered: nothing is to be done."
    found.fail("Answers", "endpoint", TransportTimeout("too late"), blocks=False)
    assert drawn(found)[-2:] == [
        "A call can be signed. What to do next:",
        "  1. too late; check the network, or allow more with --timeout",
    ]
    found.fail("Credentials", "profile 'x'", CredentialsError("cannot be had"))
    found.fail("Settings", "settings", ConfigurationError("set it"))
    assert drawn(found) == [
        "Settings",
        "  failed  settings  set it",
        "",
        "Region",
        "  answered  AWS_REGION  us-east-1 [2J",
        "",
        "Credentials",
        "  failed  profile 'x'  cannot be had",
        "",
        "Answers",
        "  failed  endpoint  too late",
        "",
        "No call can be signed. What to do next:",
        "  1. too late; check the network, or allow more with --timeout",
        "  2. cannot be had",
        "  3. set it",
    ]


VARIABLES = st.dictionaries(
    st.sampled_from(
        [
            "AWS_ACCESS_KEY_ID",
            "AWS_SECRET_ACCESS_KEY",
            "AWS_SESSION_TOKEN",
            "AWS_CREDENTIAL_EXPIRATION",
            "AWS_PROFILE",
            "AWS_REGION",
            "AWS_ENDPOINT_URL_EC2",
            "AWS_CONFIG_FILE",
            "AWS_CA_BUNDLE",
            "AWS_RETRY_MODE",
            "AWS_MAX_ATTEMPTS",
            "AWS_USE_FIPS_ENDPOINT",
            "AWS_CONTAINER_CREDENTIALS_FULL_URI",
            "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE",
            "AWS_WEB_IDENTITY_TOKEN_FILE",
            "AWS_ROLE_ARN",
            "AWS_METADATA_SERVICE_TIMEOUT",
            "AWS_SDK_UA_APP_ID",
            "HTTP_PROXY",
            "NO_PROXY",
            "HOME",
        ]
    ),
    st.one_of(
        st.sampled_from(["", " ", "true", "5", "x", "/", "us-east-1", NOWHERE, "2020-01-01T00:00:00Z"]),
        st.text(st.characters(exclude_characters="\x00", exclude_categories=["Cs"]), max_size=20),
    ),
)
KEYS = [
    *("aws_access_key_id", "aws_secret_access_key", "region", "role_arn", "source_profile", "sso_session"),
    *("credential_source", "sso_account_id", "sso_role_name", "services", "endpoint_url", "ca_bundle"),
]
VALUES = ["", "p", "s", "default", "x y", NOWHERE]
CONFIGS = st.lists(
    st.one_of(
        st.sampled_from(["[default]", "[profile p]", "[sso-session s]", "[services s]", "# note"]),
        st.builds("{} = {}".format, st.sampled_from(KEYS), st.sampled_from(VALUES)),
        st.text(max_size=12),
    ),
    max_size=8,
).map("\n".join)


@pytest.mark.parametrize("command", ["whoami", "doctor"])
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(variables=VARIABLES, config=CONFIGS)
def test_nothing_ends_in_a_traceback(
    command: str,
    cli: CommandLine,
    environment: pytest.MonkeyPatch,
    tmp_path: Path,
    variables: dict[str, str],
    config: str,
) -> None:
    """Whatever stands in environment and file, it is a report or a line, and a status of ours."""
    (tmp_path / ".aws").mkdir(exist_ok=True)
    (tmp_path / ".aws" / "config").write_bytes(config.encode("utf-8", "surrogatepass"))
    with environment.context() as patched:
        patched.setenv("AWS_ENDPOINT_URL", NOWHERE)
        patched.setenv("AWS_EC2_METADATA_SERVICE_ENDPOINT", NOWHERE)
        for name, value in variables.items():
            patched.setenv(name, value)
        ended = cli(command)
    assert ended.status in (Exit.SUCCESS, Exit.SERVICE, Exit.TRANSPORT, Exit.CONFIGURATION), ended
    assert "bug" not in ended.err
    if command == "doctor":
        assert (ended.err, ended.status == Exit.SUCCESS) == ("", json.loads(ended.out)["Signable"])
