"""Mutations of JSON by its values: types are swapped, members lost, doubled and buried, numbers blown up."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from fuzz.mutations import Draw, Mutation
from fuzz.tokens import DATES, TOKENS

__all__ = ["JSON"]

_MARK = "@a-value@"
_VALUES: tuple[object, ...] = (
    *(None, True, False, 0, 1, -1, 2**63, -(2**70), 10**400, 1.5, 1e308, "", " ", "x", "1", "true"),
    *([], {}, [1], {"a": 1}, [[]], "\ud800", "\0", "a\nb", "a\r\nb: c", "é", "😀", "x" * 5000),
    *(float("nan"), float("inf"), float("-inf"), 253402300800000, -62135596801000, 1e15),
    *(date.decode() for date in DATES),
)
# What cannot be made from a value, as text.
_RAW = (
    *("9" * 4300, "9" * 5000, "-" + "9" * 5000, "1e999", "01", "NaN", "Infinity", "'x'", "undefined", "tru"),
    *("[" * depth + "]" * depth for depth in (10, 300, 900, 1100, 5000, 90_000)),
    *('{"a":' * depth + "1" + "}" * depth for depth in (10, 300, 900, 1100, 5000)),
    *("[" * 5000, '"\\ud800\\ud800"', '"\\x"', '"\t"', '{"a":1,"a":2}', "[1,]", "// x", "/**/1"),
)


def _places(value: Any) -> list[tuple[Any, Any]]:
    """List every (container, key) in a document."""
    found: list[tuple[Any, Any]] = []
    waiting = [value]
    while waiting:
        at = waiting.pop()
        keys = list(at) if isinstance(at, dict) else range(len(at)) if isinstance(at, list) else ()
        for key in keys:
            found.append((at, key))
            waiting.append(at[key])
    return found


def _members(change: Callable[[Any, Any, Draw], str | None]) -> Mutation:
    """Change one member of a document; what `change` returns stands, as it is, for the mark."""

    def mutate(data: bytes, draw: Draw) -> bytes:
        try:
            document = [json.loads(data)]
            holder, key = draw.choice(_places(document))
            raw = change(holder, key, draw)
            text = json.dumps(document[0] if document else None, ensure_ascii=draw.random() < 0.5)
        except (ValueError, RecursionError):
            return data + draw.choice(TOKENS)
        if raw is not None:
            text = text.replace(json.dumps(_MARK), raw)
        return text.encode("utf-8", "surrogatepass")

    return mutate


def _swapped(holder: Any, key: Any, draw: Draw) -> None:
    holder[key] = draw.choice(_VALUES)


def _lost(holder: Any, key: Any, draw: Draw) -> None:
    del holder[key]


def _renamed(holder: Any, key: Any, draw: Draw) -> None:
    if isinstance(holder, dict):
        name = draw.choice((key.lower(), key.upper(), key + " ", "", "\ud800", "x" * 1000, "__proto__"))
        holder[name] = holder.pop(key)


def _buried(holder: Any, key: Any, draw: Draw) -> None:
    value = holder[key]
    holder[key] = draw.choice(([value], {str(key): value}, [value] * 50, {"a": {"b": value}}))


def _raw(holder: Any, key: Any, draw: Draw) -> str:
    holder[key] = _MARK
    return draw.choice(_RAW)


def _doubled(holder: Any, key: Any, draw: Draw) -> str:
    """Write a member twice, which no value of Python's can say."""
    if not isinstance(holder, dict):
        return "0"
    value, holder[key] = holder[key], _MARK
    return f"{json.dumps(draw.choice(_VALUES))}, {json.dumps(key)}: {json.dumps(value)}"


JSON: tuple[Mutation, ...] = tuple(
    map(_members, (_swapped, _swapped, _lost, _renamed, _buried, _raw, _doubled))
)
