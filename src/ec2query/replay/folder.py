"""Exchanges in files: `NAME.exchange`, UTF-8, one each; those of a folder in the order of their paths."""

from __future__ import annotations

from os import PathLike
from pathlib import Path

from .errors import MalformedExchange, ReplayError
from .exchange import Exchange
from .format_reader import read_exchange
from .format_writer import write_exchange

__all__ = ["SUFFIX", "load", "save"]

SUFFIX = ".exchange"


def load(path: str | PathLike[str]) -> tuple[Exchange, ...]:
    """Read one file, or all files of a folder and those within it.

    Raises: ReplayError where there is none; MalformedExchange where one holds something else.
    """
    place = Path(path)
    files = sorted(place.rglob(f"*{SUFFIX}")) if place.is_dir() else [place]
    if not files:
        raise ReplayError(f"{place}: expected files named *{SUFFIX}, got none; record some")
    return tuple(_read(file) for file in files)


def _read(file: Path) -> Exchange:
    try:
        text = file.read_bytes().decode("utf-8")
    except OSError as error:
        raise ReplayError(f"{file}: expected a recorded exchange, got {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise MalformedExchange(str(file), 1, expected="UTF-8", got=f"byte {error.start} is not") from None
    return read_exchange(text, str(file))


def save(exchange: Exchange, path: str | PathLike[str]) -> None:
    """Write one file; the folders it lies in are made. Raises ReplayError."""
    file = Path(path)
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(write_exchange(exchange).encode())
    except OSError as error:
        raise ReplayError(f"{file}: expected a place to write to, got {error.strerror}") from error
