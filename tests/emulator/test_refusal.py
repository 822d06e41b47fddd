"""`ec2query.emulator.refusal`: error codes and their statuses."""

from __future__ import annotations

import pytest

from ec2query.emulator.refusal import invalid, refusal, unfit_state
from ec2query.errors import AuthenticationFailed, DryRunSucceeded, Throttled, Unauthorized, WrongState

# https://docs.aws.amazon.com/AWSEC2/latest/APIReference/errors-overview.html
STATUSES = {
    "AuthFailure": (401, AuthenticationFailed),
    "DryRunOperation": (412, DryRunSucceeded),
    "IncorrectState": (400, WrongState),
    "RequestExpired": (400, AuthenticationFailed),
    "RequestLimitExceeded": (503, Throttled),
    "SignatureDoesNotMatch": (403, AuthenticationFailed),
    "UnauthorizedOperation": (403, Unauthorized),
}


@pytest.mark.parametrize("code", STATUSES)
def test_a_code_has_its_status_and_family(code: str) -> None:
    """The emulator answers with the status that goes with a code."""
    error = refusal(code, "Because.")
    assert (error.status, type(error)) == STATUSES[code]
    assert (error.code, error.message) == (code, "Because.")


def test_a_value_is_shown_fit_for_xml() -> None:
    """A refused value is quoted in the message without characters that XML or a log cannot carry."""
    error = invalid("6\0é" + "x" * 200, "asn", "Expected a number.")
    assert error.code == "InvalidParameterValue"
    assert error.message == f"Value (6??{'x' * 117}) for parameter asn is invalid. Expected a number."


def test_a_state_is_named() -> None:
    """A wrong state names the thing, the state and the operation."""
    assert (
        unfit_state("ASN 64500", "absent", "X").message == "ASN 64500 is absent; X cannot start from there."
    )
