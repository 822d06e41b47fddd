"""An identity as lines for people: each value with its source beside it, or below it where it is narrow.

No value is broken, so that an ARN can be copied. A source below serves all values above it.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from rich.text import Text

from .exits import one_line
from .whoami import NAMES, Fact, Identity

__all__ = ["identity_text"]

_UNKNOWN = "unknown"
_LABELS = {"Arn": "ARN", "UserId": "User id", "AccessKeyId": "Access key", "ExpiresAt": "Expires"}


def identity_text(identity: Identity, now: datetime, width: int) -> Text:
    """Write an identity; `now` (aware) is what an expiry is compared with, `width` that of the terminal."""
    rows = list(_rows(identity, now))
    label, value, source = (max(map(len, column)) for column in zip(*rows, strict=True))
    if label + value + source + 4 <= width:
        return Text("\n").join(_line(row, label, value) for row in rows)
    following = [source for _, _, source in rows[1:]] + [""]
    kept = [row if row[2] != after else (*row[:2], "") for row, after in zip(rows, following, strict=True)]
    return Text("\n").join(_line(row, label, None) for row in kept)


def _rows(identity: Identity, now: datetime) -> Iterator[tuple[str, str, str]]:
    for name in NAMES:
        fact = identity.facts.get(name)
        shown = _shown(name, fact, now) if fact is not None else _UNKNOWN
        yield _LABELS.get(name, name), shown, one_line(fact.source) if fact is not None else ""


def _line(row: tuple[str, str, str], label: int, value: int | None) -> Text:
    """Write a row, its source beside the widest value (`value` columns) or on a line of its own (None)."""
    name, shown, source = row
    line = Text.assemble((f"{name:<{label}}", "bold"), "  ", (shown, "yellow" if shown == _UNKNOWN else ""))
    if not source:
        return line
    gap = "\n" + " " * (label + 4) if value is None else " " * (value - len(shown) + 2)
    return Text.assemble(line, gap, (source, "dim"))


def _shown(name: str, fact: Fact, now: datetime) -> str:
    if fact.value is None:
        return "never"
    if name != "ExpiresAt":
        return one_line(fact.value)
    left = int((datetime.fromisoformat(fact.value) - now).total_seconds()) // 60
    days, minutes = divmod(left, 24 * 60)
    span = f"{days} d {minutes // 60} h" if days else f"{minutes // 60} h {minutes % 60} min"
    return f"{fact.value} (in {span})"
