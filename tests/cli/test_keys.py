"""`ec2query.cli.keys`: where a request key leads, and which one was meant."""

from __future__ import annotations

from typing import Any

import pytest

from ec2query import ec2
from ec2query.cli.keys import check_key, corrected, follow
from ec2query.errors import ParameterError
from ec2query.shape import Operation
from support.toy import Do, DoNothing

GOOD: list[tuple[type[Operation[Any]], str, str]] = [
    (Do, "Text", "text"),
    (Do, "Leaf.Key", "key"),
    (Do, "LeafSpecification.12.Count", "count"),
    (Do, "Text.Values.1", "texts"),
    (Do, "Grid.1.2", "grid"),
    (Do, "Node.Inner.Inner.OtherSet.1.Name", "name"),
    (ec2.DescribeVpcs, "Filter.1.Value.2", "values"),
    (ec2.RunInstances, "TagSpecification.1.Tag.1.Key", "key"),
    (ec2.ProvisionIpamByoasn, "AsnAuthorizationContext.Message", "message"),
]

MEANT: list[tuple[type[Operation[Any]], str, str]] = [
    (ec2.DisassociateIpamByoasn, "ASN", "Asn"),
    (ec2.DisassociateIpamByoasn, "asn", "Asn"),
    (ec2.DisassociateIpamByoasn, "Cdir", "Cidr"),
    (ec2.DisassociateIpamByoasn, "Asn.1", "Asn"),
    (ec2.DescribeVpcs, "Filters", "Filter.1.Name"),
    (ec2.DescribeVpcs, "Filters.1.Values.1", "Filter.1.Value.1"),
    (ec2.DescribeVpcs, "Filters.Name", "Filter.1.Name"),
    (ec2.DescribeVpcs, "Filter.N.Name", "Filter.1.Name"),
    (ec2.DescribeVpcs, "Filter.0.Value.0", "Filter.1.Value.1"),
    (ec2.DescribeVpcs, "Filter.1", "Filter.1.Name"),
    (ec2.DescribeVpcs, "VpcIds", "VpcId.1"),
    (ec2.DescribeVpcs, "vpc_ids.2", "VpcId.2"),
    (ec2.DescribeVpcs, "max_results", "MaxResults"),
    (Do, "Node", "Node.Name"),
]


@pytest.mark.parametrize(("operation", "key", "name"), GOOD, ids=[key for _, key, _ in GOOD])
def test_a_key_leads_to_its_member(operation: type[Operation[Any]], key: str, name: str) -> None:
    """Names, numbers, keys that hold a full stop, structures inside themselves."""
    assert check_key(operation, key).through[-1].name == name


@pytest.mark.parametrize(("operation", "key", "better"), MEANT, ids=[key for _, key, _ in MEANT])
def test_a_wrong_key_is_told_which_was_meant(operation: type[Operation[Any]], key: str, better: str) -> None:
    """Model names, Python names, other cases, slips, forgotten and superfluous parts."""
    assert corrected(operation, key.split(".")) == better
    with pytest.raises(ParameterError, match=f"did you mean '{better}'"):
        check_key(operation, key)


@pytest.mark.parametrize(
    ("operation", "key", "expected"),
    [
        (ec2.DisassociateIpamByoasn, "Zzz", "expected one of DryRun, Asn, Cidr, got 'Zzz'"),
        (ec2.DescribeVpcs, "Filter.1.Zzz", "expected one of Filter.1.Name, Filter.1.Value, got"),
        (DoNothing, "Anything", "expected no parameter: it takes none, got 'Anything'"),
    ],
)
def test_a_key_like_no_other_is_told_the_choice(
    operation: type[Operation[Any]], key: str, expected: str
) -> None:
    """Only what may stand at that place is listed."""
    with pytest.raises(ParameterError, match=expected):
        check_key(operation, key)


def test_following_stops_where_a_part_does_not_fit() -> None:
    """The place says how far it came."""
    assert follow(ec2.DescribeVpcs, ["Filter", "1", "Nope"]).used == 2
