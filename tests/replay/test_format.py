"""An exchange as the text of a file; and what is no exchange."""

from __future__ import annotations

from dataclasses import replace

import pytest

from ec2query import ec2
from ec2query.protocol.message import HttpRequest, HttpResponse
from ec2query.replay import Exchange, MalformedExchange, read_exchange, write_exchange
from support.exchanges import answered, exchange

WHOLE = write_exchange(
    exchange(
        ec2.DisassociateIpamByoasn(asn="64500", cidr="203.0.113.0/24"),
        answered("<DisassociateIpamByoasnResponse><requestId>r</requestId></DisassociateIpamByoasnResponse>"),
    )
)

EXCHANGES = {
    "whole": read_exchange(WHOLE),
    "with a description": replace(read_exchange(WHOLE), about="A case: \\ of its own\u202e"),
    "unsigned": replace(read_exchange(WHOLE), region=None, signed_at=None),
    "without expectation": replace(read_exchange(WHOLE), expected=None),
    "with odd values": exchange(
        ec2.CreateTags(resources=["i-1"], tags=[ec2.Tag(key="a=b&c\\n", value=" é\n\u2028\0 ")]),
    ),
    "with odd headers": exchange(ec2.DescribeVpcs(), answered(b"\xff", 503, x_note="caf\u00e9 \\")),
    "with an odd answer": exchange(
        ec2.DescribeTags(),
        answered(
            "<DescribeTagsResponse><nextToken>\u202e \u2028 é\U000e0001</nextToken></DescribeTagsResponse>"
        ),
    ),
    "of an unknown action": Exchange(
        provenance="derived: API model",
        request=HttpRequest("POST", "https://h/", {}, b"Action=Tomorrow&Version=2016-11-15&A="),
        response=HttpResponse(200, {}, b"<TomorrowResponse>\n"),
    ),
}


@pytest.mark.parametrize("name", EXCHANGES)
def test_what_is_written_is_read(name: str) -> None:
    """Each part comes back as it was, and is written the same way again."""
    text = write_exchange(EXCHANGES[name])
    assert read_exchange(text) == EXCHANGES[name]
    assert write_exchange(read_exchange(text)) == text
    assert all(char.isprintable() or char == "\n" for char in text)


def test_line_ends_may_change_on_the_way() -> None:
    """A checkout that turns LF into CR LF changes nothing of the messages."""
    assert read_exchange(WHOLE.replace("\n", "\r\n")) == read_exchange(WHOLE)


WRONG = {
    "nothing": (WHOLE, "", 1, "format: 1"),
    "another format": ("format: 1", "format: 2", 1, "format: 1"),
    "no provenance": ("provenance: recorded: emulator\n", "", 4, "provenance: `recorded: ...`"),
    "a vague provenance": ("recorded: emulator", "the real thing", 2, "provenance: `recorded: ...`"),
    "an unknown field": ("region:", "regoin:", 3, "only format, provenance, about, region, signed"),
    "a repeated field": ("region:", "format: 1\nregion:", 3, "`name: value`"),
    "no time": ("03:04:05Z", "03:04", 4, "signed: YYYY-MM-DDTHH:MM:SSZ"),
    "no request": ("--- request", "--- requests", 6, "`--- request`"),
    "another method": ("POST https", "GET https", 7, "`POST URL`"),
    "a bad URL": ("POST https", "POST ht tps", 20, "a request that can be sent"),
    "a bad header": ("host: ec2", "Host: ec2", 20, "a request that can be sent"),
    "no pair": ("Asn=64500", "Asn", 18, "`Key=value`"),
    "no Action": ("Action=", "Act=", 20, "a pair `Action=...`"),
    "a bad escape": ("Asn=64500", r"Asn=\y", 18, "an escape that there is"),
    "no text": ("Asn=64500", r"Asn=\xff", 18, "text in UTF-8"),
    "no response": ("--- response", "--- answer", 21, "`--- response`"),
    "no status": ("\n200\n", "\n600\n", 22, "a status, 100 to 599"),
    "a bad escape in the body": ("<requestId>", r"<\requestId\q>", 25, "an escape that there is"),
    "no line before the next section": ("\\\n\n--- exp", "\\\n--- exp", 26, "an empty line before"),
    "no JSON": ('"result": {', '"result": ', 31, "JSON"),
    "JSON of a number beyond measure": (
        '"result": {',
        f'"result": {"9" * 5000}, "x": {{',
        28,
        "written again",
    ),
    "JSON of what is no number": ('"result": {', '"result": NaN, "x": {', 28, "written again"),
    "JSON nested too deep": ('"result": {', f'"result": {"[" * 100_000}, "x": {{', 28, "written again"),
    "another JSON": ('"result": {', '"results": {', 28, 'either "result" or "error"'),
    "its end": (WHOLE[WHOLE.index("--- response") :], "", 21, "`--- response`"),
}


@pytest.mark.parametrize("fault", WRONG)
def test_what_is_no_exchange_is_refused_with_its_line(fault: str) -> None:
    """The error names file, line, what was expected and what is there."""
    old, new, line, expected = WRONG[fault]
    assert WHOLE.count(old) >= 1
    with pytest.raises(MalformedExchange) as caught:
        read_exchange(WHOLE.replace(old, new, 1), "a.exchange")
    assert str(caught.value).startswith("a.exchange, line ")
    assert expected in caught.value.expected
    assert caught.value.line == line
