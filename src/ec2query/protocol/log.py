"""The one logger, `ec2query`: a line at DEBUG for each attempt, and never a body, a header or a key.

A request id is the server's word: what is not printable in it is escaped, and no more than its
beginning is shown.
"""

from __future__ import annotations

import logging

__all__ = ["log_attempt"]

_log = logging.getLogger("ec2query")


def log_attempt(operation: str, attempt: int, request_id: str | None, seconds: float) -> None:
    """Say that an attempt (from 1) of an operation is over."""
    if _log.isEnabledFor(logging.DEBUG):
        _log.debug("%s: attempt %d, request id %.100a, %.3f s", operation, attempt, request_id, seconds)
