"""Which policy the settings ask for."""

from __future__ import annotations

from dataclasses import replace

import pytest

from ec2query.errors import ConfigurationError
from ec2query.protocol.retry_policy import ADAPTIVE, CLASSIC, STANDARD, Policy, resolve_policy


def test_the_rows_of_the_rules() -> None:
    """The numbers of the two generations."""
    assert (STANDARD.attempts, STANDARD.base, STANDARD.throttling_base, STANDARD.cap) == (3, 0.05, 1.0, 20.0)
    assert (STANDARD.cost, STANDARD.throttling_cost, STANDARD.timeout_cost) == (14, 5, 14)
    assert STANDARD.retry_after == 5.0
    assert (CLASSIC.attempts, CLASSIC.base, CLASSIC.throttling_base, CLASSIC.cap) == (3, 1.0, 1.0, 20.0)
    assert (CLASSIC.cost, CLASSIC.throttling_cost, CLASSIC.timeout_cost) == (5, 5, 10)
    assert CLASSIC.retry_after is None
    assert replace(STANDARD, mode="adaptive") == ADAPTIVE


@pytest.mark.parametrize(
    ("environ", "profile", "expected"),
    [
        ({}, {}, STANDARD),
        ({"AWS_RETRY_MODE": "standard"}, {}, STANDARD),
        ({"AWS_RETRY_MODE": "legacy"}, {}, STANDARD),
        ({"AWS_RETRY_MODE": "Adaptive"}, {}, ADAPTIVE),
        ({"AWS_RETRY_MODE": ""}, {}, STANDARD),
        ({"AWS_RETRY_MODE": ""}, {"retry_mode": "adaptive"}, ADAPTIVE),
        ({"AWS_RETRY_MODE": " ", "AWS_MAX_ATTEMPTS": " "}, {"retry_mode": " ", "max_attempts": ""}, STANDARD),
        ({}, {"retry_mode": "adaptive"}, ADAPTIVE),
        ({"AWS_RETRY_MODE": "standard"}, {"retry_mode": "adaptive"}, STANDARD),
        ({"AWS_MAX_ATTEMPTS": "7"}, {}, replace(STANDARD, attempts=7)),
        ({}, {"max_attempts": "1"}, replace(STANDARD, attempts=1)),
        ({"AWS_MAX_ATTEMPTS": "2"}, {"max_attempts": "9"}, replace(STANDARD, attempts=2)),
        ({"AWS_NEW_RETRIES_2026": "true"}, {}, STANDARD),
        ({"AWS_NEW_RETRIES_2026": "False"}, {}, CLASSIC),
        (
            {"AWS_NEW_RETRIES_2026": "false", "AWS_RETRY_MODE": "adaptive"},
            {},
            replace(CLASSIC, mode="adaptive"),
        ),
    ],
)
def test_the_environment_goes_before_the_profile(
    environ: dict[str, str], profile: dict[str, str], expected: Policy
) -> None:
    """A blank setting counts as none, and legacy means standard."""
    assert resolve_policy(environ, profile) == expected


def test_an_argument_goes_before_all() -> None:
    """What is said in the code is meant."""
    environ = {"AWS_RETRY_MODE": "standard", "AWS_MAX_ATTEMPTS": "9"}
    assert resolve_policy(environ, mode="adaptive", attempts=2) == replace(ADAPTIVE, attempts=2)


@pytest.mark.parametrize(
    ("environ", "profile", "said"),
    [
        (
            {"AWS_RETRY_MODE": "often"},
            {},
            "AWS_RETRY_MODE: expected standard, adaptive or legacy, got 'often'",
        ),
        ({}, {"retry_mode": "x"}, "profile, retry_mode: expected standard, adaptive or legacy, got 'x'"),
        ({"AWS_MAX_ATTEMPTS": "0"}, {}, "AWS_MAX_ATTEMPTS: expected a whole number of 1 or more, got '0'"),
        ({"AWS_MAX_ATTEMPTS": "-1"}, {}, "AWS_MAX_ATTEMPTS"),
        ({"AWS_MAX_ATTEMPTS": "3.0"}, {}, "AWS_MAX_ATTEMPTS"),
        ({"AWS_MAX_ATTEMPTS": "٣"}, {}, "AWS_MAX_ATTEMPTS"),
        ({"AWS_MAX_ATTEMPTS": "9" * 5000}, {}, "AWS_MAX_ATTEMPTS"),
        ({}, {"max_attempts": "many"}, "profile, max_attempts"),
        ({"AWS_NEW_RETRIES_2026": "yes"}, {}, "AWS_NEW_RETRIES_2026: expected true or false, got 'yes'"),
    ],
)
def test_a_setting_that_cannot_be_used_is_named(
    environ: dict[str, str], profile: dict[str, str], said: str
) -> None:
    """The error says where the value came from."""
    with pytest.raises(ConfigurationError) as caught:
        resolve_policy(environ, profile)
    assert said in str(caught.value)


def test_a_mode_given_as_argument_is_checked() -> None:
    """The error names the argument, not a variable."""
    with pytest.raises(ConfigurationError, match=r"^retry mode: expected standard"):
        resolve_policy({}, mode="sometimes")


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"attempts": 0}, "retry attempts: expected 1 or more, got 0"),
        ({"mode": "legacy"}, "retry mode: expected standard or adaptive"),
        ({"cap": -1.0}, "cap: expected 0 or more"),
        ({"base": float("nan")}, "base: expected 0 or more"),
        ({"cost": -1}, "cost: expected 0 or more"),
    ],
)
def test_a_policy_that_makes_no_sense_is_refused(values: dict[str, object], said: str) -> None:
    """At once, not at the first failure."""
    with pytest.raises(ConfigurationError, match=said):
        Policy(**values)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
