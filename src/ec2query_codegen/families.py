"""Which module an EC2 operation lives in: families named after the API Reference's own sections.

A family claims nouns: what is left of an operation's name without its first word, the verb. A noun
claims whatever starts with it at a word boundary, and its plural in -s; the longest noun wins, and
an operation's whole name wins over any noun. An operation that no family claims is an error.
https://docs.aws.amazon.com/ec2/latest/devguide/OperationList-query.html
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from .model import ModelError

__all__ = ["EC2_FAMILIES", "Family", "assign", "noun_of"]


@dataclass(frozen=True)
class Family:
    """A module of operations, its section in the API Reference, and the nouns it claims."""

    module: str
    section: str
    nouns: tuple[str, ...]


def _family(module: str, section: str, nouns: str) -> Family:
    return Family(module, section, tuple(nouns.split()))


EC2_FAMILIES = (
    # Amazon VPC IPAM
    _family("ipam", "IPAMs", "Ipam"),
    _family("ipam_byoasn", "BYOASN", "IpamByoasn IpamExternalResourceVerificationToken"),
    _family("ipam_internet_registries", "Internet registry associations", "IpamInternetRegistryAssociation"),
    _family("ipam_organizations", "Integration with AWS Organizations", "IpamOrganizationAdminAccount"),
    _family("ipam_policies", "IPAM policies", "EnabledIpamPolicy IpamPolicy IpamPolicies"),
    _family("ipam_pools", "IPAM pools", "IpamPool"),
    _family("ipam_prefix_lists", "IPAM prefix list resolvers", "IpamPrefixListResolver"),
    _family(
        "ipam_public_ip_insights",
        "Public IP insights",
        "IpamDiscoveredPublicAddresses",
    ),
    _family("ipam_resource_cidrs", "Resource CIDRs", "IpamAddressHistory IpamResourceCidr"),
    _family(
        "ipam_resource_discoveries",
        "Resource discoveries",
        "IpamDiscoveredAccounts IpamDiscoveredResourceCidrs IpamDiscoveredRoutes IpamResourceDiscovery"
        " IpamResourceDiscoveries",
    ),
    _family(
        "ipam_routing_security",
        "Routing policies, ROAs and route protection",
        "IpamRouteOriginAuthorization IpamRouteProtectionFinding IpamRoutingPolicyRegistration"
        " ModifyIpamRoutingPolicyRegistration",
    ),
    _family("ipam_scopes", "IPAM scopes", "IpamScope"),
    # Amazon VPC
    _family("address_pools", "BYOIP address pools", "AssociatedIpv6PoolCidr Ipv6Pool PublicIpv4Pool"),
    _family("byoip", "BYOIP", "ByoipCidr"),
    _family("block_public_access", "Block public access", "VpcBlockPublicAccess"),
    _family("branch_interfaces", "Branch network interfaces", "TrunkInterface"),
    _family("classic_link", "ClassicLink", "ClassicLinkInstance ClassicLinkVpc VpcClassicLink"),
    _family("dhcp_options", "DHCP options", "DhcpOptions"),
    _family("egress_only_internet_gateways", "Egress-only internet gateways", "EgressOnlyInternetGateway"),
    _family(
        "elastic_ip_addresses",
        "Elastic IP addresses",
        "Address Addresses AddressesAttribute MovingAddress MovingAddresses",
    ),
    _family("flow_logs", "VPC Flow Logs", "FlowLog"),
    _family("internet_gateways", "Internet gateways", "InternetGateway"),
    _family("managed_prefix_lists", "Managed prefix lists", "ManagedPrefixList PrefixList"),
    _family("nat_gateways", "NAT gateways", "NatGateway PrivateNatGatewayAddress"),
    _family(
        "network_access_analyzer",
        "Network Access Analyzer",
        "NetworkInsightsAccessScope",
    ),
    _family("network_acls", "Network ACLs", "NetworkAcl"),
    _family(
        "network_interfaces",
        "Network interfaces",
        "Ipv6Address Ipv6Addresses NetworkInterface PrivateIpAddress PrivateIpAddresses"
        " PublicIpDnsNameOptions",
    ),
    _family(
        "networking_flex_cost_allocation",
        "Flexible cost allocation",
        "NetworkingFlexCostAllocation",
    ),
    _family(
        "reachability_analyzer",
        "Reachability Analyzer",
        "NetworkInsightsAnalysis NetworkInsightsAnalyses NetworkInsightsPath ReachabilityAnalyzer",
    ),
    _family("route_servers", "VPC Route Server", "RouteServer"),
    _family("route_tables", "Route tables", "Route RouteTable VgwRoutePropagation"),
    _family(
        "secondary_networks",
        "Secondary networks",
        "SecondaryInterface SecondaryNetwork SecondarySubnet",
    ),
    _family("security_groups", "Security groups", "SecurityGroup StaleSecurityGroup"),
    _family("subnets", "Subnets", "DefaultSubnet Subnet"),
    _family("traffic_mirroring", "Traffic Mirroring", "TrafficMirror"),
    _family("vpc", "VPCs", "DefaultVpc Vpc"),
    _family(
        "vpc_encryption_controls",
        "VPC encryption controls",
        "AccountVpcEncryptionControl VpcEncryptionControl VpcResourcesBlockingEncryptionEnforcement",
    ),
    _family("vpc_peering", "VPC peering connections", "VpcPeeringConnection"),
    # AWS PrivateLink
    _family("vpc_endpoint_services", "VPC endpoint services", "VpcEndpointService"),
    _family("vpc_endpoints", "VPC endpoints", "VpcEndpoint"),
    # AWS Client VPN, Site-to-Site VPN, Transit Gateway, Verified Access
    _family("client_vpn", "Client VPN", "ClientVpn SecurityGroupsToClientVpnTargetNetwork"),
    _family("customer_gateways", "Customer gateways", "CustomerGateway"),
    _family("virtual_private_gateways", "Virtual private gateways", "VpnGateway"),
    _family(
        "vpn_connections", "Site-to-Site VPN connections", "ActiveVpnTunnelStatus VpnConnection VpnTunnel"
    ),
    _family("vpn_concentrators", "Site-to-Site VPN concentrators", "VpnConcentrator"),
    _family(
        "transit_gateway_attachments",
        "Transit gateway attachments",
        "TransitGatewayAttachment TransitGatewayClientVpnAttachment"
        " TransitGatewayNetworkFunctionAttachment TransitGatewayVpcAttachment",
    ),
    _family("transit_gateway_connect", "Transit gateway Connect", "TransitGatewayConnect"),
    _family("transit_gateway_metering", "Transit gateway metering", "TransitGatewayMetering"),
    _family("transit_gateway_multicast", "Transit gateway multicast", "TransitGatewayMulticast"),
    _family("transit_gateway_peering", "Transit gateway peering", "TransitGatewayPeeringAttachment"),
    _family("transit_gateway_policy_tables", "Transit gateway policy tables", "TransitGatewayPolicyTable"),
    _family(
        "transit_gateway_route_tables",
        "Transit gateway route tables",
        "TransitGatewayPrefixListReference TransitGatewayRoute TransitGatewayRouteTable",
    ),
    _family("transit_gateways", "Transit gateways", "TransitGateway"),
    _family("verified_access", "Verified Access instances and groups", "VerifiedAccess"),
    _family("verified_access_endpoints", "Verified Access endpoints", "VerifiedAccessEndpoint"),
    _family(
        "verified_access_trust_providers",
        "Verified Access trust providers",
        "VerifiedAccessTrustProvider",
    ),
    # AWS Outposts and Wavelength
    _family("carrier_gateways", "Carrier gateways", "CarrierGateway"),
    _family("coip", "Customer-owned IP addresses", "CoipCidr CoipPool"),
    _family(
        "local_gateways",
        "Local gateways",
        "LocalGateway OutpostLag ServiceLinkVirtualInterface",
    ),
    # Amazon EC2
    _family("account_attributes", "Account attributes", "AccountAttribute"),
    _family("afis", "AFIs", "FpgaImage"),
    _family(
        "amis",
        "AMIs",
        "AllowedImagesSettings Image ImageCriteriaInAllowedImagesSettings RestoreImageTask StoreImageTask",
    ),
    _family("application_status_checks", "Application status checks", "ApplicationStatus"),
    _family("bundle_tasks", "Bundle tasks", "BundleInstance BundleTask"),
    _family("capacity_blocks", "Capacity Blocks", "CapacityBlock"),
    _family("capacity_manager", "Capacity Manager", "CapacityManager"),
    _family(
        "capacity_reservations",
        "Capacity Reservations",
        "CapacityReservation GroupsForCapacityReservation InstanceCapacityReservationAttributes"
        " InterruptibleCapacityReservation",
    ),
    _family("dedicated_hosts", "Dedicated Hosts", "Host HostReservation"),
    _family("declarative_policies", "Declarative policies", "DeclarativePoliciesReport"),
    _family("elastic_graphics", "Elastic Graphics", "ElasticGpu"),
    _family("event_notifications", "Event notifications", "InstanceEventNotificationAttributes"),
    _family("event_windows", "Event windows for scheduled events", "InstanceEventWindow"),
    _family("fast_launch", "EC2 Fast Launch", "FastLaunch"),
    _family("fleets", "EC2 Fleet", "Fleet"),
    _family("iam_instance_profiles", "IAM roles for EC2", "IamInstanceProfile"),
    _family("image_usage", "AMI usage reports and references", "ImageReference ImageUsageReport"),
    _family("infrastructure_performance", "Infrastructure Performance", "AwsNetworkPerformance"),
    _family("instance_connect", "EC2 Instance Connect Endpoints", "InstanceConnectEndpoint"),
    _family("instance_metadata", "Instance metadata", "InstanceMetadata"),
    _family("instance_sql_ha", "SQL Server High Availability", "InstanceSqlHa"),
    _family("instance_topology", "EC2 topology", "CapacityReservationTopology InstanceTopology"),
    _family("instance_types", "Instance types", "InstanceType"),
    _family(
        "instances",
        "Instances",
        "ConsoleOutput ConsoleScreenshot DefaultCreditSpecification DiagnosticInterrupt Instance PasswordData"
        " PrivateDnsNameOptions",
    ),
    _family("key_pairs", "Key pairs", "KeyPair"),
    _family("launch_templates", "Launch templates", "LaunchTemplate"),
    _family(
        "mac_instances",
        "Mac instances",
        "DelegateMacVolumeOwnershipTask MacHost MacModificationTask MacSystemIntegrityProtection"
        " MacVolumeOwnershipTask",
    ),
    _family("managed_resources", "Managed resources", "ManagedResource"),
    _family("marketplace", "AWS Marketplace", "ProductInstance"),
    _family("metric_categories", "Metric categories", "MetricCategory MetricCategories"),
    _family(
        "nitro_enclaves",
        "AWS Nitro Enclaves",
        "AssociatedEnclaveCertificateIamRole EnclaveCertificateIamRole",
    ),
    _family("placement_groups", "Placement groups", "PlacementGroup"),
    _family("regions", "Regions and Zones", "AvailabilityZone Region"),
    _family(
        "reserved_instances",
        "Reserved Instances",
        "QueuedReservedInstances ReservedInstances",
    ),
    _family("resource_ids", "Resource IDs", "AggregateIdFormat IdFormat IdentityIdFormat PrincipalIdFormat"),
    _family("root_volume_replacement", "Root volume replacement", "ReplaceRootVolumeTask"),
    _family("scheduled_instances", "Scheduled Instances", "ScheduledInstance"),
    _family("serial_console", "EC2 Serial Console", "SerialConsole"),
    _family("spot_fleet", "Spot Fleet", "SpotFleet"),
    _family(
        "spot_instances",
        "Spot Instances",
        "SpotDatafeedSubscription SpotInstance SpotPlacementScore SpotPriceHistory",
    ),
    _family("tags", "Tags", "Tag"),
    # Amazon EBS, Recycle Bin, VM Import/Export
    _family("ebs_encryption", "EBS encryption", "EbsDefaultKmsKeyId EbsEncryptionByDefault"),
    _family("fast_snapshot_restore", "EBS fast snapshot restore", "FastSnapshotRestore"),
    _family("snapshots", "EBS snapshots", "KmsKeyId LockedSnapshot Snapshot"),
    _family("volumes", "EBS volumes", "Volume"),
    _family(
        "recycle_bin",
        "Recycle Bin",
        "ImageFromRecycleBin ImagesInRecycleBin SnapshotFromRecycleBin SnapshotsInRecycleBin"
        " VolumeFromRecycleBin VolumesInRecycleBin",
    ),
    _family(
        "vm_import_export",
        "VM Import/Export",
        "ConversionTask ExportImage ExportImageTask ExportTask ImportImage ImportImageTask ImportInstance"
        " ImportSnapshot ImportSnapshotTask ImportTask ImportVolume InstanceExportTask",
    ),
)

_VERB = re.compile(r"[A-Z][a-z]+")


def noun_of(operation: str) -> str:
    """Return an operation's name without its verb: `IpamByoasn` of `DisassociateIpamByoasn`."""
    return _VERB.sub("", operation, count=1)


def _starts(noun: str, claim: str) -> bool:
    rest = noun.removeprefix(claim)
    return noun.startswith(claim) and (
        not rest or rest[0].isupper() or re.match(r"s(?![a-z])", rest) is not None
    )


def assign(
    operations: Iterable[str], families: Iterable[Family] = EC2_FAMILIES, *, strict: bool = True
) -> dict[str, Family]:
    """Return the family of each operation that one claims.

    Raises: ModelError naming every operation that no family claims, if `strict`.
    """
    claims = sorted(
        ((noun, family) for family in families for noun in family.nouns),
        key=lambda claim: -len(claim[0]),
    )
    whole = dict(claims)
    found: dict[str, Family] = {}
    for operation in operations:
        noun = noun_of(operation)
        family = whole.get(operation) or next((f for claim, f in claims if _starts(noun, claim)), None)
        if family is not None:
            found[operation] = family
    unclaimed = [operation for operation in operations if operation not in found]
    if unclaimed and strict:
        raise ModelError(
            f"no family claims {', '.join(sorted(unclaimed))}: add the noun to a family in families.py"
        )
    return found
