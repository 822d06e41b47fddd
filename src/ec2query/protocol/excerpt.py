"""A short, printable beginning of a body that could not be read, for an error's sentence.

It never shows a body that may carry a sensitive member (a private key, a password): those are
recognised by the type of the answer, before anything is read.
"""

from __future__ import annotations

from ..shape import ListOf, Shape, Structure, TypeRef, members

__all__ = ["EXCERPT_BYTES", "excerpt", "holds_secrets"]

EXCERPT_BYTES = 160

_known: dict[type[Shape], bool] = {}


def excerpt(body: bytes, shape: type[Shape] | None = None) -> str:
    """Return the beginning of `body` as printable ASCII, or nothing where it may hold a secret."""
    if not body or (shape is not None and holds_secrets(shape)):
        return ""
    text = body[:EXCERPT_BYTES].decode("latin-1")
    shown = " ".join("".join(c if " " <= c <= "~" else " " for c in text).split())
    return shown + ("…" if len(body) > EXCERPT_BYTES else "")


def holds_secrets(shape: type[Shape]) -> bool:
    """Tell whether a structure has a sensitive member, however deep."""
    if shape not in _known:
        _known[shape] = False  # ends a recursion; set right below
        _known[shape] = any(member.sensitive or _reaches(member.type) for member in members(shape))
    return _known[shape]


def _reaches(type_ref: TypeRef) -> bool:
    while isinstance(type_ref, ListOf):
        type_ref = type_ref.of
    return isinstance(type_ref, Structure) and holds_secrets(type_ref.resolve())
