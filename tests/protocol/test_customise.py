"""`ec2query.protocol.customise`: the four things beyond the protocol, beside a whole botocore client."""

from __future__ import annotations

from base64 import b64decode, b64encode
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
from botocore.handlers import decode_console_output

from ec2query import ec2
from ec2query.errors import ParameterError
from ec2query.model_dict import from_dict
from ec2query.protocol.call import call
from ec2query.protocol.channel import Channel, GivenCredentials
from ec2query.protocol.customise import outgoing, readable
from ec2query.protocol.decode_form import decode_form
from ec2query.protocol.effects import Flow
from ec2query.protocol.endpoint import Endpoint, custom_endpoint, resolve_endpoint
from ec2query.protocol.message import HttpResponse
from ec2query.protocol.retry import Retries
from ec2query.protocol.serialize import pairs
from ec2query.protocol.sign import Credentials
from ec2query.shape import Operation, Result, Service, members, wire
from support.peer import peer
from support.play import NOW, FakeTime, Played, play
from support.whole_botocore import tell

KEYS = Credentials("AKIDEXAMPLE", "wJalrXUtnFEMI")
TEMPORARY = Credentials("ASIDEXAMPLE", "wJalrXUtnFEMI", "session/token+=")
HERE = Endpoint("https://ec2.us-east-1.amazonaws.com", "us-east-1")
PAGE = Path(__file__).parents[2] / "docs" / "customisations.md"


def channel(time: FakeTime, endpoint: Endpoint = HERE, credentials: Any = None) -> Channel:
    return Channel(
        endpoint=endpoint,
        credentials=credentials or GivenCredentials(KEYS),
        world=time.world,
        user_agent="ec2query/test",
        retries=Retries(random=time.world.random, clock=time.world.monotonic),
    )


def answered(action: str, inner: str = "") -> HttpResponse:
    return HttpResponse(200, {}, f"<{action}Response>{inner}</{action}Response>".encode())


def form(body: bytes) -> dict[str, str]:
    return dict(parse_qsl(body.decode(), keep_blank_values=True, strict_parsing=True))


def sent(operation: Operation[Any], endpoint: Endpoint = HERE, keys: Credentials = KEYS) -> dict[str, str]:
    """Play a call to its end and return the pairs of its one request."""
    time, played = FakeTime(), Played()
    reply = answered(type(operation).__name__)
    play(call(operation, channel(time, endpoint, GivenCredentials(keys))), [reply], time, played)
    (request,) = played.requests
    return form(request.body)


# Idempotency tokens


def test_tokens_are_those_of_the_model() -> None:
    """Every member with the trait is filled, in every operation, and no other member ever is."""
    for name in peer().operations:
        shape: Any = peer().model.operation_model(name)
        kind: type[Operation[Any]] = getattr(ec2, name)
        needed = {m.name: ["x"] if m.is_list else "x" for m in members(kind) if m.required and not m.token}
        filled = outgoing(kind(**needed), "token", HERE)
        new = {m.model for m in members(kind) if getattr(filled, m.name) == "token"}
        assert new == set(shape.idempotent_members), name


def test_a_token_is_the_call_s_one_draw() -> None:
    """What was drawn for the call goes out, unless the caller gave one."""
    assert sent(ec2.CreateVolume(availability_zone="us-east-1a"))["ClientToken"] == "token-1"
    assert sent(ec2.CreateVolume(availability_zone="us-east-1a", client_token="x"))["ClientToken"] == "x"
    assert sent(ec2.CreateVolume(availability_zone="us-east-1a", client_token=""))["ClientToken"] == ""


def test_the_page_lists_the_tokens_left_to_the_caller() -> None:
    """docs/customisations.md names each ClientToken that has no trait, and counts those that have."""
    traits, plain = 0, list[str]()
    for name in peer().operations:
        shape: Any = peer().model.operation_model(name).input_shape
        for member, target in (shape.members if shape is not None else {}).items():
            if target.metadata.get("idempotencyToken"):
                traits += 1
            elif member == "ClientToken":
                plain.append(name)
    text = PAGE.read_text(encoding="utf-8")
    listed = [line.removeprefix("- `").removesuffix("`") for line in text.splitlines() if line[:3] == "- `"]
    assert listed == sorted(plain)
    assert f"{traits} members carry the trait" in text
    assert f"{len(plain)} operations" in text


# RunInstances.UserData

USER_DATA: list[str | bytes] = [
    "#!/bin/sh\necho hällo 😀\n",
    b"#!/bin/sh\necho hello\n",
    b"\x1f\x8b\x08\x00\xff\xfe",
    "",
    b"",
    b64encode(b"encoded already").decode(),
]


