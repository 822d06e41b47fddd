"""docs/botocore-differences.md: each row shown on both sides, and no row without its case."""

from __future__ import annotations

import itertools
import logging
import re
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NamedTuple

import botocore.model
import botocore.serialize
import pytest
from botocore.auth import SigV4Auth, SigV4QueryAuth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials as PeerCredentials
from botocore.paginate import Paginator as PeerPaginator

from ec2query import ec2
from ec2query.client.paginator import Paginator
from ec2query.errors import (
    Ec2QueryError,
    ParameterError,
    ResponseError,
    ServerFault,
    ServiceError,
)
from ec2query.model_dict import from_dict
from ec2query.protocol.message import HttpRequest
from ec2query.protocol.parse import parse
from ec2query.protocol.serialize import pairs
from ec2query.protocol.sign import Credentials, presign, sign
from support.peer import peer
from support.play import NOW
from support.toy import Do
from support.whole_botocore import tell

PAGE = Path(__file__).parents[2] / "docs" / "botocore-differences.md"
KEYS = Credentials("AKIDEXAMPLE", "secret", "canary-token")

# What one side makes of a case: a value, or the class of the error that it raises.
Made = Any


class Sent(NamedTuple):
    """Parameters by model names, and the pairs that either side makes of them."""

    operation: str
    params: dict[str, Any]
    theirs: Made
    mine: Made


SENT: dict[str, Sent] = {
    "`True` for an integer": Sent(
        "CreateVolume",
        {"AvailabilityZone": "a", "Size": True},
        {"AvailabilityZone": "a", "Size": "True"},
        ParameterError,
    ),
    "a number below the model's minimum": Sent(
        "DescribeVpcs", {"MaxResults": 1}, "ParamValidationError", {"MaxResults": "1"}
    ),
    "a `datetime` without a time zone": Sent(
        "DescribeSpotPriceHistory",
        {"StartTime": datetime(2026, 1, 2)},
        {"StartTime": re.compile(r"2026-01-0\dT..:..:00Z")},
        ParameterError,
    ),
    "a number for a timestamp": Sent(
        "DescribeSpotPriceHistory", {"StartTime": 0}, {"StartTime": "1970-01-01T00:00:00Z"}, ParameterError
    ),
    "`None` for a member": Sent("DescribeVpcs", {"NextToken": None}, "ParamValidationError", {}),
    "text with half a surrogate pair": Sent(
        "DescribeVpcs", {"NextToken": "\ud800"}, {"NextToken": "\ud800"}, ParameterError
    ),
}


class Read(NamedTuple):
    """A status and a body, and what either side reads in them."""

    body: bytes
    theirs: Made
    mine: Made
    status: int = 200


def volumes(inner: str) -> bytes:
    return f"<DescribeVolumesResponse>{inner}</DescribeVolumesResponse>".encode()


def volume(inner: str) -> bytes:
    return volumes(f"<volumeSet><item>{inner}</item></volumeSet>")


ERROR = b"<Response><Errors><Error><Code>X</Code><Message>m</Message></Error></Errors></Response>"
READ: dict[str, Read] = {
    "a boolean `1`": Read(
        volume("<encrypted>1</encrypted>"),
        {"Volumes": [{"Encrypted": False}]},
        {"Volumes": [{"Encrypted": True}]},
    ),
    "a boolean with white space around it": Read(
        volume("<encrypted> true </encrypted>"),
        {"Volumes": [{"Encrypted": False}]},
        {"Volumes": [{"Encrypted": True}]},
    ),
    "a boolean that is neither": Read(
        volume("<encrypted>TRUE</encrypted>"), {"Volumes": [{"Encrypted": False}]}, ResponseError
    ),
    "an empty number": Read(volume("<size/>"), "ValueError", {"Volumes": [{}]}),
    "a number that is none": Read(volume("<size>x</size>"), "ValueError", ResponseError),
    "a number in Python's notation": Read(
        volume("<size>1_000</size>"), {"Volumes": [{"Size": 1000}]}, ResponseError
    ),
    "a number in another script": Read(volume("<size>٣</size>"), {"Volumes": [{"Size": 3}]}, ResponseError),
    "an empty timestamp": Read(volume("<createTime/>"), "ValueError", {"Volumes": [{}]}),
    "a timestamp that is none": Read(
        volume("<createTime>yesterday</createTime>"), "ValueError", ResponseError
    ),
    "a timestamp without a zone": Read(
        volume("<createTime>2026-01-02T03:04:05</createTime>"),
        {"Volumes": [{"CreateTime": datetime(2026, 1, 2, 3, 4, 5)}]},
        {"Volumes": [{"CreateTime": datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)}]},
    ),
    "an element inside a scalar": Read(
        volumes("<nextToken>a<b>c</b>d</nextToken>"), {"NextToken": "a"}, ResponseError
    ),
    "a repeated list": Read(
        volume("<size>1</size>").replace(
            b"</Desc", b"<volumeSet><item><size>2</size></item></volumeSet></Desc"
        ),
        {"Volumes": [{}, {}]},
        {"Volumes": [{"Size": 2}]},
    ),
    "an error document with status 200": Read(ERROR, {}, ServiceError),
    "HTML with status 200": Read(b"<html><body>hi</body></html>", {}, ResponseError),
    "another operation's answer": Read(b"<DescribeVpcsResponse/>", {}, ResponseError),
    "status 300": Read(volumes(""), {}, ServiceError, 300),
    "an empty 3xx": Read(b"", "ResponseParserError", ServiceError, 302),
    "an empty 4xx": Read(b"", "ResponseParserError", ServiceError, 400),
    "a 5xx of a server's own": Read(b"<!doctype html><title>500", "ResponseParserError", ServerFault, 500),
    "an error document without an error": Read(
        b"<Response><Errors/><RequestID>r</RequestID></Response>", "TypeError", ServiceError, 400
    ),
    "a document type": Read(
        b'<!DOCTYPE x [<!ENTITY a "boo">]>' + volumes("<nextToken>&a;</nextToken>"),
        {"NextToken": "boo"},
        ResponseError,
    ),
}


