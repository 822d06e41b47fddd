"""An XML document as a tree of plain elements, for documents that no type describes.

Error documents and answers to actions that the model does not know are read this way. Names come
without prefixes; text beside child elements is dropped. Limits are those of every other document.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

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
        """Return text for a leaf, a list where the children repeat a name, else a dict.

        A lone `item` or `member` child is EC2's and Query's way to write a list of one.
        """
        if not self.children:
            return self.text
        names = [child.name for child in self.children]
        if len(set(names)) == 1 and (len(names) > 1 or names[0] in ("item", "member")):
            return [child.to_plain() for child in self.children]
        found: dict[str, Any] = {}
        for child in self.children:
            value = child.to_plain()
            if child.name not in found:
                found[child.name] = value
            elif names.count(child.name) > 1 and isinstance(found[child.name], _Repeated):
                found[child.name].append(value)
            else:
                found[child.name] = _Repeated([found[child.name], value])
        return {name: list(value) if isinstance(value, _Repeated) else value for name, value in found.items()}


class _Repeated(list[Any]):
    """The values of a repeated name among others, as opposed to one value that is a list."""


def read_tree(body: bytes, limits: Limits = Limits()) -> Element:  # noqa: B008 - frozen
    """Read a document. Raises MalformedXml."""
    reader = XmlReader(limits)
    top = Element("")
    stack: list[tuple[Element, list[str]]] = [(top, [])]

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

    reader.on(start, end)
    reader.parser.CharacterDataHandler = text
    reader.feed(body)
    reader.close()
    return top.children[0]