@pytest.mark.parametrize("user_data", USER_DATA)
def test_user_data_equals_botocores(monkeypatch: pytest.MonkeyPatch, user_data: str | bytes) -> None:
    """Text and bytes go out as base64, however the operation was made."""
    params = {"MinCount": 1, "MaxCount": 1, "UserData": user_data, "ClientToken": "t"}
    theirs = tell(monkeypatch, "run_instances", params, KEYS, now=NOW).pairs
    assert sent(from_dict(ec2.RunInstances, params)) == theirs
    operation = ec2.RunInstances(min_count=1, max_count=1, user_data=user_data, client_token="t")
    assert sent(operation) == theirs
    assert operation.user_data == user_data


def test_user_data_is_encoded_once_whatever_the_attempts() -> None:
    """A second attempt sends the body of the first, and the server reads base64."""
    time, played = FakeTime(), Played()
    operation = ec2.RunInstances(min_count=1, max_count=1, user_data="#!")
    play(call(operation, channel(time)), [HttpResponse(503), answered("RunInstances")], time, played)
    first, second = (request.body for request in played.requests)
    assert first == second
    received = decode_form(first, lambda name: getattr(ec2, name))
    assert isinstance(received, ec2.RunInstances)
    assert received.user_data == b64encode(b"#!").decode()
    assert dict(pairs(received)) == form(first)


def test_other_user_data_is_the_callers() -> None:
    """Only RunInstances is served so; a launch template's goes out as it was given."""
    data = ec2.RequestLaunchTemplateData(user_data="as it is")
    operation = ec2.CreateLaunchTemplate(launch_template_name="n", launch_template_data=data)
    assert sent(operation)["LaunchTemplateData.UserData"] == "as it is"


@pytest.mark.parametrize("value", ["\ud800", 5, ["#!"]])
def test_user_data_that_cannot_be_sent(value: Any) -> None:
    """What is neither text nor bytes is an error that does not show it."""
    with pytest.raises(ParameterError, match=r"(?i)user_?data"):
        sent(ec2.RunInstances(min_count=1, max_count=1, user_data=value))


def test_user_data_never_shows() -> None:
    """Neither text nor bytes appear in the operation's repr."""
    shown = repr(ec2.RunInstances(min_count=1, max_count=1, user_data=b"canary"))
    assert "canary" not in shown
    assert "***" in shown


# CopySnapshot

COPY = {"SourceRegion": "eu-west-1", "SourceSnapshotId": "snap-0a1b"}
COPIES: dict[str, tuple[Endpoint, dict[str, Any], dict[str, Any]]] = {
    "plain": (HERE, COPY, {}),
    "everything": (
        HERE,
        {
            **COPY,
            "Description": "a b+c&d=é/😀~",
            "Encrypted": True,
            "KmsKeyId": "alias/mine",
            "DryRun": False,
            "TagSpecifications": [{"ResourceType": "snapshot", "Tags": [{"Key": "k", "Value": "v é"}]}],
        },
        {},
    ),
    "another destination named": (HERE, {**COPY, "DestinationRegion": "us-west-2"}, {}),
    "within a Region": (HERE, {**COPY, "SourceRegion": "us-east-1"}, {}),
    "another partition": (
        resolve_endpoint("cn-north-1"), {**COPY, "SourceRegion": "cn-northwest-1"}, {"region": "cn-north-1"},
    ),
    "FIPS": (resolve_endpoint("us-east-1", fips=True), COPY, {"use_fips_endpoint": True}),
    "dual-stack": (resolve_endpoint("us-east-1", dual_stack=True), COPY, {"use_dualstack_endpoint": True}),
    "an endpoint of one's own": (
        custom_endpoint("http://127.0.0.1:5000", "us-east-1"), COPY, {"endpoint_url": "http://127.0.0.1:5000"},
    ),
    "an endpoint that names the Region": (
        custom_endpoint("https://vpce-1.ec2.us-east-1.vpce.amazonaws.com", "us-east-1"),
        COPY,
        {"endpoint_url": "https://vpce-1.ec2.us-east-1.vpce.amazonaws.com"},
    ),
}  # fmt: skip


def apart(url: str) -> tuple[Any, ...]:
    parts = urlsplit(url)
    query = parse_qsl(parts.query, keep_blank_values=True, strict_parsing=True)
    return parts.scheme, parts.netloc, parts.path, sorted(query)


@pytest.mark.parametrize("keys", [KEYS, TEMPORARY], ids=["static", "temporary"])
@pytest.mark.parametrize("name", COPIES)
def test_a_copy_equals_botocores(monkeypatch: pytest.MonkeyPatch, name: str, keys: Credentials) -> None:
    """Presigned URL, signature included, and destination are botocore's at the same time."""
    endpoint, params, options = COPIES[name]
    theirs = tell(monkeypatch, "copy_snapshot", params, keys, now=NOW, **options).pairs
    mine = sent(from_dict(ec2.CopySnapshot, params), endpoint, keys)
    assert apart(mine.pop("PresignedUrl")) == apart(theirs.pop("PresignedUrl"))
    assert mine == theirs
    assert mine["DestinationRegion"] == endpoint.region


