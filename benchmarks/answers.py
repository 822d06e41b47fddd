"""What the loopback server answers, and what every contestant must have read of it."""

from __future__ import annotations

from functools import cache

__all__ = ["ASN", "CIDR", "STATE", "disassociated", "instance_id", "instances", "tags"]

ASN, CIDR, STATE = "64500", "203.0.113.0/24", "disassociated"

_NAMESPACE = "http://ec2.amazonaws.com/doc/2016-11-15/"

# As many elements as an instance with one volume, one interface and two tags has.
_INSTANCE = """
                <item>
                    <instanceId>{id}</instanceId>
                    <imageId>ami-0abcdef1234567890</imageId>
                    <instanceState>
                        <code>16</code>
                        <name>running</name>
                    </instanceState>
                    <privateDnsName>ip-192-0-2-1.ec2.internal</privateDnsName>
                    <dnsName/>
                    <reason/>
                    <keyName>example</keyName>
                    <amiLaunchIndex>0</amiLaunchIndex>
                    <productCodes/>
                    <instanceType>t3.micro</instanceType>
                    <launchTime>2026-01-02T03:04:05.000Z</launchTime>
                    <placement>
                        <availabilityZone>us-east-1a</availabilityZone>
                        <groupName/>
                        <tenancy>default</tenancy>
                    </placement>
                    <monitoring>
                        <state>disabled</state>
                    </monitoring>
                    <subnetId>subnet-0123456789abcdef0</subnetId>
                    <vpcId>vpc-0123456789abcdef0</vpcId>
                    <privateIpAddress>192.0.2.1</privateIpAddress>
                    <sourceDestCheck>true</sourceDestCheck>
                    <groupSet>
                        <item>
                            <groupId>sg-0123456789abcdef0</groupId>
                            <groupName>default</groupName>
                        </item>
                    </groupSet>
                    <architecture>x86_64</architecture>
                    <rootDeviceType>ebs</rootDeviceType>
                    <rootDeviceName>/dev/xvda</rootDeviceName>
                    <blockDeviceMapping>
                        <item>
                            <deviceName>/dev/xvda</deviceName>
                            <ebs>
                                <volumeId>vol-0123456789abcdef0</volumeId>
                                <status>attached</status>
                                <attachTime>2026-01-02T03:04:05.000Z</attachTime>
                                <deleteOnTermination>true</deleteOnTermination>
                            </ebs>
                        </item>
                    </blockDeviceMapping>
                    <virtualizationType>hvm</virtualizationType>
                    <clientToken/>
                    <tagSet>
                        <item>
                            <key>Name</key>
                            <value>web</value>
                        </item>
                        <item>
                            <key>Environment</key>
                            <value>production</value>
                        </item>
                    </tagSet>
                    <hypervisor>xen</hypervisor>
                    <networkInterfaceSet>
                        <item>
                            <networkInterfaceId>eni-0123456789abcdef0</networkInterfaceId>
                            <subnetId>subnet-0123456789abcdef0</subnetId>
                            <vpcId>vpc-0123456789abcdef0</vpcId>
                            <description/>
                            <ownerId>123456789012</ownerId>
                            <status>in-use</status>
                            <macAddress>02:00:00:00:00:00</macAddress>
                            <privateIpAddress>192.0.2.1</privateIpAddress>
                            <sourceDestCheck>true</sourceDestCheck>
                            <groupSet>
                                <item>
                                    <groupId>sg-0123456789abcdef0</groupId>
                                    <groupName>default</groupName>
                                </item>
                            </groupSet>
                            <attachment>
                                <attachmentId>eni-attach-0123456789abcdef0</attachmentId>
                                <deviceIndex>0</deviceIndex>
                                <status>attached</status>
                                <attachTime>2026-01-02T03:04:05.000Z</attachTime>
                                <deleteOnTermination>true</deleteOnTermination>
                            </attachment>
                            <privateIpAddressesSet>
                                <item>
                                    <privateIpAddress>192.0.2.1</privateIpAddress>
                                    <primary>true</primary>
                                </item>
                            </privateIpAddressesSet>
                        </item>
                    </networkInterfaceSet>
                    <ebsOptimized>false</ebsOptimized>
                </item>"""

_RESERVATION = """
        <item>
            <reservationId>r-{number:017d}</reservationId>
            <ownerId>123456789012</ownerId>
            <groupSet/>
            <instancesSet>{instance}
            </instancesSet>
        </item>"""


def instance_id(number: int) -> str:
    return f"i-{number:017d}"


@cache
def disassociated() -> bytes:
    """DisassociateIpamByoasn's answer: 0.4 kB."""
    return (
        f'<?xml version="1.0" encoding="UTF-8"?>\n<DisassociateIpamByoasnResponse xmlns="{_NAMESPACE}">\n'
        "    <requestId>59dbff89-35bd-4eac-99ed-be587EXAMPLE</requestId>\n    <asnAssociation>\n"
        f"        <asn>{ASN}</asn>\n        <cidr>{CIDR}</cidr>\n        <state>{STATE}</state>\n"
        "    </asnAssociation>\n</DisassociateIpamByoasnResponse>"
    ).encode()


@cache
def instances(count: int) -> bytes:
    """DescribeInstances' answer with so many instances, each in its reservation: 4.6 kB each."""
    reservations = "".join(
        _RESERVATION.format(number=number, instance=_INSTANCE.format(id=instance_id(number)))
        for number in range(count)
    )
    return (
        f'<?xml version="1.0" encoding="UTF-8"?>\n<DescribeInstancesResponse xmlns="{_NAMESPACE}">\n'
        "    <requestId>59dbff89-35bd-4eac-99ed-be587EXAMPLE</requestId>\n    <reservationSet>"
        f"{reservations}\n    </reservationSet>\n</DescribeInstancesResponse>"
    ).encode()


def tags(page: int, pages: int, items: int) -> bytes:
    """One of `pages` pages of DescribeTags' answer; the token is the next page's number."""
    token = f"    <nextToken>{page + 1}</nextToken>\n" if page + 1 < pages else ""
    return (
        f'<?xml version="1.0" encoding="UTF-8"?>\n<DescribeTagsResponse xmlns="{_NAMESPACE}">\n'
        "    <requestId>59dbff89-35bd-4eac-99ed-be587EXAMPLE</requestId>\n    <tagSet>"
        f"{_entries(items)}\n    </tagSet>\n{token}</DescribeTagsResponse>"
    ).encode()


@cache
def _entries(items: int) -> str:
    return "".join(
        f"""
        <item>
            <resourceId>{instance_id(number)}</resourceId>
            <resourceType>instance</resourceType>
            <key>Name</key>
            <value>web-{number}</value>
        </item>"""
        for number in range(items)
    )
