"""Writes `ec2query/protocol/partitions.py` from a botocore-style `partitions.json`.

`python -m ec2query_codegen.partitions` writes it anew from the installed botocore. Model in, text
out: the same model always gives the same bytes.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

__all__ = ["installed_partitions", "main", "render_partitions"]

_OUT = Path("src/ec2query/protocol/partitions.py")

_HEAD = '''"""AWS's partitions: what their hosts end in, what they support, which Regions they have.

Generated from {source} (partitions.json); do not edit, run `python -m ec2query_codegen.partitions`.
"""

from __future__ import annotations

from typing import NamedTuple

__all__ = ["PARTITIONS", "SOURCE", "Partition"]

SOURCE = "{source}"


class Partition(NamedTuple):
    """One partition; a Region that is not listed belongs to it where `region_regex` fits."""

    id: str
    dns_suffix: str
    dual_stack_dns_suffix: str
    supports_fips: bool
    supports_dual_stack: bool
    region_regex: str
    regions: tuple[str, ...]


PARTITIONS: tuple[Partition, ...] = (
'''


def render_partitions(model: Mapping[str, Any], *, source: str) -> str:
    """Return the module's text; `source` names the model and its version."""
    entries = "".join(_entry(partition) for partition in model["partitions"])
    return f"{_HEAD.format(source=source)}{entries})\n"


def _entry(partition: Mapping[str, Any]) -> str:
    outputs = partition["outputs"]
    return (
        "    Partition(\n"
        f"        id={_text(partition['id'])},\n"
        f"        dns_suffix={_text(outputs['dnsSuffix'])},\n"
        f"        dual_stack_dns_suffix={_text(outputs['dualStackDnsSuffix'])},\n"
        f"        supports_fips={bool(outputs['supportsFIPS'])},\n"
        f"        supports_dual_stack={bool(outputs['supportsDualStack'])},\n"
        f"        region_regex={_text(partition['regionRegex'])},\n"
        f"        regions={_tuple(sorted(partition['regions']))},\n"
        "    ),\n"
    )


def _tuple(values: Sequence[str]) -> str:
    if len(values) == 1:
        return f"({_text(values[0])},)"
    return "(\n" + "".join(f"            {_text(value)},\n" for value in values) + "        )"


def _text(value: str) -> str:
    """Write a str as its source: JSON's escapes are Python's."""
    return json.dumps(value)


def installed_partitions() -> tuple[Mapping[str, Any], str]:
    """Return the model that the installed botocore carries, and its source."""
    import botocore

    file = Path(botocore.__file__).parent / "data" / "partitions.json"
    return json.loads(file.read_text(encoding="utf-8")), f"botocore {botocore.__version__}"


def main() -> None:
    """Write the module anew."""
    model, source = installed_partitions()
    _OUT.write_text(render_partitions(model, source=source), encoding="utf-8")


if __name__ == "__main__":
    main()
