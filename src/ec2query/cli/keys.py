"""The request keys of an operation, as the API Reference writes them: `Filter.N.Value.N`.

An operation's type and the parts of a key go in; the place where they lead comes out. It is enough to
explain a key that does not exist, to complete one that is half typed, and to say what is secret.
https://docs.aws.amazon.com/AWSEC2/latest/APIReference/Query-Requests.html
"""

from __future__ import annotations

import difflib
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from ..errors import ParameterError
from ..protocol.serialize import action_of
from ..shape import ListOf, Member, Operation, Scalar, Shape, Structure, TypeRef, members

__all__ = ["Place", "check_key", "corrected", "follow"]

_MAX_PARTS = 32


@dataclass(frozen=True, slots=True)
class Place:
    """Where the parts of a key lead.

    `used` parts fitted. `through` are the members passed on the way, the last one included; `owner`
    is the structure of the last. `kind` is what lies here: for the operation itself, its own class.
    """

    kind: TypeRef | type[Shape]
    used: int = 0
    owner: type[Shape] | None = None
    through: tuple[Member, ...] = field(default=())

    @property
    def shape(self) -> type[Shape] | None:
        """The structure whose members may follow, if it is one."""
        if isinstance(self.kind, Structure):
            return self.kind.resolve()
        return self.kind if isinstance(self.kind, type) else None

    @property
    def is_value(self) -> bool:
        """Whether a key may end here."""
        return isinstance(self.kind, Scalar)

    def enter(self, parts: Sequence[str]) -> Place | None:
        """Go one member or one number further; None where the parts do not fit."""
        if isinstance(self.kind, ListOf):
            if not parts or not _is_number(parts[0]):
                return None
            return Place(self.kind.of, self.used + 1, self.owner, self.through)
        shape = self.shape
        member = _longest(shape, parts) if shape is not None else None
        if member is None:
            return None
        used = self.used + member.key.count(".") + 1
        return Place(member.type, used, shape, (*self.through, member))


def follow(operation: type[Shape], parts: Sequence[str]) -> Place:
    """Follow the parts of a key from an operation inwards, as far as they fit."""
    place = Place(operation)
    while place.used < len(parts) and (further := place.enter(parts[place.used :])) is not None:
        place = further
    return place


def check_key(operation: type[Operation[Any]], key: str) -> Place:
    """Follow a whole key to its value. Raises: ParameterError with a suggestion."""
    parts = key.split(".")
    place = follow(operation, parts)
    if place.used == len(parts) and place.is_value:
        return place
    better = corrected(operation, parts)
    if better is not None:
        expected = f"a parameter (did you mean {better!r}?)"
    else:
        expected = _choice(place, ".".join(parts[: place.used]))
    raise ParameterError(where=action_of(operation), expected=expected, got=repr(key))


def corrected(operation: type[Shape], parts: Sequence[str]) -> str | None:
    """Find the key that was meant: numbers put in, names mended, the end cut or filled in."""
    place, rest, done = Place(operation), list(parts), list[str]()
    while not place.is_value and len(done) < _MAX_PARTS:
        further = place.enter(rest)
        if further is not None:
            taken = further.used - place.used
            done, rest, place = done + rest[:taken], rest[taken:], further
        elif place.shape is None:
            rest = ["1", *(rest[1:] if rest and _is_placeholder(rest[0]) else rest)]
        else:
            meant = _meant(place.shape, rest[0] if rest else None)
            if meant is None:
                return None
            rest = meant.key.split(".") + rest[1:]
    return ".".join(done) if place.is_value else None


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdecimal() and not text.startswith("0")


def _longest(shape: type[Shape], parts: Sequence[str]) -> Member | None:
    """Find the member whose key begins the parts; a key may itself hold a full stop."""
    fitting = [member for member in members(shape) if _begins(parts, member.key.split("."))]
    return max(fitting, key=lambda member: member.key.count("."), default=None)


def _begins(parts: Sequence[str], own: list[str]) -> bool:
    return list(parts[: len(own)]) == own


def _is_placeholder(text: str) -> bool:
    return text.isdecimal() or text in ("N", "n", "")


def _meant(shape: type[Shape], wrong: str | None) -> Member | None:
    """Find the member that was meant: by another of its names, by another case, by a slip of the pen."""
    own = {member.key: member for member in members(shape)}
    if wrong is None:
        return next(iter(own.values()), None)
    folded = wrong.casefold()
    for member in own.values():
        if folded in (name.casefold() for name in (member.key, member.model, member.name, member.wire)):
            return member
    close = difflib.get_close_matches(folded, [key.casefold() for key in own], n=1)
    return next((own[key] for key in own if [key.casefold()] == close), None)


def _choice(place: Place, before: str) -> str:
    """Name what may follow at a place."""
    prefix = f"{before}." if before else ""
    keys: list[str] = (
        [prefix + member.key for member in members(place.shape)] if place.shape is not None else []
    )
    return f"one of {', '.join(keys)}" if keys else "no parameter: it takes none"
