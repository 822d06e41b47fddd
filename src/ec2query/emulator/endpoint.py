"""`Emulator`: an EC2 Query endpoint for BYOASN and BYOIP, from HTTP request to HTTP response.

    authenticate -> decode -> throttle -> (fault) -> settle -> perform -> encode

Everything it decides is decided by pure functions on frozen values; the one thing that changes is the
cell that holds the newest of them, behind a lock. It is no judge of what AWS would answer: what
nobody documents is assumed, and says so where it is decided.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from threading import Lock
from typing import Any
from urllib.parse import urlsplit

from ..errors import ConfigurationError, ParameterError, ServiceError
from ..protocol.decode_form import decode_pairs, form_pairs
from ..protocol.encode_xml import encode_error, encode_xml
from ..protocol.endpoint_url import host_header
from ..protocol.message import HttpRequest, HttpResponse
from ..protocol.sign import Credentials
from ..shape import Operation, Result
from .authenticate import authenticate
from .fault import Fault
from .perform import operation_named, perform
from .refusal import refusal
from .state import Setting, State, settle
from .throttle import Bucket, take

__all__ = ["EXAMPLE_CREDENTIALS", "Emulator"]

# The key of AWS's own examples; nobody's.
EXAMPLE_CREDENTIALS = Credentials("AKIAIOSFODNN7EXAMPLE", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY")
"""The access key that an Emulator knows unless it is told others."""


@dataclass(frozen=True, slots=True)
class _Cell:
    state: State
    buckets: Mapping[str, Bucket] = field(default_factory=dict[str, Bucket])
    faults: Mapping[str, tuple[Fault, ...]] = field(default_factory=dict[str, "tuple[Fault, ...]"])


def _system_clock() -> datetime:
    return datetime.now(UTC)


def _random_token() -> str:
    return str(uuid.uuid4())


class Emulator:
    """An endpoint with a state of its own; may be called from many threads.

    `clock` gives aware UTC, `token` a request id for each request. Pending states end after `delay`
    (or fail, for the actions in `failing`); disassociated and deprovisioned things can be seen for
    `linger` more. `deny` names the actions that are not permitted. With `throttle`, the documented
    token buckets apply. A signature may be `skew` older or newer than the clock.
    """

    def __init__(
        self,
        *,
        clock: Callable[[], datetime] = _system_clock,
        token: Callable[[], str] = _random_token,
        credentials: Iterable[Credentials] = (EXAMPLE_CREDENTIALS,),
        region: str = "us-east-1",
        account: str = "123456789012",
        delay: timedelta = timedelta(seconds=2),
        linger: timedelta = timedelta(0),
        deny: Collection[str] = (),
        failing: Collection[str] = (),
        throttle: bool = False,
        skew: timedelta = timedelta(minutes=15),
        state: State = State(),  # noqa: B008 - frozen
    ) -> None:
        self._clock = clock
        self._token = token
        self._credentials = {known.access_key_id: known for known in credentials}
        self._setting = Setting(now=clock(), region=region, account=account, failing=frozenset(failing))
        self._delay = delay
        self._linger = linger
        self._deny = frozenset(deny)
        self._throttle = throttle
        self._skew = skew
        self._lock = Lock()
        self._cell = _Cell(state)

    @property
    def state(self) -> State:
        """What the account holds by now."""
        with self._lock:
            return settle(self._cell.state, self._clock(), self._delay, self._linger)

    def inject(self, action: str, *faults: Fault) -> None:
        """Let the next calls of `action` meet `faults`, one each, in this order."""
        with self._lock:
            waiting = self._cell.faults.get(action, ())
            self._cell = replace(self._cell, faults={**self._cell.faults, action: (*waiting, *faults)})

    def handle(self, request: HttpRequest) -> HttpResponse:
        """Answer one request; whatever it holds, there is an answer."""
        with self._lock:
            now, request_id = self._clock(), self._token()
            try:
                operation = self._read(request, now)
                fault = self._next_fault(type(operation).__name__)
                if fault is not None and not fault.happens:
                    return fault.answer(_response(200, b"", request_id, now), request_id)
                response = self._answer(operation, request_id, now)
                return response if fault is None else fault.answer(response, request_id)
            except ServiceError as refused:
                return _refused(refused, request_id, now)

    def _read(self, request: HttpRequest, now: datetime) -> Operation[Any]:
        """Authenticate, decode and count a request. Raises ServiceError."""
        setting = self._setting
        try:
            host_header(request.url)
        except ConfigurationError:  # its Host header may hold anything
            raise refusal("InvalidRequest", "The URL of the request cannot be read.") from None  # assumed
        authenticate(request, self._credentials, region=setting.region, now=now, skew=self._skew)
        operation = decode_pairs(_pairs(request), operation_named)
        if self._throttle:
            left = take(self._cell.buckets, type(operation).__name__, now)
            if left is None:
                raise refusal("RequestLimitExceeded", "Request limit exceeded.")
            self._cell = replace(self._cell, buckets=left)
        return operation

    def _next_fault(self, action: str) -> Fault | None:
        waiting = self._cell.faults.get(action, ())
        if not waiting:
            return None
        self._cell = replace(self._cell, faults={**self._cell.faults, action: waiting[1:]})
        return waiting[0]

    def _answer(self, operation: Operation[Any], request_id: str, now: datetime) -> HttpResponse:
        state = settle(self._cell.state, now, self._delay, self._linger)
        state, answer = perform(state, operation, replace(self._setting, now=now), self._deny)
        if isinstance(answer, Result):
            try:
                body = encode_xml(answer, request_id, type(operation))
            except ParameterError as unfit:  # the request held a text that no answer can repeat
                raise refusal("InvalidParameterValue", str(unfit)) from None  # assumed
            response = _response(200, body, request_id, now)
        else:
            response = _refused(answer, request_id, now)
        self._cell = replace(self._cell, state=state)
        return response


def _pairs(request: HttpRequest) -> list[tuple[str, str]]:
    """Return the pairs of a form body, or of the query where there is no body."""
    if request.method not in ("GET", "POST"):
        raise refusal("UnsupportedProtocol", "Expected the method POST, or GET.")  # assumed
    if request.body:
        return form_pairs(request.body)
    pairs = form_pairs(urlsplit(request.url).query.encode("ascii"))
    return [(key, value) for key, value in pairs if not key.startswith("X-Amz-")]


def _refused(error: ServiceError, request_id: str, now: datetime) -> HttpResponse:
    body = encode_error(error.code, error.message, request_id)
    return _response(error.status, body, request_id, now)


def _response(status: int, body: bytes, request_id: str, now: datetime) -> HttpResponse:
    headers = {
        "content-type": "text/xml;charset=UTF-8",
        "date": format_datetime(now.astimezone(UTC), usegmt=True),
        "x-amzn-requestid": request_id,
    }
    return HttpResponse(status, headers, body)
