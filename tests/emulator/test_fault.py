"""`ec2query.emulator.fault`: scripted answers."""

from __future__ import annotations

import pytest

from ec2query import ec2
from ec2query.emulator import EMPTY_500, HTML_503, MALFORMED, TRUNCATED, Fault, error
from ec2query.errors import ResponseError, ServerFault, ServiceError, Throttled
from support.account import ASN, CIDR, OTHER_ASN, ask, emulator, request_for

DISASSOCIATE = ec2.DisassociateIpamByoasn(asn=ASN, cidr=CIDR)

# The fault, what the client makes of it, its code, does the operation happen?
FAULTS: dict[str, tuple[Fault, type[Exception], str | None, bool]] = {
    "HTML 503": (HTML_503, ServerFault, "503", False),
    "empty 500": (EMPTY_500, ServerFault, "500", False),
    "malformed": (MALFORMED, ResponseError, None, True),
    "truncated": (TRUNCATED, ResponseError, None, True),
    "throttled": (error("RequestLimitExceeded"), Throttled, "RequestLimitExceeded", False),
    "an error of theirs": (error("InternalError"), ServerFault, "InternalError", False),
    "a status of one's own": (error("Unheard.Of", status=418), ServiceError, "Unheard.Of", False),
}


@pytest.mark.parametrize("name", FAULTS)
def test_a_fault_is_met_once(name: str) -> None:
    """The next call meets the fault, the one after it the truth; a spoilt answer was one all the same."""
    fault, kind, code, happens = FAULTS[name]
    endpoint, _ = emulator()
    endpoint.inject("DisassociateIpamByoasn", fault)
    with pytest.raises(kind) as met:
        ask(endpoint, DISASSOCIATE)
    if isinstance(met.value, ServiceError):
        assert met.value.code == code
    state = endpoint.state.associations[ASN, CIDR].value.state
    assert state == ("pending-disassociation" if happens else "associated")
    if happens:
        with pytest.raises(ServiceError, match="IncorrectState"):
            ask(endpoint, DISASSOCIATE)
    else:
        ask(endpoint, DISASSOCIATE)


def test_faults_are_met_in_order_and_by_their_action() -> None:
    """Each action has a queue of its own."""
    endpoint, _ = emulator()
    endpoint.inject("DescribeIpams", HTML_503)
    endpoint.inject("DescribeIpams", error("InternalError"), error("Unavailable"))
    ask(endpoint, ec2.AssociateIpamByoasn(asn=OTHER_ASN, cidr=CIDR))
    codes: list[str] = []
    for _ in range(3):
        with pytest.raises(ServerFault) as met:
            ask(endpoint, ec2.DescribeIpams())
        codes.append(met.value.code)
    assert codes == ["503", "InternalError", "Unavailable"]
    ask(endpoint, ec2.DescribeIpams())


def test_a_request_that_is_refused_meets_no_fault() -> None:
    """A fault waits for a request that is signed and understood."""
    endpoint, _ = emulator()
    endpoint.inject("DisassociateIpamByoasn", HTML_503)
    assert endpoint.handle(request_for(DISASSOCIATE, body=b"")).status == 403
    assert endpoint.handle(request_for(DISASSOCIATE)).status == 503


def test_an_error_has_its_status() -> None:
    """A scripted error goes out with the status of its code, or the one that is asked for."""
    endpoint, _ = emulator()
    endpoint.inject("DescribeIpams", error("RequestLimitExceeded"), error("X", status=418))
    answers = [endpoint.handle(request_for(ec2.DescribeIpams())) for _ in range(2)]
    assert [answer.status for answer in answers] == [503, 418]
    assert b"<RequestID>request-1</RequestID>" in answers[0].body
