"""The façade: what `import ec2query` gives, and what it must not load."""

from __future__ import annotations

import subprocess
import sys

import pytest

import ec2query
from ec2query import client, errors

HEAVY = ("httpx", "httpcore", "botocore", "xml", "defusedxml", "anyio", "asyncio", "ssl", "click", "rich")


def test_the_facade_is_the_union_of_its_rooms() -> None:
    """Every public name of errors and client is there, and besides them only the lazy rooms."""
    rooms = {*errors.__all__, *client.__all__}
    assert set(ec2query.__all__) == rooms | {"__version__", "byoasn", "ec2"}
    assert ec2query.__all__ == sorted(ec2query.__all__)


@pytest.mark.parametrize("name", ec2query.__all__)
def test_every_name_is_there(name: str) -> None:
    """Each name of `__all__` can be had, and `dir()` shows it."""
    assert getattr(ec2query, name) is not None
    assert name in dir(ec2query)


def test_an_unknown_name_is_an_attribute_error() -> None:
    """A misspelt name fails as it does everywhere in Python."""
    with pytest.raises(AttributeError, match="AsyncCleint"):
        ec2query.AsyncCleint  # type: ignore[attr-defined]  # pyright: ignore[reportAttributeAccessIssue]


def loaded_by(statement: str) -> set[str]:
    """Run a statement in a fresh interpreter and tell which modules it loaded."""
    program = f"import sys; before = set(sys.modules); {statement}; print(*sorted(set(sys.modules) - before))"
    found = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    return set(found.stdout.split())


STATEMENTS = {
    "import ec2query": 8,
    "from ec2query import ec2; ec2.DisassociateIpamByoasn": 60,
    "from ec2query import AsyncClient; AsyncClient(region='us-east-1')": 140,
}


@pytest.mark.parametrize("statement", STATEMENTS)
def test_what_an_import_loads(statement: str) -> None:
    """No heavy library, no operation that was not named, and few modules in all."""
    loaded = loaded_by(statement)
    heavy = {name for name in loaded if name.partition(".")[0] in HEAVY}
    assert not heavy
    families = {name for name in loaded if name.startswith("ec2query.ec2.") and "shapes" not in name}
    assert families == ({"ec2query.ec2.ipam_byoasn"} if "Ipam" in statement else set())
    assert len(loaded) <= STATEMENTS[statement], sorted(loaded)
