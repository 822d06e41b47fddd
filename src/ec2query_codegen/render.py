"""The text of one generated module, formatted as `ruff format` would leave it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from .layout import Layout, Module
from .model import MemberModel, Model, OperationModel
from .names import constant_name, distinct, member_name

__all__ = ["LINE_LENGTH", "Style", "imports", "listing", "member_names", "render"]

LINE_LENGTH = 110


@dataclass(frozen=True)
class Style:
    """What a module says besides the model: its header, where `shape` is, prose and links."""

    header: str
    package: str
    prose: Mapping[str, str]
    reference: str | None

    def shape_import(self, path: str) -> str:
        """Return how a module below the package names `ec2query.shape`."""
        if self.package.split(".")[0] != "ec2query":
            return "ec2query.shape"
        return "." * (len(self.package.split(".")) + path.count(".")) + "shape"


def member_names(members: Iterable[MemberModel], *, result: bool = False) -> dict[str, str]:
    """Return the Python name of each member, by its model name."""
    names = [member.name for member in members]
    taken = ("request_id",) if result else ()
    return dict(zip(names, distinct((member_name(name) for name in names), taken=taken), strict=True))


def render(model: Model, layout: Layout, module: Module, style: Style) -> str:
    """Return the module's source."""
    body: list[str] = []
    bases: set[str] = set()
    written: set[str] = set()
    for operation in module.operations:
        output = operation.output
        if output in module.structures and output not in written:
            written.add(output)
            body.append(_structure(model, layout, output))
            bases.add("Result")
        body.append(_operation(model, layout, operation, style))
        bases.update(("Operation",) if output else ("Operation", "Result"))
    for structure in module.structures:
        if structure not in written:
            body.append(_structure(model, layout, structure))
            bases.add("Result" if structure in layout.results else "Shape")
    body.extend(_enum(model, layout, name) for name in module.enums)
    text = "\n\n\n".join(body)
    if " wire(" in text:
        bases.add("wire")
    head = [_docstring(module, style), "from __future__ import annotations"]
    head.extend(_imports(model, layout, module, style, text, sorted(bases)))
    head.append(listing("__all__", sorted(_exports(module, layout))))
    return "\n\n".join(head) + "\n\n\n" + text + "\n"


def _exports(module: Module, layout: Layout) -> list[str]:
    return (
        [layout.operation_class[op.name] for op in module.operations]
        + [layout.structure_class[name] for name in module.structures]
        + [layout.enum_class[name] for name in module.enums]
    )


def _docstring(module: Module, style: Style) -> str:
    return f'"""{module.title}.\n\n{style.header}\n"""'


def _imports(
    model: Model, layout: Layout, module: Module, style: Style, text: str, bases: list[str]
) -> list[str]:
    """Return the import blocks: bases at run time, types of members for type checkers alone."""
    here = module.path.rpartition(".")[0]
    needed: defaultdict[str, set[str]] = defaultdict(set)
    results: defaultdict[str, set[str]] = defaultdict(set)
    for operation in module.operations:
        if operation.output and operation.output not in module.structures:
            name = layout.structure_class[operation.output]
            results[_relative(here, layout.home[name])].add(name)
    holders = [op.input for op in module.operations if op.input] + module.structures
    for holder in holders:
        for member in model.members(holder):
            if member.target.structure and member.target.structure not in module.structures:
                name = layout.structure_class[member.target.structure]
                needed[_relative(here, layout.home[name])].add(name)
    for place, names in results.items():
        needed[place] -= names
    standard = []
    if ": Sequence[" in text:
        standard.append("from collections.abc import Sequence")
    if " datetime" in text or "[datetime]" in text:
        standard.append("from datetime import datetime")
    blocks: list[str] = []
    checked = [standard, _from({place: names for place, names in needed.items() if names})]
    if any(checked):
        blocks.append("from typing import TYPE_CHECKING")
    runtime = _from({style.shape_import(module.path): set(bases), **results}) if bases else []
    if runtime:
        blocks.append("\n".join(runtime))
    if any(checked):
        inner = "\n\n".join("\n".join(block) for block in checked if block)
        indented = "\n".join(f"    {line}" if line else line for line in _narrower(inner).split("\n"))
        blocks.append(f"if TYPE_CHECKING:\n{indented}")
    return blocks


def _narrower(text: str) -> str:
    """Break the import lines that are too long once indented."""
    lines: list[str] = []
    for line in text.split("\n"):
        if len(line) + 4 > LINE_LENGTH and " import " in line:
            place, _, names = line.partition(" import ")
            lines.extend([f"{place} import (", *(f"    {name}," for name in names.split(", ")), ")"])
        else:
            lines.append(line)
    return "\n".join(lines)


def _relative(here: str, path: str) -> str:
    if here and path.startswith(f"{here}."):
        return f".{path.removeprefix(f'{here}.')}"
    return f"{'..' if here else '.'}{path}"


