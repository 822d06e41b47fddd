"""Options of the suite."""

from __future__ import annotations

import signal

import pytest

__all__: list[str] = []


def pytest_addoption(parser: pytest.Parser) -> None:
    group = parser.getgroup("ec2query")
    group.addoption("--cases", type=int, default=4000, help="cases of each differential test")
    group.addoption("--seed", type=int, default=0, help="where the differential tests' draws begin")


def pytest_configure() -> None:
    # A shell's background job ignores SIGINT, and so would every program that a test interrupts.
    signal.signal(signal.SIGINT, signal.default_int_handler)
