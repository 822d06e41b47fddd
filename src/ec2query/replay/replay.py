"""Replay: recorded exchanges that answer requests. What was not recorded is refused.

A request is known by its Action and its decoded pairs, in whatever order; each recording answers once,
the same request the next time by the next of its recordings. Signatures and headers are not compared,
nor what redaction hid. Nothing is sent anywhere; many threads and tasks may ask.
"""

from __future__ import annotations

from collections.abc import Iterable
from os import PathLike
from threading import Lock
from typing import Self

from ..protocol.message import HttpRequest, HttpResponse
from .errors import UnexpectedRequest, UnusedExchanges
from .exchange import Exchange, query_pairs
from .folder import load
from .matching import Matching
from .redaction import Redaction

__all__ = ["Replay"]


class Replay:
    """Answers from recordings, once each unless `repeat`: then the last of a request answers ever after.

    As a context manager it is checked at the end: all recordings used, and none missed. Pass the
    Redaction that was recorded with, if it was a special one.
    """

    def __init__(
        self,
        exchanges: Iterable[Exchange],
        *,
        repeat: bool = False,
        redaction: Redaction = Redaction(),  # noqa: B008 - frozen
    ) -> None:
        self.exchanges = tuple(exchanges)
        self._repeat = repeat
        self._redaction = redaction
        self._matching = Matching(redaction)
        self._used: set[int] = set()
        self._unexpected: list[UnexpectedRequest] = []
        self._lock = Lock()

    @classmethod
    def load(
        cls,
        path: str | PathLike[str],
        *,
        repeat: bool = False,
        redaction: Redaction = Redaction(),  # noqa: B008 - frozen
    ) -> Self:
        """Replay the files of a folder, or one file. Raises ReplayError."""
        return cls(load(path), repeat=repeat, redaction=redaction)

    def answer(self, request: HttpRequest) -> HttpResponse:
        """Return the recorded answer to a request. Raises UnexpectedRequest."""
        with self._lock:
            found = [
                number
                for number, exchange in enumerate(self.exchanges)
                if self._matching.fits(exchange, request)
            ]
            fresh = [number for number in found if number not in self._used]
            if fresh or (found and self._repeat):
                number = fresh[0] if fresh else found[-1]
                self._used.add(number)
                return self.exchanges[number].response
            error = self._refusal(request, len(found))
            self._unexpected.append(error)
            raise error

    @property
    def unused(self) -> tuple[Exchange, ...]:
        """The recordings that nothing has asked for yet."""
        with self._lock:
            return tuple(
                exchange for number, exchange in enumerate(self.exchanges) if number not in self._used
            )

    def check(self) -> None:
        """Raise the first UnexpectedRequest there was, even if a caller caught it; or UnusedExchanges."""
        if self._unexpected:
            raise self._unexpected[0]
        if unused := self.unused:
            raise UnusedExchanges(unused, len(self.exchanges))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, *rest: object) -> None:
        if kind is None:
            self.check()

    def _refusal(self, request: HttpRequest, times: int) -> UnexpectedRequest:
        action = dict(query_pairs(request) or ()).get("Action")
        if action is None:
            where = self._redaction.url(request.url)
            return UnexpectedRequest(
                f"replay: expected an EC2 request, got {request.method} {where};"
                " calls for credentials are never recorded: give the client static ones"
            )
        if times:
            return UnexpectedRequest(
                f"{action}: expected at most {times} of this request, as recorded, got one more;"
                " record it more often, or replay with repeat=True"
            )
        nearest = self._matching.nearest(self.exchanges, request)
        if nearest is None:
            known = ", ".join(sorted({exchange.action for exchange in self.exchanges})) or "nothing"
            return UnexpectedRequest(f"{action}: expected a recorded action ({known}), got one that is not")
        exchange, differences = nearest
        return UnexpectedRequest(
            f"{action}: expected a recorded request, got another; the nearest"
            f"{f', {exchange.source},' if exchange.source else ''} differs in"
            f" {', '.join(map(str, differences))}; make the recorded call, or record this one",
            nearest=exchange,
            differences=differences,
        )
