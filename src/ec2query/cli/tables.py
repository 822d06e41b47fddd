"""A result as tables for people: one for each list of structures, names and values for the rest.

A list whose columns do not fit the width is shown entry by entry, each as names and values. Values
come from outside, so control characters never reach the terminal. A Shape and a console (for its
width) go in; what rich can print comes out.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from rich.console import Console, Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from ..shape import ListOf, Member, Result, Shape, Structure, members
from .exits import one_line
from .json_text import plain

__all__ = ["result_tables"]


def result_tables(result: Result, console: Console) -> RenderableType:
    """Draw a result: its single values, a table for each list of structures, the request id last."""
    parts = _parts(result, console)
    empty = [member.model for member in members(type(result)) if _is_empty_list(result, member)]
    parts.extend(Text(f"{name}  none") for name in empty)
    parts.append(Text(f"RequestId  {_scalar(result.request_id or 'none')}", style="dim"))
    return Group(*_spaced(parts))


def _parts(shape: Shape, console: Console) -> list[RenderableType]:
    """Draw one structure: a grid of its values, its lists below."""
    grid = Table.grid(padding=(0, 2))
    grid.add_column(style="bold", overflow="fold")
    grid.add_column(overflow="fold", ratio=1)
    for name, value in _rows(shape, ""):
        grid.add_row(name, value)
    lists = [
        _listing(path, value, console) for path, member, value in _flat(shape, "") if _is_structures(member)
    ]
    return [grid, *lists] if grid.row_count else lists


def _rows(shape: Shape, indent: str) -> Iterator[tuple[str, Text]]:
    """Yield name and value of what is single; a structure of several stands under its own name."""
    for member in members(type(shape)):
        value = getattr(shape, member.name)
        if value is None or value == () or _is_structures(member) or _is_request_id(shape, member):
            continue
        if not isinstance(value, Shape):
            yield indent + member.model, _cell(value)
            continue
        inner = [(path, kind, found) for path, kind, found in _flat(value, "") if not _is_structures(kind)]
        if len(inner) == 1:
            yield f"{indent}{member.model}.{inner[0][0]}", _cell(inner[0][2])
        elif inner:
            yield indent + member.model, Text()
            yield from _rows(value, indent + "  ")


def _spaced(parts: list[RenderableType]) -> Iterator[RenderableType]:
    for number, part in enumerate(parts):
        if number:
            yield Text()
        yield part


def _listing(title: str, entries: tuple[Shape, ...], console: Console) -> RenderableType:
    """Draw a list: as a table where it fits, else entry by entry."""
    rows = [{path: (member, value) for path, member, value in _flat(entry, "")} for entry in entries]
    if all(_fits_a_cell(member, value) for row in rows for member, value in row.values()):
        table = _table(rows)
        unbounded = console.options.update(max_width=10_000)
        if console.measure(table, options=unbounded).maximum <= console.width:
            return Group(Text(title, style="bold underline"), table)
    parts: list[RenderableType] = []
    for number, entry in enumerate(entries, 1):
        heading = Text(f"{title} {number} of {len(entries)}", style="bold underline")
        parts.append(
            Group(heading, Padding(Group(*_spaced(_parts(entry, console))), (0, 0, 0, 2), expand=False))
        )
    return Group(*_spaced(parts))


def _table(rows: list[dict[str, tuple[Member, Any]]]) -> Table:
    table = Table(header_style="bold")
    columns = list(dict.fromkeys(path for row in rows for path in row))
    for column in columns:
        table.add_column(column, overflow="fold")
    for row in rows:
        table.add_row(*(_cell(row[column][1]) if column in row else Text() for column in columns))
    return table


def _flat(shape: Shape, prefix: str) -> Iterator[tuple[str, Member, Any]]:
    """Yield (path, member, value) for what is set; a structure within is entered, a list is not."""
    for member in members(type(shape)):
        value = getattr(shape, member.name)
        if value is None or value == ():
            continue
        if isinstance(value, Shape):
            yield from _flat(value, f"{prefix}{member.model}.")
        else:
            yield prefix + member.model, member, value


def _is_structures(member: Member) -> bool:
    return isinstance(member.type, ListOf) and isinstance(member.type.of, Structure)


def _is_empty_list(shape: Shape, member: Member) -> bool:
    return member.is_list and getattr(shape, member.name) == ()


def _is_request_id(shape: Shape, member: Member) -> bool:
    return isinstance(shape, Result) and member.name == "request_id"


def _fits_a_cell(member: Member, value: Any) -> bool:
    """Whether a value is single, or a list of what can stand on a line each."""
    if not _is_structures(member):
        return True
    return not any(isinstance(inner, tuple) for entry in value for _, _, inner in _flat(entry, ""))


def _cell(value: Any) -> Text:
    if isinstance(value, tuple):
        return Text("\n".join(_entry(entry) for entry in value))
    return Text(_scalar(value))


def _entry(entry: Any) -> str:
    """Write an entry of a list within a cell, on one line."""
    if not isinstance(entry, Shape):
        return one_line(_scalar(entry))
    found = {path: one_line(_scalar(value)) for path, _, value in _flat(entry, "")}
    if found.keys() <= {"Key", "Value"} and "Key" in found:
        return f"{found['Key']}={found.get('Value', '')}"
    return " ".join(f"{path}={value}" for path, value in found.items())


def _scalar(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return "\n".join(one_line(line) for line in str(plain(value)).splitlines())
