"""`ec2query.protocol.excerpt`: what an error shows of a body."""

from __future__ import annotations

from collections.abc import Sequence

from ec2query.protocol.excerpt import EXCERPT_BYTES, excerpt, holds_secrets
from ec2query.shape import Result, Shape, wire
from support.toy import DoResult


class Key(Shape):
    material: str | None = wire("material", default=None, sensitive=True)
    again: Sequence[Key] = wire("again", default=())


class KeysResult(Result):
    keys: Sequence[Sequence[Key]] = wire("keys", default=())


def test_an_excerpt_is_short_and_printable() -> None:
    """Control and non-ASCII characters become blanks, and a cut is marked."""
    assert excerpt(b"<a>\r\n\x00\x1b[31m\xff b</a>") == "<a> [31m b</a>"
    assert len(excerpt(b"x" * 10_000)) == EXCERPT_BYTES + 1
    assert excerpt(b"") == ""


def test_a_type_with_a_sensitive_member_shows_nothing() -> None:
    """However deep the member lies, the body of such an answer is never quoted."""
    assert holds_secrets(KeysResult)
    assert not holds_secrets(DoResult)
    assert excerpt(b"<KeysResponse>hunter2", KeysResult) == ""
    assert excerpt(b"<DoResponse>", DoResult) == "<DoResponse>"
