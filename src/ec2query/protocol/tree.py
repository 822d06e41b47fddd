"""An XML document as a tree of plain elements, for documents that no type describes.

Error documents and answers to actions that the model does not know are read this way. Names come
without prefixes; text beside child elements is dropped. Limits are those of every other document.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from .xml import Limits, MalformedXml, XmlReader, local_name

__all__ = ["Element", "TreeReader", "read_tree"]


@dataclass(slots=True)
class Element:
    """One element: its local name, its own text, its child elements in order."""

    name: str
    text: str = ""
    children: list[Element] = field(default_factory=list["Element"])

    def find(self, *names: str) -> Element | None:
        """Return the first child that has one of the names."""
        return next((child for child in self.children if child.name in names), None)

    def text_of(self, *names: str) -> str:
        """Return the text of the first child that has one of the names, else nothing."""
        found = self.find(*names)
        return found.text if found is not None else ""

    def to_plain(self) -> Any:
        """Return text for a leaf, a list where the children repeat a name, else a dict.

        A lone `item` or `member` child is EC2's and Query's way to write a list of one.
        """
        if not self.children:
            return self.text
        names = {child.name for child in self.children}
        if len(names) == 1 and (len(self.children) > 1 or names <= {"item", "member"}):
            return [child.to_plain() for child in self.children]
        return self.to_dict()

    def to_dict(self) -> dict[str, Any]:
        """Return the children by name, as plain values; a name that is repeated has a list of them."""
        found: dict[str, list[Any]] = {}
        for child in self.children:
            found.setdefault(child.name, []).append(child.to_plain())
        return {name: values[0] if len(values) == 1 else values for name, values in found.items()}


class TreeReader:
    """Reads a document piece by piece."""

    def __init__(self, limits: Limits = Limits()) -> None:  # noqa: B008 - frozen
        self._top = Element("")
        self._reader = XmlReader(limits)
        stack: list[tuple[Element, list[str]]] = [(self._top, [])]

        def start(tag: str, attributes: list[str]) -> None:
            if len(stack) > limits.depth:
                raise MalformedXml(f"elements are nested deeper than {limits.depth}")
            if len(attributes) > 2 * limits.attributes:
                raise MalformedXml(f"an element has more than {limits.attributes} attributes")
            made = Element(local_name(tag))
            stack[-1][0].children.append(made)
            stack.append((made, []))

        def end(tag: str) -> None:
            done, pieces = stack.pop()
            done.text = "" if done.children else "".join(pieces)

        def text(data: str) -> None:
            stack[-1][1].append(data)

        self._reader.on(start, end)
        self._reader.parser.CharacterDataHandler = text

    def feed(self, data: bytes) -> None:
        """Read a piece. Raises: MalformedXml."""
        self._reader.feed(data)

    def close(self) -> Element:
        """Return the root element. Raises: MalformedXml where the document is not complete."""
        self._reader.close()
        return self._top.children[0]


def read_tree(body: bytes, limits: Limits = Limits()) -> Element:  # noqa: B008 - frozen
    """Read a document. Raises MalformedXml."""
    reader = TreeReader(limits)
    reader.feed(body)
    return reader.close()
