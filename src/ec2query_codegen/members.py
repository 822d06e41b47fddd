"""The lines of members in a class body: name, type, and what `wire()` must be told."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from .formatting import LINE_LENGTH, arguments_in, quoted
from .layout import Layout
from .model import MemberModel
from .names import distinct, member_name

__all__ = ["is_request_id", "member_lines", "member_names"]


def member_names(members: Iterable[MemberModel], *, result: bool = False) -> dict[str, str]:
    """Return the Python name of each member, by its model name."""
    names = [member.name for member in members]
    taken = ("request_id",) if result else ()
    return dict(zip(names, distinct((member_name(name) for name in names), taken=taken), strict=True))


def is_request_id(member: MemberModel) -> bool:
    """Say whether a member is what every Result has anyway."""
    return member.name == "RequestId" and member.wire == "requestId" and member.target.scalar == "str"


def member_lines(
    layout: Layout,
    members: Iterable[MemberModel],
    names: Mapping[str, str],
    *,
    sent: bool,
    types: Mapping[str, str | None] | None = None,
) -> list[str]:
    """Return the lines of `members`; `types` replaces the types of some, by model name."""
    lines: list[str] = []
    for member in members:
        required = member.required and sent and not member.token  # a token is filled before it is sent
        target = member.target
        kind = (
            (types or {}).get(member.name) or target.scalar or layout.structure_class[target.structure or ""]
        )
        annotation = "Sequence[" * target.depth + kind + "]" * target.depth
        if not target.depth and not required:
            annotation += " | None"
        arguments = [quoted(member.wire), *_options(layout, member)]
        if not required:
            arguments.append(f"default={'()' if target.depth else 'None'}")
        lines.extend(_declaration(f"    {names[member.name]}: {annotation} = wire(", arguments))
    return lines


def _options(layout: Layout, member: MemberModel) -> list[str]:
    derived = member.wire[:1].upper() + member.wire[1:]
    found: list[tuple[str, str | bool]] = []
    if member.name != derived:
        found.append(("model", member.name))
    if member.query is not None and member.query != derived:
        found.append(("query", member.query))
    if member.target.enum:
        found.append(("enum", layout.enum_class[member.target.enum]))
    if member.target.depth and (member.flattened or member.item != "item"):
        found.append(("item", member.item))
    if member.timestamp and member.timestamp != "iso8601":
        found.append(("timestamp", member.timestamp))
    flags = {
        "flattened": member.flattened and bool(member.target.depth),
        "attribute": member.attribute,
        "sensitive": member.sensitive,
        "token": member.token,
    }
    found.extend((name, True) for name, on in flags.items() if on)
    return [f"{name}={quoted(value) if isinstance(value, str) else value}" for name, value in found]


def _declaration(start: str, arguments: list[str]) -> list[str]:
    """Return a member on one line, or broken as the formatter breaks it."""
    line = f"{start}{', '.join(arguments)})"
    if len(line) <= LINE_LENGTH:
        return [line]
    name, _, annotation = start.partition(": ")
    annotation = annotation.removesuffix(" = wire(")
    if len(start) <= LINE_LENGTH:
        return [start, *arguments_in(arguments, 8), "    )"]
    # Too long even so: the annotation is broken first, and the call goes on behind it.
    call = f"        wire({', '.join(arguments)})"
    if not annotation.endswith("]") and len(f"{name}: {annotation} = (") <= LINE_LENGTH >= len(call):
        return [f"{name}: {annotation} = (", call, "    )"]
    if annotation.endswith("]"):
        outer, _, inner = annotation.removesuffix("]").partition("[")
        opening, closing = f"{name}: {outer}[", "    ] = wire("
    else:
        inner, opening, closing = annotation, f"{name}: (", "    ) = wire("
    line = f"{closing}{', '.join(arguments)})"
    rest = [line] if len(line) <= LINE_LENGTH else [closing, *arguments_in(arguments, 8), "    )"]
    return [opening, f"        {inner}", *rest]
