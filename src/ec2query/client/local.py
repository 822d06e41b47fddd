"""Files, programs and questions: the effects that touch this machine and not the network.

Blocking functions, for BlockingDriver as they are and for AsyncDriver in a thread. Every failure is a
ConfigurationError (files) or a CredentialsError (programs), which names the path or the program only.
"""

from __future__ import annotations

import contextlib
import io
import os
import signal
import subprocess
import tempfile
from pathlib import Path

from ..errors import ConfigurationError, CredentialsError

__all__ = ["place", "read_file", "run_process", "run_process_async", "write_file"]

_NULL = subprocess.DEVNULL
_PIPE = subprocess.PIPE


def place(path: str, root: str | None) -> Path:
    """Where a path lies; with a root, under that folder and nowhere else."""
    if root is None:
        return Path(path)
    inside = os.path.normpath(os.path.join("/", path)).lstrip("/")
    return Path(root, inside)


def read_file(path: Path) -> bytes | None:
    """Read a file, None where there is none."""
    try:
        return path.read_bytes()
    except (FileNotFoundError, NotADirectoryError):
        return None
    except (OSError, ValueError) as error:
        raise ConfigurationError(f"{path}: expected a readable file, got: {_reason(error)}") from error


def write_file(path: Path, data: bytes, mode: int) -> None:
    """Put a file in place at once: whoever reads it sees all of the old one or all of the new one."""
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        descriptor, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
        try:
            with os.fdopen(descriptor, "wb") as file:
                file.write(data)
            os.chmod(temporary, mode)
            os.replace(temporary, path)
        except BaseException:
            with contextlib.suppress(OSError):
                os.unlink(temporary)
            raise
    except (OSError, ValueError) as error:
        raise ConfigurationError(f"{path}: expected a writable file, got: {_reason(error)}") from error


def run_process(argv: tuple[str, ...], seconds: float) -> bytes:
    """Run a program without a shell, in a session of its own; give its standard output."""
    try:
        process = subprocess.Popen(  # noqa: S603 -- the argv is the caller's, and no shell reads it
            argv, stdin=_NULL, stdout=_PIPE, stderr=_NULL, start_new_session=True
        )
    except (OSError, ValueError) as error:
        raise _not_run(argv, error) from error
    with process:
        try:
            output, _ = process.communicate(timeout=seconds)
        except BaseException as error:
            _kill_group(process.pid)
            if isinstance(error, subprocess.TimeoutExpired):
                raise _too_slow(argv, seconds) from None
            raise
    return _finished(argv, process.returncode, output)


async def run_process_async(argv: tuple[str, ...], seconds: float) -> bytes:
    """Do the same on the event loop."""
    import anyio  # few have a program for their credentials

    try:
        process = await anyio.open_process(
            argv, stdin=_NULL, stdout=_PIPE, stderr=_NULL, start_new_session=True
        )
    except (OSError, ValueError) as error:
        raise _not_run(argv, error) from error
    program, output = argv[:1], io.BytesIO()  # for a traceback's variables, neither shows a secret
    del argv
    async with process:
        try:
            with anyio.fail_after(seconds):
                assert process.stdout is not None
                async for chunk in process.stdout:
                    output.write(chunk)
                    del chunk
                status = await process.wait()
        except BaseException as error:
            _kill_group(process.pid)
            if isinstance(error, TimeoutError):
                raise _too_slow(program, seconds) from None
            raise
    return _finished(program, status, output.getvalue())


def _finished(argv: tuple[str, ...], status: int, output: bytes) -> bytes:
    if status != 0:
        raise CredentialsError(
            f"program {argv[0]!r}: expected exit status 0, got {status}; run it by hand to see why"
        )
    return output


def _not_run(argv: tuple[str, ...], error: Exception) -> CredentialsError:
    return CredentialsError(f"program {argv[0]!r}: cannot be run: {_reason(error)}")


def _too_slow(argv: tuple[str, ...], seconds: float) -> CredentialsError:
    return CredentialsError(f"program {argv[0]!r}: did not end within {seconds} s")


def _kill_group(pid: int) -> None:
    """End a program and all that it started in its session."""
    with contextlib.suppress(OSError):
        if hasattr(os, "killpg"):
            os.killpg(pid, signal.SIGKILL)
        else:
            os.kill(pid, signal.SIGTERM)


def _reason(error: Exception) -> str:
    return getattr(error, "strerror", None) or type(error).__name__
