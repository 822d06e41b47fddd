"""boto3, over HTTP, as a client of the emulator: a peer that shares no code with ours."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError

from ec2query.emulator import EXAMPLE_CREDENTIALS, Emulator, ManualClock, running_emulator
from support.account import ACCOUNT, ASN, CIDR, DELAY, OTHER_ASN

# boto3 signs with the system's clock: the emulator's starts there, and may run ahead.
DAY = timedelta(days=1)


class Peer:
    """boto3's client, and the clock of the emulator that it talks to."""

    def __init__(self, url: str, clock: ManualClock, secret: str | None = None) -> None:
        self.clock = clock
        self.client: Any = boto3.client(
            "ec2",
            endpoint_url=url,
            region_name="us-east-1",
            aws_access_key_id=EXAMPLE_CREDENTIALS.access_key_id,
            aws_secret_access_key=secret or EXAMPLE_CREDENTIALS.secret_access_key,
            config=Config(retries={"total_max_attempts": 1}),
        )

    def proof(self, subject: str) -> dict[str, str]:
        expires = self.clock() + timedelta(days=30)
        return {"Message": f"1|aws|{ACCOUNT}|{subject}|{expires:%Y%m%d}|SHA256|RSAPSS", "Signature": "aB3-_~"}

    def associations(self) -> list[tuple[str, str, str]]:
        found = self.client.describe_byoip_cidrs(MaxResults=100)["ByoipCidrs"]
        return [
            (pair["Asn"], pair["Cidr"], pair["State"]) for cidr in found for pair in cidr["AsnAssociations"]
        ]

    def until(self, pair: tuple[str, str], state: str | None) -> list[str]:
        """Poll until the association is in `state` (None: gone), and return the states on the way.

        boto3 has no waiter for it. Instead of sleeping, the emulator's clock goes on.
        """
        seen: list[str] = []
        for _ in range(20):
            now = [found for asn, cidr, found in self.associations() if (asn, cidr) == pair]
            seen += now
            if now == ([state] if state is not None else []):
                return seen
            self.clock.advance(timedelta(seconds=1))
        raise AssertionError(seen)


@pytest.fixture
def peer() -> Iterator[Peer]:
    clock = ManualClock()
    with running_emulator(Emulator(clock=clock, delay=DELAY, skew=DAY)) as url:
        peer = Peer(url, clock)
        yield peer
        peer.client.close()


def provision(peer: Peer, *asns: str) -> str:
    """An IPAM with ASNs, and a range."""
    ipam_id: str = peer.client.create_ipam(Description="ours")["Ipam"]["IpamId"]
    peer.clock.advance(DELAY)
    for asn in asns:
        made = peer.client.provision_ipam_byoasn(
            IpamId=ipam_id, Asn=asn, AsnAuthorizationContext=peer.proof(asn)
        )
        assert made["Byoasn"] == {"Asn": asn, "IpamId": ipam_id, "State": "pending-provision"}
    made = peer.client.provision_byoip_cidr(Cidr=CIDR, CidrAuthorizationContext=peer.proof(CIDR))
    assert made["ByoipCidr"]["State"] == "pending-provision"
    peer.clock.advance(DELAY)
    return ipam_id


def test_the_main_job(peer: Peer) -> None:
    """Provision, associate, disassociate, and wait until the association is gone."""
    ipam_id = provision(peer, ASN)
    answer = peer.client.associate_ipam_byoasn(Asn=ASN, Cidr=CIDR)
    assert answer["AsnAssociation"] == {"Asn": ASN, "Cidr": CIDR, "State": "pending-association"}
    assert peer.until((ASN, CIDR), "associated") == [
        "pending-association",
        "pending-association",
        "associated",
    ]
    answer = peer.client.disassociate_ipam_byoasn(Asn=ASN, Cidr=CIDR)
    assert answer["AsnAssociation"] == {"Asn": ASN, "Cidr": CIDR, "State": "pending-disassociation"}
    assert (
        answer["ResponseMetadata"]["RequestId"]
        == answer["ResponseMetadata"]["HTTPHeaders"]["x-amzn-requestid"]
    )
    assert peer.until((ASN, CIDR), None) == ["pending-disassociation"] * 2
    answer = peer.client.deprovision_ipam_byoasn(IpamId=ipam_id, Asn=ASN)
    assert answer["Byoasn"]["State"] == "pending-deprovision"
    peer.clock.advance(DELAY)
    assert peer.client.describe_ipam_byoasn()["Byoasns"] == []
    assert peer.client.delete_ipam(IpamId=ipam_id)["Ipam"]["State"] == "delete-in-progress"
    peer.clock.advance(DELAY)
    assert peer.client.describe_ipams()["Ipams"] == []


