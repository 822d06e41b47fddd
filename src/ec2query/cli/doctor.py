"""What stands between here and EC2: every file, setting and source that a call depends on, looked at.

A flow asks for everything and goes on behind each failure, in the order in which a call would need
it. Two requests go out besides those for keys: GetCallerIdentity, and an unsigned one whose answer
tells EC2's time. No secret is kept.
"""

from __future__ import annotations

from dataclasses import replace
from urllib.parse import urlsplit

from ..client.caller import Caller
from ..credentials.chain import examine_credentials
from ..credentials.context import Context
from ..credentials.region import examine_region
from ..credentials.report import Attempt
from ..errors import Ec2QueryError
from ..protocol.access_key import Credentials
from ..protocol.effects import Flow
from ..protocol.endpoint import check_region
from ..protocol.proxy import proxy_for
from .client_options import spoken
from .diagnosis import Diagnosis
from .doctor_questions import ask_endpoint, ask_identity
from .doctor_settings import read_environment, read_settings

__all__ = ["diagnose"]


def diagnose(calls: Caller) -> Flow[Diagnosis]:
    """Look at everything. What fails is noted, not raised."""
    found = Diagnosis()
    read_environment(calls.world.environ, found)
    context = yield from read_settings(calls, found)
    readable = not any(check.outcome == "failed" for check in found.sections["Shared files"])
    region = yield from _region(context, found)
    context = replace(context, region=region)
    url = _endpoint(calls, context, region, found) if region is not None else None
    keys = yield from _credentials(context, found, readable=readable)
    if found.signable:
        yield from _client(calls, found)
    if keys is not None and region is not None:
        yield from ask_identity(keys, context, found)
    if url is not None:
        yield from ask_endpoint(url, context, found)
    return found


def _region(context: Context, found: Diagnosis) -> Flow[str | None]:
    try:
        named, attempts = yield from examine_region(context)
        for attempt in attempts:
            found.attempt("Region", attempt)
        if named is None:
            found.advise("name a Region: with --region, AWS_REGION, or region in the profile")
            return None
        check_region(named.value)
    except Ec2QueryError as error:
        found.fail("Region", "Region", error)
        return None
    return named.value


def _endpoint(calls: Caller, context: Context, region: str, found: Diagnosis) -> str | None:
    try:
        choice = calls.endpoint(context, region)
        url = choice.endpoint.url
        found.add("Endpoint", url, "ok", spoken(choice.source))
        for name, by in (("FIPS", choice.fips), ("dual-stack", choice.dual_stack)):
            if by is not None:
                found.add("Endpoint", name, "set", by)
        proxy = proxy_for(url, context.world.environ)
    except Ec2QueryError as error:
        found.fail("Endpoint", "endpoint", error)
        return None
    if proxy is not None:
        parts = urlsplit(proxy)  # without its user name and password
        port = f":{parts.port}" if parts.port is not None else ""
        found.add("Endpoint", "proxy", "set", f"{parts.scheme}://{parts.hostname}{port}")
    if calls.ca_bundle is None:
        found.add("Endpoint", "CA bundle", "ok", "certifi's")
    return url


def _credentials(context: Context, found: Diagnosis, *, readable: bool) -> Flow[Credentials | None]:
    """Note every source; the first that answers or fails decides, as it does for a call."""
    decided: Attempt | None = None
    for attempt in (yield from examine_credentials(context)):
        if not readable and attempt.name.startswith("profile "):
            attempt = attempt._replace(outcome="not asked", detail="the shared files cannot be read")
        if decided is None and attempt.outcome in ("answered", "failed"):
            decided = attempt
            if attempt.credentials is not None:
                attempt = attempt._replace(detail=f"{attempt.detail} (it is used)")
        found.attempt("Credentials", attempt)
    if decided is None:
        found.advise(
            "give credentials: set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, run `aws configure` or"
            " `aws configure sso`, or name a profile that has some with --profile"
        )
        return None
    # That there is no Region was said already.
    if decided.credentials is None and not decided.detail.startswith("no Region: "):
        found.advise(f"{decided.name}: {decided.detail.removeprefix(f'{decided.name}: ')}")
    return decided.credentials


def _client(calls: Caller, found: Diagnosis) -> Flow[None]:
    """Let the client itself have the last word."""
    try:
        policy = (yield from calls.channel()).retries.policy
    except Ec2QueryError as error:
        found.fail("Settings", "client", error)
    else:
        found.add("Settings", "retries", "ok", f"{policy.mode}, {policy.attempts} attempts")
