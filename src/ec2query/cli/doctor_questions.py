"""The two questions that a diagnosis asks: who are we, and what time is it at the endpoint?"""

from __future__ import annotations

from datetime import datetime, timedelta

from ..credentials.context import Context
from ..credentials.service_endpoint import service_endpoint
from ..credentials.sts import get_caller_identity
from ..errors import Ec2QueryError
from ..protocol.access_key import Credentials
from ..protocol.clock_skew import server_time
from ..protocol.effects import Flow, Timeout, send
from ..protocol.message import HttpRequest
from .diagnosis import Diagnosis

__all__ = ["ask_endpoint", "ask_identity"]

_SECTION = "Answers"
_TIMEOUT = Timeout(connect=5.0, read=10.0, write=10.0, pool=10.0)
_MAX_BODY = 1024 * 1024
# https://docs.aws.amazon.com/IAM/latest/UserGuide/signature-v4-troubleshooting.html
_TOLERATED = timedelta(minutes=4)


def ask_identity(keys: Credentials, context: Context, found: Diagnosis) -> Flow[None]:
    """Ask STS whose keys these are."""
    try:
        url = service_endpoint(context, context.region or "", service="sts").endpoint.url
        caller = yield from get_caller_identity(keys, context)
    except Ec2QueryError as error:
        found.fail(_SECTION, "identity", error, blocks=False)
    else:
        found.add(_SECTION, "identity", "ok", f"{caller.arn} of account {caller.account}, says {url}")


def ask_endpoint(url: str, context: Context, found: Diagnosis) -> Flow[None]:
    """Send an unsigned request, and compare the Date of its answer with our clock."""
    world = context.world
    request = HttpRequest("GET", f"{url}/", {"user-agent": context.user_agent, "accept": "*/*"})
    asked, began = world.now(), world.monotonic()
    try:
        response = yield from send(request, _TIMEOUT, _MAX_BODY)
    except Ec2QueryError as error:
        found.fail(_SECTION, "endpoint", error, blocks=False)
        return
    seconds = world.monotonic() - began
    found.add(_SECTION, "endpoint", "ok", f"{url} answers an unsigned request in {seconds:.2f} s")
    _compare(response.headers.get("date"), asked, timedelta(seconds=seconds), found)


def _compare(date: str | None, asked: datetime, took: timedelta, found: Diagnosis) -> None:
    theirs = server_time(date)
    if theirs is None:
        found.add(_SECTION, "clock", "absent", "the answer has no Date to compare ours with")
        return
    # A Date has whole seconds.
    second = timedelta(seconds=1)
    ahead = asked - theirs - second if theirs < asked - second else min(asked + took - theirs, timedelta(0))
    if abs(ahead) < _TOLERATED:
        found.add(_SECTION, "clock", "ok", f"{abs(ahead).total_seconds():.0f} s apart from the endpoint's")
        return
    side = "ahead of" if ahead > timedelta(0) else "behind"
    found.add(_SECTION, "clock", "warning", f"ours is {abs(ahead)} {side} the endpoint's")
    found.advise("set this machine's clock; calls correct for it, at the price of one refusal", blocks=False)
