"""Spans and metrics, read back from the SDK's in-memory exporter and reader."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import httpx
import pytest
from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.metrics.export import HistogramDataPoint, InMemoryMetricReader, NumberDataPoint
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.trace import SpanKind, StatusCode

from ec2query import ec2, otel
from ec2query.otel import Telemetry
from ec2query.protocol.events import AttemptEvent
from support.hostile import WAYS, ask

SECOND = 1_000_000_000
NOON = 1_772_366_400 * SECOND

OK = AttemptEvent(
    service="EC2",
    operation="DisassociateIpamByoasn",
    region="eu-central-1",
    invocation_id="one",
    attempt=1,
    seconds=0.25,
    status=200,
    request_id="r-1",
)
THROTTLED = replace(
    OK, status=503, request_id="r-0", error="RequestLimitExceeded", delay=0.5, reason="throttling"
)
REFUSED = replace(OK, status=400, request_id="r-2", error="IncorrectState", reason="not retryable")


class Watched:
    """A Telemetry with its providers in memory and a clock that the test sets."""

    def __init__(self) -> None:
        self.now = NOON
        self.exporter = InMemorySpanExporter()
        self.reader = InMemoryMetricReader()
        self.tracers = TracerProvider()
        self.tracers.add_span_processor(SimpleSpanProcessor(self.exporter))
        self.telemetry = Telemetry(
            self.tracers, MeterProvider(metric_readers=[self.reader]), clock=lambda: self.now
        )

    def tell(self, *events: AttemptEvent) -> None:
        """Let each event's time pass, then tell of it, then let its delay pass."""
        for event in events:
            self.now += int((event.waited + event.seconds) * SECOND)
            self.telemetry(event)
            self.now += int((event.delay or 0) * SECOND)

    def spans(self) -> tuple[ReadableSpan, ...]:
        return self.exporter.get_finished_spans()

    def points(self, name: str) -> list[Point]:
        data = self.reader.get_metrics_data()
        found: list[Point] = []
        for scope in data.resource_metrics[0].scope_metrics if data else ():
            for metric in scope.metrics:
                if metric.name == name:
                    for point in metric.data.data_points:
                        if isinstance(point, HistogramDataPoint):
                            found.append(Point(metric.unit, point.count, point.sum, point.attributes or {}))
                        elif isinstance(point, NumberDataPoint):
                            found.append(Point(metric.unit, 1, point.value, point.attributes or {}))
        return found


@dataclass
class Point:
    """One data point, histogram or sum."""

    unit: str | None
    count: int
    total: float
    attributes: Mapping[str, object]


COMMON = {"rpc.system": "aws-api", "rpc.service": "EC2", "rpc.method": "DisassociateIpamByoasn"}


def test_a_call_is_one_client_span_named_after_service_and_operation() -> None:
    """With the attributes that the conventions for AWS SDK calls ask for."""
    watched = Watched()
    watched.tell(OK)
    (span,) = watched.spans()
    assert span.name == "EC2.DisassociateIpamByoasn"
    assert span.kind is SpanKind.CLIENT
    assert span.attributes == {
        **COMMON,
        "cloud.region": "eu-central-1",
        "http.response.status_code": 200,
        "aws.request_id": "r-1",
    }
    assert span.status.status_code is StatusCode.UNSET
    assert span.events == ()


def test_a_span_lasts_from_the_first_attempt_to_the_end_of_the_last() -> None:
    """The time in line and the waits in between belong to the call."""
    watched = Watched()
    watched.tell(replace(THROTTLED, waited=0.25), replace(OK, attempt=2))
    (span,) = watched.spans()
    assert (span.start_time, span.end_time) == (NOON, NOON + int(1.25 * SECOND))


def test_a_retried_attempt_is_an_event_on_the_span() -> None:
    """What it was answered, why it was retried and after how long; the span itself is no failure."""
    watched = Watched()
    watched.tell(THROTTLED, replace(OK, attempt=2))
    (span,) = watched.spans()
    assert span.attributes is not None
    assert span.attributes["http.request.resend_count"] == 1
    assert span.attributes["aws.request_id"] == "r-1"
    assert "error.type" not in span.attributes
    assert span.status.status_code is StatusCode.UNSET
    (event,) = span.events
    assert event.name == "retry"
    assert event.timestamp == NOON + SECOND // 4
    assert event.attributes == {
        "ec2query.attempt": 1,
        "ec2query.retry.delay": 0.5,
        "ec2query.retry.reason": "throttling",
        "http.response.status_code": 503,
        "aws.request_id": "r-0",
        "error.type": "RequestLimitExceeded",
    }


@pytest.mark.parametrize(
    ("last", "error_type"),
    [
        (REFUSED, "IncorrectState"),
        (replace(OK, status=None, request_id=None, error="TransportTimeout"), "TransportTimeout"),
    ],
)
def test_a_failed_call_is_an_error_span(last: AttemptEvent, error_type: str) -> None:
    """error.type is the code, or the class of an error that came without an answer."""
    watched = Watched()
    watched.tell(last)
    (span,) = watched.spans()
    assert span.status.status_code is StatusCode.ERROR
    assert span.attributes is not None
    assert span.attributes["error.type"] == error_type
    assert ("aws.request_id" in span.attributes) is (last.request_id is not None)
    assert ("http.response.status_code" in span.attributes) is (last.status is not None)


