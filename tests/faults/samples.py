"""What a soak looks at: a row of numbers for each span of time, and what they must not do."""

from __future__ import annotations

import asyncio
import ctypes
import gc
import os
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from statistics import linear_regression

from faults.checks import Check, percentile

__all__ = ["HEADINGS", "Row", "Span", "judged", "open_files", "row_of"]

HEADINGS = ("minute", "calls", "failed", "p50 ms", "p99 ms", "CPU ms", "MiB", "blocks", "files", "tasks")

# Mebibytes a minute that are no leak worth the name, and those that an allocator's habits explain.
_GROWTH = 0.1
_NOISE = 1.0


@dataclass(slots=True)
class Span:
    """What happened since the last row."""

    took: list[float] = field(default_factory=list[float])
    failed: int = 0
    defects: int = 0
    cpu_began: float = field(default_factory=time.process_time)

    def clear(self) -> None:
        self.took, self.failed, self.defects, self.cpu_began = [], 0, 0, time.process_time()


@dataclass(frozen=True, slots=True)
class Row:
    """`p50`, `p99` and `cpu` (the process's own time for a call) are milliseconds.

    `blocks` is what Python has allocated, `mebibytes` what the process holds in memory for it.
    """

    minute: float
    calls: int
    failed: int
    p50: float
    p99: float
    cpu: float
    mebibytes: float
    blocks: int
    files: int
    tasks: int

    def shown(self) -> list[str]:
        """Write the row's cells."""
        times = [f"{self.p50:.1f}", f"{self.p99:.0f}", f"{self.cpu:.2f}"]
        counts = [f"{self.blocks:,}", f"{self.files}", f"{self.tasks}"]
        return [
            f"{self.minute:.1f}",
            f"{self.calls:,}",
            f"{self.failed}",
            *times,
            f"{self.mebibytes:.1f}",
            *counts,
        ]


def row_of(span: Span, minute: float) -> Row:
    """Take a sample."""
    cpu = time.process_time() - span.cpu_began
    gc.collect()
    _trim()
    return Row(
        minute=minute,
        calls=len(span.took),
        failed=span.failed,
        p50=1000 * percentile(span.took, 0.5),
        p99=1000 * percentile(span.took, 0.99),
        cpu=1000 * cpu / max(len(span.took), 1),
        mebibytes=_resident(),
        blocks=sys.getallocatedblocks(),
        files=open_files(),
        tasks=len(asyncio.all_tasks()),
    )


def judged(rows: Sequence[Row], *, files: int) -> list[Check]:
    """Compare the last quarter with the second: in the first one everything warms up.

    `files` is how many more may be open: connections come and go.
    """
    quarter = len(rows) // 4
    early, late, settled = rows[quarter : 2 * quarter], rows[-quarter:], rows[quarter:]
    minutes = settled[-1].minute - settled[0].minute
    slope = linear_regression([row.minute for row in settled], [row.mebibytes for row in settled]).slope
    growth, allowed = slope * minutes, max(_NOISE, _GROWTH * minutes)
    blocks = _drift([row.blocks for row in early], [row.blocks for row in late])
    cpu = _drift([row.cpu for row in early if row.calls], [row.cpu for row in late if row.calls])
    latency = _drift([row.p50 for row in early if row.calls], [row.p50 for row in late if row.calls])
    opened = max(row.files for row in late) - max(row.files for row in early)
    begun = max(row.tasks for row in late) - max(row.tasks for row in early)
    made, failed = sum(row.calls for row in rows) or 1, sum(row.failed for row in rows)
    over = f"over {minutes:.1f} minutes"
    return [
        Check("calls that succeed", "≥ 99.9 %", f"{1 - failed / made:.3%}", failed <= 0.001 * made, False),
        Check(
            f"growth of memory {over}", f"≤ {allowed:.1f} MiB", f"{growth:+.2f} MiB", growth <= allowed, False
        ),
        Check("growth of Python's blocks", "≤ 2 %", f"{blocks:+.1%}", blocks <= 0.02, False),
        Check("more open files than before", f"≤ {files}", f"{opened:+}", opened <= files, False),
        Check("more tasks than before", "≤ 2", f"{begun:+}", begun <= 2, False),
        Check("drift of CPU time a call", "≤ 25 %", f"{cpu:+.0%}", cpu <= 0.25, False),
        Check("drift of the median latency", "≤ 50 %", f"{latency:+.0%}", latency <= 0.5, False),
    ]


def open_files() -> int:
    """Count this process's open files."""
    return len(os.listdir("/dev/fd"))


def _drift(early: Sequence[float], late: Sequence[float]) -> float:
    """Return by which share the later values are above the earlier ones."""
    return percentile(late, 0.5) / percentile(early, 0.5) - 1


def _trim() -> None:
    """Let the C library give back what it keeps of freed memory: how much that is depends on chance."""
    trim = getattr(ctypes.CDLL(None), "malloc_trim", None)
    if trim is not None:
        trim(0)


def _resident() -> float:
    """Return the mebibytes that this process holds; where there is no /proc, the most it ever held."""
    try:
        pages = int(Path("/proc/self/statm").read_text().split()[1])
    except FileNotFoundError:
        import resource

        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return pages * os.sysconf("SC_PAGE_SIZE") / (1 << 20)
