"""Who one is: the account and ARN that STS names, and where keys, Region and endpoint come from.

A flow asks for everything; each fact keeps its source. What cannot be known stays out, and the error
that was in the way is kept, to be said last. No secret goes in.
https://docs.aws.amazon.com/STS/latest/APIReference/API_GetCallerIdentity.html
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import NamedTuple

from ..client.caller import Caller
from ..credentials.chain import resolve_credentials
from ..credentials.context import Context
from ..credentials.keys import shown_time
from ..credentials.region import resolve_region
from ..credentials.report import Resolution, sentence
from ..credentials.service_endpoint import service_endpoint
from ..credentials.sts import get_caller_identity
from ..errors import Ec2QueryError
from ..protocol.effects import Flow
from .client_options import spoken
from .secrets import shown_key_id

__all__ = ["NAMES", "Fact", "Identity", "identify"]

# Every one is shown, in this order, known or not.
NAMES = ("Account", "Arn", "UserId", "AccessKeyId", "ExpiresAt", "Region", "Endpoint")


class Fact(NamedTuple):
    """A value, and what said it; None says that there is none."""

    value: str | None
    source: str


@dataclass(slots=True)
class Identity:
    """Facts by name, and the first error that kept others from being known."""

    facts: dict[str, Fact] = field(default_factory=dict[str, Fact])
    error: Ec2QueryError | None = None


def identify(calls: Caller) -> Flow[Identity]:
    """Find out as whom, where and at which endpoint `calls` would call.

    Raises: CredentialsError, ConfigurationError where there are no keys.
    """
    found = Identity()
    context = yield from calls.context()
    try:
        region = yield from resolve_region(context)
        context = replace(context, region=region.region)
        found.facts["Region"] = Fact(region.region, spoken(region.where))
        choice = calls.endpoint(context, region.region)
        found.facts["Endpoint"] = Fact(choice.endpoint.url, spoken(choice.source))
    except Ec2QueryError as error:
        found.error = error
    resolution = yield from resolve_credentials(context)
    found.facts |= _keys(resolution)
    if "Region" in found.facts:
        try:
            found.facts |= yield from _identity(resolution, context)
        except Ec2QueryError as error:
            found.error = found.error or error
    return found


def _keys(resolution: Resolution) -> dict[str, Fact]:
    keys, source = resolution.credentials, sentence(resolution.attempts[-1:])
    facts = {"AccessKeyId": Fact(shown_key_id(keys.access_key_id), source)}
    if keys.expires_at is not None:
        facts["ExpiresAt"] = Fact(shown_time(keys.expires_at), resolution.source)
    elif keys.session_token is None:
        facts["ExpiresAt"] = Fact(None, "long-term: without a session token")
    return facts


def _identity(resolution: Resolution, context: Context) -> Flow[dict[str, Fact]]:
    source = f"STS at {service_endpoint(context, context.region or '', service='sts').endpoint.url}"
    caller = yield from get_caller_identity(resolution.credentials, context)
    named = {"Account": caller.account, "Arn": caller.arn, "UserId": caller.user_id}
    return {name: Fact(value, source) for name, value in named.items() if value is not None}