def test_the_swap(peer: Peer) -> None:
    """A second ASN takes over a range that is advertised all the while."""
    provision(peer, ASN, OTHER_ASN)
    for asn in (ASN, OTHER_ASN):
        peer.client.associate_ipam_byoasn(Asn=asn, Cidr=CIDR)
        peer.until((asn, CIDR), "associated")
    assert peer.client.advertise_byoip_cidr(Cidr=CIDR, Asn=ASN)["ByoipCidr"]["State"] == "pending-advertising"
    peer.clock.advance(DELAY)
    with pytest.raises(ClientError, match=r"IncorrectState.*hour"):
        peer.client.advertise_byoip_cidr(Cidr=CIDR, Asn=OTHER_ASN)
    peer.clock.advance(timedelta(hours=1))
    peer.client.advertise_byoip_cidr(Cidr=CIDR, Asn=OTHER_ASN)
    peer.clock.advance(DELAY)
    peer.client.disassociate_ipam_byoasn(Asn=ASN, Cidr=CIDR)
    peer.until((ASN, CIDR), None)
    (found,) = peer.client.describe_byoip_cidrs(MaxResults=1)["ByoipCidrs"]
    assert found["State"] == "advertised"
    assert found["AsnAssociations"] == [{"Asn": OTHER_ASN, "Cidr": CIDR, "State": "associated"}]


def test_the_life_of_a_range(peer: Peer) -> None:
    """Advertised, withdrawn, moved to a pool, deprovisioned."""
    provision(peer)
    steps: list[tuple[Any, dict[str, str], str]] = [
        (peer.client.advertise_byoip_cidr, {}, "pending-advertising"),
        (peer.client.withdraw_byoip_cidr, {}, "pending-withdrawal"),
        (
            peer.client.move_byoip_cidr_to_ipam,
            {"IpamPoolId": "ipam-pool-0123456789abcdef0", "IpamPoolOwner": ACCOUNT},
            "provisioned",
        ),
        (peer.client.deprovision_byoip_cidr, {}, "pending-deprovision"),
    ]
    for call, more, state in steps:
        assert call(Cidr=CIDR, **more)["ByoipCidr"]["State"] == state
        peer.clock.advance(DELAY)
    assert peer.client.describe_byoip_cidrs(MaxResults=5)["ByoipCidrs"] == []


def test_pages(peer: Peer) -> None:
    """boto3's own paginator walks the ranges; ASNs, for which it has none, go by token."""
    provision(peer, ASN, OTHER_ASN)
    peer.client.provision_byoip_cidr(Cidr="198.51.100.0/24")
    pages = peer.client.get_paginator("describe_byoip_cidrs").paginate(PaginationConfig={"PageSize": 1})
    assert [[cidr["Cidr"] for cidr in page["ByoipCidrs"]] for page in pages] == [[CIDR], ["198.51.100.0/24"]]
    first = peer.client.describe_ipam_byoasn(MaxResults=1)
    second = peer.client.describe_ipam_byoasn(MaxResults=1, NextToken=first["NextToken"])
    assert [found["Asn"] for found in (*first["Byoasns"], *second["Byoasns"])] == [ASN, OTHER_ASN]


ERRORS: dict[str, tuple[str, dict[str, Any], str, int]] = {
    "a dry run": (
        "disassociate_ipam_byoasn",
        {"Asn": ASN, "Cidr": CIDR, "DryRun": True},
        "DryRunOperation",
        412,
    ),
    "a pair that is none": (
        "disassociate_ipam_byoasn",
        {"Asn": ASN, "Cidr": CIDR},
        "InvalidAsnAssociation.NotFound",
        400,
    ),
    "a value that is none": (
        "disassociate_ipam_byoasn",
        {"Asn": "1.10", "Cidr": CIDR},
        "InvalidParameterValue",
        400,
    ),
    "another operation": ("describe_instances", {}, "InvalidAction", 400),
}


@pytest.mark.parametrize("name", ERRORS)
def test_errors(peer: Peer, name: str) -> None:
    """boto3 reads code and status as they are meant."""
    call, params, code, status = ERRORS[name]
    with pytest.raises(ClientError) as refused:
        getattr(peer.client, call)(**params)
    answer: Any = refused.value.response
    assert answer["Error"]["Code"] == code
    assert answer["ResponseMetadata"]["HTTPStatusCode"] == status


def test_another_secret(peer: Peer) -> None:
    """A wrong secret key is told as EC2 would tell it."""
    liar = Peer(peer.client.meta.endpoint_url, peer.clock, "another-secret")
    with pytest.raises(ClientError, match="SignatureDoesNotMatch"):
        liar.client.describe_ipams()
    liar.client.close()


def test_an_old_signature() -> None:
    """A clock that is far ahead makes the request an expired one."""
    clock = ManualClock()
    clock.advance(timedelta(minutes=20))
    with running_emulator(Emulator(clock=clock)) as url:
        peer = Peer(url, clock)
        with pytest.raises(ClientError, match="RequestExpired"):
            peer.client.describe_ipams()
        peer.client.close()
