"""`ec2query.protocol.partitions`: the generated table is what its generator writes."""

from __future__ import annotations

from pathlib import Path

import botocore
import pytest

from ec2query.protocol import partitions
from ec2query_codegen.partitions import installed_partitions, render_partitions


@pytest.mark.skipif(
    f"botocore {botocore.__version__}" != partitions.SOURCE,
    reason=f"the table is that of {partitions.SOURCE}",
)
def test_regenerating_gives_the_same_text() -> None:
    """Nobody edited the table by hand, and the generator is deterministic."""
    model, source = installed_partitions()
    assert render_partitions(model, source=source) == Path(partitions.__file__).read_text(encoding="utf-8")


def test_a_model_of_ones_own_is_rendered() -> None:
    """Any partitions.json will do; quotes and backslashes survive."""
    outputs = {
        "dnsSuffix": "example",
        "dualStackDnsSuffix": "dual.example",
        "supportsFIPS": False,
        "supportsDualStack": True,
    }
    model = {
        "partitions": [
            {
                "id": 'to"y',
                "outputs": outputs,
                "regionRegex": r"^toy\-\d+$",
                "regions": {"toy-2": {}, "toy-1": {}},
            }
        ]
    }
    written: dict[str, object] = {"__name__": "toy"}
    exec(compile(render_partitions(model, source="toy"), "toy", "exec"), written)
    table = written["PARTITIONS"]
    assert isinstance(table, tuple)
    assert tuple(table[0]) == (
        'to"y',
        "example",
        "dual.example",
        False,
        True,
        r"^toy\-\d+$",
        ("toy-1", "toy-2"),
    )
