"""The command: `python -m ec2query_codegen [--model FILE] [--out DIR] [--package NAME]`."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from .model import Model, ModelError, read_model
from .package import generate, write

__all__ = ["installed_model", "main", "package_folder"]

_OUT = Path("src/ec2query/ec2")


def installed_model() -> Model:
    """Read the EC2 model that the installed botocore carries."""
    import botocore

    versions = sorted((Path(botocore.__file__).parent / "data" / "ec2").iterdir())
    return read_model(versions[-1] / "service-2.json.gz", source=f"botocore {botocore.__version__}")


def package_folder(out: Path, package: str) -> Path:
    """Return `out` where it bears the package's name already, else the place to import it from there."""
    *_, last = package.split(".")
    return out if out.name == last else out.joinpath(*package.split("."))


def main(arguments: list[str] | None = None) -> int:
    """Generate a package; print what was written, or on stderr why not."""
    parser = argparse.ArgumentParser(
        prog="ec2query_codegen", description="Write an ec2Query service's package."
    )
    parser.add_argument("--model", type=Path, help="service-2.json[.gz] (default: EC2's, from botocore)")
    parser.add_argument("--waiters", type=Path, help="waiters-2.json (default: the one beside the model)")
    parser.add_argument(
        "--out", type=Path, default=_OUT, help="the package's folder, or one to put it into under its name"
    )
    parser.add_argument("--package", default="ec2query.ec2", help="its import name")
    parser.add_argument(
        "--families", choices=("auto", "ec2", "one"), default="auto", help="how modules are cut"
    )
    given = parser.parse_args(arguments)
    try:
        if given.model is None:
            model = installed_model()
        else:
            model = read_model(given.model, source=given.model.name, waiters=given.waiters)
        # A table that lags behind stops our own package, not somebody's newer model.
        files = generate(model, given.package, families=given.families, strict=given.model is None)
    except (ModelError, OSError, ValueError) as error:
        print(f"ec2query_codegen: {error}", file=sys.stderr)
        return 1
    out = package_folder(given.out, given.package)
    write(files, out)
    if "unclaimed.py" in files:
        print("ec2query_codegen: some operations are of no family yet: see unclaimed.py", file=sys.stderr)
    print(f"{out}: {len(model.operations)} operations in {len(files)} files, from {model.source}")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
