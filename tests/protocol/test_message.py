"""`ec2query.protocol.message`: what can, and what cannot, become a request."""

from __future__ import annotations

import pytest

from ec2query.errors import ConfigurationError
from ec2query.protocol.message import HttpRequest, HttpResponse

URL = "https://ec2.us-east-1.amazonaws.com"

GOOD = [{}, {"a": ""}, {"x-amz-date": "20260102T030405Z"}, {"user-agent": "a b\tc"}, {"a": "!~"}]
BAD_VALUES = [
    "a\rb",
    "a\nb",
    "a\r\nx-evil: 1",
    "a\0b",
    "a\x7f",
    "\x1b[31m",
    " lead",
    "trail ",
    "é",
    "a\u2028b",
]
BAD_NAMES = ["", "A", "a b", "a:", "a\r\n", "é", "a\0"]
BAD_URLS = ["", "https://a b", "https://a\r\nb", "https://a\0", "https://é", "https://a\u2028"]


@pytest.mark.parametrize("headers", GOOD, ids=str)
def test_printable_headers_are_taken(headers: dict[str, str]) -> None:
    """Visible ASCII, with blanks and tabs inside."""
    assert HttpRequest("POST", URL, headers).headers == headers


@pytest.mark.parametrize("value", BAD_VALUES, ids=repr)
def test_no_header_value_can_split_a_request(value: str) -> None:
    """CR, LF, NUL and their like are refused, and the error shows the name but not the value."""
    with pytest.raises(ConfigurationError, match="x-amz-security-token") as caught:
        HttpRequest("POST", URL, {"x-amz-security-token": value})
    assert value not in str(caught.value)


@pytest.mark.parametrize("name", BAD_NAMES, ids=repr)
def test_no_header_name_can_either(name: str) -> None:
    """A name is a lower-case token of RFC 9110."""
    with pytest.raises(ConfigurationError, match="lower-case"):
        HttpRequest("POST", URL, {name: "a"})


@pytest.mark.parametrize("url", BAD_URLS, ids=repr)
def test_no_url_can_either(url: str) -> None:
    """A URL is printable ASCII."""
    with pytest.raises(ConfigurationError, match="URL"):
        HttpRequest("POST", url)


@pytest.mark.parametrize("method", ["", "post", "POST ", "POST\r\nx-evil: 1", "G\0T"], ids=repr)
def test_no_method_can_either(method: str) -> None:
    """A method is capital letters."""
    with pytest.raises(ConfigurationError, match="method"):
        HttpRequest(method, URL)


def test_repr_shows_no_secret() -> None:
    """Query, headers and bodies may hold tokens, keys and user data."""
    request = HttpRequest("GET", f"{URL}?X-Amz-Security-Token=hunter2", {"a": "hunter2"}, b"hunter2")
    assert repr(request) == f"HttpRequest(GET {URL}?***)"
    assert "hunter2" not in repr(HttpResponse(200, {"a": "hunter2"}, b"hunter2"))
