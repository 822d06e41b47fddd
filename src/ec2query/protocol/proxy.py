"""Which proxy a URL goes through, as the environment says: HTTPS_PROXY, HTTP_PROXY, ALL_PROXY, NO_PROXY.

Lower case wins over upper case. Loopback and link-local hosts never go through a proxy: that is where
credentials are served. https://everything.curl.dev/usingcurl/proxies/env.html
https://docs.aws.amazon.com/cli/latest/userguide/cli-configure-proxy.html
"""

from __future__ import annotations

import ipaddress
from collections.abc import Mapping
from typing import TypeAlias
from urllib.parse import urlsplit

from ..errors import ConfigurationError

__all__ = ["proxy_for"]

_Address: TypeAlias = ipaddress.IPv4Address | ipaddress.IPv6Address

_PORTS = {"http": 80, "https": 443}
# What httpx can go through: https://www.python-httpx.org/advanced/proxies/
_SCHEMES = ("http", "https", "socks5", "socks5h")


def proxy_for(url: str, environ: Mapping[str, str]) -> str | None:
    """Give the URL of the proxy that `url` goes through, None where it is reached directly.

    Raises: ConfigurationError where the variable that decides does not hold a proxy's URL.
    """
    parts = urlsplit(url)
    host = (parts.hostname or "").rstrip(".")
    address = _address(host)
    if host == "localhost" or host.endswith(".localhost"):
        return None
    if address is not None and (address.is_loopback or address.is_link_local):
        return None
    found = _variable(environ, f"{parts.scheme}_proxy") or _variable(environ, "all_proxy")
    if found is None or not found[1]:
        return None
    no_proxy = _variable(environ, "no_proxy")
    if no_proxy is not None and _excluded(host, address, parts.port or _PORTS.get(parts.scheme), no_proxy[1]):
        return None
    return _checked(*found)


def _variable(environ: Mapping[str, str], name: str) -> tuple[str, str] | None:
    """Find a variable and its name; one that is set but empty says "none" and hides the next."""
    names = [name, name.upper()]
    if name == "http_proxy" and "REQUEST_METHOD" in environ:
        # A CGI script's HTTP_PROXY may be a header of its request: https://httpoxy.org
        names.remove("HTTP_PROXY")
    return next(((each, environ[each].strip()) for each in names if each in environ), None)


def _checked(name: str, value: str) -> str:
    proxy = value if "://" in value else f"http://{value}"
    try:
        parts = urlsplit(proxy)
        usable = parts.scheme.lower() in _SCHEMES and bool(parts.hostname) and (parts.port or 1) > 0
    except ValueError:
        usable = False
    if not usable or any(not "!" <= character <= "~" for character in proxy):
        # The value may hold a password, so it is not shown.
        raise ConfigurationError(
            f"{name}: expected the URL of a proxy (http, https or socks5), got something else;"
            " mend it, or name the host in NO_PROXY"
        )
    return proxy


def _excluded(host: str, address: _Address | None, port: int | None, no_proxy: str) -> bool:
    return any(_matches(host, address, port, entry) for entry in no_proxy.lower().replace(",", " ").split())


def _matches(host: str, address: _Address | None, port: int | None, entry: str) -> bool:
    """Compare with one entry: `*`, a host or suffix, an address or a CIDR; all but a CIDR may name a port."""
    if entry == "*":
        return True
    if network := _network(entry):
        return address is not None and address in network
    name, colon, number = entry.rpartition(":")
    if colon and number.isdecimal():
        if int(number) != port:
            return False
        entry = name
    if (other := _address(entry.strip("[]"))) is not None:
        return address == other
    suffix = entry.removeprefix("*").strip(".")
    return bool(suffix) and address is None and (host == suffix or host.endswith(f".{suffix}"))


def _address(host: str) -> _Address | None:
    try:
        address = ipaddress.ip_address(host.partition("%")[0])
    except ValueError:
        return None
    # ::ffff:169.254.169.254 is 169.254.169.254
    return getattr(address, "ipv4_mapped", None) or address


def _network(entry: str) -> ipaddress.IPv4Network | ipaddress.IPv6Network | None:
    try:
        return ipaddress.ip_network(entry, strict=False)
    except ValueError:
        return None
