"""The text of one generated module."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from .formatting import LINE_LENGTH, listing, quoted
from .import_blocks import import_blocks
from .layout import Layout, Module
from .members import is_request_id, member_lines, member_names
from .model import Model, OperationModel
from .names import constant_name, distinct

__all__ = ["Style", "render"]


@dataclass(frozen=True)
class Style:
    """What a module says besides the model: its header, where `shape` is, prose, types and links.

    `types` gives members of operations (operation, member) another type than the model's.
    """

    header: str
    package: str
    prose: Mapping[str, str]
    types: Mapping[tuple[str, str], str]
    reference: str | None

    def shape_import(self, path: str) -> str:
        """Return how a module below the package names `ec2query.shape`."""
        if self.package.split(".")[0] != "ec2query":
            return "ec2query.shape"
        return "." * (len(self.package.split(".")) + path.count(".")) + "shape"


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
    head.extend(import_blocks(model, layout, module, style.shape_import(module.path), bases))
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


def _operation(model: Model, layout: Layout, operation: OperationModel, style: Style) -> str:
    name = layout.operation_class[operation.name]
    result = layout.structure_class[operation.output] if operation.output else "Result"
    action = [] if name == operation.name else [f"action={quoted(operation.name)}"]
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
    types = {member.name: style.types.get((operation.name, member.name)) for member in members}
    lines += member_lines(layout, members, member_names(members), sent=True, types=types)
    return "\n".join(lines if members or prose or link else [*lines, "    pass"])


def _class(name: str, bases: list[str]) -> list[str]:
    line = f"class {name}({', '.join(bases)}):"
    return [line] if len(line) <= LINE_LENGTH else [f"class {name}(", f"    {', '.join(bases)}", "):"]


def _structure(model: Model, layout: Layout, structure: str) -> str:
    result = structure in layout.results
    members = model.members(structure)
    if result:
        members = tuple(member for member in members if not is_request_id(member))
    lines = [f"class {layout.structure_class[structure]}({'Result' if result else 'Shape'}):"]
    names = member_names(members, result=result)
    lines += member_lines(layout, members, names, sent=structure in layout.sent)
    return "\n".join(lines if len(lines) > 1 else [*lines, "    pass"])


def _enum(model: Model, layout: Layout, name: str) -> str:
    values = model.enum_values(name)
    constants = distinct(constant_name(value) for value in values)
    lines = [f"class {layout.enum_class[name]}:"]
    for constant, value in zip(constants, values, strict=True):
        line = f"    {constant} = {quoted(value)}"
        broken = [f"    {constant} = (", f"        {quoted(value)}", "    )"]
        lines += [line] if len(line) <= LINE_LENGTH else broken
    return "\n".join(lines if values else [*lines, "    pass"])
