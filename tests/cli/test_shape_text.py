"""`ec2query.cli.shape_text`: operations and results as Python."""

from __future__ import annotations

from ec2query.cli.shape_text import shape_text
from support.toy import Do, DoResult, Leaf


def test_what_fits_is_one_line() -> None:
    """Members that are not set are left out; a tuple of one keeps its comma."""
    assert shape_text(Do(text="a", texts=("x",))) == "Do(text='a', texts=('x',))"


def test_what_does_not_fit_is_broken_at_its_members() -> None:
    """And can be pasted into Python."""
    result = DoResult(leaves=(Leaf(key="k" * 30, count=1), Leaf(key="l" * 30)), request_id="r")
    text = shape_text(result)
    assert text == (
        "DoResult(\n"
        "    leaves=(\n"
        f"        Leaf(key='{'k' * 30}', count=1),\n"
        f"        Leaf(key='{'l' * 30}'),\n"
        "    ),\n"
        "    request_id='r',\n"
        ")"
    )
    assert eval(text, {"DoResult": DoResult, "Leaf": Leaf}) == result


def test_sensitive_members_are_hidden() -> None:
    """On one line and on several."""
    for padding in ("", "x" * 100):
        text = shape_text(Do(text=padding, secret="canary"))
        assert "canary" not in text
        assert "secret=***" in text
