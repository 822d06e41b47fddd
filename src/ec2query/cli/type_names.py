"""The types and values of members, in the API Reference's words: `string`, `list of Filter`, `true`.

A member goes in, text comes out. Structures are named, and nothing of EC2's model is loaded for that
but, for the values of an enum, the module that holds it.
"""

from __future__ import annotations

import sys

from ..shape import ListOf, Member, Scalar, Shape, TypeRef

__all__ = ["known_values", "type_name"]

_SCALARS = {
    "str": "string",
    "int": "integer",
    "float": "number",
    "bool": "boolean",
    "datetime": "timestamp",
    "bytes": "blob (base64)",
}


def type_name(type_ref: TypeRef) -> str:
    """Name a type as the API Reference does."""
    if isinstance(type_ref, ListOf):
        return f"list of {type_name(type_ref.of)}"
    return _SCALARS[type_ref.name] if isinstance(type_ref, Scalar) else type_ref.name


def known_values(owner: type[Shape] | None, member: Member) -> tuple[str, ...]:
    """Return the values that are known for a member; EC2 may take more, and they pass."""
    if isinstance(member.type, Scalar) and member.type.name == "bool":
        return ("true", "false")
    if member.enum is None or owner is None:
        return ()
    module = owner.__module__
    while module:
        found = getattr(sys.modules[module], member.enum, None)
        if isinstance(found, type):
            return tuple(
                value for name, value in vars(found).items() if name[:1] != "_" and isinstance(value, str)
            )
        module = module.rpartition(".")[0]
    return ()
