"""The console that rich prints to: standard output, its text taken as it is."""

from __future__ import annotations

import sys
from typing import NoReturn

from rich.console import Console

__all__ = ["output_console"]


class _Console(Console):
    def on_broken_pipe(self) -> NoReturn:
        """Leave it to `run` to say that the reader has gone."""
        raise BrokenPipeError


def output_console() -> Console:
    """Make a console without markup, emoji codes or highlighting: values come from outside."""
    return _Console(file=sys.stdout, highlight=False, markup=False, emoji=False)
