"""The anatomy of a call, for people: what was asked, how it was signed, what went out, what came back.

Values go in (an operation, the exchanges that were watched, a result), sections that rich can print
come out. Every secret is hidden before it becomes text. Nothing is sent or signed anew with a real key.
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from http import HTTPStatus
from typing import Any
from urllib.parse import urlsplit

from rich.console import Console
from rich.rule import Rule
from rich.text import Text

from ..protocol.concealment import KnownSecrets
from ..protocol.excerpt import without_token
from ..protocol.message import HttpRequest, HttpResponse
from ..protocol.serialize import percent_encode
from ..protocol.sign import Anatomy, Credentials, anatomy
from ..shape import Operation, Result
from .exits import one_line
from .secrets import hidden_element, secrets_of, shown_headers, shown_pairs
from .shape_text import shape_text
from .watch import Exchange
from .xml_text import indented

__all__ = ["Section", "explain", "print_sections"]

_SCOPE = re.compile(r"Credential=([^/,]+)/(\d{8})/([^/]+)/([^/]+)/aws4_request")


@dataclass(frozen=True, slots=True)
class Section:
    """One step of a call: its title and its lines."""

    title: str
    lines: Text


def explain(
    operation: Operation[Any], exchanges: Iterable[Exchange], result: Result | None = None
) -> Iterator[Section]:
    """Yield the sections of a call; without an answer they end at the signed request."""
    kind = type(operation)
    yield Section("The operation", Text(shape_text(operation)))
    watched = list(exchanges)
    for number, exchange in enumerate(watched, 1):
        attempt = f", attempt {number}" if len(watched) > 1 else ""
        yield from _request_sections(kind, exchange.request, attempt)
        if exchange.response is not None:
            yield Section(f"The answer{attempt}", _answer(kind, exchange.request, exchange.response))
    if result is not None:
        yield Section("The result", Text(shape_text(result)))


def print_sections(console: Console, sections: Iterable[Section]) -> None:
    """Print sections, numbered; long lines stay whole, so that they can be copied."""
    for number, section in enumerate(sections, 1):
        if number > 1:
            console.print()
        console.print(Rule(Text(f"{number} {section.title}", style="bold"), align="left", style="cyan"))
        console.print(section.lines, soft_wrap=True)


def _request_sections(kind: type[Operation[Any]], request: HttpRequest, attempt: str) -> Iterator[Section]:
    pairs = shown_pairs(kind, _form_pairs(request.body))
    width = max((len(key) for key, _ in pairs), default=0)
    lines = Text("\n").join(
        Text.assemble((f"{key:<{width}}", "bold"), "  ", one_line(value)) for key, value in pairs
    )
    yield Section(f"The form pairs{attempt}", lines)
    steps = _steps(request)
    if steps is not None:
        yield Section(f"The canonical request{attempt}", Text(steps.canonical_request))
        yield Section(f"The string to sign{attempt}", Text(steps.string_to_sign))
    yield Section(f"The signed HTTP request{attempt}", _message(request, pairs))


def _form_pairs(body: bytes) -> list[tuple[str, str]]:
    from urllib.parse import parse_qsl

    return parse_qsl(body.decode("ascii", "replace"), keep_blank_values=True)


def _steps(request: HttpRequest) -> Anatomy | None:
    """Work out the steps of a signature from the request that carries it.

    Neither step depends on the secret key, so one that is made up serves.
    """
    headers = request.headers
    scope = _SCOPE.search(headers.get("authorization", ""))
    if scope is None or "x-amz-date" not in headers:
        return None
    now = datetime.strptime(headers["x-amz-date"], "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)
    stand_in = Credentials(scope[1], "not-the-secret-key", headers.get("x-amz-security-token"))
    return anatomy(request, stand_in, scope[3], scope[4], now)


def _message(request: HttpRequest, pairs: list[tuple[str, str]]) -> Text:
    parts = urlsplit(request.url)
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    body = "&".join(f"{percent_encode(key)}={percent_encode(value)}" for key, value in pairs)
    return Text.assemble(
        (f"{request.method} {target} HTTP/1.1\n", "bold"),
        _headers(shown_headers(request.headers)),
        "\n",
        body,
    )


def _answer(kind: type[Operation[Any]], request: HttpRequest, response: HttpResponse) -> Text:
    secrets = KnownSecrets(secrets_of(kind, request))
    phrase = next((f" {known.phrase}" for known in HTTPStatus if known == response.status), "")
    style = "bold green" if response.status < 300 else "bold red"
    text = secrets.hide(indented(response.body, mask=hidden_element(kind)))
    body = Text(_printable(without_token(text)))
    body.highlight_regex(r"</?[\w:.-]+|/?>", "blue")
    body.highlight_regex(r"<!--.*?-->", "dim")
    return Text.assemble(
        (f"HTTP/1.1 {response.status}{phrase}\n", style),
        _headers({name: secrets.hide(value) for name, value in shown_headers(response.headers).items()}),
        "\n",
        body,
    )


def _headers(headers: dict[str, str]) -> Text:
    return Text.assemble(
        *(Text.assemble((name, "cyan"), f": {one_line(value)}\n") for name, value in headers.items())
    )


def _printable(text: str) -> str:
    return "\n".join(
        one_line(line) if not line.startswith(" ") else _indented_line(line) for line in text.split("\n")
    )


def _indented_line(line: str) -> str:
    inner = line.lstrip(" ")
    return " " * (len(line) - len(inner)) + one_line(inner)
