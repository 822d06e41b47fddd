"""One run of the command line: arguments in, an exit status out, never a traceback.

Every failure becomes one line on standard error. With EC2QUERY_DEBUG set, the traceback follows it.
"""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from ..errors import Ec2QueryError
from .exits import Exit, error_line, exit_status, one_line

if TYPE_CHECKING:
    import click

__all__ = ["run"]

_COMPLETE = "_EC2QUERY_COMPLETE"

# Which extra brings what may be missing.
_EXTRAS = {"click": "cli", "rich": "cli", "uvicorn": "emulator"}


def run(arguments: Sequence[str]) -> int:
    """Run the program and return its exit status."""
    _make_printable()
    try:
        status = _run(arguments)
        if sys.stdout is not None:
            sys.stdout.flush()
    except BrokenPipeError:
        _discard_output()
        return Exit.READER_GONE
    except OSError as error:
        _discard_output()
        return _fail(f"ec2query: the output cannot be written: {error.strerror or error}", Exit.UNEXPECTED)
    except KeyboardInterrupt:
        return _fail("ec2query: interrupted", Exit.INTERRUPTED)
    return status


def _run(arguments: Sequence[str]) -> int:
    try:
        import click

        from .program import program
    except ModuleNotFoundError as error:
        return _missing(error)
    try:
        if _COMPLETE in os.environ:
            from .completion import complete

            return complete(program, os.environ[_COMPLETE])
        with program.make_context("ec2query", list(arguments)) as context:
            status = program.invoke(context)
    except click.exceptions.Exit as end:
        return end.exit_code
    except click.ClickException as error:
        return _fail(_usage_line(error), Exit.USAGE)
    except Ec2QueryError as error:
        return _fail(error_line(error), exit_status(error))
    except ModuleNotFoundError as error:
        return _missing(error)
    except OSError:
        raise
    except Exception as error:
        sentence = f"ec2query: a bug in ec2query: {type(error).__name__}: {one_line(str(error))}"
        return _fail(f"{sentence}; set EC2QUERY_DEBUG=1 to see where, and report it", Exit.UNEXPECTED)
    return status if isinstance(status, int) else Exit.SUCCESS


def _discard_output() -> None:
    """Send what is still buffered nowhere; Python would fail on it once more at exit."""
    with contextlib.suppress(OSError, ValueError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _fail(line: str, status: Exit) -> int:
    print(line, file=sys.stderr)
    if os.environ.get("EC2QUERY_DEBUG"):
        import traceback

        traceback.print_exc()
    return status


def _missing(error: ModuleNotFoundError) -> int:
    """Say which extra is to be installed; what no extra brings is a broken installation."""
    name = (error.name or "").partition(".")[0]
    if name in _EXTRAS:
        extra = _EXTRAS[name]
        return _fail(
            f"ec2query: this command needs {name}, which is not installed;"
            f" install it with: pip install 'ec2query[{extra}]'",
            Exit.CONFIGURATION,
        )
    return _fail(
        f"ec2query: {one_line(str(error))}; install ec2query again: pip install 'ec2query[cli]'",
        Exit.CONFIGURATION,
    )


def _usage_line(error: click.ClickException) -> str:
    """Put a usage error and the way to the help on one line."""
    context: click.Context | None = getattr(error, "ctx", None)
    path = context.command_path if context is not None else "ec2query"
    sentence = one_line(error.format_message()).rstrip(".")
    return f"ec2query: {sentence[:1].lower()}{sentence[1:]}; see '{path} --help'"


def _make_printable() -> None:
    """Let no character that the output's encoding lacks end the program."""
    for stream in (sys.stdout, sys.stderr):
        reconfigure: Callable[..., None] | None = getattr(stream, "reconfigure", None)
        if reconfigure is not None:
            reconfigure(errors="backslashreplace")
