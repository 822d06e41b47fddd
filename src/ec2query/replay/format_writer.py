"""An Exchange as the text of a file: a head, then the sections request, response and expected.

    provenance: recorded: emulator
    --- request
    POST https://ec2.us-east-1.amazonaws.com/
    ...

What is written is what `format_reader` reads, byte for byte of the messages. The format is described in
`fixtures/README.md`.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC

from .exchange import Exchange
from .text import body_lines, escape

__all__ = ["EXPECTED", "FORMAT", "REQUEST", "RESPONSE", "TIME", "write_exchange"]

FORMAT = "1"
REQUEST, RESPONSE, EXPECTED = "--- request", "--- response", "--- expected"
TIME = "%Y-%m-%dT%H:%M:%SZ"


def write_exchange(exchange: Exchange) -> str:
    """Write an exchange as the text of a file."""
    signed = exchange.signed_at.astimezone(UTC).strftime(TIME) if exchange.signed_at else None
    head = {
        "format": FORMAT,
        "provenance": exchange.provenance,
        "about": exchange.about or None,
        "region": exchange.region,
        "signed": signed,
    }
    request, response = exchange.request, exchange.response
    lines = [f"{name}: {escape(value.encode())}" for name, value in head.items() if value is not None]
    lines += ["", REQUEST, f"{request.method} {request.url}", *_headers(request.headers), ""]
    lines += [escape(f"{key}={value}".encode()) for key, value in exchange.pairs]
    lines += ["", RESPONSE, str(response.status), *_headers(response.headers), ""]
    lines += body_lines(response.body)
    if exchange.expected is not None:
        lines += ["", EXPECTED, *_json(exchange.expected).split("\n")]
    return "\n".join(lines) + "\n"


def _headers(headers: Mapping[str, str]) -> list[str]:
    return [f"{name}: {escape(headers[name].encode('latin-1'))}" for name in sorted(headers)]


def _json(value: Mapping[str, object]) -> str:
    text = json.dumps(value, indent=2, ensure_ascii=False, allow_nan=False)
    return "".join(c if c.isprintable() or c == "\n" else json.dumps(c)[1:-1] for c in text)
