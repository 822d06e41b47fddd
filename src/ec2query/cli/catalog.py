"""The operations that the command line knows, by name.

Names go in, operation types come out; an unknown name is a ParameterError that suggests the one meant.
Only the modules that hold the names asked for are loaded.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterator
from fnmatch import fnmatchcase
from typing import Any

from .. import ec2
from ..errors import ParameterError
from ..shape import Operation

__all__ = [
    "find_operation",
    "link",
    "operation_named",
    "operations",
    "operations_starting",
    "suggestion",
    "summary",
    "written",
]

_REFERENCE = "https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_{}.html"


def operation_named(name: str) -> type[Operation[Any]] | None:
    """Return an operation's type, or None."""
    if not name[:1].isupper():
        return None
    found = getattr(ec2, name, None)
    if isinstance(found, type) and issubclass(found, Operation) and found is not Operation:
        return found
    return None


def find_operation(name: str) -> type[Operation[Any]]:
    """Return an operation's type. Raises: ParameterError that names the ones that are like it."""
    found = operation_named(name)
    if found is not None:
        return found
    raise ParameterError(where="operation", expected=f"the name of one{suggestion(name)}", got=repr(name))


def suggestion(name: str) -> str:
    """Say, in brackets, which operations have a name like this one, or where all are listed."""
    exact = written(name)
    close = [exact] if exact else _like(name)
    return f" (did you mean {' or '.join(close)}?)" if close else " ('ec2query operations' lists them)"


def written(name: str) -> str | None:
    """Return an operation's name as it is written, from any case."""
    folded = name.casefold()
    return next((found for found in dir(ec2) if found.casefold() == folded and operation_named(found)), None)


def operations(pattern: str = "") -> Iterator[str]:
    """Yield operation names that hold the pattern, or match it where it has `*` or `?`; any case."""
    folded = pattern.casefold()
    wild = any(sign in folded for sign in "*?[")
    for name in dir(ec2):
        lower = name.casefold()
        if (fnmatchcase(lower, folded) if wild else folded in lower) and operation_named(name) is not None:
            yield name


def operations_starting(beginning: str) -> Iterator[str]:
    """Yield operation names with that beginning; only their modules are loaded."""
    for name in dir(ec2):
        if name.startswith(beginning) and operation_named(name) is not None:
            yield name


def summary(operation: type[Operation[Any]]) -> str:
    """Return the line that says what an operation does, where there is one."""
    first = (operation.__doc__ or "").strip().partition("\n")[0]
    return "" if first.startswith("http") else first


def link(operation: type[Operation[Any]]) -> str:
    """Return the address of an operation's page in the API Reference."""
    return _REFERENCE.format(operation.__name__)


def _like(name: str) -> list[str]:
    by_case = {known.casefold(): known for known in operations()}
    for cutoff, most in ((0.93, 1), (0.7, 3)):
        if close := difflib.get_close_matches(name.casefold(), by_case, n=most, cutoff=cutoff):
            return [by_case[found] for found in close]
    return []
