"""Which proxy a URL goes through: a table of environments."""

from __future__ import annotations

import pytest

from ec2query.errors import ConfigurationError
from ec2query.protocol.proxy import proxy_for

EC2 = "https://ec2.us-east-1.amazonaws.com/"
PLAIN = "http://ec2.test:8080/"
PROXY = "http://proxy.test:3128"
OTHER = "http://other.test:3128"

CHOICES: dict[str, tuple[str, dict[str, str], str | None]] = {
    "nothing set": (EC2, {}, None),
    "https": (EC2, {"HTTPS_PROXY": PROXY}, PROXY),
    "https, lower case": (EC2, {"https_proxy": PROXY}, PROXY),
    "lower case wins": (EC2, {"https_proxy": PROXY, "HTTPS_PROXY": OTHER}, PROXY),
    "not for http": (PLAIN, {"HTTPS_PROXY": PROXY}, None),
    "http": (PLAIN, {"HTTP_PROXY": PROXY}, PROXY),
    "not for https": (EC2, {"HTTP_PROXY": PROXY}, None),
    "a request's Proxy header under CGI": (PLAIN, {"HTTP_PROXY": PROXY, "REQUEST_METHOD": "GET"}, None),
    "lower case under CGI": (PLAIN, {"http_proxy": PROXY, "REQUEST_METHOD": "GET"}, PROXY),
    "https under CGI": (EC2, {"HTTPS_PROXY": PROXY, "REQUEST_METHOD": "GET"}, PROXY),
    "all": (EC2, {"ALL_PROXY": PROXY}, PROXY),
    "all, lower case": (PLAIN, {"all_proxy": PROXY}, PROXY),
    "the scheme's before all": (EC2, {"HTTPS_PROXY": PROXY, "ALL_PROXY": OTHER}, PROXY),
    "empty says none": (EC2, {"HTTPS_PROXY": ""}, None),
    "empty lower case hides upper": (EC2, {"https_proxy": "", "HTTPS_PROXY": PROXY}, None),
    "empty hides all": (EC2, {"https_proxy": " ", "ALL_PROXY": PROXY}, None),
    "without a scheme": (EC2, {"HTTPS_PROXY": "proxy.test:3128"}, PROXY),
    "blanks around": (EC2, {"HTTPS_PROXY": f" {PROXY} "}, PROXY),
    "user and password": (EC2, {"HTTPS_PROXY": "http://u:p@proxy.test"}, "http://u:p@proxy.test"),
    "socks": (EC2, {"ALL_PROXY": "socks5h://proxy.test:1080"}, "socks5h://proxy.test:1080"),
    "IPv6": (EC2, {"HTTPS_PROXY": "http://[2001:db8::1]:3128"}, "http://[2001:db8::1]:3128"),
}


@pytest.mark.parametrize("case", CHOICES)
def test_the_environment_chooses_the_proxy(case: str) -> None:
    """The variable of the scheme decides, then ALL_PROXY; lower case wins."""
    url, environ, expected = CHOICES[case]
    assert proxy_for(url, environ) == expected


NO_PROXY: list[tuple[str, str, bool]] = [
    # URL, NO_PROXY, reached directly
    (EC2, "*", True),
    (EC2, "", False),
    (EC2, "amazonaws.com", True),
    (EC2, ".amazonaws.com", True),
    (EC2, "*.amazonaws.com", True),
    (EC2, "AmazonAWS.com", True),
    (EC2, "amazonaws.com.", True),
    (EC2, "ec2.us-east-1.amazonaws.com", True),
    (EC2, "zonaws.com", False),
    (EC2, "us-east-1.amazonaws.co", False),
    (EC2, "example.com,amazonaws.com", True),
    (EC2, "example.com amazonaws.com", True),
    (EC2, " example.com , amazonaws.com ", True),
    (EC2, "example.com", False),
    (EC2, ",,.,", False),
    (EC2, "amazonaws.com:443", True),
    (EC2, "amazonaws.com:8443", False),
    ("https://ec2.test:8443/", "ec2.test:8443", True),
    ("https://ec2.test./", "ec2.test", True),
    ("https://EC2.test/", "ec2.TEST", True),
    ("https://192.0.2.7/", "192.0.2.0/24", True),
    ("https://192.0.2.7/", "192.0.2.7", True),
    ("https://192.0.2.7:8443/", "192.0.2.7:8443", True),
    ("https://192.0.2.7:8443/", "192.0.2.7:443", False),
    ("https://192.0.2.7/", "198.51.100.0/24", False),
    ("https://192.0.2.7/", "2.7", False),
    ("https://192.0.2.7/", "192.0.2.0/99", False),
    ("https://[2001:db8::7]/", "2001:db8::/32", True),
    ("https://[2001:db8::7]/", "2001:db8:0::7", True),
    ("https://[2001:db8::7]:8443/", "[2001:db8::7]:8443", True),
    ("https://[2001:db8::7]:8443/", "[2001:db8::7]:443", False),
    ("https://[2001:db8::7]/", "192.0.2.0/24", False),
]


@pytest.mark.parametrize(("url", "no_proxy", "direct"), NO_PROXY)
@pytest.mark.parametrize("name", ["NO_PROXY", "no_proxy"])
def test_no_proxy_names_hosts(url: str, no_proxy: str, direct: bool, name: str) -> None:
    """NO_PROXY names hosts with what is under them, addresses, networks, and ports."""
    found = proxy_for(url, {"HTTPS_PROXY": PROXY, name: no_proxy})
    assert found == (None if direct else PROXY)


LOCAL = [
    "http://localhost:4566/",
    "http://LOCALHOST/",
    "http://ec2.localhost/",
    "http://127.0.0.1:5000/",
    "http://127.9.9.9/",
    "http://[::1]:5000/",
    "http://169.254.169.254/latest/api/token",
    "http://169.254.170.2/v2/credentials",
    "http://[fe80::1]/",
    "http://[::ffff:169.254.169.254]/",
]


@pytest.mark.parametrize("url", LOCAL)
def test_local_hosts_never_go_through_a_proxy(url: str) -> None:
    """Credentials are served on loopback and link-local addresses: no proxy sees them."""
    assert proxy_for(url, {"HTTP_PROXY": PROXY, "ALL_PROXY": PROXY}) is None


@pytest.mark.parametrize(
    "value",
    ["http://", "ftp://proxy.test", "http://proxy.test:port", "http://proxy.test:70000", "a b", "http://[::"],
)
def test_a_variable_that_is_no_proxy_is_refused(value: str) -> None:
    """The variable is named; its value, which may hold a password, is not shown."""
    with pytest.raises(ConfigurationError, match="HTTPS_PROXY: expected the URL of a proxy") as caught:
        proxy_for(EC2, {"HTTPS_PROXY": value})
    assert value not in str(caught.value).removeprefix("HTTPS_PROXY")
    assert proxy_for(EC2, {"HTTPS_PROXY": value, "NO_PROXY": "amazonaws.com"}) is None