@pytest.mark.parametrize("given", ["https://ec2.eu-west-1.amazonaws.com/?Action=CopySnapshot&x=1", ""])
def test_a_presigned_url_that_was_given_is_kept(monkeypatch: pytest.MonkeyPatch, given: str) -> None:
    """Then nothing is presigned and no destination is added."""
    params = {**COPY, "PresignedUrl": given}
    assert sent(from_dict(ec2.CopySnapshot, params)) == (
        tell(monkeypatch, "copy_snapshot", params, KEYS, now=NOW).pairs
    )


class Rotating:
    """Credentials that are others each time."""

    def __init__(self) -> None:
        self.serial = 0

    def current(self) -> Flow[Credentials]:
        self.serial += 1
        return Credentials(f"AKID{self.serial}", "secret")
        yield

    def refuse(self, credentials: Credentials) -> None:
        raise AssertionError


def test_each_attempt_presigns_anew() -> None:
    """The URL carries the key and the date of its own attempt, the rest of the body stays."""
    time, played = FakeTime(), Played()
    copy = ec2.CopySnapshot(source_region="eu-west-1", source_snapshot_id="snap-0a1b")

    def late(request: Any) -> HttpResponse:
        time.seconds += 60
        return HttpResponse(503)

    play(call(copy, channel(time, credentials=Rotating())), [late, answered("CopySnapshot")], time, played)
    forms = [form(request.body) for request in played.requests]
    urls = [dict(parse_qsl(urlsplit(pairs.pop("PresignedUrl")).query)) for pairs in forms]
    assert [url["X-Amz-Credential"][:5] for url in urls] == ["AKID1", "AKID2"]
    assert [url["X-Amz-Date"] for url in urls] == ["20260102T030405Z", "20260102T030505Z"]
    assert forms[0] == forms[1]


@pytest.mark.parametrize("region", ["evil.example/#", "us-east-1@evil.example", "", "1", "a" * 64])
def test_a_source_region_cannot_become_another_host(region: str) -> None:
    """What cannot stand in a host name is an error before anything is signed."""
    with pytest.raises(ParameterError, match="source_region"):
        sent(ec2.CopySnapshot(source_region=region, source_snapshot_id="snap-0a1b"))


# GetConsoleOutput

OUTPUTS = {
    "text": b64encode("[  0.0] Linux é\r\n".encode()).decode(),
    "wrapped": "SGVs\nbG8g\n  d29ybGQ=\n",
    "not UTF-8": b64encode(b"ok \xff\xfe").decode(),
    "encoded twice": b64encode(b64encode(b"x")).decode(),
    "nothing": "",
    "wrong padding": "SGVsbG8",
    "one letter": "A",
    "beyond Latin-1": "SGVs😀",
    "other characters": "!!!!",
}


@pytest.mark.parametrize("name", OUTPUTS)
def test_console_output_equals_botocores(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    """Decoded once, with what is not UTF-8 replaced; what is not base64 stays as it came."""
    encoded = OUTPUTS[name]
    reply = answered("GetConsoleOutput", f"<instanceId>i-1</instanceId><output>{encoded}</output>")
    parsed = {"Output": encoded}
    decode_console_output(parsed)
    time = FakeTime()
    result = play(call(ec2.GetConsoleOutput(instance_id="i-1"), channel(time)), [reply], time)
    assert (result.output, result.instance_id) == (parsed["Output"], "i-1")
    told = tell(monkeypatch, "get_console_output", {"InstanceId": "i-1"}, KEYS, now=NOW, body=reply.body)
    assert told.answer["Output"] == result.output


def test_console_output_that_did_not_come() -> None:
    """An absent output stays absent."""
    time = FakeTime()
    reply = answered("GetConsoleOutput", "<instanceId>i-1</instanceId>")
    assert play(call(ec2.GetConsoleOutput(instance_id="i-1"), channel(time)), [reply], time).output is None


# Other services

SERVICE = Service(name="Other", version="1", namespace="urn:x", signing_name="x", endpoint_prefix="x")


class ConsoleResult(Result):
    """What a namesake answers."""

    output: str | None = wire("output", default=None)


class GetConsoleOutput(Operation[ConsoleResult]):
    """A namesake in another service."""


def test_namesakes_of_other_services_are_left_alone() -> None:
    """The names mean something in EC2 only."""
    encoded = b64encode(b"x").decode()
    assert readable(ConsoleResult(output=encoded), GetConsoleOutput).output == encoded
    assert b64decode(encoded) == b"x"
