"""What is recorded from the emulator: every BYOASN and BYOIP operation, on good days and bad ones."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any

from ec2query import Client, Credentials, ec2
from ec2query.emulator import (
    HTML_503,
    MALFORMED,
    TRUNCATED,
    Emulator,
    EmulatorTransport,
    Fault,
    ManualClock,
    error,
)
from ec2query.protocol.message import HttpResponse
from ec2query.shape import Operation
from support.recording import AT, KEY, REGION, Fixture, fixed_world, made_up, record
from support.unfinished import without

__all__ = ["CASES", "Case", "recorded_from_emulator"]

_IPAM = "ipam-00000000000000001"
_CIDR = "203.0.113.0/24"
_STEP = timedelta(minutes=1)
_EMPTY_503 = Fault("empty 503", False, lambda true, request_id: HttpResponse(503, {}, b""))


@dataclass(frozen=True, kw_only=True)
class Case:
    """One call: what was done `before`, to an emulator with these options, and the fault it meets.

    What was done last is over by then, unless the call comes `at_once`.
    """

    name: str
    about: str
    operation: Operation[Any]
    before: Sequence[Operation[Any]] = ()
    emulator: Mapping[str, Any] = field(default_factory=dict[str, Any])
    fault: Fault | None = None
    at_once: bool = False


def recorded_from_emulator() -> Iterator[Fixture]:
    """Record all cases."""
    for case in CASES:
        yield _record(case)


def _record(case: Case) -> Fixture:
    action = type(case.operation).__name__
    steps = [_STEP for _ in case.before]
    if case.at_once:
        steps[-1] = timedelta(0)
    clock = ManualClock(AT - sum(steps, timedelta(0)))
    emulator = Emulator(
        **{"clock": clock, "credentials": [KEY], "token": lambda: made_up(action, case.name), **case.emulator}
    )
    transport = EmulatorTransport(emulator)
    client = Client(region=REGION, credentials=KEY, world=fixed_world(clock, "before"), transport=transport)
    for operation, step in zip(case.before, steps, strict=True):
        client.send(operation)
        clock.advance(step)
    if case.fault is not None:
        emulator.inject(action, case.fault)
    return record(
        case.operation, transport, case=case.name, about=case.about, provenance="recorded: emulator"
    )


def _authorization(subject: str, *, account: str = "123456789012", day: str = "20261231") -> str:
    return f"1|aws|{account}|{subject}|{day}|SHA256|RSAPSS"


def _provision_asn(asn: str, message: str = "") -> ec2.ProvisionIpamByoasn:
    context = ec2.AsnAuthorizationContext(
        message=message or _authorization(asn), signature="bm90LWEtcmVhbC1zaWduYXR1cmU_"
    )
    return ec2.ProvisionIpamByoasn(ipam_id=_IPAM, asn=asn, asn_authorization_context=context)


def _provision_cidr(cidr: str, message: str = "", **members: Any) -> ec2.ProvisionByoipCidr:
    context = ec2.CidrAuthorizationContext(
        message=message or _authorization(cidr), signature="bm90LWEtcmVhbC1zaWduYXR1cmU_"
    )
    return ec2.ProvisionByoipCidr(cidr=cidr, cidr_authorization_context=context, **members)


_ASNS = ["64500", "64501", "64502", "64503", "64504"]
_CIDRS = ["192.0.2.0/24", "198.51.100.0/24", "203.0.113.0/24", "2001:db8::/32", "2001:db8::/48"]

_MADE: list[Operation[Any]] = [ec2.CreateIpam(description="for BYOASN")]
_PROVISIONED: list[Operation[Any]] = [*_MADE, _provision_asn("64500"), _provision_cidr(_CIDR)]
_ASSOCIATED: list[Operation[Any]] = [*_PROVISIONED, ec2.AssociateIpamByoasn(asn="64500", cidr=_CIDR)]
_ADVERTISED: list[Operation[Any]] = [*_ASSOCIATED, ec2.AdvertiseByoipCidr(cidr=_CIDR, asn="64500")]
_RANGE: list[Operation[Any]] = [_provision_cidr(_CIDR)]

_PROVISION = _provision_asn("64500")
_DEPROVISION = ec2.DeprovisionIpamByoasn(ipam_id=_IPAM, asn="64500")
_ASSOCIATE = ec2.AssociateIpamByoasn(asn="64500", cidr=_CIDR)
_DISASSOCIATE = ec2.DisassociateIpamByoasn(asn="64500", cidr=_CIDR)
_PROVISION_RANGE = _provision_cidr(_CIDR, description="documentation range")
_DEPROVISION_RANGE = ec2.DeprovisionByoipCidr(cidr=_CIDR)
_ADVERTISE = ec2.AdvertiseByoipCidr(cidr=_CIDR)
_WITHDRAW = ec2.WithdrawByoipCidr(cidr=_CIDR)
_DESCRIBE_ASNS = ec2.DescribeIpamByoasn()
_DESCRIBE_RANGES = ec2.DescribeByoipCidrs(max_results=10)
_MOVE = ec2.MoveByoipCidrToIpam(
    cidr=_CIDR, ipam_pool_id="ipam-pool-0123456789abcdef0", ipam_pool_owner="123456789012"
)

# (the call, what must be there before, the member to leave out, a call with an invalid value)
_CALLS: list[tuple[Operation[Any], list[Operation[Any]], str | None, Operation[Any]]] = [
    (_PROVISION, _MADE, "asn", replace(_PROVISION, asn="1.10")),
    (_DEPROVISION, _PROVISIONED, "asn", replace(_DEPROVISION, asn="AS64500")),
    (_ASSOCIATE, _PROVISIONED, "cidr", replace(_ASSOCIATE, cidr="203.0.113.1/24")),
    (_DISASSOCIATE, _ASSOCIATED, "cidr", replace(_DISASSOCIATE, asn="4294967296")),
    (_DESCRIBE_ASNS, _PROVISIONED, None, replace(_DESCRIBE_ASNS, max_results=101)),
    (_PROVISION_RANGE, [], "cidr", _provision_cidr("203.0.113.0/33")),
    (_DEPROVISION_RANGE, _RANGE, "cidr", replace(_DEPROVISION_RANGE, cidr="a range")),
    (_ADVERTISE, _RANGE, "cidr", replace(_ADVERTISE, cidr="203.0.113.0/24/24")),
    (_WITHDRAW, _ADVERTISED, "cidr", replace(_WITHDRAW, cidr="<203.0.113.0/24>")),
    (_DESCRIBE_RANGES, _ASSOCIATED, "max_results", replace(_DESCRIBE_RANGES, max_results=0)),
    (_MOVE, _RANGE, "ipam_pool_owner", replace(_MOVE, ipam_pool_id="pool-1")),
]


def _everywhere(
    operation: Any, before: list[Operation[Any]], missing: str | None, invalid: Operation[Any]
) -> Iterator[Case]:
    """What any operation can meet."""
    action = type(operation).__name__
    good = Case(name="success", about="The call succeeds.", operation=operation, before=before)
    dry = replace(operation, dry_run=True)
    other_key = [Credentials("AKIDEXAMPLE", "another/secret")]
    yield good
    yield replace(good, name="dry-run-permitted", about="A dry run of what is permitted: 412.", operation=dry)
    yield Case(
        name="dry-run-denied",
        about="A dry run of what is not permitted: 403.",
        operation=dry,
        emulator={"deny": [action]},
    )
    yield Case(name="denied", about="Not permitted: 403.", operation=operation, emulator={"deny": [action]})
    if missing is not None:
        yield replace(
            good,
            name="missing-parameter",
            about=f"Without {missing}, which is required.",
            operation=without(operation, missing),
        )
    yield replace(good, name="invalid-value", about="A value that its member cannot have.", operation=invalid)
    yield Case(
        name="signature-mismatch",
        about="The other side has another secret for this key.",
        operation=operation,
        emulator={"credentials": other_key},
    )
    yield Case(
        name="unknown-key",
        about="The other side has no such key.",
        operation=operation,
        emulator={"credentials": []},
    )
    for name, about, fault in (
        (
            "invalid-action",
            "Not offered in this Region.",
            error("InvalidAction", f"No action {action} here."),
        ),
        ("throttled", "Too many calls.", error("RequestLimitExceeded", "Request limit exceeded.")),
        ("internal-error", "The other side fails: 500.", error("InternalError", "An internal error.")),
        ("unavailable", "The other side is overloaded: 503.", error("Unavailable", "Try again later.")),
        ("malformed", "A wrong end tag in a 200.", MALFORMED),
        ("truncated", "Half of a 200.", TRUNCATED),
        ("html-503", "A load balancer's page.", HTML_503),
        ("empty-503", "A 503 without a body.", _EMPTY_503),
    ):
        yield replace(good, name=name, about=about, fault=fault)


_PARTICULAR: list[Case] = [
    Case(name="not-found", about="There is no such IPAM.", operation=_PROVISION),
    Case(
        name="incorrect-state", about="The ASN is there already.", operation=_PROVISION, before=_PROVISIONED
    ),
    Case(
        name="limit",
        about="The IPAM holds its five ASNs already.",
        operation=_provision_asn("64505"),
        before=[*_MADE, *map(_provision_asn, _ASNS)],
    ),
    Case(
        name="expired-authorization",
        about="The day in the authorization is over.",
        operation=_provision_asn("64500", _authorization("64500", day="20260101")),
        before=_MADE,
    ),
    Case(
        name="wrong-authorization",
        about="The authorization is for another account.",
        operation=_provision_asn("64500", _authorization("64500", account="210987654321")),
        before=_MADE,
    ),
    Case(name="not-found", about="There is no such ASN.", operation=_DEPROVISION, before=_MADE),
    Case(
        name="incorrect-state",
        about="The ASN is being provisioned.",
        operation=_DEPROVISION,
        before=[*_MADE, _PROVISION],
        at_once=True,
    ),
    Case(
        name="dependency-violation",
        about="The ASN is associated with a range.",
        operation=_DEPROVISION,
        before=_ASSOCIATED,
    ),
    Case(name="empty", about="No ASN at all.", operation=_DESCRIBE_ASNS),
    Case(
        name="first-page",
        about="The first page of three ASNs.",
        operation=replace(_DESCRIBE_ASNS, max_results=2),
        before=[*_MADE, *map(_provision_asn, _ASNS[:3])],
    ),
    Case(
        name="last-page",
        about="The last page of three ASNs.",
        operation=replace(_DESCRIBE_ASNS, max_results=2, next_token="cG9zaXRpb249Mg=="),
        before=[*_MADE, *map(_provision_asn, _ASNS[:3])],
    ),
    Case(
        name="invalid-next-token",
        about="A token of nobody's.",
        operation=replace(_DESCRIBE_ASNS, next_token="of nobody's"),
    ),
    Case(name="not-found", about="There is no such ASN.", operation=_ASSOCIATE, before=_RANGE),
    Case(
        name="range-not-found",
        about="There is no such range.",
        operation=_ASSOCIATE,
        before=[*_MADE, _PROVISION],
    ),
    Case(
        name="incorrect-state", about="They are associated already.", operation=_ASSOCIATE, before=_ASSOCIATED
    ),
    Case(name="not-found", about="They are not associated.", operation=_DISASSOCIATE, before=_PROVISIONED),
    Case(
        name="incorrect-state",
        about="They are being disassociated.",
        operation=_DISASSOCIATE,
        before=[*_ASSOCIATED, _DISASSOCIATE],
        at_once=True,
    ),
    Case(
        name="success-advertised",
        about="The range is advertised with that ASN.",
        operation=_DISASSOCIATE,
        before=_ADVERTISED,
    ),
    Case(
        name="success-ipv6",
        about="An IPv6 range that is not to be advertised.",
        operation=_provision_cidr("2001:db8::/32", publicly_advertisable=False),
    ),
    Case(
        name="incorrect-state", about="The range is there already.", operation=_PROVISION_RANGE, before=_RANGE
    ),
    Case(
        name="limit",
        about="The Region holds its five ranges already.",
        operation=_provision_cidr("203.0.113.128/25"),
        before=[*map(_provision_cidr, _CIDRS)],
    ),
    Case(
        name="expired-authorization",
        about="The day in the authorization is over.",
        operation=_provision_cidr(_CIDR, _authorization(_CIDR, day="20260101")),
    ),
    Case(name="not-found", about="There is no such range.", operation=_DEPROVISION_RANGE),
    Case(
        name="incorrect-state",
        about="The range is advertised.",
        operation=_DEPROVISION_RANGE,
        before=[*_RANGE, _ADVERTISE],
    ),
    Case(
        name="dependency-violation",
        about="The range has an association.",
        operation=_DEPROVISION_RANGE,
        before=_ASSOCIATED,
    ),
    Case(
        name="success-with-asn",
        about="Advertised with an ASN of one's own.",
        operation=replace(_ADVERTISE, asn="64500"),
        before=_ASSOCIATED,
    ),
    Case(name="not-found", about="There is no such range.", operation=_ADVERTISE),
    Case(
        name="incorrect-state",
        about="The ASN is not associated with the range.",
        operation=replace(_ADVERTISE, asn="64501"),
        before=_ASSOCIATED,
    ),
    Case(
        name="within-an-hour",
        about="An ASN of one's own was set a minute ago.",
        operation=replace(_ADVERTISE, asn="64500"),
        before=_ADVERTISED,
    ),
    Case(name="not-found", about="There is no such range.", operation=_WITHDRAW),
    Case(name="incorrect-state", about="The range is not advertised.", operation=_WITHDRAW, before=_RANGE),
    Case(name="empty", about="No range at all.", operation=_DESCRIBE_RANGES),
    Case(
        name="first-page",
        about="The first page of three ranges.",
        operation=replace(_DESCRIBE_RANGES, max_results=2),
        before=[*map(_provision_cidr, _CIDRS[:3])],
    ),
    Case(
        name="last-page",
        about="The last page of three ranges.",
        operation=replace(_DESCRIBE_RANGES, max_results=2, next_token="cG9zaXRpb249Mg=="),
        before=[*map(_provision_cidr, _CIDRS[:3])],
    ),
    Case(
        name="invalid-next-token",
        about="A token of nobody's.",
        operation=replace(_DESCRIBE_RANGES, next_token="of nobody's"),
    ),
    Case(name="not-found", about="There is no such range.", operation=_MOVE),
]

CASES: list[Case] = [*(case for call in _CALLS for case in _everywhere(*call)), *_PARTICULAR]
