"""`ec2query.protocol.error_document`: an error answer to a ServiceError."""

from __future__ import annotations

import pytest

from ec2query.errors import (
    DryRunSucceeded,
    InvalidRequest,
    NotFound,
    ResponseError,
    ServerFault,
    ServiceError,
    Throttled,
    Unauthorized,
)
from ec2query.protocol.parse import parse
from ec2query.protocol.xml import Limits
from support.toy import Do


def document(*errors: str, request_id: str = "<RequestID>r-1</RequestID>") -> bytes:
    inner = "".join(f"<Error>{error}</Error>" for error in errors)
    return f"<?xml version='1.0'?><Response><Errors>{inner}</Errors>{request_id}</Response>".encode()


def raised(status: int, body: bytes, headers: dict[str, str] | None = None) -> ServiceError:
    with pytest.raises(ServiceError) as caught:
        parse(Do, status, headers or {}, body)
    return caught.value


CODES: list[tuple[int, str, type[ServiceError]]] = [
    (412, "DryRunOperation", DryRunSucceeded),
    (403, "UnauthorizedOperation", Unauthorized),
    (503, "RequestLimitExceeded", Throttled),
    (400, "InvalidVpcID.NotFound", NotFound),
    (400, "invalidvpcid.notfound", NotFound),
    (400, "MissingParameter", InvalidRequest),
    (500, "InternalError", ServerFault),
    (500, "SomethingNew", ServerFault),
    (400, "SomethingNew", ServiceError),
]


@pytest.mark.parametrize(("status", "code", "family"), CODES)
def test_the_error_document(status: int, code: str, family: type[ServiceError]) -> None:
    """Code, message, status and request id are kept; the code decides the family."""
    error = raised(status, document(f"<Code>{code}</Code><Message>Why &amp; how</Message>"))
    assert type(error) is family
    assert (error.code, error.message, error.status) == (code, "Why & how", status)
    assert (error.request_id, error.operation, error.synthesized) == ("r-1", "Do", False)


def test_variants_of_the_document() -> None:
    """Namespaces, other spellings, Query's own wrapping and a bare Error are all read."""
    error = "<Code>AuthFailure</Code><Message>m</Message>"
    for body in (
        f'<p:Response xmlns:p="urn:x"><p:Errors><p:Error>{error}</p:Error></p:Errors>'
        "<p:RequestId>r</p:RequestId></p:Response>",
        f"<Response><Errors><Error>{error}</Error></Errors><requestId>r</requestId></Response>",
        f"<ErrorResponse><Error><Type>Sender</Type>{error}</Error><RequestId>r</RequestId></ErrorResponse>",
        f"<Error>{error}<RequestId>r</RequestId></Error>",
    ):
        found = raised(401, body.encode())
        assert (found.code, found.message, found.request_id) == ("AuthFailure", "m", "r")


def test_further_elements_and_errors_are_kept() -> None:
    """What else an Error carries is in `details`; further errors are in `others`."""
    error = raised(
        400,
        document(
            "<Code>A</Code><Message>a</Message><Type>Sender</Type><Nested><Foo>bar</Foo></Nested>",
            "<Code>B</Code><Message>b</Message>",
        ),
    )
    assert error.code == "A"
    assert error.details == {"Type": "Sender", "Nested": {"Foo": "bar"}}
    assert error.others == (("B", "b"),)


SYNTHESIZED: dict[str, tuple[int, bytes, str]] = {
    "empty": (503, b"", "503"),
    "HTML": (503, b"<html><body><b>Http/1.1 Service Unavailable</b></body></html>", "503"),
    "HTML with a document type": (502, b"<!DOCTYPE html>\n<html><p>&nbsp;</html>", "502"),
    "text": (504, b"upstream request timeout", "504"),
    "an answer without an Error": (500, b"<Response><Errors/></Response>", "500"),
    "a redirect": (302, b"", "302"),
    "an unknown status": (599, b"", "599"),
    "an empty 4xx": (404, b"", "404"),
}


@pytest.mark.parametrize("name", SYNTHESIZED)
def test_a_code_is_made_from_the_status(name: str) -> None:
    """Where no error document came, the status is the code, and the header's request id is kept."""
    status, body, code = SYNTHESIZED[name]
    error = raised(status, body, {"x-amzn-requestid": "r-9", "content-type": "text/html; charset=x"})
    assert (error.code, error.status, error.request_id, error.synthesized) == (code, status, "r-9", True)
    assert isinstance(error, ServerFault) == (status >= 500)


