"""The description of an operation: its parameters and its answer as indented lines, its page's link.

An operation's type goes in, lines (styled by click, which strips that where there is no terminal) come
out. Parameters carry the keys of a request; the answer carries model names, as JSON output has them.
"""

from __future__ import annotations

import shutil
import textwrap
from collections.abc import Iterator
from typing import Any

import click

from ..shape import ListOf, Member, Operation, Shape, Structure, members, result_of
from .catalog import link, summary
from .type_names import known_values, type_name

__all__ = ["description"]


def description(operation: type[Operation[Any]]) -> Iterator[str]:
    """Yield the lines of an operation's description."""
    yield click.style(operation.__name__, bold=True)
    if text := summary(operation):
        yield text
    yield link(operation)
    yield ""
    yield click.style("Parameters", bold=True) + " (* required)"
    yield from _members(operation, "  ", (operation,), keys=True)
    yield ""
    yield click.style("Answer", bold=True)
    yield from _members(result_of(operation), "  ", (), keys=False)
    yield ""
    yield click.style("Command line", bold=True)
    yield f"  ec2query {operation.__name__}{''.join(f' {word}' for word in _required(operation, ''))}"


def _members(
    shape: type[Shape], indent: str, around: tuple[type[Shape], ...], *, keys: bool
) -> Iterator[str]:
    """Yield a line for each member, those of a structure below it; one inside itself is not entered."""
    if not members(shape):
        yield f"{indent}none"
    for member in members(shape):
        name = _key(member) if keys else member.model
        mark = " *" if member.required and keys else ""
        yield from _line(indent, name + mark, _about(shape, member, keys=keys))
        inner = member.type
        while isinstance(inner, ListOf):
            inner = inner.of
        if isinstance(inner, Structure):
            found = inner.resolve()
            if found not in around:
                yield from _members(found, indent + "  ", (*around, found), keys=keys)


def _key(member: Member) -> str:
    key, inner = member.key, member.type
    while isinstance(inner, ListOf):
        key, inner = f"{key}.N", inner.of
    return key


def _about(shape: type[Shape], member: Member, *, keys: bool) -> str:
    """Say the type, what stands in JSON where that differs, and the known values."""
    parts = [type_name(member.type)]
    if keys and member.model != member.key:
        parts.append(f"in JSON: {member.model}")
    if member.sensitive:
        parts.append("sensitive")
    values = known_values(shape, member) if member.enum else ()
    return ", ".join(parts) + (f": {' | '.join(values)}" if values else "")


def _line(indent: str, name: str, about: str) -> Iterator[str]:
    """Write a member's line, its values wrapped under themselves."""
    column = max(34, len(indent) + len(name) + 2)
    width = max(shutil.get_terminal_size().columns, column + 24)
    first, *rest = textwrap.wrap(about, width - column, break_on_hyphens=False, break_long_words=False)
    yield f"{indent}{click.style(name, fg='cyan')}{' ' * (column - len(indent) - len(name))}{first}"
    for line in rest:
        yield " " * column + line


def _required(shape: type[Shape], before: str) -> Iterator[str]:
    """Yield the words that a call cannot do without."""
    for member in members(shape):
        if not member.required:
            continue
        key, inner = before + member.key, member.type
        while isinstance(inner, ListOf):
            key, inner = f"{key}.1", inner.of
        if isinstance(inner, Structure):
            yield from list(_required(inner.resolve(), f"{key}.")) or [f"{key}.(...)"]
        else:
            yield f"{key}=..."
