"""Targets: the documents that credentials are in, each through its provider's whole flow."""

from __future__ import annotations

from collections.abc import Mapping

from ec2query.credentials import (
    AssumeRole,
    Container,
    Credentials,
    InstanceMetadata,
    Process,
    Source,
    SsoRole,
    StaticKeys,
    WebIdentity,
    credential_chain,
)
from fuzz.driving import drive
from fuzz.json_mutations import JSON
from fuzz.mutations import BYTES, Draw, Mutation
from fuzz.services import (
    ENDED,
    FAMILIES,
    GIVEN,
    KEY_PARTS,
    LOGIN,
    METADATA,
    PRINTED,
    REFUSED,
    RENEWED,
    Services,
    as_json,
    assumed,
    world_of,
)
from fuzz.target import Target
from fuzz.xml_mutations import XML
from support.hostile import KEYS

__all__ = ["TARGETS"]

_ROLE_ARN = "arn:aws:iam::111122223333:role/r"
_STATUSES = (*[200] * 24, 204, 301, 400, 401, 403, 404, 405, 429, 500, 503)
_SESSION = SsoRole(
    start_url="https://example.com/start",
    region="us-east-1",
    account_id="111122223333",
    role_name="Read Only",
    session="s",
)


def _provider(
    name: str,
    source: Source,
    places: tuple[str, ...],
    seeds: tuple[bytes, ...],
    mutations: tuple[Mutation, ...],
    environ: Mapping[str, str] | None = None,
) -> Target:
    """Make the target of one provider: the input stands at one of `places`."""

    def run(data: bytes, draw: Draw) -> object:
        special = {draw.choice(places): data}
        if name == "oidc" and draw.random() < 0.8:
            special["/sso/cache/"] = ENDED
        services = Services(special, draw.choice(_STATUSES), lost=draw.random() < 0.02)
        chain = credential_chain(world_of(environ or {}), source=source, mfa_token=lambda serial: "123456")
        found = drive(chain.current(), services)
        assert isinstance(found, Credentials)
        assert drive(chain.current(), services).access_key_id  # what is kept is as good
        return found

    return Target(
        name=name,
        seed=lambda draw: draw.choice(seeds),
        run=run,
        refusals=FAMILIES,
        mutations=mutations,
    )


_CONTAINER = {"AWS_CONTAINER_CREDENTIALS_RELATIVE_URI": "/v2/x"}
_TOKEN = {"AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE": "/token-file", **_CONTAINER}
_ROLE = AssumeRole(source=StaticKeys(credentials=KEYS), role_arn=_ROLE_ARN, mfa_serial="m")

TARGETS = (
    _provider(
        "imds",
        InstanceMetadata(),
        (*[f"{METADATA}role"] * 6, METADATA, "/latest/api/token"),
        (as_json({"Code": "Success", **KEY_PARTS}),),
        JSON,
    ),
    _provider("container", Container(), ("http://169.254.170.2/",), (as_json(KEY_PARTS),), JSON, _CONTAINER),
    _provider("token file", Container(), ("/token-file",), (b"token", b"x" * 2000), BYTES, _TOKEN),
    _provider("process", Process(argv=("a-program",)), ("a-program",), (PRINTED,), JSON),
    _provider("sso", _SESSION, ("portal.sso",), (GIVEN,), JSON),
    _provider("sso cache", _SESSION, ("/sso/cache/",), (as_json(LOGIN),), JSON),
    _provider("oidc", _SESSION, ("oidc.",), (RENEWED,), JSON),
    _provider("sts", _ROLE, ("Action=AssumeRole&",), (assumed("AssumeRole"), REFUSED), XML),
    _provider(
        "web identity",
        WebIdentity(role_arn=_ROLE_ARN, token_file="/token-file"),
        ("Action=AssumeRoleWithWebIdentity&", "/token-file"),
        (assumed("AssumeRoleWithWebIdentity"), REFUSED, b"token"),
        XML,
    ),
)
