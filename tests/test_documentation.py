"""The page about reliability does what it says."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from ec2query import Limiter, Policy, Quota, Retries

PAGE = Path(__file__).parents[1] / "docs" / "reliability.md"


def test_its_examples_run_as_written() -> None:
    """From top to bottom: rules that two clients share, and that can be used without one."""
    blocks = re.findall(r"```python\n(.*?)```", PAGE.read_text(encoding="utf-8"), flags=re.DOTALL)
    assert len(blocks) == 2
    names: dict[str, Any] = {}
    exec(compile("\n".join(blocks), str(PAGE), "exec"), names)
    retries = names["retries"]
    assert isinstance(retries, Retries)
    assert isinstance(retries.limiter, Limiter)
    assert (retries.policy, retries.quota.tokens) == (Policy(mode="adaptive", attempts=5, cap=10.0), 2000)
    assert isinstance(retries.quota, Quota)
    assert names["one"].calls.retries is names["other"].calls.retries is retries


def test_the_tests_it_names_are_there() -> None:
    """Each in the folder of the name before it."""
    section = PAGE.read_text(encoding="utf-8").partition("## Elsewhere in the suite")[2]
    folder, found = Path(), 0
    for name in re.findall(r"`([\w/]+(?:\.py)?)`", section):
        path = PAGE.parents[1] / name if "/" in name else folder / name
        if name.startswith("tests/") or name.endswith(".py"):
            assert path.exists(), name
            folder, found = path.parent, found + 1
    assert found > 15
