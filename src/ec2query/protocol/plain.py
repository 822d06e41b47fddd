"""An XML document as plain values, made piece by piece: text, lists and dicts, for what no type describes.

A leaf is its text, an element whose children repeat a name is a list, any other a dict by local names.
A lone `item` or `member` is EC2's and Query's way to write a list of one. Each value is made at its end
tag, so that no piece of a long document costs more than the others. Text beside elements is dropped.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, TypeAlias

from .xml import Limits, MalformedXml, XmlReader, local_name

__all__ = ["Children", "PlainReader", "check_element", "plain"]

Children: TypeAlias = dict[str, list[Any]]
"""The values of an element's children by their names: a name that is repeated has several."""


class PlainReader:
    """Reads a document piece by piece; `root` is the root's name as soon as it is known."""

    def __init__(self, limits: Limits = Limits()) -> None:  # noqa: B008 - frozen
        self._reader = XmlReader(limits)
        self.root: str | None = None
        # Of each open element: its children's values by name, and its own text.
        stack: list[tuple[Children, list[str]]] = []
        self._children: Children = {}

        def start(tag: str, attributes: list[str]) -> None:
            if attributes or len(stack) >= limits.depth:
                check_element(limits, len(stack) + 1, attributes)
            if self.root is None:
                self.root = local_name(tag)
            stack.append(({} if stack else self._children, []))

        def end(tag: str) -> None:
            children, pieces = stack.pop()
            if stack:
                value = plain(children) if children else "".join(pieces) if pieces else ""
                name = local_name(tag) if ":" in tag else tag
                siblings = stack[-1][0]
                if name in siblings:
                    siblings[name].append(value)
                else:
                    siblings[name] = [value]

        def text(data: str) -> None:
            stack[-1][1].append(data)

        self._reader.on(start, end)
        self._reader.parser.CharacterDataHandler = text

    def feed(self, data: bytes | memoryview) -> None:
        """Read a piece. Raises: MalformedXml."""
        self._reader.feed(data)

    def let_go(self) -> None:
        """Read no further."""
        self._reader.let_go()

    def close(self) -> dict[str, Any]:
        """Return the root's children by name. Raises: MalformedXml where the document is not complete."""
        self._reader.close()
        return _by_name(self._children)


def plain(children: Children) -> Any:
    """Return the value of an element with such children, of which there is one at least."""
    if len(children) == 1:
        ((name, same),) = children.items()
        if len(same) > 1 or name in ("item", "member"):
            return same
    return _by_name(children)


def _by_name(children: Children) -> dict[str, Any]:
    return {name: same[0] if len(same) == 1 else same for name, same in children.items()}


def check_element(limits: Limits, depth: int, attributes: Sequence[str]) -> None:
    """Raise MalformedXml where an element at `depth` (from 1) is over a limit."""
    if depth > limits.depth:
        raise MalformedXml(f"elements are nested deeper than {limits.depth}")
    if len(attributes) > 2 * limits.attributes:
        raise MalformedXml(f"an element has more than {limits.attributes} attributes")
