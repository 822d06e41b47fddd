"""Documents that mean harm: each is refused by one typed error, wherever a document is read."""

from __future__ import annotations

from collections.abc import Callable

import httpx
import pytest

from ec2query import ResponseError, ServiceError, ec2
from ec2query.protocol.parse import parse
from ec2query.protocol.raw import RawDecoder
from ec2query.protocol.xml import Limits
from support.hostile import WAYS, answering, ask

ASK = ec2.DescribeVpcs()
ROOT = "DescribeVpcsResponse"


def entities(declared: str, used: str) -> str:
    return f"<!DOCTYPE {ROOT} [{declared}]><{ROOT}><nextToken>{used}</nextToken></{ROOT}>"


def laughs() -> str:
    levels = [f"<!ENTITY a{n} '" + f"&a{n - 1};" * 10 + "'>" for n in range(1, 10)]
    return entities('<!ENTITY a0 "ha">' + "".join(levels), "&a9;")


def inside(text: str) -> str:
    return f"<{ROOT}>{text}</{ROOT}>"


def attributes(count: int) -> str:
    return "".join(f" b{number}=''" for number in range(count))


MEBIBYTE = 1024 * 1024
LINE = "a\n"

# Each is made when it is asked for; what it is refused for.
DOCUMENTS: dict[str, tuple[Callable[[], str], str]] = {
    "a document type": (lambda: f"<!DOCTYPE {ROOT}>" + inside(""), "refused"),
    "an internal entity": (lambda: entities('<!ENTITY a "b">', "&a;"), "refused"),
    "an entity that is not used": (lambda: entities('<!ENTITY a "b">', ""), "refused"),
    "an external file": (lambda: entities('<!ENTITY a SYSTEM "file:///etc/passwd">', "&a;"), "refused"),
    "an external address": (lambda: entities('<!ENTITY a SYSTEM "http://127.0.0.1:9/x">', "&a;"), "refused"),
    "a public entity": (lambda: entities('<!ENTITY a PUBLIC "x" "file:///etc/passwd">', "&a;"), "refused"),
    "an unparsed entity": (lambda: entities('<!ENTITY a SYSTEM "x" NDATA gif>', ""), "refused"),
    "a parameter entity": (lambda: entities('<!ENTITY % a "b"> %a;', ""), "refused"),
    "an external parameter entity": (
        lambda: entities('<!ENTITY % a SYSTEM "http://127.0.0.1:9/x.dtd"> %a;', ""),
        "refused",
    ),
    "an external subset": (
        lambda: f'<!DOCTYPE {ROOT} SYSTEM "http://127.0.0.1:9/x.dtd">' + inside(""),
        "refused",
    ),
    "an attribute's default": (lambda: entities(f'<!ATTLIST {ROOT} a CDATA "b">', ""), "refused"),
    "a billion laughs": (laughs, "refused"),
    "quadratic blow-up": (lambda: entities(f"<!ENTITY a '{'x' * 50_000}'>", "&a;" * 50_000), "refused"),
    "an entity of itself": (lambda: entities('<!ENTITY a "&a;">', "&a;"), "refused"),
    "an entity that nobody declared": (lambda: inside("<nextToken>&a;</nextToken>"), "undefined entity"),
    "an entity of HTML": (lambda: inside("<nextToken>&nbsp;</nextToken>"), "undefined entity"),
    "a conditional section": (lambda: inside("<![INCLUDE[<a/>]]>"), "well-formed"),
    "depth": (lambda: f"<{ROOT}>" + "<a>" * 1_000_000, "deeper than 64"),
    "depth in what is known": (lambda: f"<{ROOT}>" + "<vpcSet><item>" * 500_000, "deeper than 64"),
    "a million attributes": (
        lambda: inside(f"<a{attributes(1_000_000)}/>"),
        "longer than 1048576 bytes",
    ),
    "many attributes": (lambda: inside(f"<a{attributes(257)}/>"), "more than 256"),
    "many attributes of the root": (
        lambda: f"<{ROOT}{attributes(257)}/>",
        "more than 256 attributes",
    ),
    "an attribute twice": (lambda: inside("<a b='' b=''/>"), "duplicate attribute"),
    "a huge name": (lambda: inside("<" + "a" * 4 * MEBIBYTE + "/>"), "longer than 1048576 bytes"),
    "a huge root": (lambda: "<" + "a" * 4 * MEBIBYTE + "/>", "longer than 1048576 bytes"),
    "a huge attribute": (lambda: inside(f"<a b='{'c' * 4 * MEBIBYTE}'/>"), "longer than 1048576 bytes"),
    "a huge comment": (lambda: inside(f"<!--{'c' * 4 * MEBIBYTE}-->"), "longer than 1048576 bytes"),
    "a huge instruction": (lambda: inside(f"<?a {'c' * 4 * MEBIBYTE}?>"), "longer than 1048576 bytes"),
    "names without end": (
        lambda: inside("".join(f"<a{n}/>" for n in range(300_000))),
        "20000 different names",
    ),
    "huge text": (
        lambda: inside(f"<nextToken>{'a' * 17 * MEBIBYTE}</nextToken>"),
        "16777216 characters",
    ),
    "huge text in lines": (lambda: inside(f"<nextToken>{LINE * 9 * MEBIBYTE}</nextToken>"), "16777216"),
    "text without end": (lambda: f"<{ROOT}><nextToken>" + "a" * 8 * MEBIBYTE, "well-formed"),
    "a NUL": (lambda: inside("<nextToken>a\0b</nextToken>"), "well-formed"),
    "a NUL by number": (lambda: inside("<nextToken>&#0;</nextToken>"), "invalid character number"),
    "a control character": (lambda: inside("<nextToken>\x1b</nextToken>"), "well-formed"),
    "a surrogate by number": (lambda: inside("<nextToken>&#xD800;</nextToken>"), "invalid character number"),
    "a character beyond Unicode": (lambda: inside("<nextToken>&#x110000;</nextToken>"), "invalid character"),
    "HTML": (lambda: "<html><body><h1>It works!</h1></body></html>", f"expected <{ROOT}>, got <html>"),
    "HTML of another kind": (lambda: "<!DOCTYPE html><html><p>&nbsp;<br></html>", "refused"),
    "JSON": (lambda: '{"__type": "InternalFailure"}', "well-formed"),
    "text": (lambda: "upstream connect error or disconnect/reset before headers", "well-formed"),
    "nothing": (lambda: "", "empty"),
    "white space": (lambda: " " * MEBIBYTE, "no element found"),
    "another answer": (lambda: "<DescribeSubnetsResponse/>", f"expected <{ROOT}>"),
    "the root in another case": (lambda: f"<{ROOT.lower()}/>", f"expected <{ROOT}>"),
    "two roots": (lambda: inside("") * 2, "junk"),
    "text behind the root": (lambda: inside("") + "x", "well-formed"),
    "crossed tags": (lambda: inside("<a><b></a></b>"), "mismatched"),
}

