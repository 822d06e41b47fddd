"""`make record`: the fixtures, written anew. The same versions of everything give the same bytes.

PYTHONPATH=tests python -m support.record [FOLDER]
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

from ec2query.replay import save
from ec2query.replay.folder import SUFFIX
from support.record_emulator import recorded_from_emulator
from support.record_model import derived_from_model
from support.record_moto import recorded_from_moto
from support.recording import Fixture

__all__ = ["FIXTURES", "fixtures", "main"]

FIXTURES = Path(__file__).parents[2] / "fixtures"


def fixtures() -> Iterator[Fixture]:
    """Record everything."""
    yield from recorded_from_emulator()
    yield from recorded_from_moto()
    yield from derived_from_model()


def main(folder: Path) -> None:
    """Write all fixtures, and remove those that are no more."""
    written = {(folder / fixture.path).with_suffix(SUFFIX): fixture.exchange for fixture in fixtures()}
    for old in folder.rglob(f"*{SUFFIX}"):
        if old not in written:
            old.unlink()
    for path, exchange in written.items():
        save(exchange, path)
    print(f"{len(written)} fixtures in {folder}")


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else FIXTURES)
