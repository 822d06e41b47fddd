"""Endpoint URLs that a person may set, and the Host header of any URL.

A custom endpoint is `http(s)://host[:port]` and nothing more: whatever else a URL can hold would
change the host, the path or the signature behind the caller's back. Upper case is lowered and a
default port dropped; a trailing dot is refused, since TLS certificates do not carry it (RFC 6066,
section 3). No error shows the URL: what does not belong there may be a password.
"""

from __future__ import annotations

import re
from functools import lru_cache
from ipaddress import AddressValueError, IPv4Address, IPv6Address
from urllib.parse import urlsplit

from ..errors import ConfigurationError

__all__ = ["check_endpoint_url", "host_header"]

_DEFAULT_PORTS = {"http": 80, "https": 443}
_URL = re.compile(r"(?i)(https?)://(\[[0-9a-f:.]+\]|[a-z0-9_.-]+)(?::([0-9]{1,5}))?/?")
_AUTHORITY = re.compile(r"(?:\[[^][]*\]|[^][:]*)(?::[0-9]*)?")
_LABEL = re.compile(r"[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?")
# What URL parsers disagree on first (RFC 3986, section 7.1): the first fault found is the one told.
_FAULTS: tuple[tuple[str, str, str], ...] = (
    (r"[^\x21-\x7e]", "blanks, control characters or characters outside ASCII", "remove them"),
    (r"\\", "a backslash", "write /"),
    (r"@", "user information before an @", "remove it; credentials are given apart"),
    (r"#", "a fragment", "remove it"),
    (r"\?", "a query", "remove it"),
    (r"\A(?!(?i:https?)://)", "no http:// or https:// in front", "write https://host"),
    (r"\A[^/]*//[^/]*/.", "a path", "end the URL after its host and port"),
)


def check_endpoint_url(url: str, *, setting: str = "endpoint URL") -> str:
    """Return a custom endpoint as `scheme://host[:port]`, in lower case; `setting` says whose it is.

    Raises: ConfigurationError for a URL that is or holds anything else.
    """
    for pattern, fault, advice in _FAULTS:
        if re.search(pattern, url):
            raise _refused(setting, fault, advice)
    found = _URL.fullmatch(url)
    if not found:
        raise _refused(setting, "a host or port that is none", "check it (IPv6 in brackets)")
    scheme, host, port = found[1].lower(), found[2].lower(), found[3]
    _check_host(setting, host)
    if port is None or int(port) == _DEFAULT_PORTS[scheme]:
        return f"{scheme}://{host}"
    if not 1 <= int(port) <= 65535:
        raise _refused(setting, "a port outside 1 to 65535", "check the number")
    return f"{scheme}://{host}:{int(port)}"


def _refused(setting: str, got: str, advice: str) -> ConfigurationError:
    return ConfigurationError(f"{setting}: expected http(s)://host[:port], got {got}; {advice}")


def _check_host(setting: str, host: str) -> None:
    if host.startswith("["):
        try:
            IPv6Address(host[1:-1])
        except AddressValueError:
            raise _refused(setting, "brackets around no IPv6 address", "write it as [2001:db8::1]") from None
        return
    if host.endswith("."):
        raise _refused(setting, "a host with a trailing dot", "remove the dot")
    labels = host.split(".")
    if len(host) > 253 or not all(map(_LABEL.fullmatch, labels)):
        raise _refused(setting, "a host that is no DNS name", "check its labels: 1 to 63 letters, digits, -")
    # What ends in a number is read as an IPv4 address, in several notations: https://url.spec.whatwg.org/#host-parsing
    if labels[-1].isdigit() or labels[-1].startswith("0x"):
        try:
            IPv4Address(host)
        except AddressValueError:
            raise _refused(setting, "no IPv4 address", "write four numbers of 0 to 255") from None


@lru_cache(maxsize=64)
def host_header(url: str) -> str:
    """Return what `Host` says for a URL: lower case, without user information or a default port.

    Raises: ConfigurationError where the URL has no usable scheme, host or port.
    """
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port
        if not _AUTHORITY.fullmatch(parts.netloc.rpartition("@")[2]):  # urlsplit itself says so since 3.11.4
            host = None
    except ValueError:
        host, port, parts = None, None, urlsplit("")
    if not host or parts.scheme not in _DEFAULT_PORTS:
        raise ConfigurationError(
            "request URL: expected http(s)://host[:port]/, got no usable scheme, host or port;"
            " check the endpoint URL"
        )
    host = f"[{host}]" if ":" in host else host
    return host if port in (None, _DEFAULT_PORTS[parts.scheme]) else f"{host}:{port}"
