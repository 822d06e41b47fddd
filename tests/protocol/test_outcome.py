"""Classes of failure, and whether an attempt may have taken effect."""

from __future__ import annotations

import pickle

import pytest

from ec2query.errors import (
    ConfigurationError,
    CredentialsError,
    DryRunSucceeded,
    Ec2QueryError,
    ParameterError,
    ResponseError,
    ServiceError,
    TransportError,
    TransportTimeout,
    family_of,
)
from ec2query.protocol.outcome import (
    Fault,
    classify,
    is_repeatable,
    is_throttling,
    leaves_unknown,
    mark_unknown,
)
from ec2query.shape import Operation, Result, wire

THROTTLING = [
    "Throttling",
    "ThrottlingException",
    "ThrottledException",
    "RequestThrottledException",
    "RequestThrottled",
    "TooManyRequestsException",
    "ProvisionedThroughputExceededException",
    "TransactionInProgressException",
    "RequestLimitExceeded",
    "BandwidthLimitExceeded",
    "LimitExceededException",
    "SlowDown",
    "PriorRequestNotComplete",
    "EC2ThrottledException",
]
TRANSIENT = [
    "RequestTimeout",
    "RequestTimeoutException",
    "InternalError",
    "InternalFailure",
    "ServiceUnavailable",
    "Unavailable",
]
CAPACITY = [
    "InsufficientInstanceCapacity",
    "InsufficientHostCapacity",
    "InsufficientReservedInstanceCapacity",
    "InsufficientAddressCapacity",
    "InsufficientCapacity",
    "InsufficientCapacityOnHost",
]
FINAL = [
    ("UnauthorizedOperation", 403),
    ("AuthFailure", 401),
    ("SignatureDoesNotMatch", 403),
    ("RequestExpired", 400),
    ("InvalidAction", 400),
    ("MissingParameter", 400),
    ("InvalidParameterValue", 400),
    ("IncorrectState", 400),
    ("DependencyViolation", 400),
    ("ResourceLimitExceeded", 400),
    ("InvalidByoasn.NotFound", 400),
    ("InsufficientFreeAddressesInSubnet", 400),
    ("NoCodeAnyoneKnows", 400),
    ("NoCodeAnyoneKnows", 501),
    ("301", 301),
]


def service_error(code: str, status: int, *, synthesized: bool = False) -> ServiceError:
    return family_of(code, status)(code, "words", status=status, synthesized=synthesized)


@pytest.mark.parametrize("code", THROTTLING)
@pytest.mark.parametrize("status", [400, 429, 503])
@pytest.mark.parametrize("spell", [str, str.lower, str.upper])
def test_throttling_codes_are_throttling_in_any_case_and_at_any_status(
    code: str, status: int, spell: type[str]
) -> None:
    """The code decides before the status: RequestLimitExceeded comes with a 503."""
    error = service_error(spell(code), status)
    assert classify(error) == "throttling"
    assert is_throttling(error)


def test_a_429_is_throttling_whatever_its_code() -> None:
    """A gateway's 429 has no code of EC2's."""
    assert classify(service_error("TooMany", 429, synthesized=True)) == "throttling"


def test_a_plain_service_error_is_judged_by_its_code() -> None:
    """An error that someone built without its family is no different."""
    assert classify(ServiceError("RequestLimitExceeded", "", status=503)) == "throttling"


@pytest.mark.parametrize("code", TRANSIENT)
@pytest.mark.parametrize("status", [400, 500, 503])
def test_transient_codes_are_transient_at_any_status(code: str, status: int) -> None:
    """A code known to pass is retried even where its status is a 4xx."""
    error = service_error(code, status)
    assert classify(error) == "transient"
    assert not is_throttling(error)


@pytest.mark.parametrize("status", [500, 502, 503, 504])
def test_transient_statuses_are_transient_with_any_code(status: int) -> None:
    """HTML and empty answers have a code made from the status."""
    assert classify(service_error(str(status), status, synthesized=True)) == "transient"
    assert classify(service_error("NoCodeAnyoneKnows", status)) == "transient"


@pytest.mark.parametrize("code", CAPACITY)
@pytest.mark.parametrize("status", [400, 500, 503])
def test_a_lack_of_capacity_is_a_class_of_its_own(code: str, status: int) -> None:
    """Insufficient…Capacity comes with a 5xx and yet will not pass in seconds."""
    assert classify(service_error(code, status)) == "capacity"


@pytest.mark.parametrize(("code", "status"), FINAL)
def test_everything_else_is_final(code: str, status: int) -> None:
    """What is wrong with the request stays wrong."""
    assert classify(service_error(code, status)) == "final"


