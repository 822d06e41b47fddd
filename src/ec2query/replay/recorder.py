"""Recorder: keeps exchanges as they pass, redacted before they are kept, and saves them.

It keeps EC2 calls only: what a client sends to get credentials is never looked at. Attempts of one
call are exchanges of their own.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from os import PathLike
from pathlib import Path
from urllib.parse import urlsplit

from ..protocol.message import HttpRequest, HttpResponse
from .errors import ReplayError
from .exchange import Exchange, form_body, kept_headers, query_pairs, signed_in
from .expectation import expectation, outcome
from .folder import SUFFIX, save
from .redaction import Redaction

__all__ = ["Recorder"]


class Recorder:
    """What was recorded, in order. `provenance` defaults to the host that answered.

    `redaction=None` keeps secrets as they are: for made-up ones only.
    """

    def __init__(
        self,
        *,
        provenance: str | None = None,
        redaction: Redaction | None = Redaction(),  # noqa: B008 - frozen
    ) -> None:
        self._provenance = provenance
        self._redaction = redaction
        self._exchanges: list[Exchange] = []

    @property
    def exchanges(self) -> tuple[Exchange, ...]:
        """What has been recorded so far."""
        return tuple(self._exchanges)

    def keep(self, request: HttpRequest, response: HttpResponse) -> None:
        """Keep an exchange, if it is a call of EC2."""
        pairs = query_pairs(request)
        if pairs is None:
            return
        region, signed_at = signed_in(request.headers)
        host = urlsplit(request.url).netloc.rpartition("@")[2]
        exchange = Exchange(
            provenance=self._provenance or f"recorded: {host}",
            request=HttpRequest("POST", request.url, kept_headers(request.headers), form_body(pairs)),
            response=HttpResponse(response.status, kept_headers(response.headers), response.body),
            region=region,
            signed_at=signed_at,
        )
        self._exchanges.append(self._finished(exchange))

    def _finished(self, exchange: Exchange) -> Exchange:
        if self._redaction is not None:
            return self._redaction.exchange(exchange)
        meant = outcome(exchange)
        return replace(exchange, expected=expectation(meant)) if meant is not None else exchange

    def save(self, folder: str | PathLike[str]) -> list[Path]:
        """Write `001-Action.exchange` and so on; exchanges that lay in the folder are removed.

        Raises: ReplayError where nothing was recorded, or the folder cannot be written.
        """
        if not self._exchanges:
            raise ReplayError(f"{folder}: expected at least one exchange to save, got none; make calls first")
        place = Path(folder)
        _clear(place.glob(f"[0-9]*-*{SUFFIX}"))
        files = [
            place / f"{number:03d}-{exchange.action}{SUFFIX}"
            for number, exchange in enumerate(self._exchanges, 1)
        ]
        for file, exchange in zip(files, self._exchanges, strict=True):
            save(exchange, file)
        return files


def _clear(files: Iterable[Path]) -> None:
    for file in files:
        try:
            file.unlink()
        except OSError as error:
            raise ReplayError(
                f"{file}: expected a file that can be replaced, got {error.strerror}"
            ) from error
