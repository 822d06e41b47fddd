"""A botocore-style service model, read into frozen values with every trait resolved.

`service-2.json[.gz]` in, Model out. A trait on a member wins over the same trait on the shape that it
targets. Documentation is left behind. What the ec2Query protocol cannot carry (maps) is refused.
https://smithy.io/2.0/aws/protocols/aws-ec2-query-protocol.html
"""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

__all__ = [
    "SCALARS",
    "MemberModel",
    "Model",
    "ModelError",
    "OperationModel",
    "Target",
    "read_json",
    "read_model",
]

SCALARS = {
    "string": "str",
    "character": "str",
    "byte": "int",
    "short": "int",
    "integer": "int",
    "long": "int",
    "bigInteger": "int",
    "float": "float",
    "double": "float",
    "bigDecimal": "float",
    "boolean": "bool",
    "timestamp": "datetime",
    "blob": "bytes",
}

# What instances are started with often holds passwords. The model calls it sensitive in most places.
_SENSITIVE = frozenset({"UserData"})


class ModelError(Exception):
    """The model cannot be turned into a package; the message says which shape and why."""


@dataclass(frozen=True)
class Target:
    """What a member holds: `depth` lists around a scalar or a structure."""

    depth: int
    scalar: str | None = None
    structure: str | None = None
    enum: str | None = None


@dataclass(frozen=True, kw_only=True)
class MemberModel:
    """A member under its model name, and how it travels."""

    name: str
    target: Target
    wire: str
    query: str | None
    required: bool
    sensitive: bool
    token: bool
    timestamp: str | None
    item: str
    flattened: bool
    attribute: bool


@dataclass(frozen=True)
class OperationModel:
    """An operation, and the names of the structures it takes and gives."""

    name: str
    input: str | None
    output: str | None


@dataclass(frozen=True)
class Model:
    """A service: metadata, operations and shapes. `source` says where it was read, for headers."""

    document: Mapping[str, Any]
    source: str
    waiters: Mapping[str, Any] = field(default_factory=dict[str, Any])

    @property
    def metadata(self) -> Mapping[str, str]:
        found: Mapping[str, str] = self.document.get("metadata", {})
        return found

    @cached_property
    def shapes(self) -> Mapping[str, Any]:
        found: Mapping[str, Any] = self.document.get("shapes", {})
        return found

    @cached_property
    def operations(self) -> tuple[OperationModel, ...]:
        return tuple(
            OperationModel(
                name,
                operation.get("input", {}).get("shape"),
                operation.get("output", {}).get("shape"),
            )
            for name, operation in sorted(self.document.get("operations", {}).items())
        )

    def members(self, structure: str) -> tuple[MemberModel, ...]:
        """Return the members of a structure, in the model's order."""
        shape = self._shape(structure, "an operation")
        if shape.get("type") != "structure":
            raise ModelError(f"{structure} is a {shape.get('type')}, expected a structure")
        required = frozenset(shape.get("required", ()))
        return tuple(
            self._member(structure, name, reference, required=name in required)
            for name, reference in shape.get("members", {}).items()
        )

    def enum_values(self, name: str) -> tuple[str, ...]:
        """Return the known values of an enum."""
        return tuple(self.shapes[name]["enum"])

    def structures_from(self, roots: Iterator[str] | list[str]) -> set[str]:
        """Return every structure that can be reached from the members of `roots`, roots included."""
        seen: set[str] = set()
        left = list(roots)
        while left:
            name = left.pop()
            if name not in seen:
                seen.add(name)
                left.extend(m.target.structure for m in self.members(name) if m.target.structure)
        return seen

    def _shape(self, name: str, where: str) -> Mapping[str, Any]:
        try:
            found: Mapping[str, Any] = self.shapes[name]
        except KeyError:
            raise ModelError(f"{where} refers to {name}, which the model does not define") from None
        return found

    def _member(self, owner: str, name: str, reference: Mapping[str, Any], *, required: bool) -> MemberModel:
        where = f"{owner}.{name}"
        shape = self._shape(reference["shape"], where)
        traits = {**shape, **reference}
        wire = traits.get("locationName", name)
        item = "member"
        if shape.get("type") == "list":
            entry = shape["member"]
            entry_traits = {**self._shape(entry["shape"], where), **entry}
            item = entry_traits.get("locationName", wire if traits.get("flattened") else item)
        return MemberModel(
            name=name,
            target=self._target(reference["shape"], where),
            wire=wire,
            query=traits.get("queryName"),
            required=required,
            sensitive=self._inherits("sensitive", traits) or name in _SENSITIVE,
            token=bool(traits.get("idempotencyToken")),
            timestamp=self._inherited("timestampFormat", traits),
            item=item,
            flattened=bool(traits.get("flattened")),
            attribute=bool(traits.get("xmlAttribute")),
        )

    def _target(self, name: str, where: str) -> Target:
        depth, path = 0, [name]
        while (shape := self._shape(name, where)).get("type") == "list":
            depth += 1
            name = shape["member"]["shape"]
            if name in path:
                raise ModelError(
                    f"{where} is a list of itself ({' of '.join(path)}): no value can be of that type"
                )
            path.append(name)
        kind = shape.get("type")
        if kind == "structure":
            return Target(depth, structure=name)
        if kind in SCALARS:
            return Target(depth, SCALARS[kind], enum=name if shape.get("enum") and kind == "string" else None)
        raise ModelError(
            f"{where} is a {kind} ({name}): the ec2Query protocol has structures, lists and scalars only"
        )

    def _inherited(self, trait: str, traits: Mapping[str, Any]) -> Any:
        """Look for a trait on a member, its shape, and (for lists) its entries."""
        seen: set[str] = set()
        while trait not in traits and traits.get("type") == "list":
            entry = traits["member"]
            if entry["shape"] in seen:
                return None
            seen.add(entry["shape"])
            traits = {**self.shapes[entry["shape"]], **entry}
        return traits.get(trait)

    def _inherits(self, trait: str, traits: Mapping[str, Any]) -> bool:
        return bool(self._inherited(trait, traits))


def read_json(path: Path) -> dict[str, Any]:
    """Read a JSON file, gzipped or not."""
    data = path.read_bytes()
    if path.suffix == ".gz":
        data = gzip.decompress(data)
    found: dict[str, Any] = json.loads(data)
    return found


def read_model(path: Path, *, source: str, waiters: Path | None = None) -> Model:
    """Read a model, and its waiters from `waiters` or from the `waiters-2.json` beside it."""
    beside = path.with_name("waiters-2.json")
    if waiters is None and beside.exists():
        waiters = beside
    return Model(read_json(path), source, read_json(waiters).get("waiters", {}) if waiters else {})
