"""Swaps and steps as values."""

from __future__ import annotations

from typing import Any

import pytest

from ec2query.byoasn.conditions import asn_provisioned
from ec2query.byoasn.steps import Step, Swap
from ec2query.errors import ParameterError
from support.script import CIDR


def test_a_swap_normalises_what_it_names() -> None:
    """Any spelling of ASN and range, one value."""
    assert Swap(cidr="2001:DB8::/32", old_asn="AS1.10", new_asn=64500) == Swap(
        cidr="2001:db8::/32", old_asn=65546, new_asn="64500"
    )


@pytest.mark.parametrize(
    ("options", "where"),
    [
        ({"cidr": "203.0.113.1/24", "old_asn": 64496, "new_asn": 64500}, "CIDR"),
        ({"cidr": CIDR, "old_asn": "x", "new_asn": 64500}, "ASN"),
        ({"cidr": CIDR, "old_asn": 64496, "new_asn": "AWS"}, "ASN"),
        ({"cidr": CIDR, "old_asn": "AS64500", "new_asn": 64500}, "new_asn"),
        ({"cidr": CIDR, "old_asn": 64496, "new_asn": 64500, "resume": ["publish"]}, "resume"),
        ({"cidr": CIDR, "old_asn": 64496, "new_asn": 64500, "resume": "advertise"}, "resume"),
    ],
)
def test_an_impossible_swap_is_refused_when_it_is_made(options: dict[str, Any], where: str) -> None:
    """Before any call."""
    with pytest.raises(ParameterError) as caught:
        Swap(**options)
    assert caught.value.where == where


def test_a_step_reads_as_a_line() -> None:
    """For showing a plan."""
    step = Step(name="provision", sentence="wait for AS64500", until=asn_provisioned(64500))
    assert str(step) == "provision: wait for AS64500"
