"""Which source a profile means, and which profiles mean nothing that can be used."""

from __future__ import annotations

import pytest

from ec2query.credentials.plan import plan_profile
from ec2query.credentials.profiles import load_config
from ec2query.credentials.sources import Source, describe
from ec2query.errors import ConfigurationError, CredentialsError, Ec2QueryError
from support.stage import Stage

KEYS = "aws_access_key_id = AKIDEXAMPLE\naws_secret_access_key = CANARY\n"
ROLE = "role_arn = arn:aws:iam::111122223333:role/r\n"
SESSION = "[sso-session s]\nsso_start_url = https://example.com/start\nsso_region = us-east-1\n"
SSO = "sso_account_id = 111122223333\nsso_role_name = Reader\n"
FILE = "/h/.aws/config"


def plan(config: str, name: str = "default") -> Source | None:
    stage = Stage({"HOME": "/h"}, {FILE: config.encode()})
    return plan_profile(stage.run(load_config(stage.environ)), name)


@pytest.mark.parametrize(
    ("config", "expected"),
    [
        ("[default]\nregion = us-east-1", None),
        ("[profile other]\n" + KEYS, None),
        ("[default]\n" + KEYS, f"access key in {FILE}, line 2, profile 'default', aws_access_key_id"),
        (
            "[default]\ncredential_process = p --x 'a b'",
            f"credential_process of {FILE}, line 2, profile 'default', credential_process",
        ),
        (
            f"[default]\n{ROLE}web_identity_token_file = /t",
            "arn:aws:iam::111122223333:role/r with the web identity token in /t",
        ),
        (
            f"{SESSION}[default]\nsso_session = s\n{SSO}",
            "Reader of account 111122223333 through sso-session 's'",
        ),
        (
            f"[default]\nsso_start_url = https://example.com/start\nsso_region = us-east-1\n{SSO}",
            "Reader of account 111122223333 through https://example.com/start",
        ),
        # A session alone is a login for other tools, and no credentials.
        (f"{SESSION}[default]\nsso_session = s", None),
        (
            f"[default]\n{ROLE}credential_source = Environment",
            "arn:aws:iam::111122223333:role/r, assumed with: access key in the environment",
        ),
        (
            f"[default]\n{ROLE}credential_source = ec2instancemetadata",
            "arn:aws:iam::111122223333:role/r, assumed with: instance metadata (IMDSv2)",
        ),
        (
            f"[default]\n{ROLE}credential_source = EcsContainer",
            "arn:aws:iam::111122223333:role/r, assumed with: container credentials endpoint",
        ),
        (
            f"[default]\n{ROLE}source_profile = b\n[profile b]\nrole_arn = arn:b\nsource_profile = c\n"
            f"[profile c]\n{KEYS}",
            "arn:aws:iam::111122223333:role/r, assumed with: arn:b, assumed with:"
            f" access key in {FILE}, line 8, profile 'c', aws_access_key_id",
        ),
        (
            f"[default]\n{ROLE}source_profile = default\n{KEYS}",
            "arn:aws:iam::111122223333:role/r, assumed with:"
            f" access key in {FILE}, line 4, profile 'default', aws_access_key_id",
        ),
        # In a source profile keys come before a role.
        (
            f"[default]\n{ROLE}source_profile = b\n[profile b]\nrole_arn = arn:b\nsource_profile = b\n{KEYS}",
            "arn:aws:iam::111122223333:role/r, assumed with:"
            f" access key in {FILE}, line 7, profile 'b', aws_access_key_id",
        ),
        (
            f"{SESSION}[default]\n{ROLE}source_profile = b\n[profile b]\nsso_session = s\n{SSO}",
            "arn:aws:iam::111122223333:role/r, assumed with:"
            " Reader of account 111122223333 through sso-session 's'",
        ),
        # The order within a profile: role, web identity, SSO, keys, process.
        (
            f"[default]\n{ROLE}credential_source = Environment\n{SSO}{KEYS}credential_process = p",
            "arn:aws:iam::111122223333:role/r, assumed with: access key in the environment",
        ),
        (
            f"{SESSION}[default]\n{KEYS}sso_session = s\n{SSO}credential_process = p",
            "Reader of account 111122223333 through sso-session 's'",
        ),
        (
            f"[default]\n{KEYS}credential_process = p",
            f"access key in {FILE}, line 2, profile 'default', aws_access_key_id",
        ),
        (
            f"[default]\nsource_profile = b\n{KEYS}",
            f"access key in {FILE}, line 3, profile 'default', aws_access_key_id",
        ),
    ],
)
def test_a_profile_means_one_source(config: str, expected: str | None) -> None:
    """Every kind of source, and which of two comes first."""
    source = plan(config)
    assert (describe(source) if source is not None else None) == expected
    assert "CANARY" not in repr(source)


