"""Redaction: an Exchange in, the same without its secrets out.

Hidden are access key id, signature, session token and whatever else a header may prove who one is by;
values of sensitive members in request and answer; what looks like a secret anywhere; and whatever
was hidden in the request, wherever the answer repeats it. Redacting twice changes nothing more.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace

from ..protocol.concealment import KnownSecrets
from ..protocol.message import HttpRequest, HttpResponse
from .exchange import Exchange, form_body
from .expectation import expectation, operation_named, outcome
from .hidden_elements import text_codec, without_hidden_elements
from .secret_text import REDACTED, without_accounts, without_secrets
from .sensitive import is_hidden_key

__all__ = ["Redaction"]

_PROVING = re.compile(r"token|secret|cookie|password|credential|signature|api-?key", re.IGNORECASE)
_CREDENTIAL = re.compile(r"Credential=([^/,\s]*)")
_SIGNATURE = re.compile(r"Signature=([^,\s]*)")
_USER = re.compile(r"(?<=://)[^/?#@]*@")
# Shorter ones would be found in words.
_SHORTEST = 6


@dataclass(frozen=True, slots=True, kw_only=True)
class Redaction:
    """What is hidden besides secrets: account ids, and further `members` by model or wire name."""

    account_ids: bool = False
    members: Collection[str] = ()

    def exchange(self, exchange: Exchange) -> Exchange:
        """Return the exchange without secrets; what it means is read from what is left."""
        secrets = KnownSecrets(self._secrets(exchange), mask=REDACTED, shortest=_SHORTEST)
        operation = operation_named(exchange.action)
        pairs = [
            (key, secrets.hide(self.value(exchange.action, key, value))) for key, value in exchange.pairs
        ]
        body = without_hidden_elements(exchange.response.body, operation, self.members)
        hidden = replace(
            exchange,
            request=HttpRequest(
                exchange.request.method,
                self.url(exchange.request.url),
                self._headers(exchange.request.headers, secrets),
                form_body(pairs),
            ),
            response=HttpResponse(
                exchange.response.status,
                self._headers(exchange.response.headers, secrets),
                self._body(body, secrets),
            ),
        )
        meant = outcome(hidden)
        return replace(hidden, expected=expectation(meant) if meant is not None else None)

    def value(self, action: str, key: str, value: str) -> str:
        """Return the value of a request's pair as it may be shown."""
        return REDACTED if is_hidden_key(operation_named(action), key, self.members) else self.text(value)

    def text(self, text: str) -> str:
        """Return any text as it may be shown."""
        text = without_secrets(text)
        return without_accounts(text) if self.account_ids else text

    def url(self, url: str) -> str:
        """Return a URL as it may be shown: without user and query."""
        base, question, _ = _USER.sub(f"{REDACTED}@", url).partition("?")
        return base + (f"?{REDACTED}" if question else "")

    def _headers(self, headers: Mapping[str, str], secrets: KnownSecrets) -> dict[str, str]:
        return {name: secrets.hide(self._header(name, value)) for name, value in headers.items()}

    def _header(self, name: str, value: str) -> str:
        if name == "authorization":
            if not value.startswith("AWS4-"):
                return REDACTED
            value = _CREDENTIAL.sub(f"Credential={REDACTED}", value)
            return _SIGNATURE.sub(f"Signature={REDACTED}", value)
        return REDACTED if _PROVING.search(name) else self.text(value)

    def _body(self, body: bytes, secrets: KnownSecrets) -> bytes:
        codec = text_codec(body)
        # In UTF-8 any bytes come back as they were; UTF-16 that is broken cannot be searched.
        errors = "surrogateescape" if codec == "utf-8" else "strict"
        try:
            return secrets.hide(self.text(body.decode(codec, errors))).encode(codec, errors)
        except UnicodeError:
            return REDACTED.encode()

    def _secrets(self, exchange: Exchange) -> Iterable[str]:
        """Give what the request holds that must be nowhere else."""
        headers: Mapping[str, str] = exchange.request.headers
        authorization = headers.get("authorization", "")
        for found in (_CREDENTIAL.search(authorization), _SIGNATURE.search(authorization)):
            if found:
                yield found[1]
        yield from (value for name, value in headers.items() if _PROVING.search(name))
        for key, value in exchange.pairs:
            if is_hidden_key(operation_named(exchange.action), key, self.members):
                yield value
