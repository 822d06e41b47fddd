"""`ec2query.protocol.endpoint_url`: what a custom endpoint may be, and the Host header of a URL."""

from __future__ import annotations

import httpx
import pytest

from ec2query.errors import ConfigurationError
from ec2query.protocol.endpoint_url import check_endpoint_url, host_header

GOOD = [
    ("https://ec2.us-east-1.amazonaws.com", "https://ec2.us-east-1.amazonaws.com"),
    ("https://ec2.us-east-1.amazonaws.com/", "https://ec2.us-east-1.amazonaws.com"),
    ("HTTPS://EC2.Example.COM:443/", "https://ec2.example.com"),
    ("http://example.com:80", "http://example.com"),
    ("http://example.com:443", "http://example.com:443"),
    ("http://localhost:5000", "http://localhost:5000"),
    ("http://localhost:05000", "http://localhost:5000"),
    ("http://ec2_emulator:5000", "http://ec2_emulator:5000"),
    ("http://xn--mnchen-3ya.example", "http://xn--mnchen-3ya.example"),
    ("http://127.0.0.1:65535/", "http://127.0.0.1:65535"),
    ("http://[::1]:5000", "http://[::1]:5000"),
    ("https://[2001:DB8::1]/", "https://[2001:db8::1]"),
    ("http://[::ffff:192.0.2.1]", "http://[::ffff:192.0.2.1]"),
    (f"http://{'a' * 63}.b", f"http://{'a' * 63}.b"),
]

BAD = [
    ("", "no http"),
    ("localhost:5000", "no http"),
    ("//localhost", "no http"),
    ("ftp://localhost", "no http"),
    ("file:///etc/passwd", "no http"),
    ("https:/localhost", "no http"),
    ("javascript:alert(1)", "no http"),
    ("https://", "host or port that is none"),
    ("https:///", "a path|host or port that is none"),
    ("https:///path", "a path"),
    ("https://host/path", "a path"),
    ("https://host//", "a path"),
    ("https://host/?", "a query"),
    ("https://host?Action=X", "a query"),
    ("https://host/#", "a fragment"),
    ("https://user:canary@host", "user information"),
    ("https://canary@host", "user information"),
    ("https://ec2.us-east-1.amazonaws.com@evil.example", "user information"),
    ("https://host\\@evil.example", "a backslash"),
    ("https://host\\.evil.example", "a backslash"),
    (" https://host", "blanks"),
    ("https://host ", "blanks"),
    ("https://host\n", "blanks"),
    ("https://ho\tst", "blanks"),
    ("https://host\r\nx-evil: 1", "blanks"),
    ("https://host\0", "blanks"),
    ("https://hоst", "outside ASCII"),
    ("https://münchen.example", "outside ASCII"),
    ("https://host:", "host or port that is none"),
    ("https://host:port", "host or port that is none"),
    ("https://host:-1", "host or port that is none"),
    ("https://host:+80", "host or port that is none"),
    ("https://host:80:80", "host or port that is none"),
    ("https://host:123456", "host or port that is none"),
    ("https://host:0", "a port outside"),
    ("https://host:65536", "a port outside"),
    ("https://host.", "a trailing dot"),
    ("https://host..example", "no DNS name"),
    ("https://.host", "no DNS name"),
    ("https://-host", "no DNS name"),
    ("https://host-", "no DNS name"),
    ("https://%65vil.example", "host or port that is none"),
    ("https://host*", "host or port that is none"),
    (f"https://{'a' * 64}", "no DNS name"),
    (f"https://{'a.' * 127}aaa", "no DNS name"),
    ("https://127.1", "no IPv4 address"),
    ("https://2130706433", "no IPv4 address"),
    ("https://0x7f000001", "no IPv4 address"),
    ("https://0177.0.0.1", "no IPv4 address"),
    ("https://256.0.0.1", "no IPv4 address"),
    ("https://host.1", "no IPv4 address"),
    ("https://::1", "host or port that is none"),
    ("https://[::1", "host or port that is none"),
    ("https://[]", "host or port that is none"),
    ("https://[:::1]", "no IPv6 address"),
    ("https://[127.0.0.1]", "no IPv6 address"),
    ("https://[fe80::1%25eth0]", "host or port that is none"),
    ("https://[v1.a:b]", "host or port that is none"),
    ("https://[::1]evil.example", "host or port that is none"),
]


@pytest.mark.parametrize(("url", "expected"), GOOD)
def test_custom_endpoints_are_normalised(url: str, expected: str) -> None:
    """Scheme and host in lower case, no default port, no slash; a second time changes nothing."""
    assert check_endpoint_url(url) == expected
    assert check_endpoint_url(expected) == expected


@pytest.mark.parametrize(("url", "fault"), BAD)
def test_custom_endpoints_that_are_more_or_less_than_a_host_are_refused(url: str, fault: str) -> None:
    """One sentence says which setting, what is wrong and what to do; the URL is not shown."""
    with pytest.raises(
        ConfigurationError, match=rf"^AWS_ENDPOINT_URL: expected http\(s\)://host.*({fault})"
    ) as raised:
        check_endpoint_url(url, setting="AWS_ENDPOINT_URL")
    assert "; " in str(raised.value)
    assert "canary" not in f"{raised.value!r}{raised.value.__dict__}"


@pytest.mark.parametrize("url", [expected for _, expected in GOOD])
def test_httpx_connects_to_the_host_that_was_checked(url: str) -> None:
    """What we checked is what the HTTP library reads: host and port."""
    read = httpx.URL(url)
    host = read.raw_host.decode("ascii")
    host = f"[{host}]" if ":" in host else host
    assert (host if read.port is None else f"{host}:{read.port}") == host_header(url)


@pytest.mark.parametrize(
    ("url", "host"),
    [
        ("https://EC2.us-east-1.amazonaws.com/", "ec2.us-east-1.amazonaws.com"),
        ("https://host:443/", "host"),
        ("https://host:80/", "host:80"),
        ("http://host:80/?a=b", "host"),
        ("http://host.:8080/path", "host.:8080"),
        ("http://[2001:DB8::1]:8080/", "[2001:db8::1]:8080"),
        ("https://[2001:db8::1]:443/", "[2001:db8::1]"),
        ("https://user:password@host/", "host"),
    ],
)
def test_host_header(url: str, host: str) -> None:
    """As RFC 9110, section 7.2, has it; a default port is left out."""
    assert host_header(url) == host
    # httpx leaves an IPv6 literal as it was written; the address is the same.
    assert host_header(url) == httpx.Request("POST", url).headers["host"].lower()


@pytest.mark.parametrize(
    "url",
    ["", "host", "https://", "https://:80", "ftp://host", "https://[::1", "https://h:x", "https://h:70000"],
)
def test_host_header_needs_a_host(url: str) -> None:
    """A URL that cannot be sent anywhere has none."""
    with pytest.raises(ConfigurationError, match=r"^request URL: "):
        host_header(url)
