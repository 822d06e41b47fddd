"""JSON answers that hold credentials: bytes in, checked values out.

An error names the key that is missing or of the wrong type, and never quotes the document.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import TypeAlias, cast

from ..errors import CredentialsError
from ..frozen import frozen
from ..protocol.access_key import Credentials
from ..protocol.timestamp import read_timestamp
from .exchange import Transient
from .keys import key_pair

__all__ = ["Document", "KeyNames", "credentials_in", "read_document", "text_in"]

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

Document: TypeAlias = Mapping[str, object]


@frozen(kw_only=True)
class KeyNames:
    """What a kind of answer calls the parts of credentials; `optional` ones may be absent."""

    access_key_id: str = "AccessKeyId"
    secret_access_key: str = "SecretAccessKey"  # noqa: S105 - a name
    session_token: str = "Token"  # noqa: S105 - a name
    expiration: str = "Expiration"
    optional: frozenset[str] = frozenset()


def read_document(what: str, body: bytes) -> Document:
    """Read a JSON object. Raises Transient, since a truncated answer is the usual reason."""
    document = _object(body)
    if document is None:
        raise Transient(f"{what}: expected a JSON object, got {len(body)} other bytes (not shown)")
    return document


def _object(body: bytes) -> Document | None:
    # The exceptions stay in here: JSONDecodeError carries the whole document.
    try:
        found: object = json.loads(body)
    except (ValueError, RecursionError):
        return None
    return cast(Document, found) if isinstance(found, dict) else None


def text_in(what: str, document: Document, key: str) -> str:
    """Return the text under `key`. Raises CredentialsError where it is absent or not a text."""
    value = document.get(key)
    if not isinstance(value, str) or not value:
        got = "none" if value is None or value == "" else f"a value of type {type(value).__name__}"
        raise CredentialsError(f"{what}: expected a text under {key}, got {got}")
    return value


def credentials_in(what: str, document: Document, names: KeyNames) -> Credentials:
    """Return the credentials that a document holds. Raises CredentialsError."""

    def text(key: str) -> str | None:
        absent = key in names.optional and document.get(key) in (None, "")
        return None if absent else text_in(what, document, key)

    absent = names.expiration in names.optional and document.get(names.expiration) in (None, "")
    return key_pair(
        what,
        text_in(what, document, names.access_key_id),
        text_in(what, document, names.secret_access_key),
        text(names.session_token),
        None if absent else _time(what, names.expiration, document.get(names.expiration)),
    )


def _time(what: str, key: str, value: object) -> datetime:
    """Read a time as text, or as a number of milliseconds since 1970 (as SSO writes it)."""
    try:
        if isinstance(value, str):
            return read_timestamp(value)
        if isinstance(value, int) and not isinstance(value, bool):
            return _EPOCH + timedelta(milliseconds=value)
    except (ValueError, OverflowError):
        value = ""
    got = "none" if value is None else "something else"
    raise CredentialsError(f"{what}: expected a time under {key}, got {got}")
