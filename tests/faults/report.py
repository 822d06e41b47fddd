"""What the scenarios found, for a person and for a program."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict

from faults.checks import Found

__all__ = ["as_json", "as_text"]


def as_text(found: Found, *, judged: bool) -> str:
    """Write one scenario's outcome: its checks, its numbers, its table."""
    return "\n".join(_lines(found, judged=judged))


def as_json(found: Sequence[Found]) -> str:
    """Write all outcomes."""
    return json.dumps([{**asdict(each), "met": each.met} for each in found], indent=2)


def _lines(found: Found, *, judged: bool) -> Iterator[str]:
    yield f"{found.number}  {found.title} ({found.seconds:.0f} s)"
    width = max(len(check.what) for check in found.checks)
    for check in found.checks:
        mark = "✓" if check.met else "✗" if judged or check.invariant else "~"
        yield f"   {mark} {check.what:<{width}}  {check.measured:>12}  ({check.target})"
    for name, value in found.facts.items():
        shown = (
            ", ".join(f"{key} {each}" for key, each in value.items()) if isinstance(value, dict) else value
        )
        yield f"     {name}: {shown}"
    if found.table:
        widths = [max(len(row[column]) for row in found.table) for column in range(len(found.table[0]))]
        for row in found.table:
            yield "     " + "  ".join(f"{cell:>{wide}}" for cell, wide in zip(row, widths, strict=True))
    yield ""
