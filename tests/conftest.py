"""Options of the suite."""

from __future__ import annotations

import pytest

__all__: list[str] = []


def pytest_addoption(parser: pytest.Parser) -> None:
    group = parser.getgroup("ec2query")
    group.addoption("--cases", type=int, default=4000, help="cases of each differential test")
    group.addoption("--seed", type=int, default=0, help="where the differential tests' draws begin")
