"""An environment of its own for every contestant: `.venv-bench/<name>`, made once and kept.

Ours holds the wheel built of this checkout and its dependencies, nothing else, byte-compiled; it is
made anew when a source file has changed.
"""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

__all__ = ["ENVIRONMENTS", "ROOT", "Environment", "clean_environ", "prepare"]

ROOT = Path(__file__).parents[1]
_PLACE = ROOT / ".venv-bench"


@dataclass(frozen=True, slots=True)
class Environment:
    """What is installed together; `ours` says that the wheel of this checkout is."""

    name: str
    requirements: tuple[str, ...] = ()
    ours: bool = False
    required: bool = True

    @property
    def python(self) -> Path:
        return _PLACE / self.name / ("Scripts" if os.name == "nt" else "bin") / "python"


ENVIRONMENTS = (
    Environment("server", ("trustme",)),
    Environment("ec2query", ours=True),
    Environment("ec2query-aiohttp", ("httpx-aiohttp>=0.1",), ours=True),
    Environment("ec2query-trio", ("trio",), ours=True),
    Environment("ec2query-uvloop", ("uvloop",), ours=True, required=False),
    Environment("boto3", ("boto3",)),
    Environment("aiobotocore", ("aiobotocore",)),
    Environment("capo-ec2", ("capo-ec2",), required=False),
)


def clean_environ(**more: str) -> dict[str, str]:
    """Give this process's environment without what would change a contestant's Python or settings."""
    kept = {
        name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "AWS_", "SSL_"))
    }
    return kept | more


def prepare(python: str) -> dict[str, Environment]:
    """Install what is missing; give the environments that there are. Prints what it does."""
    wheel_of = _fingerprint()
    ready: dict[str, Environment] = {}
    for environment in ENVIRONMENTS:
        stamp = _PLACE / environment.name / "installed"
        wanted = f"{python} {environment.requirements} {wheel_of if environment.ours else ''}"
        if not stamp.is_file() or stamp.read_text() != wanted:
            print(f"installing {environment.name} …", file=sys.stderr, flush=True)
            if not _install(environment, python, wheel_of):
                if environment.required:
                    raise SystemExit(f"{environment.name}: could not be installed, and is needed")
                print(f"{environment.name}: not measured, since it cannot be installed", file=sys.stderr)
                continue
            stamp.write_text(wanted)
        ready[environment.name] = environment
    return ready


def _install(environment: Environment, python: str, wheel_of: str) -> bool:
    if not environment.python.exists():
        subprocess.run([python, "-m", "venv", _PLACE / environment.name], check=True, env=clean_environ())
    arguments: list[str | Path] = [*environment.requirements]
    if environment.ours:
        arguments.append(_wheel(python, wheel_of))
        _run(environment.python, "uninstall", "--yes", "ec2query")  # the version stays, the content does not
    return not arguments or _run(environment.python, "install", "--compile", "--upgrade", *arguments)


def _run(python: str | Path, *arguments: str | Path) -> bool:
    command: list[str | Path] = [python, "-m", "pip", "--disable-pip-version-check", "--quiet", *arguments]
    done = subprocess.run(command, cwd=ROOT, env=clean_environ(), capture_output=True, text=True)
    if done.returncode:
        print(done.stderr, file=sys.stderr)
    return done.returncode == 0


def _wheel(python: str, wheel_of: str) -> Path:
    folder = _PLACE / "wheels" / wheel_of
    if not folder.is_dir() and not _run(python, "wheel", "--no-deps", "--wheel-dir", folder, "."):
        raise SystemExit("the wheel of this checkout cannot be built")
    return next(folder.glob("*.whl"))


def _fingerprint() -> str:
    digest = hashlib.sha256((ROOT / "pyproject.toml").read_bytes())
    for path in sorted((ROOT / "src" / "ec2query").rglob("*.py")):
        digest.update(path.relative_to(ROOT).as_posix().encode() + path.read_bytes())
    return digest.hexdigest()[:16]
