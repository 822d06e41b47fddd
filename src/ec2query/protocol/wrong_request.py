"""What a server answers to a request that is wrong in itself: EC2's codes, status 400.

Keys come from whoever sent the request: a message shows them printable, XML-safe and short.
https://docs.aws.amazon.com/AWSEC2/latest/APIReference/errors-overview.html#CommonErrors
"""

from __future__ import annotations

from ..errors import InvalidRequest

__all__ = ["invalid", "missing", "refused", "shown", "unknown"]


def refused(code: str, message: str) -> InvalidRequest:
    """Make the error of a code."""
    return InvalidRequest(code, message, status=400)


def missing(key: str) -> InvalidRequest:
    """A required parameter is not there."""
    return refused("MissingParameter", f"The request must contain the parameter {shown(key)}")


def unknown(key: str) -> InvalidRequest:
    """A parameter that the operation does not have."""
    return refused("UnknownParameter", f"The parameter {shown(key)} is not recognized")


def invalid(key: str, reason: str) -> InvalidRequest:
    """A value that does not read as its parameter's type; the value itself is not shown."""
    return refused("InvalidParameterValue", f"The parameter {shown(key)} {reason}")


def shown(text: str) -> str:
    """Make a text of the request fit for a message."""
    return "".join(char if " " <= char <= "~" else "?" for char in text[:120])
