"""Where secrets lie: in members that the model calls sensitive, and under names that sound so.

A key of a request or a path of elements of an answer goes in; whether its value must be hidden comes
out. Names decide only where the model knows no member: an answer may hold what is newer than it.
https://smithy.io/2.0/spec/documentation-traits.html#sensitive-trait
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from ..shape import ListOf, Member, Operation, Shape, Structure, TypeRef, members

__all__ = ["Place", "is_hidden_key", "sounds_secret"]

_SOUNDS_SECRET = re.compile(
    r"password|passphrase|secret|credential|private_?key|key_?material|access_?key|user_?data|pre_?shared"
    r"|(?:session|security|bearer|refresh|id|auth)_?token|signature",
    re.IGNORECASE,
)
# The proof that an address range or ASN is one's own: no secret of the model's, but nobody else's business.
_ALSO = frozenset(("Signature",))


@dataclass(frozen=True, slots=True)
class Place:
    """A place in an answer: what type lies there, if it is known, and whether it is hidden."""

    kind: TypeRef | type[Shape] | None
    hidden: bool = False

    def into(self, name: str, also: Collection[str]) -> Place:
        """Step into a child element, by its local name."""
        if isinstance(self.kind, ListOf):
            return Place(self.kind.of, self.hidden)
        shape = _shape(self.kind)
        member = next((m for m in members(shape) if name == _element(m)), None) if shape else None
        if member is None:
            return Place(None, self.hidden or name in also or sounds_secret(name))
        inner = member.type
        if member.flattened and isinstance(inner, ListOf):
            inner = inner.of
        return Place(inner, self.hidden or _is_secret(member, also))

    @property
    def scalar(self) -> str:
        """The name of the scalar type, `str` where it is none or not known."""
        return getattr(self.kind, "name", "str") if not isinstance(self.kind, (type, Structure)) else "str"


def is_hidden_key(operation: type[Operation[Any]] | None, key: str, also: Collection[str]) -> bool:
    """Tell whether the value under a request's key must be hidden."""
    kind: TypeRef | type[Shape] | None = operation
    parts = key.split(".")
    while parts:
        if isinstance(kind, ListOf):
            kind, parts = kind.of, parts[1:]
            continue
        shape = _shape(kind)
        member = _longest(shape, parts) if shape else None
        if member is None:
            return any(part in also or sounds_secret(part) for part in parts)
        if _is_secret(member, also):
            return True
        kind, parts = member.type, parts[member.key.count(".") + 1 :]
    return False


def _shape(kind: TypeRef | type[Shape] | None) -> type[Shape] | None:
    if isinstance(kind, Structure):
        return kind.resolve()
    return kind if isinstance(kind, type) else None


def _element(member: Member) -> str:
    return member.item if member.flattened else member.wire


def _longest(shape: type[Shape], parts: Sequence[str]) -> Member | None:
    """Find the member whose key begins the parts; a key may itself hold full stops."""
    fitting = [m for m in members(shape) if m.key.split(".") == list(parts[: m.key.count(".") + 1])]
    return max(fitting, key=lambda m: m.key.count("."), default=None)


def _is_secret(member: Member, also: Collection[str]) -> bool:
    names = (member.model, member.wire, member.key)
    return member.sensitive or member.model in _ALSO or any(name in also for name in names)


def sounds_secret(text: str) -> bool:
    """Tell whether a text holds a name that sounds like that of a secret."""
    return _SOUNDS_SECRET.search(text) is not None
