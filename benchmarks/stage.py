"""The stage of a run: the loopback server, and a worker process for every contestant."""

from __future__ import annotations

import json
import subprocess
import tempfile
from pathlib import Path
from typing import Any, Self

from .environments import ROOT, Environment, clean_environ

__all__ = ["HOME", "Stage"]

# The environment of each contestant, in the order of the tables.
HOME = {
    "ec2query": "ec2query",
    "ec2query-aiohttp": "ec2query-aiohttp",
    "ec2query-uvloop": "ec2query-uvloop",
    "ec2query-trio": "ec2query-trio",
    "ec2query-blocking": "ec2query",
    "ec2query-stock": "ec2query",
    "aiobotocore": "aiobotocore",
    "boto3": "boto3",
    "capo-ec2": "capo-ec2",
}


class Stage:
    """Entered, the server runs; `ask` starts a contestant's worker when it is first asked."""

    def __init__(self, environments: dict[str, Environment]) -> None:
        self.environments = environments
        self._workers: dict[str, subprocess.Popen[str]] = {}

    @property
    def contestants(self) -> list[str]:
        return [name for name, home in HOME.items() if home in self.environments]

    def __enter__(self) -> Self:
        self._folder = tempfile.TemporaryDirectory()
        self.folder = Path(self._folder.name)
        self._server = self._start("server", "benchmarks.server", str(self.folder))
        assert self._server.stdout is not None
        plain, secure = self._server.stdout.readline().split()
        self.plain, self.secure = f"http://127.0.0.1:{plain}", f"https://127.0.0.1:{secure}"
        self.bundle = self._bundle()
        return self

    def __exit__(self, *exception: object) -> None:
        for process in [*self._workers.values(), self._server]:
            assert process.stdin is not None
            process.stdin.close()
            process.wait()
        self._folder.cleanup()

    def ask(self, contestant: str, do: str, **arguments: object) -> dict[str, float]:
        """Have a contestant do something, and give what it measured."""
        worker = self._workers.get(contestant)
        if worker is None:
            worker = self._start(HOME[contestant], "benchmarks.worker", contestant)
            self._workers[contestant] = worker
        assert worker.stdin is not None
        assert worker.stdout is not None
        worker.stdin.write(json.dumps({"do": do, **arguments}) + "\n")
        worker.stdin.flush()
        line = worker.stdout.readline()
        if not line:
            raise SystemExit(f"{contestant} failed at {do}, see above")
        found: dict[str, float] = json.loads(line)
        return found

    def run(self, module: str, *arguments: str) -> Any:
        """Run a module in our environment, in a fresh process, and give the JSON that it prints."""
        command = [self.environments["ec2query"].python, "-m", module, *arguments]
        done = subprocess.run(
            command, cwd=ROOT, env=clean_environ(), stdout=subprocess.PIPE, text=True, check=True
        )
        return json.loads(done.stdout)

    def _start(self, environment: str, module: str, *arguments: str) -> subprocess.Popen[str]:
        more = (
            {"AWS_CA_BUNDLE": str(self.bundle), "SSL_CERT_FILE": str(self.bundle)}
            if module.endswith("worker")
            else {}
        )
        return subprocess.Popen(
            [self.environments[environment].python, "-m", module, *arguments],
            cwd=ROOT,
            env=clean_environ(AWS_EC2_METADATA_DISABLED="true", **more),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def _bundle(self) -> Path:
        """Write certifi's certificates and the server's authority: as much to load as in real life."""
        program = "import certifi, json; print(json.dumps(certifi.contents()))"
        command = [self.environments["ec2query"].python, "-I", "-c", program]
        known = json.loads(subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True).stdout)
        bundle = self.folder / "bundle.pem"
        bundle.write_text(known + (self.folder / "ca.pem").read_text())
        return bundle
