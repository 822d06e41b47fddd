"""One story of an account, told by model names: what to call, to wait for, to page through, to be refused.

It is a generator: whoever performs its steps with some client gets, at the end, the picture of the
account that this client saw.
"""

from __future__ import annotations

import re
from base64 import b64decode
from collections.abc import Generator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, TypeAlias

__all__ = ["Call", "Normal", "Pages", "Picture", "Refused", "Step", "Waiting", "crowd", "story"]

_Params: TypeAlias = Mapping[str, Any]


@dataclass(frozen=True)
class Call:
    """Make a call; the reply is what it gives."""

    name: str
    params: _Params = field(default_factory=dict[str, Any])


@dataclass(frozen=True)
class Waiting:
    """Wait with one of the model's waiters; the reply is None."""

    waiter: str
    params: _Params


@dataclass(frozen=True)
class Pages:
    """Page through a listing; the reply is the list of its pages."""

    name: str
    size: int
    params: _Params = field(default_factory=dict[str, Any])


@dataclass(frozen=True)
class Refused:
    """Make a call that must fail; the reply is the error's code and status."""

    name: str
    params: _Params


Step: TypeAlias = Call | Waiting | Pages | Refused
Picture: TypeAlias = dict[str, Any]

_NAME = "größe 😀 & <x> \"'+%="
_SCRIPT = "#!/bin/sh\necho 'hällo, wörld' > /tmp/😀\n"


def _tagged(kind: str, **tags: str) -> list[dict[str, Any]]:
    pairs = [{"Key": key, "Value": value} for key, value in {"Name": _NAME, "schön": "", **tags}.items()]
    return [{"ResourceType": kind, "Tags": pairs}]


def story() -> Generator[Step, Any, Picture]:
    """From a VPC to terminated instances; the picture holds every resource on the way."""
    picture: Picture = {}
    vpc = (yield Call("CreateVpc", {"CidrBlock": "10.9.0.0/16", "TagSpecifications": _tagged("vpc")}))["Vpc"]
    yield Waiting("vpc_available", {"VpcIds": [vpc["VpcId"]]})
    subnet = (
        yield Call(
            "CreateSubnet",
            {"VpcId": vpc["VpcId"], "CidrBlock": "10.9.1.0/24", "AvailabilityZone": "us-east-1a"},
        )
    )["Subnet"]
    group = yield from _security_group(vpc["VpcId"])
    picture["key"] = yield Call("CreateKeyPair", {"KeyName": "schlüssel", "KeyType": "ed25519"})
    instances = yield from _instances(picture, subnet["SubnetId"], group)
    yield from _snapshots(picture, instances[0])
    for name, params in {
        "DescribeVpcs": {"Filters": [{"Name": "tag:Name", "Values": [_NAME]}]},
        "DescribeSubnets": {"SubnetIds": [subnet["SubnetId"]]},
        "DescribeSecurityGroups": {"GroupIds": [group]},
        "DescribeSecurityGroupRules": {"Filters": [{"Name": "group-id", "Values": [group]}]},
        "DescribeKeyPairs": {"KeyNames": ["schlüssel"]},
        "DescribeInstances": {"InstanceIds": instances},
        "DescribeVolumes": {},
        "DescribeNetworkInterfaces": {},
        "DescribeTags": {},
        "DescribeAvailabilityZones": {},
        "DescribeInstanceTypes": {"InstanceTypes": ["t3.micro", "m5.large"]},
    }.items():
        picture[name] = yield Call(name, params)
    picture["refusals"] = yield from _refusals(vpc["VpcId"], group, instances[0])
    picture["TerminateInstances"] = yield Call("TerminateInstances", {"InstanceIds": instances})
    yield Waiting("instance_terminated", {"InstanceIds": instances})
    picture["end"] = yield Call("DescribeInstances", {"InstanceIds": instances})
    return picture


def _security_group(vpc: str) -> Generator[Step, Any, str]:
    made = yield Call(
        "CreateSecurityGroup",
        {"GroupName": "web", "Description": "http & https", "VpcId": vpc},
    )
    group: str = made["GroupId"]
    rules = [
        {
            "IpProtocol": "tcp",
            "FromPort": port,
            "ToPort": port,
            "IpRanges": [
                {"CidrIp": "203.0.113.0/24", "Description": "office (north)"},
                {"CidrIp": "198.51.100.0/24"},
            ],
            "Ipv6Ranges": [{"CidrIpv6": "2001:db8::/32", "Description": "six"}],
        }
        for port in (80, 443)
    ]
    yield Call("AuthorizeSecurityGroupIngress", {"GroupId": group, "IpPermissions": rules})
    yield Call("RevokeSecurityGroupIngress", {"GroupId": group, "IpPermissions": rules[:1]})
    return group