def outcome(made: Any, expected: Made) -> bool:
    if isinstance(expected, dict) and isinstance(made, dict):
        return made.keys() == expected.keys() and all(outcome(made[key], expected[key]) for key in made)
    return bool(expected.fullmatch(made)) if isinstance(expected, re.Pattern) else bool(made == expected)


@pytest.mark.parametrize("name", SENT)
def test_what_is_sent(name: str) -> None:
    """botocore's validating serializer and ours make of the parameters what the page says."""
    case = SENT[name]
    serializer: Any = botocore.serialize.create_serializer("ec2", include_validation=True)
    model = peer().model.operation_model(case.operation)
    theirs: Made
    try:
        theirs = serializer.serialize_to_request(case.params, model)["body"]
    except Exception as error:
        theirs = type(error).__name__
    else:
        theirs = {key: str(value) for key, value in theirs.items() if key not in ("Action", "Version")}
    assert outcome(theirs, case.theirs), theirs
    mine: Made
    try:
        mine = dict(pairs(from_dict(getattr(ec2, case.operation), case.params))[2:])
    except Ec2QueryError as error:
        mine = type(error)
    assert mine == case.mine


@pytest.mark.parametrize("name", READ)
def test_what_is_read(name: str) -> None:
    """botocore's parser and ours read in a body what the page says."""
    case = READ[name]
    theirs: Made
    try:
        theirs = peer().parse("DescribeVolumes", case.status, case.body)
    except Exception as error:
        theirs = type(error).__name__
    else:
        del theirs["ResponseMetadata"]
    assert theirs == case.theirs
    mine: Made
    try:
        mine = parse(ec2.DescribeVolumes, case.status, {}, case.body).to_dict()
    except Ec2QueryError as error:
        mine = type(error)
    assert mine == case.mine


def test_a_repeated_scalar() -> None:
    """botocore gives a list of XML elements where text is meant; here the last one counts."""
    body = volumes("<nextToken>a</nextToken><nextToken>b</nextToken>")
    assert [element.text for element in peer().parse("DescribeVolumes", 200, body)["NextToken"]] == ["a", "b"]
    assert parse(ec2.DescribeVolumes, 200, {}, body).next_token == "b"


def test_several_errors_in_one_document() -> None:
    """botocore keeps the first; here the others are kept as well."""
    body = ERROR.replace(b"</Errors>", b"<Error><Code>Y</Code><Message>n</Message></Error></Errors>")
    theirs = peer().parse("DescribeVolumes", 400, body)
    assert theirs["Error"] == {"Code": "X", "Message": "m"}
    assert "Y" not in str(theirs)
    with pytest.raises(ServiceError) as caught:
        parse(ec2.DescribeVolumes, 400, {}, body)
    assert (caught.value.code, caught.value.others) == ("X", (("Y", "n"),))


@pytest.mark.parametrize("where", ["RequestId", "RequestID"])
def test_a_request_id_spelt_otherwise(where: str) -> None:
    """botocore reads `requestId` in answers; here each spelling in use is read."""
    body = volumes(f"<{where}>r</{where}>")
    assert "RequestId" not in peer().parse("DescribeVolumes", 200, body)["ResponseMetadata"]
    assert parse(ec2.DescribeVolumes, 200, {}, body).request_id == "r"


def test_a_member_in_lower_case_without_a_wire_name() -> None:
    """The protocol capitalises such a key, botocore does not; EC2's model has none."""
    document = {
        "metadata": {"apiVersion": "1", "protocol": "ec2", "endpointPrefix": "x", "serviceId": "x"},
        "operations": {"Do": {"name": "Do", "http": {"method": "POST"}, "input": {"shape": "DoRequest"}}},
        "shapes": {
            "DoRequest": {"type": "structure", "members": {"text": {"shape": "String"}}},
            "String": {"type": "string"},
        },
    }
    model = botocore.model.ServiceModel(document, "x")
    serializer: Any = botocore.serialize.create_serializer("ec2")
    theirs = serializer.serialize_to_request({"text": "a"}, model.operation_model("Do"))["body"]
    assert theirs["text"] == "a"
    assert dict(pairs(Do(text="a")))["Text"] == "a"


