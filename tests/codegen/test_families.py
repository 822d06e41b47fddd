"""Operations and the families that claim them."""

from __future__ import annotations

from collections import Counter

import pytest

from ec2query_codegen.__main__ import installed_model
from ec2query_codegen.families import EC2_FAMILIES, Family, assign, noun_of
from ec2query_codegen.model import ModelError


def test_every_operation_of_the_pinned_model_is_claimed() -> None:
    """And every family claims one, so that the table holds nothing stale."""
    operations = [operation.name for operation in installed_model().operations]
    assigned = assign(operations)
    assert sorted(assigned) == sorted(operations)
    assert {family.module for family in assigned.values()} == {family.module for family in EC2_FAMILIES}


def test_no_noun_and_no_module_stands_twice_in_the_table() -> None:
    """Two families with one claim would leave the choice to their order."""
    nouns = Counter(noun for family in EC2_FAMILIES for noun in family.nouns)
    modules = Counter(family.module for family in EC2_FAMILIES)
    assert [name for name, count in (nouns + modules).items() if count > 1] == []


@pytest.mark.parametrize(
    ("operation", "module"),
    [
        ("DisassociateIpamByoasn", "ipam_byoasn"),
        ("DescribeIpams", "ipam"),
        ("MoveByoipCidrToIpam", "byoip"),
        ("RunInstances", "instances"),
        ("BundleInstance", "bundle_tasks"),
        ("ImportKeyPair", "key_pairs"),
        ("ImportSnapshot", "vm_import_export"),
        ("RestoreSnapshotFromRecycleBin", "recycle_bin"),
        ("DescribeVpcs", "vpc"),
        ("CreateVpcEndpointServiceConfiguration", "vpc_endpoint_services"),
        ("SearchTransitGatewayRoutes", "transit_gateway_route_tables"),
    ],
)
def test_the_longest_noun_wins(operation: str, module: str) -> None:
    """A whole operation name wins over any noun."""
    assert assign([operation])[operation].module == module


def test_a_noun_ends_where_a_word_ends() -> None:
    """`Host` claims Host, Hosts and HostReservation, but nothing that merely begins with its letters."""
    family = (Family("hosts", "Hosts", ("Host",)),)
    assert set(assign(["AllocateHosts", "ModifyHost", "PurchaseHostReservation"], family)) == {
        "AllocateHosts",
        "ModifyHost",
        "PurchaseHostReservation",
    }
    for operation in ("DescribeHostess", "DescribeHostname"):
        with pytest.raises(ModelError):
            assign([operation], family)


def test_what_nobody_claims_is_an_error_that_names_it() -> None:
    """All of them at once, and where to claim them."""
    with pytest.raises(ModelError, match=r"no family claims CreateZeppelin, MoveZeppelins: .*families\.py"):
        assign(["MoveZeppelins", "DescribeVpcs", "CreateZeppelin"])


def test_a_noun_is_an_operation_without_its_verb() -> None:
    """The verb is the first word."""
    assert noun_of("DisassociateIpamByoasn") == "IpamByoasn"
