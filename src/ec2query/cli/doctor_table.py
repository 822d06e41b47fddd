"""A diagnosis for people: sections of checks, and at the end what to do next."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from .diagnosis import Check, Diagnosis

__all__ = ["diagnosis_table"]

_STYLES = {"failed": "bold red", "warning": "yellow", "ok": "green", "answered": "green", "set": "cyan"}


def diagnosis_table(found: Diagnosis) -> RenderableType:
    """Draw a diagnosis."""
    return Group(*_parts(found))


def _parts(found: Diagnosis) -> Iterator[RenderableType]:
    for section, checks in found.sections.items():
        if checks:
            yield Text(section, style="bold")
            yield Padding(_checks(checks), (0, 0, 1, 2))
    if not found.advice:
        yield Text("A call can be signed, and is answered: nothing is to be done.", style="bold green")
        return
    verdict = Text("A call can be signed", style="bold green")
    if not found.signable:
        verdict = Text("No call can be signed", style="bold red")
    yield Text.assemble(verdict, ". What to do next:")
    advice = Table.grid(padding=(0, 1))
    for number, sentence in enumerate(found.advice, 1):
        advice.add_row(f"{number}.", Text(sentence))
    yield Padding(advice, (0, 0, 0, 2))


def _checks(checks: Iterable[Check]) -> Table:
    table = Table.grid(padding=(0, 2))
    table.add_column(no_wrap=True)
    table.add_column(overflow="fold")
    table.add_column(overflow="fold")
    for check in checks:
        style = _STYLES.get(check.outcome, "dim")
        table.add_row(Text(check.outcome, style=style), Text(check.name), Text(check.detail))
    return table