@pytest.mark.parametrize("status", [412, 429, 500, 503])
def test_a_dry_run_is_final_at_any_status(status: int) -> None:
    """DryRunOperation is an answer, not a failure."""
    assert classify(DryRunSucceeded("DryRunOperation", "", status=status)) == "final"
    assert classify(ServiceError("dryrunoperation", "", status=status)) == "final"


@pytest.mark.parametrize(
    ("error", "fault"),
    [
        (TransportError("reset"), "transient"),
        (TransportError("refused", sent=False), "transient"),
        (TransportTimeout("slow"), "timeout"),
        (TransportTimeout("no connection", sent=False), "timeout"),
        (ResponseError("truncated", status=200), "transient"),
        (ResponseError("malformed", status=400), "transient"),
        (ResponseError("truncated"), "transient"),
        (ResponseError("too long", status=200, over_limit=True), "final"),
        (CredentialsError("none"), "final"),
        (ConfigurationError("no region"), "final"),
        (ParameterError(where="a", expected="b", got="c"), "final"),
    ],
)
def test_errors_without_a_code_are_classified_by_kind(error: Ec2QueryError, fault: Fault) -> None:
    """A lost or unbelievable answer may come whole the next time; our own errors will not."""
    assert classify(error) == fault


class DescribeThings(Operation[Result]):
    """Reads."""


class GetThing(Operation[Result]):
    """Reads."""


class ListThings(Operation[Result]):
    """Reads."""


class SearchThings(Operation[Result]):
    """Reads."""


class StopThing(Operation[Result]):
    """Changes, without a token."""

    dry_run: bool | None = wire("DryRun", default=None)


class CreateThing(Operation[Result]):
    """Changes, with a token that is filled before it is sent."""

    token: str | None = wire("Token", default=None, token=True)


class ModifyThing(Operation[Result]):
    """Changes, with a ClientToken that only the caller fills."""

    client_token: str | None = wire("ClientToken", default=None)


@pytest.mark.parametrize(
    ("operation", "expected"),
    [
        (DescribeThings(), True),
        (GetThing(), True),
        (ListThings(), True),
        (SearchThings(), True),
        (StopThing(), False),
        (StopThing(dry_run=False), False),
        (StopThing(dry_run=True), True),
        (CreateThing(), False),
        (CreateThing(token="mine"), True),
        (ModifyThing(), False),
        (ModifyThing(client_token="mine"), True),
    ],
)
def test_reads_dry_runs_and_tokens_make_an_operation_repeatable(
    operation: Operation[Result], expected: bool
) -> None:
    """Anything else that is sent twice may happen twice."""
    assert is_repeatable(operation) is expected


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        (TransportError("reset"), True),
        (TransportError("refused", sent=False), False),
        (TransportTimeout("read"), True),
        (TransportTimeout("connect", sent=False), False),
        (ResponseError("truncated"), True),
        (ResponseError("truncated", status=200), True),
        (ResponseError("not XML", status=502), True),
        (ResponseError("not XML", status=403), False),
        (ResponseError("not XML", status=403, outcome_unknown=True), True),
        (service_error("504", 504, synthesized=True), True),
        (service_error("InternalError", 500), False),
        (service_error("RequestLimitExceeded", 503), False),
        (service_error("400", 400, synthesized=True), False),
        (CredentialsError("none"), False),
    ],
)
def test_what_was_sent_and_not_answered_for_leaves_the_outcome_unknown(
    error: Ec2QueryError, expected: bool
) -> None:
    """EC2's own error document is its word that nothing was done."""
    assert leaves_unknown(error) is expected


@pytest.mark.parametrize(
    ("attempts", "said"), [((1,), "attempt 1 may have taken effect"), ((1, 2), "attempts 1, 2 may have")]
)
def test_the_last_error_names_the_attempts_that_may_have_taken_effect(
    attempts: tuple[int, ...], said: str
) -> None:
    """The error keeps its own sentence, says what to do, and survives pickling."""
    error = service_error("IncorrectState", 400)
    before = str(error)
    mark_unknown(error, attempts)
    assert str(error).startswith(before)
    assert said in str(error)
    restored = pickle.loads(pickle.dumps(error))
    assert restored.outcome_unknown
    assert str(restored) == str(error)


def test_an_error_says_once_that_the_outcome_is_unknown() -> None:
    """A ResponseError that says so already does not say it twice."""
    error = ResponseError("truncated", outcome_unknown=True)
    mark_unknown(error, (1, 3))
    assert str(error).count("may have taken effect") == 1


def test_an_error_without_such_attempts_is_left_alone() -> None:
    """Nothing is said where nothing is in doubt."""
    error = service_error("IncorrectState", 400)
    before = str(error)
    mark_unknown(error, ())
    assert str(error) == before
    assert not error.outcome_unknown
