"""Where secrets lie, told by the model, and by names where the model knows nothing."""

from __future__ import annotations

from typing import Any

import pytest

from ec2query import ec2
from ec2query.replay.sensitive import Place, is_hidden_key
from ec2query.shape import Operation, result_of
from support.toy import Do

KEYS = [
    (ec2.RunInstances, "UserData", True),
    (ec2.RunInstances, "ClientToken", False),
    (ec2.RunInstances, "TagSpecification.1.Tag.2.Value", False),
    (ec2.ModifyInstanceAttribute, "UserData.Value", True),
    (ec2.ImportInstance, "LaunchSpecification.UserData.Data", True),
    (ec2.ModifyVpnTunnelOptions, "TunnelOptions.PreSharedKey", True),
    (ec2.ModifyVpnTunnelOptions, "TunnelOptions.StartupAction", True),
    (ec2.ModifyVpnTunnelOptions, "VpnConnectionId", False),
    (ec2.CreateVpnConnection, "Options.TunnelOptions.2.PreSharedKey", True),
    (ec2.RequestSpotFleet, "SpotFleetRequestConfig.LaunchSpecifications.1.UserData", True),
    (ec2.ProvisionIpamByoasn, "AsnAuthorizationContext.Signature", True),
    (ec2.ProvisionIpamByoasn, "AsnAuthorizationContext.Message", False),
    (ec2.DescribeVpcs, "NextToken", False),
    (ec2.DescribeVpcs, "AdminPassword", True),
    (Do, "Text.Values.1", False),
    (None, "NewThing.1.ClientSecret", True),
    (None, "NewThing.1.Name", False),
]


@pytest.mark.parametrize(("operation", "key", "hidden"), KEYS)
def test_keys_of_a_request(operation: type[Operation[Any]] | None, key: str, hidden: bool) -> None:
    """Sensitive members and all within them are hidden, and unknown keys that sound like it."""
    assert is_hidden_key(operation, key, ()) is hidden


PATHS = [
    (ec2.CreateKeyPair, "keyMaterial", True),
    (ec2.CreateKeyPair, "keyFingerprint", False),
    (ec2.GetPasswordData, "passwordData", True),
    (ec2.DescribeLaunchTemplateVersions, "launchTemplateVersionSet/item/launchTemplateData/userData", True),
    (ec2.DescribeVpnConnections, "vpnConnectionSet/item/customerGatewayConfiguration", True),
    (ec2.DescribeVpnConnections, "vpnConnectionSet/item/options/tunnelOptionSet/item/preSharedKey", True),
    (ec2.DescribeVpnConnections, "vpnConnectionSet/item/vpnConnectionId", False),
    (ec2.DescribeVpcs, "vpcSet/item/newSecret/inner", True),
    (ec2.DescribeVpcs, "vpcSet/item/newThing/inner", False),
]


@pytest.mark.parametrize(("operation", "path", "hidden"), PATHS)
def test_elements_of_an_answer(operation: type[Operation[Any]], path: str, hidden: bool) -> None:
    """The same, along a path of elements below the root."""
    place = Place(result_of(operation))
    for name in path.split("/"):
        place = place.into(name, ())
    assert place.hidden is hidden


def test_further_names_may_be_hidden() -> None:
    """By the model's name or the wire's."""
    assert is_hidden_key(ec2.CreateTags, "Tag.1.Value", ("Value",))
    assert is_hidden_key(ec2.CreateTags, "Tag.1.Value", ("Tags",))
    assert not is_hidden_key(ec2.CreateTags, "Tag.1.Key", ("Value",))
    vpc = Place(result_of(ec2.DescribeVpcs)).into("vpcSet", ()).into("item", ())
    assert vpc.into("cidrBlock", ("CidrBlock",)).hidden


def test_all_within_a_hidden_structure_is_hidden() -> None:
    """Its own members may be harmless by themselves."""
    place = Place(ec2.RunScheduledInstances).into("LaunchSpecification", ())
    assert place.hidden
    assert place.into("ImageId", ()).hidden
    assert is_hidden_key(Do, "Text.Values.1", ("Texts",))
