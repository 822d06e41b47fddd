"""What the fuzzing found, for a person and for a program."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence

from fuzz.running import Finding, Tally

__all__ = ["as_json", "as_text", "show"]

_MOST_SHOWN = 600
_COLUMNS = ("target", "cases", "a second", "results", "refused", "slowest ms", "findings")


def as_text(tallies: Sequence[Tally], *, seconds: float) -> str:
    """Write the table of all targets, the errors they were refused with, and each finding."""
    return "\n".join(_lines(tallies, seconds))


def as_json(tallies: Sequence[Tally], *, seconds: float) -> str:
    """Write all that is counted."""
    rows = [
        {
            "target": tally.target,
            "cases": tally.cases,
            "outcomes": dict(sorted(tally.kinds.items())),
            "slowest_ms": round(tally.slowest * 1000, 1),
            "slowest": tally.slowest_case,
            "findings": [
                {"replay": _replay(each), "signature": each.signature, "input": each.data.decode("latin-1")}
                for each in tally.findings.values()
            ],
        }
        for tally in tallies
    ]
    return json.dumps({"seconds": round(seconds, 1), "targets": rows}, indent=2)


def show(finding: Finding) -> str:
    """Write a finding so that it can be run again."""
    shown = repr(finding.data[:_MOST_SHOWN]) + (" ..." if len(finding.data) > _MOST_SHOWN else "")
    return (
        f"FINDING {finding.target}: {finding.signature}\n  again: {_replay(finding)}\n"
        f"  input, made smaller ({len(finding.data)} bytes): {shown}\n"
        + "".join(f"  {line}\n" for line in finding.detail.rstrip().split("\n"))
    )


def _replay(finding: Finding) -> str:
    return f"--only {finding.target!r} --seed {finding.seed} --case {finding.case}"


def _lines(tallies: Sequence[Tally], seconds: float) -> Iterator[str]:
    rows = [list(_COLUMNS), *map(_row, tallies), _sum(tallies, seconds)]
    widths = [max(len(row[column]) for row in rows) for column in range(len(_COLUMNS))]
    for row in rows:
        yield f"{row[0]:<{widths[0]}}  " + "  ".join(
            f"{cell:>{width}}" for cell, width in zip(row[1:], widths[1:], strict=True)
        )
    yield ""
    for tally in tallies:
        refused = [
            (kind, count) for kind, count in tally.kinds.most_common() if kind not in ("result", "finding")
        ]
        yield f"{tally.target}: " + ", ".join(f"{kind} {count:,}" for kind, count in refused)
    for tally in tallies:
        for finding in tally.findings.values():
            yield ""
            yield show(finding)


def _row(tally: Tally) -> list[str]:
    results, found = tally.kinds["result"], tally.kinds["finding"]
    return [
        tally.target,
        f"{tally.cases:,}",
        f"{tally.cases / max(tally.seconds, 1e-9):,.0f}",
        f"{results:,}",
        f"{tally.cases - results - found:,}",
        f"{tally.slowest * 1000:.1f}",
        f"{found:,}",
    ]


def _sum(tallies: Sequence[Tally], seconds: float) -> list[str]:
    whole = Tally("all")
    for tally in tallies:
        whole.add(tally)
    whole.seconds = seconds
    return _row(whole)
