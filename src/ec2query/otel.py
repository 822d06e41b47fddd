"""OpenTelemetry for a client's calls: a span and metrics for each, made from its attempt events.

    telemetry = Telemetry()                     # the global providers, or those you give
    client = AsyncClient(..., on_attempt=telemetry)

One CLIENT span a call, named `EC2.<Operation>`; each attempt that was retried is an event on it.
https://opentelemetry.io/docs/specs/semconv/cloud-providers/aws-sdk/
https://opentelemetry.io/docs/specs/semconv/rpc/rpc-metrics/ (rpc.client.call.duration)
"""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass

from opentelemetry import metrics, trace
from opentelemetry.metrics import MeterProvider
from opentelemetry.trace import Span, SpanKind, StatusCode, TracerProvider

from .protocol.events import AttemptEvent

__all__ = ["Telemetry"]

_NAME = "ec2query"

# The answer to a dry run that would have been permitted is no failure.
_DRY_RUN = "DryRunOperation"

# Calls under way beyond this are no longer followed: those cancelled between attempts never end.
_OPEN_CALLS = 10_000

# https://opentelemetry.io/docs/specs/semconv/rpc/rpc-metrics/#metric-rpcclientcallduration
_BOUNDARIES = (0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1.0, 2.5, 5.0, 7.5, 10.0)


@dataclass(frozen=True, slots=True)
class _Open:
    span: Span
    began: int


class Telemetry:
    """An `on_attempt` callback that writes spans and metrics; one may serve several clients.

    `clock` gives wall-clock nanoseconds. Spans become children of the span that is current where
    the call is made.
    """

    def __init__(
        self,
        tracer_provider: TracerProvider | None = None,
        meter_provider: MeterProvider | None = None,
        *,
        clock: Callable[[], int] = time.time_ns,
    ) -> None:
        self._tracer = trace.get_tracer(_NAME, tracer_provider=tracer_provider)
        meter = metrics.get_meter(_NAME, meter_provider=meter_provider)
        self._calls = meter.create_histogram(
            "rpc.client.call.duration",
            unit="s",
            description="Duration of calls, retries included",
            explicit_bucket_boundaries_advisory=_BOUNDARIES,
        )
        # The names under which the AWS SDKs report attempts:
        # https://docs.aws.amazon.com/sdk-for-kotlin/latest/developer-guide/observability-telemetry-metrics.html
        self._attempts = meter.create_counter(
            "smithy.client.call.attempts", unit="{attempt}", description="Attempts made"
        )
        self._attempt_seconds = meter.create_histogram(
            "smithy.client.call.attempt_duration",
            unit="s",
            description="Duration of single attempts",
            explicit_bucket_boundaries_advisory=_BOUNDARIES,
        )
        self._clock = clock
        self._open: OrderedDict[str, _Open] = OrderedDict()

    def __call__(self, event: AttemptEvent) -> None:
        """Take note of an attempt that has just ended."""
        now = self._clock()
        common = _common(event)
        self._attempts.add(1, common | _error(event))
        self._attempt_seconds.record(event.seconds, common | _error(event))
        call = self._open.pop(event.invocation_id, None) or self._begin(event, now)
        if event.is_last:
            self._end(call, event, now)
        else:
            self._note_retry(call, event, now)

    def _begin(self, event: AttemptEvent, now: int) -> _Open:
        began = now - int((event.seconds + event.waited) * 1e9)
        span = self._tracer.start_span(
            f"{event.service}.{event.operation}",
            kind=SpanKind.CLIENT,
            attributes=_common(event) | {"cloud.region": event.region},
            start_time=began,
        )
        return _Open(span, began)

    def _note_retry(self, call: _Open, event: AttemptEvent, now: int) -> None:
        attributes: dict[str, str | int | float] = {
            "ec2query.attempt": event.attempt,
            "ec2query.retry.delay": event.delay or 0.0,
            **_answer(event),
            **_error(event),
        }
        if event.reason is not None:
            attributes["ec2query.retry.reason"] = event.reason
        call.span.add_event("retry", attributes, timestamp=now)
        self._open[event.invocation_id] = call
        if len(self._open) > _OPEN_CALLS:
            _, forgotten = self._open.popitem(last=False)
            forgotten.span.end(end_time=now)

    def _end(self, call: _Open, event: AttemptEvent, now: int) -> None:
        failed = _error(event)
        call.span.set_attributes(_answer(event) | failed)
        if event.attempt > 1:
            call.span.set_attribute("http.request.resend_count", event.attempt - 1)
        if failed:
            call.span.set_status(StatusCode.ERROR, event.reason)
        call.span.end(end_time=now)
        self._calls.record((now - call.began) / 1e9, _common(event) | failed)


def _common(event: AttemptEvent) -> dict[str, str | int]:
    return {"rpc.system": "aws-api", "rpc.service": event.service, "rpc.method": event.operation}


def _answer(event: AttemptEvent) -> dict[str, str | int]:
    attributes: dict[str, str | int] = {}
    if event.status is not None:
        attributes["http.response.status_code"] = event.status
    if event.request_id is not None:
        attributes["aws.request_id"] = event.request_id
    return attributes


def _error(event: AttemptEvent) -> dict[str, str | int]:
    return {} if event.error is None or event.error == _DRY_RUN else {"error.type": event.error}
