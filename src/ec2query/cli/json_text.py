"""A result as JSON: model names in the model's order, RequestId among them.

Timestamps become ISO 8601, blobs base64, floats that JSON lacks text. A result goes in, text without
a newline at its end comes out; no control character in it is written as itself.
"""

from __future__ import annotations

import json
import math
import re
from base64 import b64encode
from datetime import UTC, datetime
from typing import Any

from ..protocol.timestamp import format_timestamp
from ..shape import Result, members

__all__ = ["plain", "to_json"]

# JSON leaves these as they are; a terminal would obey them.
_CONTROL = re.compile("[\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff]")


def to_json(result: Result, *, ascii_only: bool = False) -> str:
    """Write a result as indented JSON; `ascii_only` for an output that carries no more.

    Its own lists are there even when empty, so that programs may iterate them unasked.
    """
    given = result.to_dict()
    own = {
        member.model: given.get(member.model, [])
        for member in members(type(result))
        if member.model in given or member.is_list
    }
    text = json.dumps(plain(own), indent=2, ensure_ascii=ascii_only, allow_nan=False)
    return _CONTROL.sub(lambda found: f"\\u{ord(found[0]):04x}", text)


def plain(value: Any) -> Any:
    """Turn a `to_dict()` value into what JSON can say."""
    if isinstance(value, dict):
        return {name: plain(inner) for name, inner in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(entry) for entry in value]
    if isinstance(value, datetime):
        return format_timestamp(value.astimezone(UTC), "iso8601")
    if isinstance(value, (bytes, bytearray)):
        return b64encode(value).decode("ascii")
    if isinstance(value, float) and not math.isfinite(value):
        return "NaN" if math.isnan(value) else "Infinity" if value > 0 else "-Infinity"
    return value
