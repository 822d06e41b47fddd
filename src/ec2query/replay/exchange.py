"""Exchange: one request to EC2 and its answer, with where they come from and what they mean.

A frozen value. Its request is an EC2 Query call: a POST of form pairs with an Action, in the API's
version; nothing else that a client sends (for credentials, say) is one. Of the headers those are kept
that belong to the message, not to one connection or one machine.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime

from .. import ec2
from ..errors import ServiceError
from ..protocol.decode_form import form_pairs
from ..protocol.message import HttpRequest, HttpResponse
from ..protocol.serialize import percent_encode

__all__ = ["Exchange", "form_body", "kept_headers", "query_pairs", "signed_in"]

_SCOPE = re.compile(r"Credential=[^/,]+/[0-9]{8}/([A-Za-z0-9-]+)/")
# Of a connection, or of the machine that recorded; `server` and `via` change between two calls.
_PASSING = frozenset(
    (
        *("connection", "content-encoding", "content-length", "keep-alive", "proxy-authenticate"),
        *("proxy-authorization", "server", "te", "trailer", "transfer-encoding", "upgrade", "user-agent"),
        *("vary", "via"),
    )
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Exchange:
    """One recorded exchange.

    `provenance` says who answered (`recorded: ...`) or what it was made from (`derived: ...`).
    `region` and `signed_at` are None where the request is not signed; `expected` is what the answer
    means, in JSON's types. `source` names the file, and does not count for equality.
    """

    provenance: str
    request: HttpRequest
    response: HttpResponse
    region: str | None = None
    signed_at: datetime | None = None
    about: str = ""
    expected: Mapping[str, object] | None = None
    source: str = field(default="", compare=False)

    @property
    def pairs(self) -> tuple[tuple[str, str], ...]:
        """The decoded pairs of the form body, in order."""
        return tuple(form_pairs(self.request.body))

    @property
    def action(self) -> str:
        """The Action asked for."""
        return dict(self.pairs).get("Action", "")


def query_pairs(request: HttpRequest) -> tuple[tuple[str, str], ...] | None:
    """Return the pairs of a request if it is an EC2 Query call, else None."""
    if request.method != "POST" or not request.body:
        return None
    try:
        pairs = form_pairs(request.body)
    except ServiceError:
        return None
    found = dict(pairs)
    return tuple(pairs) if found.get("Action") and found.get("Version") == ec2.SERVICE.version else None


def form_body(pairs: Iterable[tuple[str, str]]) -> bytes:
    """Write pairs as `protocol.serialize` does."""
    return "&".join(f"{percent_encode(key)}={percent_encode(value)}" for key, value in pairs).encode("ascii")


def signed_in(headers: Mapping[str, str]) -> tuple[str | None, datetime | None]:
    """Return the Region and the time that a request was signed for."""
    scope = _SCOPE.search(headers.get("authorization", ""))
    try:
        at = datetime.strptime(headers.get("x-amz-date", ""), "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)
    except ValueError:
        at = None
    return (scope[1] if scope else None), at


def kept_headers(headers: Mapping[str, str]) -> dict[str, str]:
    """Leave out the headers that belong to a connection or a machine."""
    return {name: headers[name] for name in sorted(headers) if name not in _PASSING}
