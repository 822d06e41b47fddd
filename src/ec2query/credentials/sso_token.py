"""The access token of IAM Identity Center, as `aws sso login` leaves it in `~/.aws/sso/cache`.

A token of an sso-session is refreshed when less than 15 minutes are left, and the file is written
back readable by its owner alone; while the old token lives, a failed refresh is no failure. A token of
the legacy form cannot be refreshed. Nothing here opens a browser.
https://docs.aws.amazon.com/singlesignon/latest/OIDCAPIReference/API_CreateToken.html
"""

from __future__ import annotations

import json
from dataclasses import field
from datetime import datetime, timedelta
from hashlib import sha1

from ..errors import CredentialsError, Ec2QueryError
from ..frozen import frozen
from ..protocol.effects import Flow, Timeout, read_file, write_file
from ..protocol.message import HttpRequest
from ..protocol.timestamp import read_timestamp
from .context import Context
from .document import Document, read_document, text_in
from .environment import home_directory
from .exchange import ask_often, check_status, fetch
from .keys import shown_time
from .service_endpoint import service_endpoint
from .sources import SsoRole

__all__ = ["access_token", "cache_path", "login_hint"]

_WINDOW = timedelta(minutes=15)
_ATTEMPTS = 3
_BASE = 0.1


@frozen(kw_only=True)
class _Login:
    """What the cache file says."""

    path: str
    token: str = field(repr=False)
    expires_at: datetime
    document: Document = field(repr=False)

    def text(self, key: str) -> str | None:
        value = self.document.get(key)
        return value if isinstance(value, str) and value else None


def access_token(source: SsoRole, context: Context) -> Flow[str]:
    """Return a token that is good now. Raises CredentialsError, which says how to log in."""
    login = yield from _cached(source, context)
    left = login.expires_at - context.world.now()
    if left > _WINDOW:
        return login.token
    reason = "it cannot be refreshed"
    if _can_refresh(login, source, context.world.now()):
        try:
            return (yield from _refreshed(login, source, context))
        except Ec2QueryError as error:
            reason = f"it was not refreshed: {error}"
    if left > timedelta(0):
        return login.token
    raise CredentialsError(
        f"{source.where}: {login.path}: the token expired at {shown_time(login.expires_at)},"
        f" and {reason}; {login_hint(source)}"
    )


def cache_path(source: SsoRole, home: str) -> str:
    """Return where the AWS CLI caches the login: named by session, or by start URL in the legacy form."""
    name = sha1((source.session or source.start_url).encode(), usedforsecurity=False).hexdigest()
    return f"{home}/.aws/sso/cache/{name}.json"


def login_hint(source: SsoRole) -> str:
    """Say which command logs in again."""
    if source.session is not None:
        return f"run `aws sso login --sso-session {source.session}`"
    return f"run `aws sso login --profile {source.profile}`"


def _cached(source: SsoRole, context: Context) -> Flow[_Login]:
    home = home_directory(context.world.environ)
    if home is None:
        raise CredentialsError(
            f"{source.where}: expected a home directory, where logins are cached, got none; set HOME"
        )
    path = cache_path(source, home)
    data = yield from read_file(path)
    if data is None:
        raise CredentialsError(
            f"{source.where}: expected a login in {path}, got no file; {login_hint(source)}"
        )
    what = f"{source.where}: {path}"
    document = read_document(what, data)
    expires_at = _time(text_in(what, document, "expiresAt"))
    if expires_at is None:
        raise CredentialsError(
            f"{what}: expected a time under expiresAt, got another text; {login_hint(source)}"
        )
    token = text_in(what, document, "accessToken")
    return _Login(path=path, token=token, expires_at=expires_at, document=document)


def _time(text: str | None) -> datetime | None:
    try:
        # Older releases of the AWS CLI wrote `2020-06-17T10:02:08UTC`.
        return read_timestamp(text.replace("UTC", "Z")) if text else None
    except ValueError:
        return None


def _can_refresh(login: _Login, source: SsoRole, now: datetime) -> bool:
    if source.session is None or not all(map(login.text, ("refreshToken", "clientId", "clientSecret"))):
        return False
    registered_until = _time(login.text("registrationExpiresAt"))
    return registered_until is None or registered_until > now


def _refreshed(login: _Login, source: SsoRole, context: Context) -> Flow[str]:
    what = f"{source.where}: SSO OIDC CreateToken"
    url = service_endpoint(context, source.region, service="oidc").endpoint.url
    wanted = {key: login.text(key) for key in ("clientId", "clientSecret", "refreshToken")}
    request = HttpRequest(
        "POST",
        f"{url}/token",
        {"content-type": "application/json", "accept": "application/json", "user-agent": context.user_agent},
        json.dumps({**wanted, "grantType": "refresh_token"}).encode(),
    )

    def once() -> Flow[Document]:
        response = yield from fetch(what, request, Timeout())
        check_status(what, response)
        return read_document(what, response.body)

    answer = yield from ask_often(once, _ATTEMPTS, context.world, _BASE)
    token = text_in(what, answer, "accessToken")
    yield from _write_back(login, answer, token, context.world.now(), what)
    return token


def _write_back(login: _Login, answer: Document, token: str, now: datetime, what: str) -> Flow[None]:
    seconds = answer.get("expiresIn")
    if not isinstance(seconds, int) or not 0 < seconds < 10**9:
        raise CredentialsError(f"{what}: expected a number of seconds under expiresIn, got something else")
    changed = {
        **login.document,
        "accessToken": token,
        "expiresAt": f"{shown_time(now + timedelta(seconds=seconds))}",
    }
    if isinstance(answer.get("refreshToken"), str):
        changed["refreshToken"] = answer["refreshToken"]
    try:
        # Not indented: of what is nested, that would take quadratic time.
        yield from write_file(login.path, json.dumps(changed).encode(), 0o600)
    except Ec2QueryError:
        # A home that is read-only: the token serves all the same, and the next process refreshes again.
        return
