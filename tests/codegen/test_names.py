"""Python names for model names."""

from __future__ import annotations

import pytest

from ec2query_codegen.__main__ import installed_model
from ec2query_codegen.members import member_names
from ec2query_codegen.names import class_name, constant_name, distinct, member_name, module_name


@pytest.mark.parametrize(
    ("model", "python"),
    [
        ("VpcIds", "vpc_ids"),
        ("Asn", "asn"),
        ("CidrIPv6", "cidr_ipv6"),
        ("CidrIpv6", "cidr_ipv6"),
        ("Ipv4NetmaskLength", "ipv4_netmask_length"),
        ("EnaSrdUdpSpecification", "ena_srd_udp_specification"),
        ("AWSAccessKeyId", "aws_access_key_id"),
        ("SelfServiceSAMLProviderArn", "self_service_saml_provider_arn"),
        ("AutoEnableIO", "auto_enable_io"),
        ("S3Bucket", "s3_bucket"),
        ("S3objectKey", "s3_object_key"),
        ("ExportToS3Task", "export_to_s3_task"),
        ("Phase1DHGroupNumbers", "phase1_dh_group_numbers"),
        ("IKEVersions", "ike_versions"),
        ("Igmpv2Support", "igmpv2_support"),
        ("ApiGatewayV2Exclusion", "api_gateway_v2_exclusion"),
        ("EnableDns64", "enable_dns64"),
        ("EnableResourceNameDnsAAAARecord", "enable_resource_name_dns_aaaa_record"),
        ("EnableResourceNameDnsARecord", "enable_resource_name_dns_a_record"),
        ("MemoryGiBPerVCpu", "memory_gib_per_vcpu"),
        ("SizeInMiB", "size_in_mib"),
        ("TotalSizeInGB", "total_size_in_gb"),
        ("BaselineThroughputInMBps", "baseline_throughput_in_mbps"),
        ("DTraceRestrictions", "dtrace_restrictions"),
        ("MacOSLatestSupportedVersions", "macos_latest_supported_versions"),
        ("SubnetIDs", "subnet_ids"),
        ("lowerCase", "lower_case"),
        ("snake_case", "snake_case"),
        ("From", "from_"),
        ("Return", "return_"),
        ("Bytes", "bytes_"),
        ("wire", "wire_"),
        ("ToDict", "to_dict_"),
        ("2ndAddress", "member_2nd_address"),
        ("_", "member"),
    ],
)
def test_members_are_named_as_boto_users_expect(model: str, python: str) -> None:
    """Acronyms, units and versions are words of their own; what cannot stand takes an underscore."""
    assert member_name(model) == python


@pytest.mark.parametrize(
    ("value", "constant"),
    [
        ("provisioned", "PROVISIONED"),
        ("pending-disassociation", "PENDING_DISASSOCIATION"),
        ("t2.micro", "T2_MICRO"),
        ("m5.24xlarge", "M5_24XLARGE"),
        ("createTime", "CREATE_TIME"),
        ("Linux/UNIX (Amazon VPC)", "LINUX_UNIX_AMAZON_VPC"),
        ("BYOIP", "BYOIP"),
        ("2.0", "VALUE_2_0"),
        ("", "EMPTY"),
        ("-", "OTHER"),
        ("class", "CLASS"),
    ],
)
def test_enum_values_become_constants(value: str, constant: str) -> None:
    """Whatever the value, the constant is an identifier in capitals."""
    assert constant_name(value) == constant


@pytest.mark.parametrize(
    ("shape", "name"),
    [
        ("Vpc", "Vpc"),
        ("importResult", "ImportResult"),
        ("Result", "Result_"),
        ("Sequence", "Sequence_"),
        ("None", "None_"),
        ("3dShape", "Shape3dShape"),
        ("a-b", "A_b"),
    ],
)
def test_classes_never_take_a_name_that_modules_use(shape: str, name: str) -> None:
    """A class begins with a capital and shadows nothing."""
    assert class_name(shape) == name


def test_a_module_is_named_after_its_class() -> None:
    """The words are the same as a member's."""
    assert [module_name(name) for name in ("AsnAssociation", "Import")] == ["asn_association", "import_"]


def test_names_that_collide_are_numbered() -> None:
    """In order; what was taken before is never given again."""
    assert distinct(["a", "b", "a", "a", "a_2", "from_", "from_"], taken=["b"]) == [
        "a",
        "b_2",
        "a_2",
        "a_3",
        "a_2_2",
        "from_",
        "from_2",
    ]


def test_no_member_of_ec2_needs_a_number() -> None:
    """A number would move with the model's order: a collision in EC2's own names must be seen."""
    model = installed_model()
    structures = [name for name, shape in model.shapes.items() if shape["type"] == "structure"]
    numbered = {
        (structure, name)
        for structure in structures
        for name, python in member_names(model.members(structure), result=True).items()
        if python != member_name(name)
    }
    assert numbered == set()
