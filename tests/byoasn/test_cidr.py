"""Address ranges: canonical text, errors, warnings."""

from __future__ import annotations

from typing import Any

import pytest

from ec2query.byoasn.cidr import Cidr
from ec2query.errors import ParameterError


@pytest.mark.parametrize(
    ("text", "canonical"),
    [
        ("203.0.113.0/24", "203.0.113.0/24"),
        ("2001:DB8::/32", "2001:db8::/32"),
        ("2001:0db8:0000::/32", "2001:db8::/32"),
        ("0.0.0.0/0", "0.0.0.0/0"),
    ],
)
def test_a_range_has_one_spelling(text: str, canonical: str) -> None:
    """So that an answer's range can be compared as text."""
    assert Cidr(text) == canonical
    assert str(Cidr(text).network) == canonical
    assert Cidr(Cidr(text)) == canonical
    assert repr(Cidr(text)) == f"Cidr({canonical!r})"


@pytest.mark.parametrize(
    "text",
    [
        *("", "203.0.113.0", "203.0.113.0/33", "203.0.113/24", "203.0.113.0/255.255.255.0", "x/24"),
        *("2001:db8::/129", "203.0.113.0/24 ", "203.0.113.0/-1", "fe80::%1/64", None, 5, b"203.0.113.0/24"),
    ],
)
def test_what_is_no_range_is_refused(text: Any) -> None:
    """The sentence gives an example."""
    with pytest.raises(ParameterError, match=r"CIDR: expected a range such as 203\.0\.113\.0/24"):
        Cidr(text)


def test_host_bits_are_refused_with_the_range_that_was_meant() -> None:
    """EC2 might take another range than the one written."""
    with pytest.raises(ParameterError, match=r"\(203\.0\.113\.0/24\), got '203\.0\.113\.5/24'"):
        Cidr("203.0.113.5/24")


@pytest.mark.parametrize(
    ("text", "warnings"),
    [
        ("8.8.8.0/24", 0),
        ("8.8.8.0/25", 1),
        ("2600::/48", 0),
        ("2600::/49", 1),
        ("10.0.0.0/8", 1),
        ("203.0.113.0/25", 2),
    ],
)
def test_small_or_private_ranges_are_warned_of(text: str, warnings: int) -> None:
    """Never refused: AWS's own pages differ on the limits."""
    assert len(Cidr(text).warnings()) == warnings