def _instances(picture: Picture, subnet: str, group: str) -> Generator[Step, Any, list[str]]:
    made = yield Call(
        "RunInstances",
        {
            "ImageId": "ami-12c6146b",
            "InstanceType": "t3.micro",
            "MinCount": 3,
            "MaxCount": 3,
            "KeyName": "schlüssel",
            "SubnetId": subnet,
            "SecurityGroupIds": [group],
            "UserData": _SCRIPT,
            "TagSpecifications": _tagged("instance", role="wéb"),
            "BlockDeviceMappings": [
                _disk("/dev/sda1", VolumeSize=20, VolumeType="gp3", DeleteOnTermination=True),
                _disk("/dev/sdb", VolumeSize=50, Encrypted=True, DeleteOnTermination=False),
            ],
        },
    )
    ids: list[str] = [instance["InstanceId"] for instance in made["Instances"]]
    yield Waiting("instance_running", {"InstanceIds": ids})
    attribute = yield Call("DescribeInstanceAttribute", {"InstanceId": ids[0], "Attribute": "userData"})
    picture["user data"] = b64decode(attribute["UserData"]["Value"]).decode() == _SCRIPT
    picture["console"] = yield Call("GetConsoleOutput", {"InstanceId": ids[0]})
    yield Call("StopInstances", {"InstanceIds": ids[2:]})
    yield Waiting("instance_stopped", {"InstanceIds": ids[2:]})
    return ids


def _disk(device: str, **ebs: Any) -> dict[str, Any]:
    return {"DeviceName": device, "Ebs": ebs}


def _snapshots(picture: Picture, instance: str) -> Generator[Step, Any, None]:
    described = yield Call("DescribeInstances", {"InstanceIds": [instance]})
    devices = described["Reservations"][0]["Instances"][0]["BlockDeviceMappings"]
    picture["snapshot"] = yield Call(
        "CreateSnapshot",
        {
            "VolumeId": devices[0]["Ebs"]["VolumeId"],
            "Description": _NAME,
            "TagSpecifications": _tagged("snapshot"),
        },
    )
    source = picture["snapshot"]["SnapshotId"]
    yield Waiting("snapshot_completed", {"SnapshotIds": [source]})
    picture["copy"] = yield Call(
        "CopySnapshot", {"SourceRegion": "us-east-1", "SourceSnapshotId": source, "Description": "copy"}
    )
    ids = [source, picture["copy"]["SnapshotId"]]
    picture["snapshots"] = yield Call("DescribeSnapshots", {"SnapshotIds": ids})


def _refusals(vpc: str, group: str, instance: str) -> Generator[Step, Any, list[Any]]:
    told: list[Any] = []
    for name, params in (
        ("DescribeVpcs", {"VpcIds": ["vpc-00000000"]}),
        ("DescribeInstances", {"InstanceIds": ["i-00000000000000000"]}),
        ("TerminateInstances", {"InstanceIds": ["i-00000000000000000"]}),
        ("DeleteVpc", {"VpcId": vpc}),
        ("CreateKeyPair", {"KeyName": "schlüssel"}),
        ("CreateSecurityGroup", {"GroupName": "web", "Description": "again", "VpcId": vpc}),
        ("CreateVpc", {"CidrBlock": "10.0.0.0/8"}),
        ("StartInstances", {"InstanceIds": [instance], "DryRun": True}),
        ("DescribeSnapshots", {"SnapshotIds": ["snap-00000000"]}),
    ):
        told.append((name, (yield Refused(name, params))))
    return told


def crowd(reservations: int = 12, each: int = 25) -> Generator[Step, Any, Picture]:
    """Hundreds of instances, started in lots and paged through."""
    for number in range(reservations):
        yield Call(
            "RunInstances",
            {
                "ImageId": "ami-12c6146b",
                "MinCount": each,
                "MaxCount": each,
                "TagSpecifications": _tagged("instance", lot=str(number)),
            },
        )
    return {"pages": (yield Pages("DescribeInstances", 5)), "tags": (yield Pages("DescribeTags", 50))}


# What moto draws by chance: ids, UUIDs, MACs, keys and their fingerprints.
_CHANCE = re.compile(
    r"\b(?P<kind>[a-z]+(?:-[a-z]+)*-)[0-9a-f]{8,17}\b"
    r"|\b[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\b"
    r"|\b[0-9a-f]{2}(?::[0-9a-f]{2}){5,}\b"
    r"|(?s:-----BEGIN .*)"
)
# Addresses too, also in hosts' names; these may collide, so that they have no identity.
_ADDRESS = re.compile(r"\b\d{1,3}(?:[.-]\d{1,3}){3}\b")
_MOMENT = re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC")


class Normal:
    """Makes two pictures comparable: what is drawn by chance is named by the order of its appearance."""

    def __init__(self) -> None:
        self._seen: dict[str, str] = {}

    def of(self, value: Any) -> Any:
        """Leave out moments, request ids and what says nothing; give chance its names."""
        if isinstance(value, Mapping):
            kept = {
                key: self.of(entry)
                for key, entry in sorted(value.items())
                if key not in ("ResponseMetadata", "RequestId", "ClientToken")
            }
            return {key: entry for key, entry in kept.items() if entry not in ([], None)}
        if isinstance(value, list | tuple):
            return [self.of(entry) for entry in value]
        if isinstance(value, str):
            return _MOMENT.sub("a moment", _ADDRESS.sub("address", _CHANCE.sub(self._named, value)))
        return "a moment" if isinstance(value, datetime) else value

    def _named(self, found: re.Match[str]) -> str:
        return self._seen.setdefault(found[0], f"{found['kind'] or 'chance'}#{len(self._seen)}")
