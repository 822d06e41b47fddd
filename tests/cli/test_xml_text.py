"""`ec2query.cli.xml_text`: XML answers, indented."""

from __future__ import annotations

import pytest

from ec2query.cli.xml_text import indented

CASES: dict[str, tuple[bytes, str]] = {
    "elements": (b"<a><b>1</b><c/><d></d></a>", "<a>\n  <b>1</b>\n  <c/>\n  <d/>\n</a>"),
    "white space between elements goes": (b"<a>\n\n<b>1</b>\t</a>", "<a>\n  <b>1</b>\n</a>"),
    "white space in text stays": (b"<a><b> 1\n 2 </b></a>", "<a>\n  <b> 1\n 2 </b>\n</a>"),
    "attributes and namespaces": (
        b'<n:a xmlns:n="u" x="&quot;1&lt;"><n:b/></n:a>',
        '<n:a xmlns:n="u" x=\'"1&lt;\'>\n  <n:b/>\n</n:a>',
    ),
    "references": (b"<a>&lt;b&gt;&amp;&#233;</a>", "<a>&lt;b&gt;&amp;é</a>"),
    "comments": (b"<a><!-- c --><b/></a>", "<a>\n  <!-- c -->\n  <b/>\n</a>"),
    "text beside elements": (b"<a>x<b/>y</a>", "<a>\n  x\n  <b/>\n  y\n</a>"),
    "UTF-16": ("<a>é</a>".encode("utf-16"), "<a>é</a>"),
    "no XML": (b"<html><br>sorry</html>", "<html><br>sorry</html>"),
    "no text": (b"\xff\xfenot", "\\xff\\xfenot"),
    "an entity is not expanded": (
        b'<!DOCTYPE a [<!ENTITY e "boom">]><a>&e;</a>',
        '<!DOCTYPE a [<!ENTITY e "boom">]><a>&e;</a>',
    ),
    "nothing": (b"", ""),
}


@pytest.mark.parametrize(("body", "text"), CASES.values(), ids=CASES)
def test_xml_is_indented(body: bytes, text: str) -> None:
    """Every element on a line of its own; what is not XML as it came."""
    assert indented(body) == text


def test_an_element_can_be_hidden() -> None:
    """By its path of local names, whatever its prefix."""
    body = b"<a xmlns:n='u'><n:b>secret</n:b><c><b>open</b></c></a>"
    shown = indented(body, mask=lambda path: path == ("a", "b"))
    assert "secret" not in shown
    assert "<n:b>***</n:b>" in shown
    assert "<b>open</b>" in shown
