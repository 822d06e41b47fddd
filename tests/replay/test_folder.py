"""Exchanges in files and folders."""

from __future__ import annotations

from pathlib import Path

import pytest

from ec2query import ec2
from ec2query.replay import MalformedExchange, ReplayError, load, save
from support.exchanges import exchange


def test_a_folder_is_read_in_the_order_of_its_paths(tmp_path: Path) -> None:
    """Folders within it too; a file knows where it came from."""
    one = exchange(ec2.DescribeVpcs())
    for name in ("b/2.exchange", "a/3.exchange", "a/b/1.exchange"):
        save(one, tmp_path / name)
    (tmp_path / "README.md").write_text("no exchange")
    found = load(tmp_path)
    assert [Path(each.source).relative_to(tmp_path).as_posix() for each in found] == [
        "a/3.exchange",
        "a/b/1.exchange",
        "b/2.exchange",
    ]
    assert load(tmp_path / "b" / "2.exchange") == (one,)


def test_what_cannot_be_read_is_a_replay_error(tmp_path: Path) -> None:
    """No file, no folder, nothing in it, another encoding, no place to write to."""
    with pytest.raises(ReplayError, match="No such file"):
        load(tmp_path / "none.exchange")
    with pytest.raises(ReplayError, match=r"expected files named \*\.exchange"):
        load(tmp_path)
    (tmp_path / "x.exchange").write_bytes(b"format: 1\xff")
    with pytest.raises(MalformedExchange, match=r"x\.exchange, line 1: expected UTF-8, got byte 9"):
        load(tmp_path)
    with pytest.raises(ReplayError, match="expected a place to write to"):
        save(exchange(ec2.DescribeVpcs()), tmp_path / "x.exchange" / "y.exchange")
