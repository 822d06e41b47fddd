"""`ec2query.protocol.wrong_request`: codes and messages of requests that are wrong."""

from __future__ import annotations

import pytest

from ec2query.errors import InvalidRequest
from ec2query.protocol.wrong_request import invalid, missing, refused, shown, unknown


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (missing("Asn"), "MissingParameter"),
        (unknown("Asn"), "UnknownParameter"),
        (invalid("Asn", "is invalid"), "InvalidParameterValue"),
        (refused("InvalidAction", "Asn"), "InvalidAction"),
    ],
)
def test_codes(error: InvalidRequest, code: str) -> None:
    """Each error has its code, status 400, and names the key."""
    assert (error.code, error.status) == (code, 400)
    assert "Asn" in error.message


def test_a_key_is_shown_fit_for_a_message() -> None:
    """Whatever was sent, the message is short, printable ASCII."""
    assert shown("a\0\n\x7fé😀" + "b" * 200) == "a?????" + "b" * 114
