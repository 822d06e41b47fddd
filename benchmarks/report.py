"""What was measured, as values: samples by contestant and column, budgets, and their tables."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from statistics import median
from typing import Any

__all__ = ["Budget", "Report", "Samples", "as_json", "as_markdown", "as_text"]


@dataclass(slots=True)
class Samples:
    """One table. Samples of one round stand at the same index, so that ratios are of one moment."""

    title: str
    unit: str
    beside: str | None = None
    note: str = ""
    found: dict[str, dict[str, list[float]]] = field(default_factory=dict[str, dict[str, list[float]]])

    def add(self, who: str, column: str, value: float) -> None:
        self.found.setdefault(who, {}).setdefault(column, []).append(value)

    def median(self, who: str, column: str) -> float:
        return median(self.found[who][column])

    def has(self, *names: str) -> bool:
        return all(name in self.found for name in names)

    def ratio(self, who: str, other: str, column: str, *, inverse: bool = False) -> float:
        """Give the median of the rounds' ratios; `inverse` is how many times faster `who` is."""
        rounds = zip(self.found[who][column], self.found[other][column], strict=False)
        return median(theirs / ours if inverse else ours / theirs for ours, theirs in rounds)

    @property
    def columns(self) -> list[str]:
        return list(dict.fromkeys(column for found in self.found.values() for column in found))


@dataclass(frozen=True, slots=True)
class Budget:
    """A figure, and what it should be: at most, or at least, `goal`."""

    what: str
    got: float
    goal: float
    unit: str = ""
    at_least: bool = False

    @property
    def met(self) -> bool:
        return self.got >= self.goal if self.at_least else self.got <= self.goal


@dataclass(slots=True)
class Report:
    """All tables and budgets of one run, and where it ran."""

    about: dict[str, str]
    tables: list[Samples] = field(default_factory=list[Samples])
    budgets: list[Budget] = field(default_factory=list[Budget])

    def budget(self, what: str, got: float, goal: float, unit: str = "", *, at_least: bool = False) -> None:
        self.budgets.append(Budget(what, got, goal, unit, at_least))


def _figure(value: float) -> str:
    if abs(value) >= 100:
        return f"{value:,.0f}"
    return f"{value:.1f}" if abs(value) >= 10 else f"{value:.2f}"


def _cells(table: Samples) -> Iterable[list[str]]:
    yield ["", *table.columns]
    for who, found in table.found.items():
        row = [who]
        for column in table.columns:
            if column not in found:
                row.append("–")
                continue
            text = _figure(table.median(who, column))
            beside = table.beside
            if beside and who != beside and column in table.found.get(beside, {}):
                text += f" ({table.ratio(who, beside, column):.2f} ×)"
            row.append(text)
        yield row


def _budget_cells(budgets: Sequence[Budget]) -> Iterable[list[str]]:
    yield ["", "budget", "measured", ""]
    for each in budgets:
        sign = "≥" if each.at_least else "≤"
        goal = f"{each.goal:g}"
        unit = f" {each.unit}" if each.unit else ""
        yield [each.what, f"{sign} {goal}{unit}", f"{_figure(each.got)}{unit}", "yes" if each.met else "no"]


def _text_table(rows: list[list[str]]) -> str:
    widths = [max(len(row[n]) for row in rows) for n in range(len(rows[0]))]
    return "\n".join(
        "  ".join(cell.rjust(width) if n else cell.ljust(width) for n, (cell, width) in enumerate(pairs))
        for pairs in (list(zip(row, widths, strict=True)) for row in rows)
    )


def _markdown_table(rows: list[list[str]]) -> str:
    head, *rest = rows
    rule = ["---", *["---:"] * (len(head) - 1)]
    return "\n".join(f"| {' | '.join(row)} |" for row in (head, rule, *rest))


def _heading(table: Samples) -> str:
    beside = f"; in brackets: × {table.beside}" if table.beside else ""
    return f"{table.title} ({table.unit}{beside})"


def as_text(report: Report) -> str:
    """Write the tables for a terminal."""
    parts = [
        f"{_heading(table)}\n{_text_table(list(_cells(table)))}\n{table.note}" for table in report.tables
    ]
    about = "\n".join(f"{name}: {value}" for name, value in report.about.items())
    return "\n\n".join([about, *parts, "Budgets\n" + _text_table(list(_budget_cells(report.budgets)))])


def as_markdown(report: Report) -> str:
    """Write the tables for the documentation."""
    about = "\n".join(f"- {name}: {value}" for name, value in report.about.items())
    parts = [about, "### Budgets", _markdown_table(list(_budget_cells(report.budgets)))]
    for table in report.tables:
        parts += [f"### {_heading(table)}", _markdown_table(list(_cells(table)))]
        if table.note:
            parts.append(table.note)
    return "\n\n".join(parts) + "\n"


def as_json(report: Report) -> str:
    """Write everything, samples too."""
    tables: list[dict[str, Any]] = [
        {"title": table.title, "unit": table.unit, "beside": table.beside, "samples": table.found}
        for table in report.tables
    ]
    budgets = [
        {"what": b.what, "goal": b.goal, "at_least": b.at_least, "got": b.got, "unit": b.unit, "met": b.met}
        for b in report.budgets
    ]
    return json.dumps({"about": report.about, "tables": tables, "budgets": budgets}, indent=1)