def _from(places: Mapping[str, set[str]]) -> list[str]:
    # The furthest first, as isort sorts relative imports.
    order = sorted(places, key=lambda place: (-len(place) + len(place.lstrip(".")), place))
    return [imports(place, sorted(places[place])) for place in order]


def imports(place: str, names: list[str]) -> str:
    """Return one `from ... import`, broken where it is too long."""
    line = f"from {place} import {', '.join(names)}"
    if len(line) <= LINE_LENGTH:
        return line
    return "\n".join([f"from {place} import (", *(f"    {name}," for name in names), ")"])


def listing(name: str, values: list[str]) -> str:
    """Return an assignment of a list of strings, broken where it is too long."""
    line = f"{name} = [{', '.join(_quoted(value) for value in values)}]"
    if len(line) <= LINE_LENGTH:
        return line
    return "\n".join([f"{name} = [", *(f"    {_quoted(value)}," for value in values), "]"])


def _quoted(text: str) -> str:
    """Return a string literal as the formatter writes it: double quotes unless they would need escapes."""
    literal = repr(text)
    if literal[0] == "'" and '"' not in text:
        return f'"{literal[1:-1]}"'
    return literal


def _operation(model: Model, layout: Layout, operation: OperationModel, style: Style) -> str:
    name = layout.operation_class[operation.name]
    result = layout.structure_class[operation.output] if operation.output else "Result"
    action = [] if name == operation.name else [f"action={_quoted(operation.name)}"]
    lines = _class(name, [f"Operation[{result}]", *action])
    prose = style.prose.get(operation.name)
    link = style.reference.format(operation.name) if style.reference else None
    if prose and link:
        lines += [f'    """{prose}', "", f"    {link}", '    """']
    elif prose or link:
        lines.append(f'    """{prose or link}"""')
    members = model.members(operation.input) if operation.input else ()
    if members and (prose or link):
        lines.append("")
    lines += _members(layout, members, member_names(members), sent=True)
    return "\n".join(lines if members or prose or link else [*lines, "    pass"])


def _class(name: str, bases: list[str]) -> list[str]:
    line = f"class {name}({', '.join(bases)}):"
    return [line] if len(line) <= LINE_LENGTH else [f"class {name}(", f"    {', '.join(bases)}", "):"]


def _structure(model: Model, layout: Layout, structure: str) -> str:
    result = structure in layout.results
    members = model.members(structure)
    if result:
        members = tuple(member for member in members if not _is_request_id(member))
    lines = [f"class {layout.structure_class[structure]}({'Result' if result else 'Shape'}):"]
    names = member_names(members, result=result)
    lines += _members(layout, members, names, sent=structure in layout.sent)
    return "\n".join(lines if len(lines) > 1 else [*lines, "    pass"])


def _is_request_id(member: MemberModel) -> bool:
    """Say whether a member is what every Result has anyway."""
    return member.name == "RequestId" and member.wire == "requestId" and member.target.scalar == "str"


def _members(
    layout: Layout, members: Iterable[MemberModel], names: Mapping[str, str], *, sent: bool
) -> list[str]:
    lines: list[str] = []
    for member in members:
        required = member.required and sent
        target = member.target
        kind = target.scalar or layout.structure_class[target.structure or ""]
        annotation = "Sequence[" * target.depth + kind + "]" * target.depth
        if not target.depth and not required:
            annotation += " | None"
        arguments = [_quoted(member.wire), *_options(layout, member)]
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
    return [f"{name}={_quoted(value) if isinstance(value, str) else value}" for name, value in found]


def _declaration(start: str, arguments: list[str]) -> list[str]:
    """Return a member on one line, or broken as the formatter breaks it."""
    line = f"{start}{', '.join(arguments)})"
    if len(line) <= LINE_LENGTH:
        return [line]
    name, _, annotation = start.partition(": ")
    annotation = annotation.removesuffix(" = wire(")
    if len(start) <= LINE_LENGTH:
        return [start, *_arguments(arguments), "    )"]
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
    rest = [line] if len(line) <= LINE_LENGTH else [closing, *_arguments(arguments), "    )"]
    return [opening, f"        {inner}", *rest]


def _arguments(arguments: list[str]) -> list[str]:
    line = f"        {', '.join(arguments)}"
    return [line] if len(line) <= LINE_LENGTH else [f"        {argument}," for argument in arguments]


def _enum(model: Model, layout: Layout, name: str) -> str:
    values = model.enum_values(name)
    constants = distinct(constant_name(value) for value in values)
    lines = [f"class {layout.enum_class[name]}:"]
    for constant, value in zip(constants, values, strict=True):
        line = f"    {constant} = {_quoted(value)}"
        broken = [f"    {constant} = (", f"        {_quoted(value)}", "    )"]
        lines += [line] if len(line) <= LINE_LENGTH else broken
    return "\n".join(lines if values else [*lines, "    pass"])
