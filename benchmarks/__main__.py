"""Measure ec2query beside its peers: `python -m benchmarks [--full] [--only SECTION …] [--write-docs]`."""

from __future__ import annotations

import argparse
import json
import platform
import subprocess
import sys
import time
from datetime import UTC, datetime
from pathlib import Path

from .environments import ROOT, Environment, prepare
from .report import Report, as_json, as_markdown, as_text
from .sections import SECTIONS, Settings
from .stage import Stage

__all__ = ["main"]

QUICK = Settings(
    rounds=3, long_rounds=1, load_seconds=0.25, fresh_rounds=4, work_seconds=0.6, everything=False
)
FULL = Settings(rounds=9, long_rounds=5, load_seconds=1.0, fresh_rounds=15, work_seconds=4.0, everything=True)

_RESULTS = ROOT / "benchmarks" / "results"
_DOCUMENT = ROOT / "docs" / "performance.md"
_BEGIN, _END = "<!-- tables: begin -->\n", "<!-- tables: end -->\n"

_SHOWN = (
    "boto3", "botocore", "aiobotocore", "capo-ec2", "httpx", "httpcore", "aiohttp", "httpx-aiohttp", "uvloop"
)  # fmt: skip


def main() -> None:
    """Install what is missing, measure, print, and write the results."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--full", action="store_true", help="more and longer rounds")
    parser.add_argument("--only", nargs="+", choices=SECTIONS, default=list(SECTIONS), metavar="SECTION")
    parser.add_argument("--python", default=sys.executable, help="of which the environments are made")
    parser.add_argument("--write-docs", action="store_true", help=f"put the tables into {_DOCUMENT.name}")
    chosen = parser.parse_args()
    settings = FULL if chosen.full else QUICK
    environments = prepare(chosen.python)
    began = time.monotonic()
    with Stage(environments) as stage:
        report = Report(_about(environments, full=chosen.full))
        count = len(stage.contestants)
        expected = sum(SECTIONS[name].seconds(settings, count) for name in chosen.only)
        print(f"this takes about {_duration(expected)}", file=sys.stderr, flush=True)
        for name in chosen.only:
            print(f"{name} …", file=sys.stderr, flush=True)
            SECTIONS[name].run(stage, report, settings)
    print(as_text(report))
    print(f"took {_duration(time.monotonic() - began)}", file=sys.stderr)
    _write(report, documents=chosen.write_docs)


def _duration(seconds: float) -> str:
    return f"{seconds:.0f} s" if seconds < 100 else f"{seconds / 60:.0f} min"


def _write(report: Report, *, documents: bool) -> None:
    _RESULTS.mkdir(exist_ok=True)
    name = datetime.now(UTC).strftime("%Y%m%dT%H%M%SZ")
    (_RESULTS / f"{name}.json").write_text(as_json(report))
    (_RESULTS / f"{name}.md").write_text(as_markdown(report))
    print(f"written: {_RESULTS / name}.json, .md", file=sys.stderr)
    if documents:
        before, _, rest = _DOCUMENT.read_text().partition(_BEGIN)
        after = rest.partition(_END)[2]
        _DOCUMENT.write_text(f"{before}{_BEGIN}\n{as_markdown(report)}\n{_END}{after}")


def _about(environments: dict[str, Environment], *, full: bool) -> dict[str, str]:
    versions: dict[str, str] = {}
    for environment in environments.values():
        program = (
            "import importlib.metadata as m, json;"
            "print(json.dumps({d.metadata['name']: d.version for d in m.distributions()}))"
        )
        command: list[str | Path] = [environment.python, "-I", "-c", program]
        found = json.loads(subprocess.run(command, stdout=subprocess.PIPE, check=True).stdout)
        versions = {name: found[name] for name in _SHOWN if name in found} | versions
    missing = {"capo-ec2", "ec2query-uvloop"} - environments.keys()
    return {
        "mode": "full" if full else "quick",
        "Python": f"{platform.python_version()} on {platform.system()} ({platform.machine()})",
        "peers": ", ".join(f"{name} {versions[name]}" for name in _SHOWN if name in versions),
        **({"not installed, not measured": ", ".join(sorted(missing))} if missing else {}),
    }


if __name__ == "__main__":
    main()
