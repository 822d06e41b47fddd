"""`ec2query.protocol.parse`: XML to a result, an error document to a ServiceError."""

from __future__ import annotations

import math
from datetime import UTC, datetime

import pytest

from ec2query.errors import ResponseError, ServerFault, ServiceError
from ec2query.protocol.parse import ResultDecoder, parse
from ec2query.protocol.xml import Limits
from ec2query.shape import Result
from support.toy import Do, DoNothing, DoResult, Leaf, Node

NS = 'xmlns="https://example.com/doc/2020-01-08"'


def answer(inner: str, *, root: str = "DoResponse") -> bytes:
    return f"<?xml version='1.0' encoding='UTF-8'?><{root} {NS}>{inner}</{root}>".encode()


CASES: dict[str, tuple[str, DoResult]] = {
    "nothing": ("", DoResult()),
    "text": ("<text>a</text>", DoResult(text="a")),
    "empty text": ("<text/>", DoResult(text="")),
    "empty text, two tags": ("<text></text>", DoResult(text="")),
    "text keeps its white space": ("<text> a\n b </text>", DoResult(text=" a\n b ")),
    "references": ("<text>&lt;&amp;&gt;&quot;&apos;&#233;&#x20AC;</text>", DoResult(text="<&>\"'é€")),
    "CDATA": ("<text>a<![CDATA[<b>&amp;]]>c</text>", DoResult(text="a<b>&amp;c")),
    "a comment inside text": ("<text>a<!-- no -->b</text>", DoResult(text="ab")),
    "an instruction inside text": ("<text>a<?no no?>b</text>", DoResult(text="ab")),
    "an integer": ("<whole> 42\n</whole>", DoResult(whole=42)),
    "a signed integer": ("<whole>-7</whole>", DoResult(whole=-7)),
    "an integer beyond 64 bits": (f"<whole>{2**70}</whole>", DoResult(whole=2**70)),
    "an empty integer says nothing": ("<whole/>", DoResult()),
    "a float": ("<real>1.25</real>", DoResult(real=1.25)),
    "an exponent": ("<real>-1e-7</real>", DoResult(real=-1e-7)),
    "infinity": ("<real>-Infinity</real>", DoResult(real=-math.inf)),
    "true": ("<flag>true</flag>", DoResult(flag=True)),
    "false": ("<flag>false</flag>", DoResult(flag=False)),
    "one is true": ("<flag>1</flag>", DoResult(flag=True)),
    "a blob": ("<blob>AP8+\n</blob>", DoResult(blob=b"\x00\xff>")),
    "a timestamp": (
        "<when>2026-01-02T03:04:05.5+01:00</when>",
        DoResult(when=datetime(2026, 1, 2, 2, 4, 5, 500000, UTC)),
    ),
    "epoch seconds": ("<when>1767323045</when>", DoResult(when=datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC))),
    "a structure": ("<leaf><key>k</key><count>1</count></leaf>", DoResult(leaf=Leaf(key="k", count=1))),
    "an empty structure": ("<leaf/>", DoResult(leaf=Leaf())),
    "a list": (
        "<leafSet><item><key>a</key></item><item/></leafSet>",
        DoResult(leaves=[Leaf(key="a"), Leaf()]),
    ),
    "any child of a list is an entry": (
        "<textSet><item>a</item><member>b</member><x>c</x></textSet>",
        DoResult(texts=["a", "b", "c"]),
    ),
    "an empty list": ("<leafSet/>", DoResult()),
    "an empty text entry": ("<textSet><item/><item>b</item></textSet>", DoResult(texts=["", "b"])),
    "a list of integers": ("<wholeSet><item>1</item><item>2</item></wholeSet>", DoResult(wholes=[1, 2])),
    "a list of lists": ("<grid><item><item>a</item></item><item/></grid>", DoResult(grid=[("a",), ()])),
    "a flattened list": (
        "<flatItem>a</flatItem><text>t</text><flatItem>b</flatItem>",
        DoResult(flat=["a", "b"], text="t"),
    ),
    "flattened structures": (
        "<flatLeaf><key>a</key></flatLeaf><flatLeaf/>",
        DoResult(flat_leaves=[Leaf(key="a"), Leaf()]),
    ),
    "recursion": (
        "<node><name>1</name><inner><name>2</name><otherSet><item><name>3</name></item></otherSet></inner></node>",
        DoResult(node=Node(name="1", inner=Node(name="2", others=[Node(name="3")]))),
    ),
    "unknown elements are passed over": (
        "<new><deep><text>no</text></deep></new><text>a</text><other/>",
        DoResult(text="a"),
    ),
    "unknown attributes are passed over": ('<text new="1">a</text>', DoResult(text="a")),
    "prefixes are stripped": (
        '<p:text xmlns:p="urn:x">a</p:text><p:leaf xmlns:p="urn:x"><p:key>k</p:key></p:leaf>',
        DoResult(text="a", leaf=Leaf(key="k")),
    ),
    "a namespace at any level": (
        '<leaf xmlns="urn:y"><key xmlns="urn:z">k</key></leaf>',
        DoResult(leaf=Leaf(key="k")),
    ),
    "the last of a repeated element counts": ("<text>a</text><text>b</text>", DoResult(text="b")),
    "white space between elements": (
        "\n  <leaf>\n    <key>k</key>\n  </leaf>\n",
        DoResult(leaf=Leaf(key="k")),
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_reading_a_result(name: str) -> None:
    """Each kind of element becomes the value that the protocol says."""
    inner, expected = CASES[name]
    assert parse(Do, 200, {}, answer(inner)) == expected


@pytest.mark.parametrize("name", CASES)
def test_pieces_make_the_same_result(name: str) -> None:
    """Fed byte by byte, a document gives what it gives at once."""
    inner, expected = CASES[name]
    decoder = ResultDecoder(Do, 200, {})
    for byte in answer(inner):
        decoder.feed(bytes([byte]))
    assert decoder.close() == expected


def test_an_attribute_member() -> None:
    """A member that the model calls an attribute is read from the tag."""
    body = f'<DoResponse {NS} xmlns:xsi="urn:i" xsi:type="fine"/>'.encode()
    assert parse(Do, 200, {}, body).kind == "fine"


def test_not_a_number() -> None:
    """NaN is read, though it equals nothing."""
    found = parse(Do, 200, {}, answer("<real>NaN</real>")).real
    assert found is not None
    assert math.isnan(found)


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-16-le", "iso-8859-1", "us-ascii"])
def test_encodings(encoding: str) -> None:
    """UTF-8 with a mark, UTF-16 with one, and expat's other two are read."""
    name = {"utf-8-sig": "UTF-8", "utf-16-le": "UTF-16"}.get(encoding, encoding)
    text = "e" if encoding == "us-ascii" else "é"
    document = f"<?xml version='1.0' encoding='{name}'?><DoResponse><text>{text}</text></DoResponse>"
    mark = b"\xff\xfe" if encoding == "utf-16-le" else b""
    assert parse(Do, 200, {}, mark + document.encode(encoding)).text == text


@pytest.mark.parametrize("spelling", ["requestId", "RequestId", "RequestID"])
def test_request_ids_in_the_body(spelling: str) -> None:
    """The three spellings that are in use all count, and come before the header's."""
    body = answer(f"<{spelling}>r-1</{spelling}>")
    assert parse(Do, 200, {"x-amzn-requestid": "r-2"}, body).request_id == "r-1"


def test_request_id_in_the_header() -> None:
    """Where the body has none, the header's request id is taken; without both it is None."""
    assert parse(Do, 200, {"x-amzn-requestid": "r-2"}, answer("")).request_id == "r-2"
    assert parse(Do, 200, {}, answer("")).request_id is None


def test_an_operation_without_a_result_shape() -> None:
    """It answers a plain Result, whatever else the document holds."""
    found = parse(
        DoNothing, 200, {}, answer("<return>true</return><requestId>r</requestId>", root="DoNothingResponse")
    )
    assert type(found) is Result
    assert found.request_id == "r"


BROKEN: dict[str, tuple[bytes, str]] = {
    "empty": (b"", "empty"),
    "white space": (b"  \n", "not well-formed"),
    "text": (b"upstream connect error", "not well-formed"),
    "HTML": (b"<html><body>hello</body></html>", "expected <DoResponse>, got <html>"),
    "another action's answer": (answer("", root="DoNothingResponse"), "expected <DoResponse>"),
    "trailing garbage": (answer("") + b"<more/>", "junk"),
    "a NUL": (answer("<text>\0</text>"), "not well-formed"),
    "invalid UTF-8": (answer("<text>X</text>").replace(b"X", b"\xff"), "not well-formed"),
    "mismatched tags": (answer("<text>a</leaf>"), "mismatched"),
    "an undefined entity": (answer("<text>&nope;</text>"), "undefined entity"),
    "an element inside a scalar": (answer("<text>a<b/></text>"), "inside a scalar"),
    "text that is no integer": (answer("<whole>ten</whole>"), "expected an integer"),
    "an integer with underscores": (answer("<whole>1_000</whole>"), "expected an integer"),
    "an integer in another script": (answer("<whole>٣</whole>"), "expected an integer"),
    "a float for an integer": (answer("<whole>1.0</whole>"), "expected an integer"),
    "too many digits": (answer(f"<whole>{'9' * 5000}</whole>"), "expected an integer"),
    "nearly a float": (answer(f"<real>{'1' * 4_000_000}x</real>"), "expected a number"),
    "nearly a float, with a point": (answer(f"<real>1.{'1' * 4_000_000}.</real>"), "expected a number"),
    "no number": (answer("<real>1,5</real>"), "expected a number"),
    "a float with underscores": (answer("<real>1_0.0</real>"), "expected a number"),
    "neither true nor false": (answer("<flag>yes</flag>"), "expected true or false"),
    "no timestamp": (answer("<when>soon</when>"), "expected a timestamp"),
    "no base64": (answer("<blob>a</blob>"), "expected base64"),
    "a document type": (b"<!DOCTYPE DoResponse>" + answer("")[38:], "refused"),
    "an internal entity": (b'<!DOCTYPE x [<!ENTITY a "b">]><DoResponse>&a;</DoResponse>', "refused"),
    "an external entity": (
        b'<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]><DoResponse>&a;</DoResponse>',
        "refused",
    ),
    "a parameter entity": (b'<!DOCTYPE x [<!ENTITY % a "b"> %a;]><DoResponse/>', "refused"),
    "an external subset": (b'<!DOCTYPE x SYSTEM "http://127.0.0.1:1/x.dtd"><DoResponse/>', "refused"),
    "an odd encoding": (
        b"<?xml version='1.0' encoding='cp1252'?><DoResponse/>",
        "encoding 'cp1252' is refused",
    ),
    "an unknown encoding": (b"<?xml version='1.0' encoding='klingon'?><DoResponse/>", "encoding"),
    "a contradictory encoding": (b"<?xml version='1.0' encoding='UTF-16'?><DoResponse/>", "encoding"),
    "another mark": (b"\xfe\xff" + b"<?xml version='1.0' encoding='UTF-8'?><DoResponse/>", "well-formed"),
}


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_answer_is_a_response_error(name: str) -> None:
    """Whatever is wrong with the bytes, the error keeps status and request id and says what."""
    body, reason = BROKEN[name]
    with pytest.raises(ResponseError) as caught:
        parse(Do, 200, {"x-amzn-requestid": "r-2"}, body)
    error = caught.value
    assert reason in error.reason
    assert (error.status, error.request_id, error.operation) == (200, "r-2", "Do")
    assert len(error.excerpt) <= 161
    assert error.excerpt.isprintable()


def test_a_request_id_that_was_read_is_kept() -> None:
    """The document's own request id is in the error, though the rest is lost."""
    with pytest.raises(ResponseError) as caught:
        parse(Do, 200, {}, answer("<requestId>r-1</requestId><text>a")[:-20])
    assert caught.value.request_id == "r-1"


def test_every_prefix_is_a_response_error() -> None:
    """However early an answer is cut off, it is never taken for a result."""
    whole = answer("<requestId>r</requestId><text>é&amp;</text><leafSet><item><key>k</key></item></leafSet>")
    for end in range(len(whole)):
        with pytest.raises(ResponseError):
            parse(Do, 200, {}, whole[:end])


def test_depth_is_limited() -> None:
    """The default lets 64 levels through, and one more is refused."""

    def nested(levels: int) -> bytes:
        return answer("<x>" * (levels - 1) + "</x>" * (levels - 1))

    assert parse(Do, 200, {}, nested(64)) == DoResult()
    with pytest.raises(ResponseError, match="deeper than 64"):
        parse(Do, 200, {}, nested(65))
    with pytest.raises(ResponseError, match="deeper than 3"):
        parse(Do, 200, {}, nested(4), limits=Limits(depth=3))


def test_attributes_text_and_tokens_are_limited() -> None:
    """Too many attributes, too long a text and a tag without end are refused, each with its limit."""
    limits = Limits(attributes=3, text=10, token=100)
    many = "".join(f' a{i}="1"' for i in range(4))
    for inner, reason in (
        (f"<text{many}>a</text>", "more than 3 attributes"),
        (f"<text>{'a' * 11}</text>", "more than 10 characters"),
        (f"<text>{'a<!-- -->' * 11}</text>", "more than 10 characters"),
    ):
        with pytest.raises(ResponseError, match=reason):
            parse(Do, 200, {}, answer(inner), limits=limits)
    with pytest.raises(ResponseError, match="more than 3 attributes"):
        parse(Do, 200, {}, f"<DoResponse{many}/>".encode(), limits=limits)
    decoder = ResultDecoder(Do, 200, {}, limits=limits)
    for piece in (b"<DoResponse><text a='", b"a" * 50, b"a" * 50):
        decoder.feed(piece)
    with pytest.raises(ResponseError, match="longer than 100 bytes"):
        decoder.feed(b"a" * 50)


def test_character_references_are_not_limited() -> None:
    """A limit on them broke real answers elsewhere."""
    body = answer(f"<text>{'&#65;' * 200_000}</text>")
    assert parse(Do, 200, {}, body).text == "A" * 200_000


def test_an_error_document_with_status_200() -> None:
    """An error document is an error whatever the status says."""
    body = (
        b"<Response><Errors><Error><Code>InternalError</Code><Message>m</Message></Error></Errors></Response>"
    )
    with pytest.raises(ServerFault, match="InternalError"):
        parse(Do, 200, {}, body)


def test_an_error_document_whose_root_comes_last() -> None:
    """Where the reader held its tag back until the end, as it does behind a long piece of another kind."""
    decoder = ResultDecoder(Do, 200, {})
    decoder.feed(b"<?" + b"x" * 200)
    decoder.feed(b" ?><Response><Errors><Error><Code>InternalError</Code></Error></Errors></Response>")
    with pytest.raises(ServerFault, match="InternalError"):
        decoder.close()


@pytest.mark.parametrize("status", [300, 301, 304, 307, 400, 404, 412, 500, 503])
def test_a_status_from_300_is_an_error_even_with_a_result(status: int) -> None:
    """EC2 never redirects: a 3xx is an error, and a result in it is not believed."""
    with pytest.raises(ServiceError) as caught:
        parse(Do, status, {}, answer("<text>a</text>"))
    assert caught.value.status == status
    assert caught.value.synthesized
