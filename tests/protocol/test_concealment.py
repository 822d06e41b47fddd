"""`ec2query.protocol.concealment`: what an error may repeat of the request that it answers."""

from __future__ import annotations

from base64 import b64encode
from typing import Any
from urllib.parse import quote

import pytest

from ec2query import ResponseError, ServiceError, ec2
from ec2query.protocol.concealment import conceal
from ec2query.shape import Operation


def _vpn(key: str) -> Operation[Any]:
    tunnel = ec2.VpnTunnelOptionsSpecification(pre_shared_key=key)
    options = ec2.VpnConnectionOptionsSpecification(tunnel_options=[tunnel])
    return ec2.CreateVpnConnection(customer_gateway_id="cgw-1", type="ipsec.1", options=options)


DATA = "#!/bin/sh\npassword=hunter 2"
LAUNCH = ec2.RunInstances(min_count=1, max_count=1, image_id="ami-12345678", user_data=DATA)

# operation, what the service says, what is left of it
SAID: dict[str, tuple[Operation[Any], str, str]] = {
    "as it is": (_vpn("letmein"), "Value (letmein) is invalid", "Value (***) is invalid"),
    "twice": (_vpn("letmein"), "letmein letmein", "*** ***"),
    "user data": (LAUNCH, f"not so: {DATA}", "not so: ***"),
    "in base64": (LAUNCH, b64encode(DATA.encode()).decode(), "***"),
    "in base64 and quoted": (LAUNCH, quote(b64encode(DATA.encode())), "***"),
    "percent-encoded": (LAUNCH, quote(DATA, safe=""), "***"),
    "what is no secret": (LAUNCH, "ami-12345678 does not exist", "ami-12345678 does not exist"),
    "too short to look for": (_vpn("an"), "Value (an) is no answer", "Value (an) is no answer"),
    "an operation without": (ec2.DescribeVpcs(vpc_ids=["letmein"]), "letmein", "letmein"),
}


@pytest.mark.parametrize("case", SAID)
def test_a_refusal_that_quotes_a_secret(case: str) -> None:
    """In its message, its details, its other errors and its sentence; what else it says stays."""
    operation, said, left = SAID[case]
    error = ServiceError("A", said, details={"B": {"C": [said, 1]}}, others=(("D", said),))
    conceal(error, operation)
    assert (error.message, error.details, error.others) == (left, {"B": {"C": [left, 1]}}, (("D", left),))
    assert str(error) == f"EC2: A: {left} (status 400)"


@pytest.mark.parametrize("status", [200, None])
def test_the_beginning_of_a_body_is_dropped(status: int | None) -> None:
    """It may be the request's own; where nothing is secret, it stays."""
    error = ResponseError("no XML", status=status, excerpt="Action=letm")
    conceal(error, ec2.DescribeVpcs())
    assert "Action=letm" in str(error)
    error.args = (f"{error}; attempt 1 may have taken effect",)
    conceal(error, LAUNCH)
    known = " (status 200)" if status else ""
    assert str(error) == f"the answer: no XML{known}; attempt 1 may have taken effect"
    assert error.excerpt == ""
