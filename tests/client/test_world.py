"""The real world, as far as it can be looked at."""

from __future__ import annotations

import os
import uuid
from datetime import UTC, datetime, timedelta

import pytest

from ec2query.client.world import system_world


def test_the_environment_is_live(monkeypatch: pytest.MonkeyPatch) -> None:
    """A variable that is set later is seen."""
    world = system_world()
    monkeypatch.setenv("AWS_REGION", "eu-west-1")
    assert world.environ["AWS_REGION"] == "eu-west-1"
    assert world.environ is os.environ


def test_the_clocks_run() -> None:
    """Now is aware and UTC; monotonic seconds do not go back."""
    world = system_world()
    assert world.now().tzinfo is UTC
    assert abs(world.now() - datetime.now(UTC)) < timedelta(minutes=1)
    assert world.monotonic() <= world.monotonic()


def test_chance_and_tokens_are_drawn() -> None:
    """Random is in [0, 1); tokens are UUIDs, each another."""
    world = system_world()
    draws = {world.random() for _ in range(100)}
    assert len(draws) > 90
    assert all(0 <= draw < 1 for draw in draws)
    tokens = {world.token() for _ in range(100)}
    assert len(tokens) == 100
    assert {uuid.UUID(token).version for token in tokens} == {4}
