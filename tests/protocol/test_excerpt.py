"""`ec2query.protocol.excerpt`: what an error shows of a body."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

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


ECHOES = {
    "a secret access key": b"key wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY was",
    "a header": b"GET / HTTP/1.1\r\nX-Amz-Security-Token: CANARY\r\nhost: x",
    "a query": b"/?X-Amz-Security-Token=CANARY&X-Amz-Date=1",
    "a quoted query": b"url=%2F%3FX-Amz-Security-Token%3DCANARY",
    "a key that is cut": b"x" * 150 + b" wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
}


@pytest.mark.parametrize("name", ECHOES)
def test_what_looks_like_a_key_is_not_shown(name: str) -> None:
    """A server or proxy may repeat what it was sent."""
    shown = excerpt(ECHOES[name])
    assert "***" in shown
    assert "CANARY" not in shown
    assert "wJal" not in shown


def test_names_are_shown() -> None:
    """Whatever their length."""
    page = b"<DescribeFastSnapshotRestoresResponse><html><title>502 Bad Gateway</title>"
    assert excerpt(page) == page.decode()


def test_a_type_with_a_sensitive_member_shows_nothing() -> None:
    """However deep the member lies, the body of such an answer is never quoted."""
    assert holds_secrets(KeysResult)
    assert not holds_secrets(DoResult)
    assert excerpt(b"<KeysResponse>hunter2", KeysResult) == ""
    assert excerpt(b"<DoResponse>", DoResult) == "<DoResponse>"
