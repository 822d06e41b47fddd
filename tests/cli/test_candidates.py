"""`ec2query.cli.candidates`: what completes a half-typed parameter."""

from __future__ import annotations

from typing import Any

import pytest

from ec2query import ec2
from ec2query.cli.candidates import candidates
from ec2query.shape import Operation
from support.toy import Do

CASES: dict[str, tuple[type[Operation[Any]], list[str], str, list[str]]] = {
    "required first": (ec2.DisassociateIpamByoasn, [], "", ["Asn=", "Cidr=", "DryRun="]),
    "what is given is not offered again": (ec2.DisassociateIpamByoasn, ["Asn=1"], "", ["Cidr=", "DryRun="]),
    "a beginning": (ec2.DisassociateIpamByoasn, [], "Ci", ["Cidr="]),
    "a list of structures begins at 1": (ec2.DescribeVpcs, [], "Fil", ["Filter.1."]),
    "inside a structure": (ec2.DescribeVpcs, [], "Filter.1.", ["Filter.1.Name=", "Filter.1.Value.1="]),
    "the next of a list of values": (
        ec2.DescribeVpcs,
        ["Filter.1.Name=a", "Filter.1.Value.1=b"],
        "Filter.1.",
        ["Filter.1.Value.2="],
    ),
    "the numbers of a list": (ec2.DescribeVpcs, ["Filter.1.Name=a"], "Filter.", ["Filter.1.", "Filter.2."]),
    "true and false": (ec2.DescribeVpcs, [], "DryRun=", ["DryRun=true", "DryRun=false"]),
    "a value's beginning": (ec2.DescribeVpcs, [], "DryRun=f", ["DryRun=false"]),
    "known values": (ec2.RunInstances, [], "InstanceType=t4g.n", ["InstanceType=t4g.nano"]),
    "a key with a full stop": (Do, [], "Text.V", ["Text.Values.1="]),
    "no such value": (ec2.DescribeVpcs, [], "NextToken=", []),
    "no such key": (ec2.DescribeVpcs, [], "Zzz.1.", []),
    "no such value of no such key": (ec2.DescribeVpcs, [], "Zzz.1=", []),
}


@pytest.mark.parametrize(("operation", "given", "incomplete", "words"), CASES.values(), ids=CASES)
def test_a_word_is_completed(
    operation: type[Operation[Any]], given: list[str], incomplete: str, words: list[str]
) -> None:
    """Level by level, and with known values after the equals sign."""
    assert [found.word for found in candidates(operation, given, incomplete)] == words


def test_a_candidate_says_its_type() -> None:
    """And whether it is required."""
    first, *_ = candidates(ec2.DisassociateIpamByoasn, [], "")
    assert first.about == "string, required"
