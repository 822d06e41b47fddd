"""`ec2query.protocol.log`: the one logger."""

from __future__ import annotations

import logging

import pytest

from ec2query.protocol.log import log_attempt


def test_an_attempt_is_a_line(caplog: pytest.LogCaptureFixture) -> None:
    """Operation, attempt, request id and seconds; without a request id it says so."""
    caplog.set_level(logging.DEBUG, logger="ec2query")
    log_attempt("Do", 1, "r-1", 0.25)
    log_attempt("Do", 2, None, 0.0)
    assert caplog.record_tuples == [
        ("ec2query", logging.DEBUG, "Do: attempt 1, request id 'r-1', 0.250 s"),
        ("ec2query", logging.DEBUG, "Do: attempt 2, request id None, 0.000 s"),
    ]


def test_a_request_id_cannot_forge_a_line(caplog: pytest.LogCaptureFixture) -> None:
    """It is the server's word: escaped, and cut."""
    caplog.set_level(logging.DEBUG, logger="ec2query")
    log_attempt("Do", 1, "r\nERROR root: forged \x1b[31m\u2028" + "x" * 200, 0.5)
    (record,) = caplog.records
    message = record.getMessage()
    assert message.isprintable()
    assert message.isascii()
    assert len(message) < 160


def test_silence_above_debug(caplog: pytest.LogCaptureFixture) -> None:
    """Nothing is said that was not asked for."""
    caplog.set_level(logging.INFO, logger="ec2query")
    log_attempt("Do", 1, None, 0.5)
    assert not caplog.records
