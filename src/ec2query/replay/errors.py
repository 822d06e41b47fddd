"""What goes wrong in recording and replaying: a branch of the tree of `ec2query.errors`.

    ReplayError
    ├── MalformedExchange    a file that is no recorded exchange (also a ValueError)
    ├── UnexpectedRequest    a request that was not recorded, or not that often
    └── UnusedExchanges      what was recorded and never asked for (also an AssertionError)

None of them is retried. Values of sensitive members are not shown.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from ..errors import Ec2QueryError

if TYPE_CHECKING:
    from .exchange import Exchange

__all__ = ["Difference", "MalformedExchange", "ReplayError", "UnexpectedRequest", "UnusedExchanges"]


class ReplayError(Ec2QueryError):
    """Recording or replaying cannot go on."""


class MalformedExchange(ReplayError, ValueError):
    """A file that does not hold an exchange as `fixtures/README.md` describes it; `line` counts from 1."""

    def __init__(self, source: str, line: int, *, expected: str, got: str) -> None:
        super().__init__(f"{source or 'exchange'}, line {line}: expected {expected}, got {got}")
        self.source = source
        self.line = line
        self.expected = expected
        self.got = got


class Difference(NamedTuple):
    """One key whose value differs; None where there is no such key."""

    key: str
    recorded: str | None
    got: str | None

    def __str__(self) -> str:
        return f"{self.key} (recorded {_shown(self.recorded)}, got {_shown(self.got)})"


class UnexpectedRequest(ReplayError):
    """A request without a recording; `nearest` is the most similar one, and `differences` says in what."""

    def __init__(
        self, message: str, *, nearest: Exchange | None = None, differences: tuple[Difference, ...] = ()
    ) -> None:
        super().__init__(message)
        self.nearest = nearest
        self.differences = differences


class UnusedExchanges(ReplayError, AssertionError):
    """Recordings that nothing asked for: `exchanges`."""

    def __init__(self, exchanges: tuple[Exchange, ...], total: int) -> None:
        named = ", ".join(exchange.source or exchange.action for exchange in exchanges)
        super().__init__(
            f"replay: expected all of {total} recorded exchanges to be used, got {len(exchanges)} unused:"
            f" {named}; make the calls, or remove the recordings"
        )
        self.exchanges = exchanges


def _shown(value: str | None) -> str:
    if value is None:
        return "none"
    return repr(value if len(value) <= 80 else f"{value[:79]}…")
