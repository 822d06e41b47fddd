"""Python source, broken into lines as `ruff format` breaks it: strings in, lines out."""

from __future__ import annotations

__all__ = ["LINE_LENGTH", "arguments_in", "imports", "listing", "quoted"]

LINE_LENGTH = 110


def imports(place: str, names: list[str], *, indent: int = 0) -> str:
    """Return one `from ... import`, broken where it is too long."""
    space = " " * indent
    line = f"{space}from {place} import {', '.join(names)}"
    if len(line) <= LINE_LENGTH:
        return line
    return "\n".join(
        [f"{space}from {place} import (", *(f"{space}    {name}," for name in names), f"{space})"]
    )


def listing(name: str, values: list[str]) -> str:
    """Return an assignment of a list of strings, broken where it is too long."""
    line = f"{name} = [{', '.join(quoted(value) for value in values)}]"
    if len(line) <= LINE_LENGTH:
        return line
    return "\n".join([f"{name} = [", *(f"    {quoted(value)}," for value in values), "]"])


def quoted(text: str) -> str:
    """Return a string literal as the formatter writes it: double quotes unless they would need escapes."""
    literal = repr(text)
    if literal[0] == "'" and '"' not in text:
        return f'"{literal[1:-1]}"'
    return literal


def arguments_in(arguments: list[str], indent: int) -> list[str]:
    """Return the lines between the brackets of a broken call: one line if they fit, else one each."""
    space = " " * indent
    line = f"{space}{', '.join(arguments)}"
    return [line] if len(line) <= LINE_LENGTH else [f"{space}{argument}," for argument in arguments]
