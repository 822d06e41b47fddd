"""`ec2query.protocol.scope`: the credential scope and its key."""

from __future__ import annotations

from datetime import UTC, datetime

from ec2query.protocol.scope import Scope, scope_at, signing_key


def test_published_signing_key() -> None:
    """The key of the AWS General Reference's worked example comes out."""
    key = signing_key("wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY", "20150830", "us-east-1", "iam")
    assert key.hex() == "c4afb1cc5771d871763a393e44b703571b55cc28424d1a5e86da6ed3c154a4b9"


def test_a_key_is_good_for_one_secret_day_region_and_service() -> None:
    """Whatever part differs, the key does; the cache mixes none of them up."""
    parts = ("secret", "20150830", "us-east-1", "ec2")
    keys = {signing_key(*parts)}
    for place, other in enumerate(("Secret", "20150831", "us-east-2", "sts")):
        keys.add(signing_key(*parts[:place], other, *parts[place + 1 :]))
    assert len(keys) == 5
    assert signing_key(*parts) in keys


def test_the_cache_of_keys_is_bounded() -> None:
    """A process that serves many tenants does not keep all their keys."""
    for number in range(1000):
        signing_key(f"secret-{number}", "20150830", "us-east-1", "ec2")
    assert signing_key.cache_info().currsize <= 64


def test_a_scope_as_text() -> None:
    """Date, Region, service: as they stand in the Authorization header."""
    scope = scope_at(datetime(2015, 8, 30, 12, 36, tzinfo=UTC), "us-east-1", "iam")
    assert scope == Scope("20150830T123600Z", "us-east-1", "iam")
    assert str(scope) == "20150830/us-east-1/iam/aws4_request"
