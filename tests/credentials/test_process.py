"""`credential_process`: what a program prints, and what it must not."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest

from ec2query import Credentials
from ec2query.credentials.process import process_credentials
from ec2query.credentials.sources import Process
from ec2query.errors import CredentialsError
from ec2query.protocol.effects import RunProcess
from support.stage import Stage

ARGV = ("/bin/p", "--token", "CANARY")
SOURCE = Process(argv=ARGV, where="f, line 2, profile 'x', credential_process")
KEYS = {"Version": 1, "AccessKeyId": "AKIDEXAMPLE", "SecretAccessKey": "CANARY"}


def ask(output: str | bytes) -> Credentials:
    stage = Stage(programs={ARGV: output.encode() if isinstance(output, str) else output})
    found = stage.run(process_credentials(SOURCE))
    assert stage.effects == [RunProcess(ARGV, 60.0)]
    return found


@pytest.mark.parametrize(
    ("more", "token", "expires"),
    [
        ({}, None, None),
        ({"SessionToken": None, "Expiration": ""}, None, None),
        (
            {"SessionToken": "T", "Expiration": "2030-01-01T02:00:00+02:00"},
            "T",
            datetime(2030, 1, 1, tzinfo=UTC),
        ),
    ],
)
def test_the_output_is_read(more: dict[str, str], token: str | None, expires: datetime | None) -> None:
    """Session token and expiry may be left out."""
    assert ask(json.dumps({**KEYS, **more})) == Credentials("AKIDEXAMPLE", "CANARY", token, expires)


@pytest.mark.parametrize(
    ("output", "said"),
    [
        ("", "expected a JSON object, got 0 other bytes"),
        ("CANARY", "expected a JSON object"),
        ("[1]", "expected a JSON object"),
        (b"\xff\xfeCANARY", "expected a JSON object"),
        ("[" * 100_000, "expected a JSON object"),
        (json.dumps({**KEYS, "Version": 2}), 'expected "Version": 1 in the program\'s output, got another'),
        (json.dumps({**KEYS, "Version": True}), "got another"),
        (json.dumps({**KEYS, "Version": None}), "got none"),
        (json.dumps({**KEYS, "AccessKeyId": ""}), "expected a text under AccessKeyId, got none"),
        (
            json.dumps({**KEYS, "SecretAccessKey": ["CANARY"]}),
            "under SecretAccessKey, got a value of type list",
        ),
        (json.dumps({**KEYS, "SecretAccessKey": "CANARY\ud800"}), "secret_access_key: expected printable"),
        (json.dumps({**KEYS, "Expiration": "CANARY"}), "expected a time under Expiration"),
        (json.dumps({**KEYS, "Expiration": 1e300}), "expected a time under Expiration"),
        (json.dumps({**KEYS, "Expiration": 10**30}), "expected a time under Expiration"),
    ],
)
def test_other_output_is_an_error_that_does_not_quote_it(output: str | bytes, said: str) -> None:
    """The error names the profile and the key."""
    with pytest.raises(CredentialsError) as caught:
        ask(output)
    assert str(caught.value).startswith(SOURCE.where)
    assert said in str(caught.value)
    assert "CANARY" not in str(caught.value)


def test_a_program_that_fails_is_the_drivers_error() -> None:
    """It goes up as it is."""
    with pytest.raises(CredentialsError, match="cannot be run"):
        Stage().run(process_credentials(SOURCE))