def test_a_key_that_a_presigned_url_repeats() -> None:
    """botocore signs and sends its first value only; here all of them."""
    url = "https://ec2.us-east-1.amazonaws.com/?A=1&A=2"
    request: Any = AWSRequest("GET", url)
    auth: Any = SigV4QueryAuth(PeerCredentials("AKIDEXAMPLE", "secret"), "ec2", "us-east-1")
    auth.add_auth(request)
    assert (request.url.count("A=1&"), request.url.count("A=2&")) == (1, 0)
    mine = presign(HttpRequest("GET", url), KEYS, "us-east-1", "ec2", NOW).url
    assert (mine.count("A=1&"), mine.count("A=2&")) == (1, 1)


def test_a_session_token_in_the_log(caplog: pytest.LogCaptureFixture) -> None:
    """botocore logs the canonical request, token included, at DEBUG; here nothing is logged."""
    url = "https://ec2.us-east-1.amazonaws.com/"
    caplog.set_level(logging.DEBUG)
    sign(HttpRequest("POST", url), KEYS, "us-east-1", "ec2", NOW)
    assert "canary-token" not in caplog.text
    auth: Any = SigV4Auth(PeerCredentials("AKIDEXAMPLE", "secret", "canary-token"), "ec2", "us-east-1")
    auth.add_auth(AWSRequest("POST", url))
    assert "canary-token" in caplog.text


def test_an_answer_in_the_log(caplog: pytest.LogCaptureFixture) -> None:
    """botocore logs every body at DEBUG, secrets included; here nothing is logged."""
    caplog.set_level(logging.DEBUG)
    body = b"<CreateKeyPairResponse><keyMaterial>canary</keyMaterial></CreateKeyPairResponse>"
    assert parse(ec2.CreateKeyPair, 200, {}, body).key_material == "canary"
    assert "canary" not in caplog.text
    peer().parse("CreateKeyPair", 200, body)
    assert "canary" in caplog.text


def test_a_source_region_with_an_at_sign(monkeypatch: pytest.MonkeyPatch) -> None:
    """botocore presigns a URL of another host; here it is a ParameterError (see test_customise)."""
    params = {"SourceRegion": "x@evil.example/", "SourceSnapshotId": "snap-1"}
    theirs = tell(monkeypatch, "copy_snapshot", params, KEYS, now=NOW).pairs
    assert theirs["PresignedUrl"].startswith("https://ec2.x@evil.example/.amazonaws.com/")


def test_page_tokens_that_go_round() -> None:
    """botocore notices a token that repeats at once, not a longer round; here any is an error."""
    tokens = {None: "a", "a": "b", "b": "a"}

    def answer(**params: Any) -> dict[str, Any]:
        return {"Vpcs": [{"VpcId": "vpc-1"}], "NextToken": tokens[params.get("NextToken")]}

    method: Any = answer
    config = {"input_token": "NextToken", "output_token": "NextToken", "result_key": "Vpcs"}
    theirs: Any = PeerPaginator(method, config, peer().model.operation_model("DescribeVpcs"))
    assert len(list(itertools.islice(theirs.paginate(), 100))) == 100

    def send(operation: Any) -> Any:
        return ec2.DescribeVpcsResult(next_token=tokens[operation.next_token])

    with pytest.raises(ResponseError, match="NextToken"):
        list(Paginator(ec2.DescribeVpcs(), send))


OTHERS = {
    "a repeated scalar": test_a_repeated_scalar,
    "several errors in one document": test_several_errors_in_one_document,
    "a request id spelt `RequestId` or `RequestID`": test_a_request_id_spelt_otherwise,
    "a member in lower case without a wire name": test_a_member_in_lower_case_without_a_wire_name,
    "a key that a presigned URL repeats": test_a_key_that_a_presigned_url_repeats,
    "a session token in the log": test_a_session_token_in_the_log,
    "an answer in the log": test_an_answer_in_the_log,
    "`CopySnapshot` with an `@` in its source Region": test_a_source_region_with_an_at_sign,
    "page tokens that go round": test_page_tokens_that_go_round,
}


def test_the_page_and_the_cases_are_the_same() -> None:
    """Each row of the page has a case here, each case a row there."""
    rows = re.findall(r"^\| ([^|]+) \| .* \| .* \|$", PAGE.read_text(encoding="utf-8"), re.MULTILINE)
    titles = [row.strip() for row in rows if row.strip() not in ("what", "---")]
    assert sorted(titles) == sorted([*SENT, *READ, *OTHERS])
