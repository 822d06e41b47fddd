"""Is this the request that was recorded? By its decoded pairs, whatever their order. Pure.

A value fits where it is the recorded one, or becomes it when it is redacted. A token that the client
made up for one call, its invocation id, fits any other such token.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from ..protocol.message import HttpRequest
from .errors import Difference
from .exchange import Exchange, query_pairs
from .redaction import Redaction

__all__ = ["Matching"]

_MADE_UP = "(made up for the call)"


class Matching:
    """Compares requests; `redaction` is what was recorded with."""

    def __init__(self, redaction: Redaction) -> None:
        self._redaction = redaction
        # Whether a recording was made with account ids can be seen from them alone.
        self._redactions = (redaction, replace(redaction, account_ids=not redaction.account_ids))

    def fits(self, exchange: Exchange, request: HttpRequest) -> bool:
        """Tell whether an exchange records this request."""
        return not self.differences(exchange, request)

    def nearest(
        self, exchanges: Iterable[Exchange], request: HttpRequest
    ) -> tuple[Exchange, tuple[Difference, ...]] | None:
        """Return the exchange of the same action that differs in the fewest keys, and those."""
        action = dict(query_pairs(request) or ()).get("Action")
        compared = [
            (exchange, self.differences(exchange, request))
            for exchange in exchanges
            if exchange.action == action
        ]
        return min(compared, key=lambda found: len(found[1]), default=None)

    def differences(self, exchange: Exchange, request: HttpRequest) -> tuple[Difference, ...]:
        """Name the keys that differ, with their values as they may be shown."""
        recorded, got = _values(exchange.request), _values(request)
        action = exchange.action
        return tuple(
            Difference(key, _joined(recorded.get(key)), _joined(self._shown(action, key, got.get(key))))
            for key in dict.fromkeys((*recorded, *got))
            if not self._agree(action, key, recorded.get(key), got.get(key))
        )

    def _agree(self, action: str, key: str, recorded: list[str] | None, got: list[str] | None) -> bool:
        if recorded is None or got is None or len(recorded) != len(got):
            return False
        return all(
            one == other or one in [redaction.value(action, key, other) for redaction in self._redactions]
            for one, other in zip(recorded, got, strict=True)
        )

    def _shown(self, action: str, key: str, got: list[str] | None) -> list[str] | None:
        return got and [self._redaction.value(action, key, value) for value in got]


def _values(request: HttpRequest) -> dict[str, list[str]]:
    """Gather the values of each key; a key that stands twice has both."""
    made_up = request.headers.get("amz-sdk-invocation-id")
    values: dict[str, list[str]] = {}
    for key, value in query_pairs(request) or ():
        values.setdefault(key, []).append(_MADE_UP if value == made_up else value)
    return values


def _joined(values: list[str] | None) -> str | None:
    return " and ".join(values) if values is not None else None