@pytest.mark.parametrize(
    ("config", "key", "said"),
    [
        ("aws_access_key_id = AKIDEXAMPLE", "aws_access_key_id", "expected aws_secret_access_key beside it"),
        ("aws_secret_access_key = CANARY", "aws_secret_access_key", "expected aws_access_key_id beside it"),
        (f"{KEYS.replace('CANARY', 'CANARY CANARY')}", "aws_access_key_id", "expected printable ASCII"),
        (ROLE, "role_arn", "expected source_profile, credential_source or web_identity_token_file"),
        (f"{ROLE}source_profile = b\ncredential_source = Environment", "credential_source", "got both"),
        (f"{ROLE}source_profile = b\nweb_identity_token_file = /t", "source_profile", "got both"),
        (
            f"{ROLE}credential_source = Environment\nweb_identity_token_file = /t",
            "credential_source",
            "got both",
        ),
        (f"{ROLE}credential_source = Nowhere", "credential_source", "got 'Nowhere'"),
        (f"{ROLE}source_profile = nope", "source_profile", "expected one of default, got 'nope'"),
        (f"{ROLE}source_profile = default", "source_profile", "got a circle: default → default"),
        (
            f"{ROLE}source_profile = b\n[profile b]\n{ROLE}source_profile = c\n[profile c]\n{ROLE}"
            "source_profile = b",
            "source_profile",
            "got a circle: b → c → b",
        ),
        (f"{ROLE}source_profile = b\n[profile b]\nregion = r", "source_profile", "got 'b', which has none"),
        ("source_profile = b", "source_profile", "expected role_arn beside it"),
        ("credential_source = Environment", "credential_source", "expected role_arn beside it"),
        ("web_identity_token_file = /t", "web_identity_token_file", "expected role_arn beside it"),
        (f"{ROLE}credential_source = Environment\nduration_seconds = 1h", "duration_seconds", "got '1h'"),
        (f"{ROLE}credential_source = Environment\nduration_seconds = 60", "duration_seconds", "from 900"),
        ("credential_process = 'CANARY", "credential_process", "got an open quote"),
        (
            f"sso_session = s\n{SSO}",
            "sso_session",
            r"expected one of the sso-session sections (none), got 's'",
        ),
        (f"{SSO}", "sso_account_id", "expected sso_start_url and sso_region too"),
        (f"sso_role_name = R\nsso_session = s\n{SESSION}", "sso_role_name", "expected sso_account_id too"),
        (
            f"{SSO}sso_session = s\n[sso-session s]\nsso_region = r",
            "sso_start_url",
            "expected a value, got none",
        ),
        (f"{SSO}sso_session = s\nsso_region = eu-west-1\n{SESSION}", "sso_region", "expected 'us-east-1'"),
    ],
)
def test_a_profile_that_cannot_be_meant_is_explained(config: str, key: str, said: str) -> None:
    """The error names file, section and key, what was expected and what was found; never a secret."""
    with pytest.raises(Ec2QueryError) as caught:
        plan(f"[default]\n{config}")
    assert isinstance(caught.value, ConfigurationError | CredentialsError)
    text = str(caught.value)
    assert text.startswith(FILE)
    assert f", {key}: " in text
    assert said in text
    assert "CANARY" not in text


def test_settings_of_a_role_reach_its_source() -> None:
    """external_id, duration_seconds, role_session_name and mfa_serial are the role's."""
    source = plan(
        f"[default]\n{ROLE}credential_source = Environment\nexternal_id = CANARY\nduration_seconds = 900\n"
        "role_session_name = n\nmfa_serial = arn:aws:iam::111122223333:mfa/u"
    )
    assert "CANARY" not in repr(source)
    parts = ("external_id", "duration_seconds", "session_name", "mfa_serial")
    assert [getattr(source, part) for part in parts] == [
        "CANARY",
        900,
        "n",
        "arn:aws:iam::111122223333:mfa/u",
    ]


def test_a_process_is_split_and_hidden() -> None:
    """Quotes group words; the arguments may be secrets."""
    source = plan("[default]\ncredential_process = '/a b/p' --token CANARY")
    assert getattr(source, "argv", None) == ("/a b/p", "--token", "CANARY")
    assert "CANARY" not in repr(source)
