"""The fault server's service: a request in, an answer out. Verifies, throttles, carries out, counts.

No sockets here; `connection` reads the requests and does wrong what the plan says.
"""

from __future__ import annotations

import json
import random
import time
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qsl

from ec2query import Credentials, ServiceError
from ec2query.emulator.authenticate import authenticate
from ec2query.protocol.message import HttpRequest
from faults.answers import HTML, answer, error, key_of
from faults.delivery import Delivery, Reply
from faults.ledger import Ledger
from faults.plan import Fault, Plan, draw_fault

__all__ = ["KEYS", "REGION", "Service"]

REGION = "us-east-1"
KEYS = Credentials("AKIDFAULTS", "not-a-secret-of-anyone")

# EC2's tolerance: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-troubleshooting.html
_SKEW = timedelta(minutes=5)

_ERRORS = {
    Fault.XML_500: (500, "InternalError"),
    Fault.XML_503: (503, "Unavailable"),
    Fault.THROTTLED: (503, "RequestLimitExceeded"),
}
_BARE = {
    Fault.HTML_500: (500, HTML),
    Fault.HTML_503: (503, HTML),
    Fault.EMPTY_500: (500, b""),
    Fault.EMPTY_503: (503, b""),
}
# Faults that come after the work is done, and those where nobody can know.
_AFTER = {
    *(Fault.RESET_IN_THE_BODY, Fault.STALL_IN_THE_BODY, Fault.TRUNCATED, Fault.MALFORMED),
    *(Fault.TRICKLE_OF_THE_HEAD, Fault.TRICKLE_OF_THE_BODY),
}
_MAYBE = {Fault.RESET_AFTER_READING, Fault.STALL_BEFORE_THE_HEAD, *_BARE}


class Service:
    """Everything that the connections share. `begin` starts the counting and the draws anew."""

    def __init__(self) -> None:
        self._known = {KEYS.access_key_id: KEYS}
        self.begin(Plan(), seed=0)

    def begin(self, plan: Plan, *, seed: int) -> None:
        self.ledger = Ledger()
        self.chance = random.Random(seed)
        self._began: float | None = None
        self._tokens_seen: set[str] = set()
        self._last: dict[str, tuple[str, int]] = {}
        self.turn(plan)

    def turn(self, plan: Plan) -> None:
        """Behave in another way from now on."""
        self.plan = plan
        self._allowance, self._filled_at = plan.rate or 0.0, time.monotonic()

    def arrive(self) -> Fault | None:
        """Count a request whose first byte has come, and say what shall be wrong with it."""
        self.ledger.requests += 1
        self.ledger.arrived[self._second()] += 1
        fault = draw_fault(self.plan, self.chance)
        if fault is not None:
            self.ledger.faults[fault.value] += 1
        return fault

    def draw_delivery(self) -> Delivery:
        """Draw how the next answer goes out."""
        return Delivery(self.chance.choice(self.plan.deliveries))

    def reply(self, request: HttpRequest, fault: Fault | None) -> Reply:
        """Answer an EC2 request; the fault decides whether it is carried out, and what is answered."""
        request_id = f"r-{self.ledger.requests}"
        now = datetime.now(UTC) + timedelta(seconds=self.plan.skew)
        self.ledger.stale += self._is_stale(request)
        try:
            authenticate(request, self._known, region=REGION, now=now, skew=_SKEW)
        except ServiceError as wrong:
            self.ledger.refused[wrong.code] += 1
            return Reply(wrong.status, error(wrong.code, wrong.message, request_id), now)
        pairs = dict(parse_qsl(request.body.decode(), strict_parsing=True))
        key = key_of(pairs)
        self.ledger.attempts[key] += 1
        self._watch(key, request)
        if self._is_over_rate():
            fault = Fault.THROTTLED
            self.ledger.throttled[self._second()] += 1
        if fault in _ERRORS:
            status, code = _ERRORS[fault]
            return Reply(status, error(code, "A fault of the plan.", request_id), now)
        if fault is None or fault in _AFTER or (fault in _MAYBE and self.chance.random() < 0.5):
            self._carry_out(key, pairs.get("ClientToken"))
        if fault in _BARE:
            return Reply(*_BARE[fault], now, "text/html")
        body = answer(pairs, request_id, self.plan.padding)
        if fault is Fault.MALFORMED:
            body = body.replace(b"</requestId>", b"</requestID>")
        return Reply(200, body, now)

    def credentials(self) -> Reply:
        """Answer as a container's credentials endpoint, with the keys of this second."""
        now, rotation = datetime.now(UTC), self.plan.rotation
        number = int(now.timestamp() / rotation)
        expires_at = datetime.fromtimestamp((number + 2) * rotation, UTC)
        keys = Credentials(f"ASIA{number}", f"secret-{number}", f"token-{number}", expires_at)
        self._known[keys.access_key_id] = keys
        self.ledger.keys[keys.access_key_id] += 1
        document = {
            "AccessKeyId": keys.access_key_id,
            "SecretAccessKey": keys.secret_access_key,
            "Token": keys.session_token,
            "Expiration": expires_at.strftime("%Y-%m-%dT%H:%M:%SZ"),
        }
        return Reply(200, json.dumps(document).encode(), now, "application/json")

    def _carry_out(self, key: str, token: str | None) -> None:
        self.ledger.done[self._second()] += 1
        if token is None or token not in self._tokens_seen:
            self.ledger.effects[key] += 1
        if token is not None:
            self._tokens_seen.add(token)

    def _watch(self, key: str, request: HttpRequest) -> None:
        """The attempts of a call have one id, and count upward."""
        counted = request.headers["amz-sdk-request"]
        now = (
            request.headers["amz-sdk-invocation-id"],
            int(counted.removeprefix("attempt=").partition(";")[0]),
        )
        last = self._last.get(key, (now[0], 0))
        self.ledger.torn += now[0] != last[0] or now[1] <= last[1]
        self._last[key] = now

    def _is_stale(self, request: HttpRequest) -> bool:
        """Say whether the keys had expired when they signed, whenever the request arrived."""
        _, _, rest = request.headers.get("authorization", "").partition("Credential=")
        keys = self._known.get(rest.partition("/")[0])
        if keys is None or keys.expires_at is None:
            return False
        # Both are whole seconds: a second that has begun before the end lies before the end.
        return request.headers["x-amz-date"] >= keys.expires_at.strftime("%Y%m%dT%H%M%SZ")

    def _is_over_rate(self) -> bool:
        rate = self.plan.rate
        if rate is None:
            return False
        now = time.monotonic()
        self._allowance = min(rate, self._allowance + rate * (now - self._filled_at))
        self._filled_at = now
        if self._allowance < 1:
            return True
        self._allowance -= 1
        return False

    def _second(self) -> str:
        now = time.monotonic()
        self._began = now if self._began is None else self._began
        return str(int(now - self._began))
