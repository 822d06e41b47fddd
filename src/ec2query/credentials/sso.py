"""A role of IAM Identity Center: the login's token in, the role's credentials out.

https://docs.aws.amazon.com/singlesignon/latest/PortalAPIReference/API_GetRoleCredentials.html
"""

from __future__ import annotations

from urllib.parse import urlencode

from ..errors import CredentialsError
from ..protocol.access_key import Credentials
from ..protocol.effects import Flow, Timeout
from ..protocol.message import HttpRequest
from .context import Context
from .document import KeyNames, credentials_in, read_document
from .exchange import ask_often, check_status, fetch
from .service_endpoint import service_endpoint
from .sources import SsoRole
from .sso_token import access_token, login_hint
from .token_file import check_token

__all__ = ["sso_credentials"]

_ATTEMPTS = 3
_BASE = 0.1
_NAMES = KeyNames(
    access_key_id="accessKeyId",
    secret_access_key="secretAccessKey",  # noqa: S106 - a name
    session_token="sessionToken",  # noqa: S106 - a name
    expiration="expiration",
)


def sso_credentials(source: SsoRole, context: Context) -> Flow[Credentials]:
    """Ask for the role's credentials. Raises CredentialsError, ConfigurationError, TransportError."""
    what = f"{source.where}: SSO GetRoleCredentials"
    token = yield from access_token(source, context)
    url = service_endpoint(context, source.region, service="sso").endpoint.url
    query = urlencode({"role_name": source.role_name, "account_id": source.account_id})
    request = HttpRequest(
        "GET",
        f"{url}/federation/credentials?{query}",
        {
            "x-amz-sso_bearer_token": check_token(
                f"{what}: the cached token", token.encode("utf-8", "surrogatepass")
            ),
            "accept": "application/json",
            "user-agent": context.user_agent,
        },
    )

    def once() -> Flow[Credentials]:
        response = yield from fetch(what, request, Timeout())
        if response.status == 401:
            raise CredentialsError(f"{what}: the login is not accepted (status 401); {login_hint(source)}")
        if response.status in (403, 404):
            raise CredentialsError(
                f"{what}: {source.role_name} of account {source.account_id} is not assigned"
                f" to you (status {response.status}); check sso_account_id and sso_role_name"
            )
        check_status(what, response)
        document = read_document(what, response.body).get("roleCredentials")
        if not isinstance(document, dict):
            raise CredentialsError(f"{what}: expected an object under roleCredentials, got something else")
        return credentials_in(what, document, _NAMES)

    return (yield from ask_often(once, _ATTEMPTS, context.world, _BASE))
