"""`ec2query operations` and `ec2query describe`."""

from __future__ import annotations

from typing import Any

import pytest

from ec2query import ec2
from ec2query.cli.catalog import find_operation, link, operations, summary
from ec2query.cli.description import description
from ec2query.cli.type_names import known_values, type_name
from ec2query.errors import ParameterError
from ec2query.shape import Operation, member_named, members
from support.command_line import CommandLine

PATTERNS: dict[str, tuple[str, set[str]]] = {
    "part of a name, any case": (
        "byoasn",
        {
            "AssociateIpamByoasn",
            "DeprovisionIpamByoasn",
            "DescribeIpamByoasn",
            "DisassociateIpamByoasn",
            "ProvisionIpamByoasn",
        },
    ),
    "wild cards": ("des*byo?sn", {"DescribeIpamByoasn"}),
    "a structure is no operation": ("AsnAssociation", set()),
    "nothing": ("zzz", set()),
}


@pytest.mark.parametrize(("pattern", "names"), PATTERNS.values(), ids=PATTERNS)
def test_operations_are_found_by_pattern(pattern: str, names: set[str]) -> None:
    """All of them are EC2's operations."""
    assert set(operations(pattern)) == names


def test_all_operations_are_listed(cli: CommandLine) -> None:
    """One a line, sorted, each of them known."""
    names = cli("operations").out.split()
    assert len(names) > 700
    assert names == sorted(names)
    assert all(issubclass(getattr(ec2, name), Operation) for name in names)


@pytest.mark.parametrize(
    ("name", "suggestion"),
    [
        ("DisasociateIpamByoasn", "did you mean DisassociateIpamByoasn?"),
        ("runinstances", "did you mean RunInstances?"),
        ("Qqqqqq", "'ec2query operations' lists them"),
        ("Operation", "expected the name of one"),
        ("__file__", "expected the name of one"),
    ],
)
def test_an_unknown_operation_is_told_its_likes(name: str, suggestion: str) -> None:
    """Or where all are listed."""
    with pytest.raises(ParameterError) as caught:
        find_operation(name)
    assert suggestion in str(caught.value)


def test_a_description_has_members_types_values_and_the_link(cli: CommandLine) -> None:
    """Required ones are marked, and a command line ends it."""
    text = cli("describe", "DisassociateIpamByoasn").out
    lines = [" ".join(line.split()) for line in text.splitlines()]
    assert lines[0] == "DisassociateIpamByoasn"
    assert "https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DisassociateIpamByoasn.html" in lines
    assert "Asn * string" in lines
    assert "DryRun boolean" in lines
    assert "AsnAssociation AsnAssociation" in lines
    assert any(line.startswith("State string: disassociated |") for line in lines)
    assert lines[-1] == "ec2query DisassociateIpamByoasn Asn=... Cidr=..."
    assert "\x1b" not in text


def test_a_description_shows_both_names_of_a_list() -> None:
    """The key of a pair, and the name in JSON."""
    lines = [" ".join(line.split()) for line in description(ec2.DescribeVpcs)]
    assert any("Filter.N" in line and "list of Filter, in JSON: Filters" in line for line in lines)
    assert any("Value.N" in line and "list of string, in JSON: Values" in line for line in lines)


def test_every_operation_can_be_described() -> None:
    """Each has a link, and each of its members a line."""
    for name in operations():
        operation: type[Operation[Any]] = getattr(ec2, name)
        lines = list(description(operation))
        assert link(operation) in lines
        assert len(lines) > len(members(operation)) + 6
        assert not summary(operation).startswith("http")


def test_known_values_come_from_the_enum() -> None:
    """In the model's order; a boolean has two; a string has none."""
    state = member_named(ec2.AsnAssociation, "State")
    asn = member_named(ec2.AsnAssociation, "Asn")
    dry_run = member_named(ec2.DescribeVpcs, "DryRun")
    assert state is not None
    assert asn is not None
    assert dry_run is not None
    assert "disassociated" in known_values(ec2.AsnAssociation, state)
    assert known_values(ec2.AsnAssociation, asn) == ()
    assert known_values(ec2.DescribeVpcs, dry_run) == ("true", "false")
    assert type_name(state.type) == "string"
