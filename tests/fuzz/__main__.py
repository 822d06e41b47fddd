"""Fuzzing: `python -m fuzz [--cases 300000] [--seed 0] [--only parse ...] [--case N] [--jobs 2] [--json]`.

Gives mutated answers, files and requests to everything that reads what others wrote. The outcome is a
value or one error of those that are documented, in bounded time; the exit status is 1 where it is not.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed

from fuzz.every import TARGETS
from fuzz.report import as_json, as_text, show
from fuzz.running import Finding, Tally, run_case, run_cases
from fuzz.target import Target

__all__ = ["main"]

_AT_ONCE = 1000
_EVERY = 10.0  # seconds between two lines of progress


def main(argv: list[str] | None = None, targets: Mapping[str, Target] = TARGETS) -> int:
    """Run what was asked for; return the exit status."""
    parser = argparse.ArgumentParser(prog="fuzz", description="Mutated input to all that reads input.")
    parser.add_argument("--cases", type=int, default=300_000, help="inputs in all; 300000 if not said")
    parser.add_argument("--seed", type=int, default=0, help="where the draws begin")
    parser.add_argument("--only", nargs="+", choices=targets, metavar="TARGET", help=", ".join(targets))
    parser.add_argument("--case", type=int, help="run this one again, and show it (with --only)")
    parser.add_argument("--jobs", type=int, default=1, help="processes; 1 if not said")
    parser.add_argument("--json", action="store_true", help="JSON instead of text")
    asked = parser.parse_args(argv)
    names: Sequence[str] = asked.only or list(targets)
    if asked.case is not None:
        return max(_again(targets[name], asked.seed, asked.case) for name in names)
    begun = time.monotonic()
    tallies = {name: Tally(name) for name in names}
    done, shown = 0, begun
    for tally in _parts(targets, names, asked.seed, asked.cases, asked.jobs):
        tallies[tally.target].add(tally)
        done += tally.cases
        if time.monotonic() - shown >= _EVERY:
            shown = time.monotonic()
            found = sum(len(each.findings) for each in tallies.values())
            print(f"{done:,} of {asked.cases:,} cases, {found} findings", file=sys.stderr, flush=True)
    write = as_json if asked.json else as_text
    print(write(list(tallies.values()), seconds=time.monotonic() - begun))
    return 1 if any(tally.findings for tally in tallies.values()) else 0


def _again(target: Target, seed: int, number: int) -> int:
    """Run one case, show its input and what became of it."""
    data, outcome, seconds = run_case(target, seed, number)
    if outcome.kind != "finding":
        print(f"{target.name}: {outcome.kind} in {seconds * 1000:.1f} ms\n{data!r}")
        return 0
    print(show(Finding(target.name, seed, number, outcome.signature, outcome.detail, data)))
    return 1


def _parts(
    targets: Mapping[str, Target], names: Sequence[str], seed: int, cases: int, jobs: int
) -> Iterator[Tally]:
    """Run the cases in parts, each target's share in turn with the others'."""
    share, more = divmod(cases, len(names))
    shares = {name: share + (index < more) for index, name in enumerate(names)}
    parts = [
        (name, seed, range(begin, min(begin + _AT_ONCE, shares[name])))
        for begin in range(0, max(shares.values(), default=0), _AT_ONCE)
        for name in names
        if begin < shares[name]
    ]
    if jobs <= 1:
        for name, _, numbers in parts:
            yield run_cases(targets[name], seed, numbers)
        return
    with ProcessPoolExecutor(jobs) as pool:
        for future in as_completed([pool.submit(_part, *part) for part in parts]):
            yield future.result()


def _part(name: str, seed: int, numbers: range) -> Tally:
    """Run a part in another process, which has the same targets."""
    return run_cases(TARGETS[name], seed, numbers)


if __name__ == "__main__":
    sys.exit(main())
