"""What the command line says when it fails: an exit status and one line for each error.

An Ec2QueryError goes in, its status and a sentence that ends in what to do next come out. Nothing here
prints, and no text from the outside reaches a terminal with its control characters.
"""

from __future__ import annotations

import re
from enum import IntEnum

from ..errors import (
    AuthenticationFailed,
    ConfigurationError,
    CredentialsError,
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
    TransportError,
    TransportTimeout,
    Unauthorized,
    WaiterError,
    WrongState,
)

__all__ = ["MEANINGS", "Exit", "error_line", "exit_status", "next_step", "one_line"]


class Exit(IntEnum):
    """The exit statuses; `MEANINGS` says them in words."""

    SUCCESS = 0
    UNEXPECTED = 1
    USAGE = 2
    DENIED = 3
    SERVICE = 4
    TRANSPORT = 5
    RESPONSE = 6
    CONFIGURATION = 7
    WAITER = 8
    INTERRUPTED = 130
    READER_GONE = 141  # 128 + SIGPIPE, as a shell reports it


MEANINGS: dict[Exit, str] = {
    Exit.SUCCESS: "success, and a dry run that is permitted",
    Exit.UNEXPECTED: "the output cannot be written, or a bug in ec2query",
    Exit.USAGE: "the command line is wrong: operation, parameter, option or value",
    Exit.DENIED: "denied: these credentials may not do it, in a dry run or in earnest",
    Exit.SERVICE: "EC2 answered with an error",
    Exit.TRANSPORT: "no answer: DNS, connection, TLS, timeout",
    Exit.RESPONSE: "an answer that cannot be read",
    Exit.CONFIGURATION: "a setting, credentials or an extra is missing or unusable",
    Exit.WAITER: "the awaited state did not come",
    Exit.INTERRUPTED: "interrupted (Ctrl-C)",
    Exit.READER_GONE: "the reader of the output went away",
}

_STATUS: tuple[tuple[type[Ec2QueryError], Exit], ...] = (
    (ParameterError, Exit.USAGE),
    (Unauthorized, Exit.DENIED),
    (ServiceError, Exit.SERVICE),
    (TransportError, Exit.TRANSPORT),
    (ResponseError, Exit.RESPONSE),
    (ConfigurationError, Exit.CONFIGURATION),
    (CredentialsError, Exit.CONFIGURATION),
    (WaiterError, Exit.WAITER),
)

# Most specific first; a sentence of their own that says what to do is not said twice.
_NEXT: tuple[tuple[type[Ec2QueryError], str], ...] = (
    (Unauthorized, "these credentials need the permission for it: ask for it, or use others"),
    (AuthenticationFailed, "check the access key, the secret, the session token and this machine's clock"),
    (Throttled, "wait a little, then try again"),
    (NotFound, "check the identifier and --region"),
    (Duplicate, "it is there already: look before creating it again"),
    (LimitExceeded, "delete what is not needed, or ask AWS for a higher quota"),
    (WrongState, "look at the resource's state and what depends on it"),
    (InvalidRequest, "compare the parameters with 'ec2query describe {operation}'"),
    (ServerFault, "the fault is not yours: try again"),
    (TransportTimeout, "check the network, or allow more with --timeout"),
    (TransportError, "check the network, --region and --endpoint-url"),
    (ResponseError, "look at the answer with --explain, and at what stands between here and EC2"),
    (CredentialsError, "'ec2query doctor' looks at every source"),
    (ParameterError, "see 'ec2query describe {operation}'"),
)

_NEXT_BY_CODE = {"InvalidAction": "this endpoint does not offer it: check --region and --endpoint-url"}

# C0, DEL, C1, line and paragraph separators, and the marks that turn text around.
_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff]+")


def exit_status(error: Ec2QueryError) -> Exit:
    """Choose the exit status of an error."""
    return next((status for family, status in _STATUS if isinstance(error, family)), Exit.UNEXPECTED)


def next_step(error: Ec2QueryError, operation: str | None = None) -> str:
    """Say what to do about an error; nothing where its own sentence does."""
    advice = _NEXT_BY_CODE.get(getattr(error, "code", ""), "") or next(
        (text for family, text in _NEXT if isinstance(error, family)), ""
    )
    named = operation or getattr(error, "operation", None) or _named_in(error)
    if "{operation}" in advice and not named:
        return ""
    return advice.format(operation=named)


def _named_in(error: Ec2QueryError) -> str | None:
    """Return the operation that a parameter's path begins with."""
    if not isinstance(error, ParameterError):
        return None
    found = re.match("[A-Z][A-Za-z0-9]*", error.where)
    return found[0] if found else None


def one_line(text: str) -> str:
    """Put text on one line, without any control character that a terminal would obey."""
    return _CONTROL.sub(" ", text).strip()


def error_line(error: Ec2QueryError, operation: str | None = None) -> str:
    """Write the line for standard error: what is wrong, then what to do."""
    advice = next_step(error, operation)
    sentence = one_line(str(error)).rstrip(".")
    return f"ec2query: {sentence}; {advice}" if advice else f"ec2query: {sentence}"
