"""The command line: `ec2query <Operation> Key=Value ...`, and what goes with it.

`main` is the entry point of the installed program and of `python -m ec2query`. It needs the extra `cli`
(click and rich), which is imported no earlier than here.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NoReturn

__all__ = ["main"]


def main(arguments: Sequence[str] | None = None) -> NoReturn:
    """Run the command line and exit with its status; `ec2query --help` lists what they mean."""
    import sys

    from .run import run

    sys.exit(run(sys.argv[1:] if arguments is None else list(arguments)))
