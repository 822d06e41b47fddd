"""An operation or a result as the Python that would make it, over as many lines as it needs.

A Shape goes in, text comes out; sensitive members read `***`, members that are not set are left out.
"""

from __future__ import annotations

from typing import Any

from ..shape import Shape, members

__all__ = ["shape_text"]


def shape_text(shape: Shape, *, width: int = 80, indent: int = 0) -> str:
    """Write a Shape: on one line where it fits, else a line for each member."""
    return _value(shape, width, indent)


def _value(value: Any, width: int, indent: int) -> str:
    if not isinstance(value, (Shape, tuple)):
        return repr(value)
    flat = _flat(value)
    if len(flat) + indent < width:
        return flat
    pad = " " * (indent + 4)
    if isinstance(value, tuple):
        lines = [f"{pad}{_value(entry, width, indent + 4)},\n" for entry in value]
        return f"(\n{''.join(lines)}{' ' * indent})"
    lines = [
        f"{pad}{name}={shown if shown is not None else _value(inner, width, indent + 4)},\n"
        for name, inner, shown in _set_members(value)
    ]
    return f"{type(value).__name__}(\n{''.join(lines)}{' ' * indent})"


def _flat(value: Any) -> str:
    if isinstance(value, tuple):
        inner = ", ".join(_flat(entry) for entry in value)
        return f"({inner},)" if len(value) == 1 else f"({inner})"
    if not isinstance(value, Shape):
        return repr(value)
    inner = ", ".join(
        f"{name}={shown if shown is not None else _flat(entry)}" for name, entry, shown in _set_members(value)
    )
    return f"{type(value).__name__}({inner})"


def _set_members(shape: Shape) -> list[tuple[str, Any, str | None]]:
    """Return (name, value, what to show instead) of the members that are set."""
    return [
        (member.name, value, "***" if member.sensitive else None)
        for member in members(type(shape))
        if (value := getattr(shape, member.name)) is not None and value != ()
    ]
