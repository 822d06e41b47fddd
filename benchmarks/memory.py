"""How much memory this process has taken."""

from __future__ import annotations

import resource
import sys
from pathlib import Path

__all__ = ["peak_rss"]


def peak_rss() -> int:
    """Give the highest resident memory so far, in bytes."""
    status = Path("/proc/self/status")
    if status.exists():  # getrusage's figure outlives exec: it may be the parent's
        return int(status.read_text().partition("VmHWM:")[2].split()[0]) * 1024
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak if sys.platform == "darwin" else peak * 1024
