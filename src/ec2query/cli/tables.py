"""A result as tables for people: one for each list of structures, names and values for the rest.

A list whose columns do not fit the width is shown entry by entry, each as names and values. Values
come from outside, so control characters never reach the terminal. Goes in: a Shape, a width. Comes
out: what rich can print.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from rich.console import Console, Group, RenderableType
from rich.measure import Measurement
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from ..shape import ListOf, Member, Shape, Structure, members
from .exits import one_line
from .json_text import plain

__all__ = ["result_tables"]


def result_tables(shape: Shape, console: Console) -> RenderableType:
    """Draw a result: its single values first, then a table for each list of structures."""
    return _record(shape, console, title=None)


def _record(shape: Shape, console: Console, *, title: str | None) -> RenderableType:
    """Draw one structure: a grid of its values, its lists below."""
    values = Table.grid(padding=(0, 2))
    values.add_column(style="bold", no_wrap=True)
    values.add_column(overflow="fold")
    lists: list[RenderableType] = []
    for path, member, value in _flat(shape, ""):
        if _is_structures(member) and value:
            lists.append(_listing(path, value, console))
        else:
            values.add_row(path, _cell(value))
    parts: list[RenderableType] = [Text(title, style="bold underline")] if title else []
    if values.row_count:
        parts.append(values)
    for listing in lists:
        if parts:
            parts.append(Text())
        parts.append(listing)
    return Group(*parts)


def _listing(title: str, entries: tuple[Shape, ...], console: Console) -> RenderableType:
    """Draw a list: as a table where it fits, else entry by entry."""
    rows = [{path: (member, value) for path, member, value in _flat(entry, "")} for entry in entries]
    columns = list(dict.fromkeys(path for row in rows for path in row))
    deep = any(
        _is_structures(member) and not _is_pairs(value) for row in rows for member, value in row.values()
    )
    if columns and not (deep and _has_lists_inside(rows)):
        table = Table(title=title, title_justify="left", title_style="bold", header_style="bold")
        for column in columns:
            table.add_column(column, overflow="fold")
        for row in rows:
            table.add_row(*(_cell(row[column][1]) if column in row else Text() for column in columns))
        if Measurement.get(console, console.options.update(max_width=10_000), table).maximum <= console.width:
            return table
    return Group(*_numbered(title, entries, console))


def _numbered(title: str, entries: tuple[Shape, ...], console: Console) -> Iterable[RenderableType]:
    for number, entry in enumerate(entries, 1):
        if number > 1:
            yield Text()
        yield Text(f"{title} {number} of {len(entries)}", style="bold underline")
        yield Padding(_record(entry, console, title=None), (0, 0, 0, 2))


def _flat(shape: Shape, prefix: str) -> Iterable[tuple[str, Member, Any]]:
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


def _has_lists_inside(rows: list[dict[str, tuple[Member, Any]]]) -> bool:
    """Whether an entry of a list within an entry is more than a few single values."""
    inner = [
        entry for row in rows for member, value in row.values() if _is_structures(member) for entry in value
    ]
    return any(isinstance(value, tuple) for entry in inner for _, _, value in _flat(entry, ""))


def _is_pairs(value: Any) -> bool:
    """Whether a list of structures is one of keys and values, as tags are."""
    return all({path for path, _, _ in _flat(entry, "")} <= {"Key", "Value"} for entry in value)


def _cell(value: Any) -> Text:
    if isinstance(value, tuple):
        return Text("\n".join(_entry(entry) for entry in value))
    return Text(_scalar(value))


def _entry(entry: Any) -> str:
    """Write an entry of a list within a cell, on one line."""
    if not isinstance(entry, Shape):
        return _scalar(entry)
    found = {path: value for path, _, value in _flat(entry, "")}
    if found.keys() <= {"Key", "Value"} and "Key" in found:
        return f"{_scalar(found['Key'])}={_scalar(found.get('Value', ''))}"
    return " ".join(f"{path}={_scalar(value)}" for path, value in found.items())


def _scalar(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return one_line(str(plain(value)))
