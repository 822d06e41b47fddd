"""An XML document as a tree of plain elements, for documents that no type describes.

Error documents are read this way. Names come without prefixes; text beside child elements is
dropped. Limits are those of every other document.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from .plain import Children, check_element, plain
from .xml import Limits, MalformedXml, XmlReader, local_name

__all__ = ["Element", "read_tree"]


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
        """Return text for a leaf, a list where the children repeat a name, else a dict."""
        if not self.children:
            return self.text
        values: Children = {}
        for child in self.children:
            values.setdefault(child.name, []).append(child.to_plain())
        return plain(values)


def read_tree(body: bytes, limits: Limits = Limits(), *, elements: int | None = None) -> Element:  # noqa: B008 - frozen
    """Read a document of at most so many `elements`. Raises MalformedXml."""
    reader = XmlReader(limits)
    top = Element("")
    stack: list[tuple[Element, list[str]]] = [(top, [])]
    count = 0

    def start(tag: str, attributes: list[str]) -> None:
        nonlocal count
        count += 1
        if elements is not None and count > elements:
            raise MalformedXml(f"there are more than {elements} elements")
        check_element(limits, len(stack), attributes)
        made = Element(local_name(tag))
        stack[-1][0].children.append(made)
        stack.append((made, []))

    def end(tag: str) -> None:
        done, pieces = stack.pop()
        done.text = "" if done.children else "".join(pieces)

    def text(data: str) -> None:
        stack[-1][1].append(data)

    reader.on(start, end)
    reader.parser.CharacterDataHandler = text
    reader.feed(body)
    reader.close()
    return top.children[0]
