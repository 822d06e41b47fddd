"""The credentials endpoint of a container: ECS, and EKS Pod Identity with its token file.

Over plain HTTP only loopback and the addresses of ECS and EKS are asked; any other host is refused
before its name is resolved and before the token is read.
https://docs.aws.amazon.com/sdkref/latest/guide/feature-container-credentials.html
"""

from __future__ import annotations

from collections.abc import Mapping
from ipaddress import ip_address
from typing import NoReturn
from urllib.parse import SplitResult, urlsplit

from ..errors import ConfigurationError
from ..protocol.access_key import Credentials
from ..protocol.effects import Flow, Timeout
from ..protocol.message import HttpRequest
from .context import Context
from .document import KeyNames, credentials_in, read_document
from .environment import variable
from .exchange import ask_often, check_status, fetch
from .token_file import check_token, read_token

__all__ = ["FULL_URI", "RELATIVE_URI", "container_credentials", "container_url"]

RELATIVE_URI = "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI"
FULL_URI = "AWS_CONTAINER_CREDENTIALS_FULL_URI"
_TOKEN = "AWS_CONTAINER_AUTHORIZATION_TOKEN"  # noqa: S105 - a variable's name
_TOKEN_FILE = "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE"  # noqa: S105 - a variable's name

_ECS = "http://169.254.170.2"
_HOSTS = frozenset(map(ip_address, ("169.254.170.2", "169.254.170.23", "fd00:ec2::23")))
_WHAT = "container credentials"
_ATTEMPTS = 3
_TIMEOUT = Timeout(connect=2.0, read=2.0, write=2.0, pool=2.0)


def container_credentials(context: Context) -> Flow[Credentials]:
    """Ask the endpoint that the environment names, three times at most.

    Raises: ConfigurationError, CredentialsError, TransportError.
    """
    environ = context.world.environ
    url = container_url(environ)
    if url is None:
        _fail(RELATIVE_URI, f"expected it or {FULL_URI} to be set, got neither")

    def once() -> Flow[Credentials]:
        headers = {"accept": "application/json", "user-agent": context.user_agent}
        token = yield from _authorization(environ)
        if token is not None:
            headers["authorization"] = token
        response = yield from fetch(_WHAT, HttpRequest("GET", url, headers), _TIMEOUT)
        check_status(_WHAT, response)
        return credentials_in(_WHAT, read_document(_WHAT, response.body), KeyNames())

    return (yield from ask_often(once, _ATTEMPTS, context.world))


def container_url(environ: Mapping[str, str]) -> str | None:
    """Return the URL to ask, None where the environment names none. Raises ConfigurationError."""
    relative = variable(environ, RELATIVE_URI)
    if relative is not None:
        # `@host/` appended to the address would make the address a user name.
        if not relative.startswith("/"):
            _fail(RELATIVE_URI, "expected a path that begins with /, got another")
        return _ECS + relative
    full = variable(environ, FULL_URI)
    return _checked(full) if full is not None else None


def _checked(url: str) -> str:
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        _fail(FULL_URI, "expected a URL, got something else")
    if parts.scheme not in ("http", "https") or not host:
        _fail(FULL_URI, "expected a URL that begins with http:// or https://, got another")
    if "@" in parts.netloc or "\\" in url:
        _fail(FULL_URI, "expected a URL without user name, password and backslash, got one with them")
    if parts.scheme == "http" and not _is_allowed(host):
        allowed = "loopback, 169.254.170.2, 169.254.170.23 or fd00:ec2::23"
        _fail(FULL_URI, f"expected {allowed} as the host of an http URL, got {host}; use one, or https")
    return _joined(parts, host, port)


def _is_allowed(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        address = ip_address(host)
    except ValueError:
        return False
    return address.is_loopback or address in _HOSTS


def _joined(parts: SplitResult, host: str, port: int | None) -> str:
    """Write the URL anew from what was checked, so that nobody reads another host in it."""
    shown = f"[{host}]" if ":" in host else host
    query = f"?{parts.query}" if parts.query else ""
    return f"{parts.scheme}://{shown}{f':{port}' if port is not None else ''}{parts.path or '/'}{query}"


def _authorization(environ: Mapping[str, str]) -> Flow[str | None]:
    path = variable(environ, _TOKEN_FILE)
    if path is not None:
        return (yield from read_token(_TOKEN_FILE, path))
    token = variable(environ, _TOKEN)
    return check_token(_TOKEN, token.encode("utf-8", "surrogatepass")) if token is not None else None


def _fail(name: str, what: str) -> NoReturn:
    raise ConfigurationError(f"{name}: {what}")
