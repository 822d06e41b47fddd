"""Which Region is meant, and what is said where none is."""

from __future__ import annotations

import pytest

from ec2query.credentials.context import load_context
from ec2query.credentials.region import RegionFound, resolve_region
from ec2query.errors import ConfigurationError, CredentialsError
from support.stage import Exchange, Stage, answer, lost

IMDS = "http://169.254.169.254/latest"
TOKEN: Exchange = (f"PUT {IMDS}/api/token", answer("t"))
ASKED = f"GET {IMDS}/meta-data/placement/region"


def find(
    environ: dict[str, str],
    config: str = "",
    argument: str | None = None,
    exchanges: tuple[Exchange, ...] = (),
) -> RegionFound:
    stage = Stage({"HOME": "/h", **environ}, {"/h/.aws/config": config.encode()}, exchanges=exchanges)
    found = stage.run(resolve_region(stage.run(load_context(stage.world, region=argument))))
    stage.done()
    return found


ALL = {"AWS_REGION": "us-east-1", "AWS_DEFAULT_REGION": "us-east-2"}
PROFILE = "[default]\nregion = us-west-1\n[profile p]\nregion = us-west-2"


@pytest.mark.parametrize(
    ("argument", "environ", "config", "expected", "where"),
    [
        ("eu-west-1", ALL, PROFILE, "eu-west-1", "argument"),
        (None, ALL, PROFILE, "us-east-1", "AWS_REGION"),
        (None, {**ALL, "AWS_REGION": " "}, PROFILE, "us-east-2", "AWS_DEFAULT_REGION"),
        (None, {}, PROFILE, "us-west-1", "/h/.aws/config, line 2, profile 'default', region"),
        (None, {"AWS_PROFILE": "p"}, PROFILE, "us-west-2", "/h/.aws/config, line 4, profile 'p', region"),
    ],
)
def test_the_first_that_names_a_region_counts(
    argument: str | None, environ: dict[str, str], config: str, expected: str, where: str
) -> None:
    """Argument, AWS_REGION, AWS_DEFAULT_REGION, profile."""
    found = find(environ, config, argument)
    assert (found.region, found.where) == (expected, where)
    assert found.attempts[-1].outcome == "answered"


def test_the_instance_is_asked_last() -> None:
    """A blank region in the profile is none."""
    found = find({}, "[default]\nregion =", exchanges=(TOKEN, (ASKED, answer("ap-south-1"))))
    assert (found.region, found.where) == ("ap-south-1", "instance metadata")
    assert [attempt.name for attempt in found.attempts][:3] == [
        "argument",
        "AWS_REGION",
        "AWS_DEFAULT_REGION",
    ]
    assert [attempt.outcome for attempt in found.attempts] == ["absent"] * 4 + ["answered"]


def test_no_region_names_every_place() -> None:
    """And says what to do next."""
    with pytest.raises(ConfigurationError) as caught:
        find({}, "[default]\nx = 1", exchanges=((TOKEN[0], lost()),))
    assert str(caught.value) == (
        "no Region: AWS_REGION: not set; AWS_DEFAULT_REGION: not set;"
        " profile 'default': no region in /h/.aws/config (missing: /h/.aws/credentials);"
        " instance metadata: no answer; this is no EC2 instance, or its hop limit or firewall is in the way;"
        " set AWS_REGION, or region in the profile, or pass region="
        " (on the command line: --region)"
    )


@pytest.mark.parametrize(
    "region", ["us-east-1@example.com", "us east", "-x", "x-", "1", "x.y", "a" * 64, "é", "x\n-"]
)
def test_a_region_that_could_become_a_host_is_refused(region: str) -> None:
    """Wherever it comes from, and the place is named."""
    with pytest.raises(ConfigurationError, match="AWS_REGION: Region"):
        find({"AWS_REGION": region})
    with pytest.raises(ConfigurationError, match="instance metadata: Region"):
        find({}, exchanges=(TOKEN, (ASKED, answer(region))))


def test_an_instance_that_answers_wrongly_is_an_error() -> None:
    """There is a service, and it fails."""
    with pytest.raises(CredentialsError, match="got 500"):
        find({}, exchanges=(TOKEN, (ASKED, answer("", 500))))