# These speak of members that the model knows; who reads without a model takes the text as it is.
WRONG_VALUES: dict[str, str] = {
    "an element inside a scalar": "<vpcSet><item><vpcId>a<b/></vpcId></item></vpcSet>",
    "a boolean that is none": "<vpcSet><item><isDefault>yes</isDefault></item></vpcSet>",
    "an empty boolean in words": "<vpcSet><item><isDefault>null</isDefault></item></vpcSet>",
}


@pytest.mark.parametrize("name", DOCUMENTS)
def test_a_typed_answer(name: str) -> None:
    """It is no answer: the error says what is wrong with it, in a sentence of ordinary length."""
    make, reason = DOCUMENTS[name]
    with pytest.raises(ResponseError, match=reason) as caught:
        parse(ec2.DescribeVpcs, 200, {"x-amzn-requestid": "r-1"}, make().encode())
    assert (caught.value.status, caught.value.request_id) == (200, "r-1")
    assert len(str(caught.value)) < 600


@pytest.mark.parametrize("name", DOCUMENTS)
def test_an_answer_that_no_type_describes(name: str) -> None:
    """The same is refused where no model helps; text may be as long as the body there."""
    body = DOCUMENTS[name][0]().encode()
    decoder = RawDecoder("DescribeVpcs", 200, {}, limits=Limits())
    if name.startswith("huge text"):
        decoder.feed(body)
        assert len(decoder.close()["nextToken"]) > 16 * MEBIBYTE
        return

    def read() -> None:
        decoder.feed(body)
        decoder.close()

    with pytest.raises(ResponseError):
        read()


