"""`ec2query.cli.exits`: a status and a line for every error."""

from __future__ import annotations

import pytest

from ec2query import errors
from ec2query.cli.exits import MEANINGS, Exit, error_line, exit_status, one_line

STATUSES: list[tuple[errors.Ec2QueryError, Exit]] = [
    (errors.ParameterError(where="A.b", expected="a str", got="an int"), Exit.USAGE),
    (errors.ServiceError("Odd", "m"), Exit.SERVICE),
    (errors.Unauthorized("UnauthorizedOperation", "m"), Exit.DENIED),
    (errors.Throttled("Throttling", "m"), Exit.SERVICE),
    (errors.TransportError("no route"), Exit.TRANSPORT),
    (errors.TransportTimeout("too late"), Exit.TRANSPORT),
    (errors.ResponseError("truncated"), Exit.RESPONSE),
    (errors.ConfigurationError("no Region"), Exit.CONFIGURATION),
    (errors.CredentialsError("none"), Exit.CONFIGURATION),
    (errors.WaiterError("w", "too late"), Exit.WAITER),
    (errors.Ec2QueryError("new"), Exit.UNEXPECTED),
]

LINES: list[tuple[errors.Ec2QueryError, str]] = [
    (
        errors.NotFound("InvalidVpcID.NotFound", "There is none.", operation="DescribeVpcs", request_id="r"),
        "ec2query: DescribeVpcs: InvalidVpcID.NotFound: There is none. (status 400, request id r);"
        " check the identifier and --region",
    ),
    (
        errors.InvalidRequest("InvalidAction", "Unknown.", operation="DescribeVpcs"),
        "ec2query: DescribeVpcs: InvalidAction: Unknown. (status 400);"
        " this endpoint does not offer it: check --region and --endpoint-url",
    ),
    (
        errors.ParameterError(where="DescribeVpcs.MaxResults", expected="an integer", got="'ten'"),
        "ec2query: DescribeVpcs.MaxResults: expected an integer, got 'ten';"
        " see 'ec2query describe DescribeVpcs'",
    ),
    (
        errors.ParameterError(where="operation", expected="a name", got="'x'"),
        "ec2query: operation: expected a name, got 'x'",
    ),
    (errors.ConfigurationError("no Region: set one"), "ec2query: no Region: set one"),
]


@pytest.mark.parametrize(("error", "status"), STATUSES, ids=lambda value: type(value).__name__)
def test_every_error_has_its_status(error: errors.Ec2QueryError, status: Exit) -> None:
    """The first family that fits decides; what is new is unexpected."""
    assert exit_status(error) is status


@pytest.mark.parametrize(("error", "line"), LINES, ids=[line[:40] for _, line in LINES])
def test_a_line_says_what_is_wrong_and_what_to_do(error: errors.Ec2QueryError, line: str) -> None:
    """One sentence of the error, then advice where the error gives none itself."""
    assert error_line(error) == line


@pytest.mark.parametrize("family", errors.ServiceError.__subclasses__(), ids=lambda family: family.__name__)
def test_every_kind_of_refusal_says_what_to_do(family: type[errors.ServiceError]) -> None:
    """Only a permitted dry run needs no advice."""
    line = error_line(family("Code", "m", operation="DescribeVpcs"))
    assert ("; " in line) is (family is not errors.DryRunSucceeded)


def test_control_characters_never_reach_the_terminal() -> None:
    """Escape sequences of either kind, line ends and direction marks become blanks."""
    assert one_line("a\x1b[31mb\x9b2Jc\r\nd\u202ee\u2028f\x00") == "a [31mb 2Jc d e f"


def test_every_status_has_a_meaning_and_its_own_number() -> None:
    """The help lists them all."""
    assert set(MEANINGS) == set(Exit)
    assert len({int(status) for status in Exit}) == len(Exit)