def test_a_permitted_dry_run_is_no_failure() -> None:
    """DryRunOperation is the answer that was hoped for."""
    watched = Watched()
    watched.tell(replace(OK, status=412, error="DryRunOperation"))
    (span,) = watched.spans()
    assert span.status.status_code is StatusCode.UNSET
    assert span.attributes is not None
    assert "error.type" not in span.attributes


def test_calls_that_overlap_have_a_span_each() -> None:
    """The invocation id keeps their attempts apart."""
    watched = Watched()
    other = replace(THROTTLED, invocation_id="two", operation="AssociateIpamByoasn")
    watched.tell(THROTTLED, other, replace(OK, attempt=2))
    assert [span.name for span in watched.spans()] == ["EC2.DisassociateIpamByoasn"]
    watched.tell(replace(other, attempt=2, delay=None, error=None, status=200))
    assert [span.name for span in watched.spans()] == [
        "EC2.DisassociateIpamByoasn",
        "EC2.AssociateIpamByoasn",
    ]
    assert all(len(span.events) == 1 for span in watched.spans())


def test_a_span_is_the_child_of_the_callers() -> None:
    """The callback runs where the call was made."""
    watched = Watched()
    with watched.tracers.get_tracer("app").start_as_current_span("swap") as parent:
        watched.tell(THROTTLED)
    watched.tell(replace(OK, attempt=2))
    child = watched.spans()[-1]
    assert child.parent is not None
    assert child.parent.span_id == parent.get_span_context().span_id


def test_calls_that_never_end_do_not_pile_up(monkeypatch: pytest.MonkeyPatch) -> None:
    """A call cancelled while it waits has no last attempt: the oldest is let go."""
    monkeypatch.setattr(otel, "_OPEN_CALLS", 2)
    watched = Watched()
    watched.tell(*(replace(THROTTLED, invocation_id=str(number)) for number in range(5)))
    assert len(watched.spans()) == 3
    watched.tell(replace(OK, invocation_id="4", attempt=2))
    assert len(watched.spans()) == 4


def test_call_durations_are_measured_once_a_call() -> None:
    """In seconds, retries included, failures apart from successes."""
    watched = Watched()
    watched.tell(THROTTLED, replace(OK, attempt=2), replace(REFUSED, invocation_id="two"))
    good, bad = sorted(watched.points("rpc.client.call.duration"), key=lambda point: len(point.attributes))
    assert (good.unit, good.count) == ("s", 1)
    assert good.total == pytest.approx(1.0)
    assert good.attributes == COMMON
    assert bad.count == 1
    assert bad.total == pytest.approx(0.25)
    assert bad.attributes == {**COMMON, "error.type": "IncorrectState"}


def test_attempts_are_counted_and_timed() -> None:
    """Each attempt by its own outcome."""
    watched = Watched()
    watched.tell(THROTTLED, replace(THROTTLED, attempt=2), replace(OK, attempt=3))
    counts = {p.attributes.get("error.type"): p.total for p in watched.points("smithy.client.call.attempts")}
    assert counts == {None: 1, "RequestLimitExceeded": 2}
    timed = watched.points("smithy.client.call.attempt_duration")
    assert {p.attributes.get("error.type"): (p.count, p.total) for p in timed} == {
        None: (1, 0.25),
        "RequestLimitExceeded": (2, 0.5),
    }


def test_no_request_id_reaches_the_metrics() -> None:
    """Metric attributes have few values: neither request ids nor invocation ids."""
    watched = Watched()
    watched.tell(THROTTLED, replace(OK, attempt=2))
    for name in ("rpc.client.call.duration", "smithy.client.call.attempts"):
        assert watched.points(name)
        for point in watched.points(name):
            assert set(point.attributes) <= {*COMMON, "error.type"}


@pytest.mark.parametrize("way", WAYS)
def test_a_client_tells_of_its_calls(way: str) -> None:
    """Through each client: one span for a call that was retried, and its measures, with what EC2 answered."""
    watched, statuses = Watched(), [503, 200]
    body = b"<DescribeVpcsResponse><requestId>r-1</requestId></DescribeVpcsResponse>"

    def answer(request: httpx.Request) -> httpx.Response:
        status = statuses.pop(0)
        return httpx.Response(status, stream=httpx.ByteStream(body if status == 200 else b""))

    ask(way, ec2.DescribeVpcs(), answer, on_attempt=watched.telemetry, max_attempts=2)
    (span,) = watched.spans()
    assert (span.name, span.kind, span.status.status_code) == (
        "EC2.DescribeVpcs",
        SpanKind.CLIENT,
        StatusCode.UNSET,
    )
    assert span.attributes == {
        "rpc.system": "aws-api",
        "rpc.service": "EC2",
        "rpc.method": "DescribeVpcs",
        "cloud.region": "us-east-1",
        "http.response.status_code": 200,
        "aws.request_id": "r-1",
        "http.request.resend_count": 1,
    }
    (retry,) = span.events
    assert retry.attributes is not None
    assert (retry.attributes["error.type"], retry.attributes["ec2query.retry.reason"]) == ("503", "transient")
    (duration,) = watched.points("rpc.client.call.duration")
    assert (duration.unit, duration.count) == ("s", 1)
    assert sum(point.total for point in watched.points("smithy.client.call.attempts")) == 2
