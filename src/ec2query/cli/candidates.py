"""What may complete a word of an operation's parameters: its keys level by level, then known values.

The words that are there and the one that is half typed go in; whole words come out, in the model's
order, required ones first. A word that ends in `.` or `=` is not finished.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from ..shape import ListOf, Member, Operation, Scalar, TypeRef, members
from .keys import Place, follow
from .type_names import known_values, type_name

__all__ = ["Candidate", "candidates"]


@dataclass(frozen=True, slots=True)
class Candidate:
    """A word, and a few words about it."""

    word: str
    about: str = ""


def candidates(operation: type[Operation[Any]], given: Sequence[str], incomplete: str) -> list[Candidate]:
    """Return the words that `incomplete` may become."""
    key, equals, value = incomplete.partition("=")
    if equals:
        place = follow(operation, key.split("."))
        return [Candidate(f"{key}={known}") for known in _values(place, key) if known.startswith(value)]
    taken = [word.partition("=")[0] for word in given]
    parts = key.split(".")
    # A key may itself hold a full stop, so what fits further out counts where nothing does further in.
    for length in range(len(parts) - 1, -1, -1):
        place = follow(operation, parts[:length])
        before = "".join(f"{part}." for part in parts[: place.used])
        if found := [one for one in _next(place, before, taken) if one.word.startswith(incomplete)]:
            return found
    return []


def _values(place: Place, key: str) -> tuple[str, ...]:
    if not place.is_value or place.used != key.count(".") + 1:
        return ()
    return known_values(place.owner, place.through[-1])


def _next(place: Place, before: str, taken: list[str]) -> Iterator[Candidate]:
    """Yield what may stand after `before`."""
    if isinstance(place.kind, ListOf):
        for number in range(1, _highest(before, taken) + 2):
            yield Candidate(_open(f"{before}{number}", place.kind.of, taken), type_name(place.kind.of))
        return
    if place.shape is None:
        return
    for member in sorted(members(place.shape), key=lambda member: not member.required):
        word = _open(before + member.key, member.type, taken)
        if word.removesuffix("=") not in taken:
            yield Candidate(word, _about(member))


def _open(key: str, kind: TypeRef, taken: list[str]) -> str:
    """Write a key as far as there is no choice: up to its value, or to the members below it."""
    if isinstance(kind, ListOf):
        number = _highest(f"{key}.", taken) + (1 if isinstance(kind.of, Scalar) else 0)
        return _open(f"{key}.{max(number, 1)}", kind.of, taken)
    return f"{key}=" if isinstance(kind, Scalar) else f"{key}."


def _highest(before: str, taken: list[str]) -> int:
    """Return the highest number that the words given have after `before`."""
    numbers = (key.removeprefix(before).partition(".")[0] for key in taken if key.startswith(before))
    return max((int(number) for number in numbers if number.isdecimal()), default=0)


def _about(member: Member) -> str:
    return type_name(member.type) + (", required" if member.required else "")
