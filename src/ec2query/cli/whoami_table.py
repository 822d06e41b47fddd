"""An identity as a table for people: value and source side by side, sources below where it is narrow."""

from __future__ import annotations

from datetime import datetime

from rich.table import Table
from rich.text import Text

from .exits import one_line
from .whoami import NAMES, Fact, Identity

__all__ = ["identity_table"]

_LABELS = {"Arn": "ARN", "UserId": "User id", "AccessKeyId": "Access key", "ExpiresAt": "Expires"}


def identity_table(identity: Identity, now: datetime) -> Table:
    """Draw an identity; `now` (aware) is what an expiry is compared with."""
    table = Table.grid(padding=(0, 2))
    table.add_column(style="bold", no_wrap=True)
    table.add_column(overflow="fold")
    table.add_column(style="dim", overflow="fold")
    for name in NAMES:
        fact = identity.facts.get(name)
        label = _LABELS.get(name, name)
        if fact is None:
            table.add_row(label, Text("unknown", style="yellow"), "")
        else:
            table.add_row(label, Text(_shown(name, fact, now)), Text(one_line(fact.source)))
    return table


def _shown(name: str, fact: Fact, now: datetime) -> str:
    if fact.value is None:
        return "never"
    if name != "ExpiresAt":
        return one_line(fact.value)
    left = int((datetime.fromisoformat(fact.value) - now).total_seconds()) // 60
    days, minutes = divmod(left, 24 * 60)
    span = f"{days} d {minutes // 60} h" if days else f"{minutes // 60} h {minutes % 60} min"
    return f"{fact.value} (in {span})"