@pytest.mark.parametrize(
    "body",
    [
        b"<center><h1>503</h1><hr>nginx</center>",
        b'<?xml version="1.0"?>\n<!DOCTYPE html PUBLIC "-//W3C//DTD XHTML 1.0//EN" "x"><html/>',
        b"<!-- x --><html><br></html>",
        b"<head><meta charset=x>",
    ],
)
def test_html_that_says_so_is_no_error_document(body: bytes) -> None:
    """Whatever a balancer writes as text/html, the code is made from the status."""
    error = raised(503, body, {"content-type": "text/html"})
    assert (error.code, error.synthesized) == ("503", True)


def test_header_names_are_case_insensitive() -> None:
    """A caller may pass headers as the server spelt them."""
    assert raised(503, b"", {"X-Amzn-RequestId": "r-9"}).request_id == "r-9"


def test_an_error_without_a_code_takes_the_status() -> None:
    """An Error element that lacks its Code is still an error."""
    assert raised(400, document("<Message>m</Message>")).code == "400"


@pytest.mark.parametrize("end", range(1, 60))
def test_a_broken_error_document_is_a_response_error(end: int) -> None:
    """XML that was cut off is not believed, and keeps status and request id."""
    whole = document("<Code>InternalError</Code><Message>m</Message>")
    with pytest.raises(ResponseError) as caught:
        parse(Do, 500, {"x-amzn-requestid": "r-9"}, whole[:-end])
    assert (caught.value.status, caught.value.request_id) == (500, "r-9")


def test_an_error_document_is_hardened_too() -> None:
    """A DTD in an error document is refused like any other."""
    with pytest.raises(ResponseError, match="refused"):
        parse(Do, 400, {}, b'<!DOCTYPE Response [<!ENTITY a "b">]><Response>&a;</Response>')


def test_the_session_token_of_a_quoted_request_is_masked() -> None:
    """An error about a signature quotes the canonical request, and what was in its headers."""
    canonical = "POST\n/\n\nhost:sts.amazonaws.com\nx-amz-security-token:CANARY/1+2==\n\nhost"
    body = document(
        f"<Code>SignatureDoesNotMatch</Code><Message>The Canonical String should have been '{canonical}'"
        f"</Message><CanonicalRequest><Text>{canonical}</Text></CanonicalRequest>"
    )
    error = raised(403, body)
    for shown in (str(error), repr(error), error.message, str(error.details), str(vars(error))):
        assert "CANARY" not in shown
    assert "x-amz-security-token:***\n\nhost" in error.message


LARGE = {
    "many bytes": document(f"<Code>A</Code><Message>{'x' * 1_100_000}</Message>"),
    "many elements": document("<Code>A</Code>" + "<b/>" * 11_000),
    "many bytes before it": b" " * 1_100_000 + document("<Code>A</Code>")[21:],
}


@pytest.mark.parametrize("status", [200, 500])
@pytest.mark.parametrize("name", LARGE)
def test_an_error_document_is_small(name: str, status: int) -> None:
    """It is read in one go, so what is no error document of EC2's by its size is not read at all."""
    with pytest.raises(ResponseError, match="more than"):
        parse(Do, status, {}, LARGE[name])


def test_an_error_document_is_shallow() -> None:
    """Whatever depth is allowed in answers."""
    body = document("<Code>A</Code>" + "<b>" * 5000 + "</b>" * 5000)
    with pytest.raises(ResponseError, match="deeper than 64"):
        parse(Do, 400, {}, body, limits=Limits(depth=10_000))


def test_a_long_page_of_html_is_not_read_either() -> None:
    """Its status says enough."""
    assert raised(503, b"<html>" + b"x" * 3_000_000).code == "503"


def test_an_encoded_authorization_message_stays_out_of_the_sentence() -> None:
    """It is in `message` for DecodeAuthorizationMessage, but never in `str()`."""
    text = "You are not authorized. Encoded authorization failure message: AAAAsecretAAAA"
    error = raised(403, document(f"<Code>UnauthorizedOperation</Code><Message>{text}</Message>"))
    assert error.message == text
    assert "secret" not in str(error)
    assert "You are not authorized." in str(error)
