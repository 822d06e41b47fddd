"""AS numbers: every spelling, every special range."""

from __future__ import annotations

from typing import Any

import pytest

from ec2query.byoasn.asn import Asn, advertised_as
from ec2query.ec2 import DisassociateIpamByoasn
from ec2query.errors import ParameterError


@pytest.mark.parametrize(
    ("spelling", "plain", "dotted"),
    [
        ("64500", "64500", "64500"),
        (64500, "64500", "64500"),
        ("AS64500", "64500", "64500"),
        ("as64500", "64500", "64500"),
        ("1.10", "65546", "1.10"),
        ("AS1.10", "65546", "1.10"),
        ("65546", "65546", "1.10"),
        ("0.64500", "64500", "64500"),
        (0, "0", "0"),
        ("0", "0", "0"),
        ("4294967295", "4294967295", "65535.65535"),
        ("65535.65535", "4294967295", "65535.65535"),
        (Asn("64500"), "64500", "64500"),
    ],
)
def test_every_spelling_becomes_asplain(spelling: int | str, plain: str, dotted: str) -> None:
    """asplain is what EC2 takes; asdot is for people."""
    asn = Asn(spelling)
    assert (str(asn), asn.asdot, asn.number) == (plain, dotted, int(plain))
    assert asn == plain
    assert Asn(asn.asdot) == asn


@pytest.mark.parametrize(
    "spelling",
    [
        *("", " ", "AS", "AWS", "-1", "+1", "1.", ".1", "1.2.3", "64500 ", "AS 64500", "0x10", "1e3"),
        *("４２", "007", "4294967296", "99999999999", "65536.0", "0.65536", "1,000"),
        *(-1, 2**32, True, None, 1.5, b"64500"),
    ],
)
def test_what_is_no_asn_is_refused(spelling: Any) -> None:
    """The sentence says what was expected and what came."""
    with pytest.raises(ParameterError) as caught:
        Asn(spelling)
    assert caught.value.where == "ASN"
    assert caught.value.got == repr(spelling)
    assert "4294967295" in caught.value.expected


@pytest.mark.parametrize(
    ("first", "last", "kind"),
    [
        (0, 0, "reserved"),
        (1, 111, "public"),
        (112, 112, "reserved"),
        (113, 23455, "public"),
        (23456, 23456, "reserved"),
        (23457, 64495, "public"),
        (64496, 64511, "documentation"),
        (64512, 65534, "private"),
        (65535, 65535, "reserved"),
        (65536, 65551, "documentation"),
        (65552, 131071, "reserved"),
        (131072, 4199999999, "public"),
        (4200000000, 4294967294, "private"),
        (4294967295, 4294967295, "reserved"),
    ],
)
def test_special_ranges_are_known_at_both_ends(first: int, last: int, kind: str) -> None:
    """A number that the Internet will not route is warned of, and not refused."""
    for number in (first, last):
        asn = Asn(number)
        assert asn.kind == kind
        assert bool(asn.warnings()) == (kind != "public")
        assert all(str(number) in sentence for sentence in asn.warnings())


def test_an_asn_goes_into_an_operation_as_it_is() -> None:
    """It is a str."""
    operation = DisassociateIpamByoasn(asn=Asn("AS64500"), cidr="203.0.113.0/24")
    assert operation == DisassociateIpamByoasn(asn="64500", cidr="203.0.113.0/24")
    assert repr(Asn(64500)) == "Asn('64500')"


@pytest.mark.parametrize(("value", "sent"), [("AWS", "AWS"), ("aws", "AWS"), ("AS64500", "64500"), (1, "1")])
def test_advertising_takes_aws_too(value: int | str, sent: str) -> None:
    """AdvertiseByoipCidr names Amazon's own ASN so."""
    assert advertised_as(value) == sent
