"""Settings besides keys, Region and endpoint."""

from __future__ import annotations

import pytest

from ec2query.credentials.profiles import load_config
from ec2query.credentials.settings import MetadataService, Settings, settings
from ec2query.errors import ConfigurationError
from support.stage import Stage


def read(environ: dict[str, str], profile: str = "") -> Settings:
    stage = Stage({"HOME": "/h", **environ}, {"/h/.aws/config": f"[default]\n{profile}".encode()})
    return settings(stage.environ, stage.run(load_config(stage.environ)))


@pytest.mark.parametrize(
    ("name", "variable", "key", "first", "second", "expected"),
    [
        ("ca_bundle", "AWS_CA_BUNDLE", "ca_bundle", "/a.pem", "/b.pem", ("/a.pem", "/b.pem")),
        ("app_id", "AWS_SDK_UA_APP_ID", "sdk_ua_app_id", "a", "b", ("a", "b")),
        ("max_attempts", "AWS_MAX_ATTEMPTS", "max_attempts", "5", " 7 ", (5, 7)),
        ("retry_mode", "AWS_RETRY_MODE", "retry_mode", "Adaptive", "legacy", ("adaptive", "legacy")),
    ],
)
def test_a_setting_is_a_variable_else_a_key(
    name: str, variable: str, key: str, first: str, second: str, expected: tuple[object, object]
) -> None:
    """`origins` says which; a blank variable is none; unset is None."""
    both = read({variable: first}, f"{key} = {second}")
    assert (getattr(both, name), both.origins[name]) == (expected[0], variable)
    profile = read({variable: " "}, f"{key} = {second}")
    assert getattr(profile, name) == expected[1]
    assert profile.origins[name] == f"/h/.aws/config, line 2, profile 'default', {key}"
    assert getattr(read({}), name) is None
    assert name not in read({}).origins


@pytest.mark.parametrize(
    ("environ", "profile", "expected"),
    [
        ({}, "", MetadataService()),
        (
            {
                "AWS_METADATA_SERVICE_TIMEOUT": "0.5",
                "AWS_METADATA_SERVICE_NUM_ATTEMPTS": "4",
                "AWS_EC2_METADATA_DISABLED": "True",
                "AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE": "IPv6",
            },
            "",
            MetadataService(endpoint="http://[fd00:ec2::254]", timeout=0.5, attempts=4, disabled=True),
        ),
        (
            {},
            "metadata_service_timeout = 2\nmetadata_service_num_attempts = 3\n"
            "ec2_metadata_service_endpoint = http://127.0.0.1:1338",
            MetadataService(endpoint="http://127.0.0.1:1338", timeout=2.0, attempts=3),
        ),
    ],
)
def test_the_metadata_service_is_set_the_same_way(
    environ: dict[str, str], profile: str, expected: MetadataService
) -> None:
    """Endpoint, timeout, attempts; and it can be switched off."""
    assert read(environ, profile).metadata == expected


@pytest.mark.parametrize(
    ("environ", "said"),
    [
        ({"AWS_MAX_ATTEMPTS": "0"}, "AWS_MAX_ATTEMPTS: expected a number of at least 1, got '0'"),
        ({"AWS_MAX_ATTEMPTS": "x"}, "AWS_MAX_ATTEMPTS"),
        ({"AWS_MAX_ATTEMPTS": "²"}, "AWS_MAX_ATTEMPTS"),
        ({"AWS_RETRY_MODE": "x"}, "AWS_RETRY_MODE: expected one of legacy, standard, adaptive, got 'x'"),
        ({"AWS_METADATA_SERVICE_TIMEOUT": "x"}, "AWS_METADATA_SERVICE_TIMEOUT: expected seconds"),
        ({"AWS_METADATA_SERVICE_TIMEOUT": "nan"}, "AWS_METADATA_SERVICE_TIMEOUT"),
        ({"AWS_METADATA_SERVICE_TIMEOUT": "-1"}, "AWS_METADATA_SERVICE_TIMEOUT"),
        ({"AWS_METADATA_SERVICE_NUM_ATTEMPTS": "-1"}, "AWS_METADATA_SERVICE_NUM_ATTEMPTS"),
        ({"AWS_EC2_METADATA_DISABLED": "1"}, "AWS_EC2_METADATA_DISABLED: expected true or false"),
        ({"AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE": "v4"}, "expected IPv4 or IPv6, got 'v4'"),
        ({"AWS_EC2_METADATA_SERVICE_ENDPOINT": "http://u:CANARY@h"}, "AWS_EC2_METADATA_SERVICE_ENDPOINT"),
    ],
)
def test_a_value_that_cannot_be_meant_is_an_error(environ: dict[str, str], said: str) -> None:
    """The error names the variable, what was expected and what was found."""
    with pytest.raises(ConfigurationError) as caught:
        read(environ)
    assert said in str(caught.value)
    assert "CANARY" not in str(caught.value)
