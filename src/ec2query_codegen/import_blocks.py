"""The imports of one generated module: bases at run time, the types of members for type checkers alone.

A member's type is looked up by name when it is first met, so that a module loads no other module
but those of the results that its operations name as theirs.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping

from .formatting import imports
from .layout import Layout, Module
from .model import Model

__all__ = ["import_blocks"]


def import_blocks(
    model: Model, layout: Layout, module: Module, shape: str, bases: Iterable[str]
) -> list[str]:
    """Return the blocks in order; `shape` is how the module names `ec2query.shape`."""
    here = module.path.rpartition(".")[0]
    needed: defaultdict[str, set[str]] = defaultdict(set)
    needed[shape].update(bases)
    for operation in module.operations:
        if operation.output and operation.output not in module.structures:
            name = layout.structure_class[operation.output]
            needed[_relative(here, layout.home[name])].add(name)
    holders = [op.input for op in module.operations if op.input] + module.structures
    targets = [member.target for holder in holders for member in model.members(holder)]
    annotated: defaultdict[str, set[str]] = defaultdict(set)
    for structure in {target.structure for target in targets if target.structure} - set(module.structures):
        name = layout.structure_class[structure]
        place = _relative(here, layout.home[name])
        if name not in needed[place]:
            annotated[place].add(name)
    standard = [
        *(["from collections.abc import Sequence"] if any(target.depth for target in targets) else []),
        *(
            ["from datetime import datetime"]
            if any(target.scalar == "datetime" for target in targets)
            else []
        ),
    ]
    blocks = ["\n".join(_from(needed, indent=0))] if any(needed.values()) else []
    checked = ["\n".join(f"    {line}" for line in standard), "\n".join(_from(annotated, indent=4))]
    if any(checked):
        inner = "\n\n".join(block for block in checked if block)
        blocks = ["from typing import TYPE_CHECKING", *blocks, f"if TYPE_CHECKING:\n{inner}"]
    return blocks


def _relative(here: str, path: str) -> str:
    if here and path.startswith(f"{here}."):
        return f".{path.removeprefix(f'{here}.')}"
    return f"{'..' if here else '.'}{path}"


def _from(places: Mapping[str, set[str]], *, indent: int) -> list[str]:
    # Absolute first, then the furthest relative, as isort sorts.
    order = sorted(
        (place for place in places if places[place]),
        key=lambda place: (place[0] == ".", -_dots(place), place),
    )
    return [imports(place, sorted(places[place]), indent=indent) for place in order]


def _dots(place: str) -> int:
    return len(place) - len(place.lstrip("."))
