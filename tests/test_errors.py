"""`ec2query.errors`: the tree, its families, its sentences."""

from __future__ import annotations

import copy
import pickle
import re

import pytest

from ec2query import errors
from ec2query.errors import (
    AuthenticationFailed,
    DryRunSucceeded,
    Duplicate,
    Ec2QueryError,
    InvalidRequest,
    LimitExceeded,
    NotFound,
    ParameterError,
    ResponseError,
    ServerFault,
    ServiceError,
    Throttled,
    TransportTimeout,
    Unauthorized,
    WaiterError,
    WrongState,
    family_of,
)

FAMILIES: list[tuple[str, int, type[ServiceError]]] = [
    ("DryRunOperation", 412, DryRunSucceeded),
    ("dryrunoperation", 412, DryRunSucceeded),
    ("UnauthorizedOperation", 403, Unauthorized),
    ("AuthFailure", 401, AuthenticationFailed),
    ("SignatureDoesNotMatch", 403, AuthenticationFailed),
    ("RequestExpired", 400, AuthenticationFailed),
    ("RequestLimitExceeded", 503, Throttled),
    ("EC2ThrottledException", 503, Throttled),
    ("InvalidInstanceID.NotFound", 400, NotFound),
    ("InvalidGroup.Duplicate", 400, Duplicate),
    ("Resource.AlreadyAssociated", 400, Duplicate),
    ("InvalidIPAddress.InUse", 400, Duplicate),
    ("VpcLimitExceeded", 400, LimitExceeded),
    ("ResourceLimitExceeded", 400, LimitExceeded),
    ("IncorrectInstanceState", 400, WrongState),
    ("DependencyViolation", 400, WrongState),
    ("MissingParameter", 400, InvalidRequest),
    ("InvalidParameterValue", 400, InvalidRequest),
    ("InvalidAction", 400, InvalidRequest),
    ("InvalidInstanceID.Malformed", 400, InvalidRequest),
    ("InternalError", 500, ServerFault),
    ("Unavailable", 503, ServerFault),
    ("InsufficientInstanceCapacity", 500, ServerFault),
    ("NeverHeardOf", 400, ServiceError),
    ("NeverHeardOf", 503, ServerFault),
    ("", 400, ServiceError),
]


@pytest.mark.parametrize(("code", "status", "family"), FAMILIES)
def test_the_code_decides_the_family(code: str, status: int, family: type[ServiceError]) -> None:
    """Exact codes first, then endings, then the status; case never matters."""
    assert family_of(code, status) is family


SAMPLES: list[Ec2QueryError] = [
    ParameterError(where="Do.Text", expected="a str", got="a int"),
    TransportTimeout("no answer in 60 s", sent=True),
    ResponseError("not XML", status=200, request_id="r", excerpt="<", operation="Do", outcome_unknown=True),
    NotFound("InvalidVpcID.NotFound", "no", request_id="r", status=400, operation="Do", details={"a": "b"}),
    WaiterError("gone", "timed out", last=3),
]


@pytest.mark.parametrize("error", SAMPLES, ids=lambda error: type(error).__name__)
def test_errors_survive_pickling(error: Ec2QueryError) -> None:
    """Parts and sentence come back, across processes."""
    for again in (pickle.loads(pickle.dumps(error)), copy.copy(error)):
        assert type(again) is type(error)
        assert str(again) == str(error)
        assert vars(again) == vars(error)


def test_sentences() -> None:
    """What, where, expected, got; and what may have happened."""
    assert str(SAMPLES[0]) == "Do.Text: expected a str, got a int"
    assert str(SAMPLES[2]) == (
        "Do: not XML (status 200, request id r, body begins '<'); the operation may have taken effect"
    )
    assert str(SAMPLES[3]) == "Do: InvalidVpcID.NotFound: no (status 400, request id r)"


def test_the_docstring_draws_the_whole_tree() -> None:
    """Every class stands in the drawing, below its parent."""
    drawing = errors.__doc__ or ""
    drawn = re.findall(r"^[ │├└─]*([A-Z]\w+)", drawing.partition("A ServiceError's")[0], re.MULTILINE)
    classes = {name for name in errors.__all__ if isinstance(getattr(errors, name), type)}
    assert classes == set(drawn) & classes
    assert all(issubclass(getattr(errors, name), Ec2QueryError) for name in classes)
