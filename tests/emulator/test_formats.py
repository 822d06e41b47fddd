"""`ec2query.emulator.formats`: ASNs, CIDRs, authorizations and pages."""

from __future__ import annotations

import pytest

from ec2query.emulator.formats import check_asn, check_authorization, check_cidr, page
from ec2query.errors import InvalidRequest
from support.account import ASN, SETTING, authorization


@pytest.mark.parametrize("asn", ["0", "64500", "4294967295"])
def test_an_asn_is_asplain(asn: str) -> None:
    """Any number of 32 bits is an ASN."""
    check_asn(asn)


@pytest.mark.parametrize(
    "asn", ["", "AS64500", "1.10", "064500", "-1", "+1", "4294967296", "64500 ", "64500\n", "٦٤٥", "9" * 5000]
)
def test_anything_else_is_no_asn(asn: str) -> None:
    """Other spellings, asdot among them, and larger numbers are refused."""
    with pytest.raises(InvalidRequest, match=r"InvalidParameterValue.*4294967295"):
        check_asn(asn)


@pytest.mark.parametrize("cidr", ["203.0.113.0/24", "203.0.112.0/23", "2001:db8::/32", "192.0.2.1/32"])
def test_a_cidr_is_a_network(cidr: str) -> None:
    """Networks of both families are taken, whatever their size."""
    check_cidr(cidr)


@pytest.mark.parametrize(
    "cidr",
    [
        "",
        "203.0.113.0",
        "203.0.113.1/24",
        "203.0.113.0/33",
        "2001:DB8::/32",
        "203.0.113.0/255.255.255.0",
        "x/24",
    ],
)
def test_anything_else_is_no_cidr(cidr: str) -> None:
    """Host bits, other spellings and other texts are refused."""
    with pytest.raises(InvalidRequest, match=r"InvalidParameterValue: Value \(.*\) for parameter cidr"):
        check_cidr(cidr)


def test_an_authorization_in_its_form() -> None:
    """The documented form passes on its last day, with a signature in the documented alphabet."""
    check_authorization(authorization(ASN, expires="20260102"), "aB3-_~", ASN, SETTING)


AUTHORIZATIONS: dict[str, tuple[str, str, str]] = {
    "another ASN": (authorization("64501"), "abc", "64500"),
    "another account": (authorization(ASN, account="111122223333"), "abc", "123456789012"),
    "yesterday": (authorization(ASN, expires="20260101"), "abc", "has expired"),
    "no day of the calendar": (authorization(ASN, expires="20260230"), "abc", "calendar"),
    "no date": (authorization(ASN, expires="2026-1-2"), "abc", "YYYYMMDD"),
    "another hash": (authorization(ASN).replace("SHA256", "SHA1"), "abc", "SHA256"),
    "a part too few": (authorization(ASN).removesuffix("|RSAPSS"), "abc", "RSAPSS"),
    "a part too many": (authorization(ASN) + "|", "abc", "RSAPSS"),
    "nothing": ("", "abc", "1|aws|"),
    "a signature with blanks": (authorization(ASN), "a b", "base64"),
    "no signature": (authorization(ASN), "", "base64"),
}


@pytest.mark.parametrize("name", AUTHORIZATIONS)
def test_an_authorization_in_another_form(name: str) -> None:
    """Each part of an authorization is checked, and the message says what was expected."""
    message, signature, about = AUTHORIZATIONS[name]
    with pytest.raises(InvalidRequest, match="InvalidParameterValue") as refused:
        check_authorization(message, signature, ASN, SETTING)
    assert about in refused.value.message


def test_pages_cover_all_entries() -> None:
    """Following the tokens gives every entry once, in order, and the last page has no token."""
    entries, found, token, sizes = list(range(7)), list[int](), None, list[int]()
    while True:
        shown, token = page(entries, 3, token, allowed=(1, 100), default=100)
        found += shown
        sizes.append(len(shown))
        if token is None:
            break
    assert found == entries
    assert sizes == [3, 3, 1]


def test_a_full_last_page_has_no_token() -> None:
    """No empty page follows a last page that is full."""
    assert page([1, 2], 2, None, allowed=(1, 100), default=100) == ([1, 2], None)


def test_without_a_size_the_default_counts() -> None:
    """MaxResults is optional for some operations."""
    shown, token = page(list(range(7)), None, None, allowed=(1, 100), default=5)
    assert len(shown) == 5
    assert token is not None


@pytest.mark.parametrize("size", [0, 101, -1])
def test_a_page_size_out_of_range(size: int) -> None:
    """MaxResults outside the documented range is refused."""
    with pytest.raises(InvalidRequest, match="from 1 to 100"):
        page([1], size, None, allowed=(1, 100), default=100)


def test_a_token_that_points_behind_the_end() -> None:
    """What was listed may have gone since: the next page is empty then, and the last."""
    _, token = page(list(range(7)), 5, None, allowed=(1, 100), default=100)
    assert page([1, 2], 5, token, allowed=(1, 100), default=100) == ([], None)


@pytest.mark.parametrize("token", ["", "x", "cG9zaXRpb24=", "é", "####"])
def test_a_token_of_someone_elses(token: str) -> None:
    """A token that no page gave is refused."""
    with pytest.raises(InvalidRequest, match="nextToken"):
        page([1, 2], 1, token, allowed=(1, 100), default=100)