@pytest.mark.parametrize("status", [400, 503])
@pytest.mark.parametrize("name", DOCUMENTS)
def test_an_error_answer(name: str, status: int) -> None:
    """An error answer stays an error, of one type or the other, and never costs more."""
    body = DOCUMENTS[name][0]().replace(ROOT, "Response").encode()
    with pytest.raises((ResponseError, ServiceError)) as caught:
        parse(ec2.DescribeVpcs, status, {}, body)
    assert getattr(caught.value, "status", None) == status
    assert len(str(caught.value)) < 600


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("name", [*DOCUMENTS, *WRONG_VALUES])
def test_through_a_client(name: str, way: str) -> None:
    """The error that parsing gives is the call's, whoever asked."""
    if name in DOCUMENTS:
        make, reason = DOCUMENTS[name]
        body = make()
    else:
        body, reason = inside(WRONG_VALUES[name]), "expected|inside"
    with pytest.raises(ResponseError, match=reason) as caught:
        ask(way, ASK, answering(body.encode()))
    assert caught.value.operation == "DescribeVpcs"


def test_what_is_refused_is_asked_for_again_and_then_an_error() -> None:
    """Whatever was wrong with the bytes may be right the next time."""
    asked: list[httpx.Request] = []

    def answer(request: httpx.Request) -> httpx.Response:
        asked.append(request)
        body = laughs() if len(asked) < 3 else inside("<requestId>r</requestId>")
        return answering(body.encode())(request)

    assert ask("asyncio", ASK, answer, max_attempts=3).request_id == "r"
    asked.clear()
    with pytest.raises(ResponseError, match="refused"):
        ask("asyncio", ASK, answer, max_attempts=2)
    assert len(asked) == 2


REPEATED: dict[str, tuple[str, ec2.DescribeVpcsResult]] = {
    "text": ("<nextToken>a</nextToken><nextToken>b</nextToken>", ec2.DescribeVpcsResult(next_token="b")),
    "a list": (
        "<vpcSet><item><vpcId>a</vpcId></item></vpcSet><vpcSet><item><vpcId>b</vpcId></item></vpcSet>",
        ec2.DescribeVpcsResult(vpcs=[ec2.Vpc(vpc_id="b")]),
    ),
    "a list, the second time empty": (
        "<vpcSet><item><vpcId>a</vpcId></item></vpcSet><vpcSet/>",
        ec2.DescribeVpcsResult(),
    ),
    "text in an entry": (
        "<vpcSet><item><vpcId>a</vpcId><vpcId/></item></vpcSet>",
        ec2.DescribeVpcsResult(vpcs=[ec2.Vpc(vpc_id="")]),
    ),
    "a number and nothing": (
        "<vpcSet><item><isDefault>true</isDefault><isDefault/></item></vpcSet>",
        ec2.DescribeVpcsResult(vpcs=[ec2.Vpc()]),
    ),
}


@pytest.mark.parametrize("name", REPEATED)
def test_the_last_of_a_repeated_member_counts(name: str) -> None:
    """Twice the same member is no fault of the document; which of them counts does not depend on its type."""
    inner, expected = REPEATED[name]
    assert parse(ec2.DescribeVpcs, 200, {}, inside(inner).encode()) == expected
