"""`ec2query.cli.secrets`: what an explained call hides."""

from __future__ import annotations

from typing import Any

import pytest

from ec2query import ec2
from ec2query.cli.secrets import hidden_element, shown_headers, shown_pairs
from ec2query.shape import Operation
from support.toy import Do

SIGNED = (
    "AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20260102/us-east-1/ec2/aws4_request,"
    " SignedHeaders=host;x-amz-date, Signature=0123456789abcdef0123456789abcdef"
)

HEADERS: dict[str, tuple[str, str, str]] = {
    "a signature": (
        "authorization",
        SIGNED,
        "AWS4-HMAC-SHA256 Credential=***MPLE/20260102/us-east-1/ec2/aws4_request,"
        " SignedHeaders=host;x-amz-date, Signature=01234567***",
    ),
    "a short key id": (
        "authorization",
        "AWS4-HMAC-SHA256 Credential=short/20260102/r/ec2/aws4_request, SignedHeaders=host, Signature=ab",
        "AWS4-HMAC-SHA256 Credential=***/20260102/r/ec2/aws4_request, SignedHeaders=host, Signature=ab***",
    ),
    "another scheme": ("authorization", "Bearer abc", "***"),
    "a session token": ("x-amz-security-token", "abc", "***"),
    "a cookie": ("set-cookie", "abc", "***"),
    "anything else": ("x-amz-date", "20260102T030405Z", "20260102T030405Z"),
}


@pytest.mark.parametrize(("name", "value", "shown"), HEADERS.values(), ids=HEADERS)
def test_headers_are_masked(name: str, value: str, shown: str) -> None:
    """The scope stays readable, for that is what people look for."""
    assert shown_headers({name: value}) == {name: shown}


def test_pairs_of_sensitive_members_are_masked() -> None:
    """Also where the whole structure around them is sensitive."""
    assert shown_pairs(Do, [("Text", "a"), ("Secret", "canary")]) == [("Text", "a"), ("Secret", "***")]
    pairs = [("LaunchSpecification.ImageId", "canary"), ("ScheduledInstanceId", "sci-1")]
    assert shown_pairs(ec2.RunScheduledInstances, pairs) == [
        ("LaunchSpecification.ImageId", "***"),
        ("ScheduledInstanceId", "sci-1"),
    ]


@pytest.mark.parametrize(
    ("operation", "path", "hidden"),
    [
        (ec2.GetPasswordData, ("R", "passwordData"), True),
        (ec2.GetPasswordData, ("R", "instanceId"), False),
        (
            ec2.DescribeLaunchTemplateVersions,
            ("R", "launchTemplateVersionSet", "item", "launchTemplateData", "userData"),
            True,
        ),
        (ec2.DescribeVpcs, ("R", "vpcSet", "item", "vpcId"), False),
        (ec2.DescribeVpcs, ("R", "nobody", "knows"), False),
        (ec2.DescribeVpcs, ("R",), False),
    ],
)
def test_elements_of_sensitive_members_are_hidden(
    operation: type[Operation[Any]], path: tuple[str, ...], hidden: bool
) -> None:
    """The path begins with the document's own element."""
    assert hidden_element(operation)(path) is hidden
