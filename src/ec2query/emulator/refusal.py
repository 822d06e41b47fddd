"""How the emulator says no: an error code with the status that goes with it.

Codes and statuses: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/errors-overview.html
A code for which there is no evidence is marked `assumed` where it is used.
"""

from __future__ import annotations

import re

from ..errors import ServiceError, family_of
from ..protocol.wrong_request import shown

__all__ = ["invalid", "refusal", "unfit_state"]

_UNPRINTABLE = re.compile("[^ -~]")

_STATUS = {
    "AuthFailure": 401,
    "DryRunOperation": 412,
    "InternalError": 500,
    "RequestLimitExceeded": 503,
    "SignatureDoesNotMatch": 403,
    "Unavailable": 503,
    "UnauthorizedOperation": 403,
}


def refusal(code: str, message: str) -> ServiceError:
    """Make the error that answers a request; a code without a status of its own has 400."""
    status = _STATUS.get(code, 400)
    printable = _UNPRINTABLE.sub("?", message)  # parts of it may come from the request
    return family_of(code, status)(code, printable, status=status)


def invalid(value: str, parameter: str, expected: str) -> ServiceError:
    """Refuse a value of the right type but with the wrong content."""
    message = f"Value ({shown(value)}) for parameter {parameter} is invalid. {expected}"
    return refusal("InvalidParameterValue", message)


def unfit_state(what: str, state: str | None, operation: str) -> ServiceError:
    """Refuse an operation that does not start from the state that `what` is in."""
    return refusal("IncorrectState", f"{what} is {state}; {operation} cannot start from there.")
