"""Files and programs of this machine, in threads and on the event loop."""

from __future__ import annotations

import os
import stat
import sys
import time
from collections.abc import Callable
from pathlib import Path

import anyio
import pytest

from ec2query.client import local
from ec2query.errors import ConfigurationError, CredentialsError
from support.server import PATIENCE

PLACES: list[tuple[str, str | None, str]] = [
    ("/place/.aws/config", None, "/place/.aws/config"),
    ("/place/.aws/config", "/jail", "/jail/place/.aws/config"),
    ("relative/config", "/jail", "/jail/relative/config"),
    ("/place/../etc/passwd", "/jail", "/jail/etc/passwd"),
    ("../../etc/passwd", "/jail", "/jail/etc/passwd"),
    ("/", "/jail", "/jail"),
]


@pytest.mark.parametrize(("path", "root", "expected"), PLACES)
def test_a_root_holds_all_files(path: str, root: str | None, expected: str) -> None:
    """With a root no path leads out of it."""
    assert local.place(path, root) == Path(expected)


def test_a_file_is_read(tmp_path: Path) -> None:
    """Its bytes, whatever they are."""
    (tmp_path / "config").write_bytes(b"[default]\r\n\xff")
    assert local.read_file(tmp_path / "config") == b"[default]\r\n\xff"


@pytest.mark.parametrize("path", ["none", "none/config", "config/below"])
def test_a_missing_file_is_none(tmp_path: Path, path: str) -> None:
    """No file, no folder, or a file where a folder was meant: there is nothing to read."""
    (tmp_path / "config").write_bytes(b"")
    assert local.read_file(tmp_path / path) is None


def test_what_is_no_file_is_refused(tmp_path: Path) -> None:
    """A folder in a file's place is a setting to mend; the path is named."""
    with pytest.raises(
        ConfigurationError, match=f"{tmp_path}: expected a readable file, got: Is a directory"
    ):
        local.read_file(tmp_path)
    with pytest.raises(ConfigurationError, match="expected a readable file"):
        local.read_file(Path("a\0b"))


def test_a_file_is_written_with_its_folder(tmp_path: Path) -> None:
    """The folder is private, so is the file, and nothing else is left behind."""
    path = tmp_path / "sso" / "cache" / "token.json"
    local.write_file(path, b"one", 0o600)
    local.write_file(path, b"two", 0o600)
    assert path.read_bytes() == b"two"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    assert os.listdir(path.parent) == ["token.json"]


def test_a_mode_is_kept(tmp_path: Path) -> None:
    """Whoever asks for a readable file gets one."""
    local.write_file(tmp_path / "config", b"x", 0o644)
    assert stat.S_IMODE((tmp_path / "config").stat().st_mode) == 0o644


def test_what_cannot_be_written_is_refused(tmp_path: Path) -> None:
    """A folder in the file's place stays, and no temporary file does."""
    path = tmp_path / "token.json"
    path.mkdir()
    with pytest.raises(ConfigurationError, match=r"token\.json: expected a writable file"):
        local.write_file(path, b"x", 0o600)
    assert os.listdir(tmp_path) == ["token.json"]


Run = Callable[[tuple[str, ...], float], bytes]


def on_the_loop(backend: str) -> Run:
    return lambda argv, seconds: anyio.run(local.run_process_async, argv, seconds, backend=backend)


RUNS: dict[str, Run] = {
    "blocking": local.run_process,
    "asyncio": on_the_loop("asyncio"),
    "trio": on_the_loop("trio"),
}


@pytest.fixture(params=RUNS)
def run(request: pytest.FixtureRequest) -> Run:
    return RUNS[request.param]


def python(program: str, *arguments: str) -> tuple[str, ...]:
    return (sys.executable, "-c", program, *arguments)


def test_a_programs_output_is_given(run: Run) -> None:
    """Standard output, whole; standard error is nobody's."""
    program = "import sys; sys.stderr.write('secret'); sys.stdout.write('x' * 1000000)"
    assert run(python(program), 60.0) == b"x" * 1_000_000


def test_no_shell_reads_the_arguments(run: Run) -> None:
    """What a shell would expand is passed as it is."""
    assert run(python("import sys; print(sys.argv[1:])", "$HOME *", "; exit 1"), 60.0) == (
        b"['$HOME *', '; exit 1']\n"
    )


def test_a_program_reads_nothing_and_has_a_session_of_its_own(run: Run) -> None:
    """It cannot ask the terminal, and the terminal's signals do not reach it."""
    program = "import os, sys; print(sys.stdin.read() == '', os.getsid(0) == os.getpid())"
    assert run(python(program), 60.0) == b"True True\n"


def test_a_program_that_fails(run: Run) -> None:
    """The status is told; what it printed, which may be secret, is not."""
    program = "import sys; print('secret'); sys.stderr.write('secret'); sys.exit(3)"
    with pytest.raises(CredentialsError, match="expected exit status 0, got 3") as caught:
        run(python(program, "secret-argument"), 60.0)
    assert "secret" not in str(caught.value)
    assert sys.executable in str(caught.value)


def test_a_program_that_is_not_there(run: Run) -> None:
    """The program is named, its arguments are not."""
    with pytest.raises(CredentialsError, match="'/no/such/program': cannot be run: No such file") as caught:
        run(("/no/such/program", "secret"), 60.0)
    assert "secret" not in str(caught.value)


def test_a_program_that_does_not_end(run: Run, tmp_path: Path) -> None:
    """It is ended with all that it started, even where a child holds the output open."""
    pid = tmp_path / "pid"
    program = f"sleep 600 & echo $! > {pid}; wait"
    with pytest.raises(CredentialsError, match="did not end within 1 s"):
        run(("/bin/sh", "-c", program), 1)
    end = time.monotonic() + PATIENCE
    while alive(int(pid.read_text())):  # a signal is sent, not awaited
        assert time.monotonic() < end, "the child lives on"


def alive(pid: int) -> bool:
    """Whether a process runs; one that nobody has waited for yet does not."""
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except FileNotFoundError:
        return False
    return state not in "ZX"
