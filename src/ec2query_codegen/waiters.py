"""The text of `waiters.py`: each waiter of the model as a table of acceptors.

JMESPath is compiled here, so that none is read at run time. The model's waiters use three forms: a
path of members, `[]` where a list is flattened, and a path's length compared with a number; any
other is refused.
https://smithy.io/2.0/additional-specs/waiters.html (forerunner: botocore's waiters-2.json)
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from .formatting import LINE_LENGTH, arguments_in, listing, quoted
from .layout import Layout
from .members import member_names
from .model import Model, ModelError
from .names import distinct, member_name
from .render import Style

__all__ = ["render_waiters"]

_TITLE = "The model's waiters: call one with its operation's members, give the Wait to a client"
_LENGTH = re.compile(r"length\((?P<path>[^()]+)\) (?P<comparator>[=!<>]=|[<>]) `(?P<number>[0-9]+)`")
_STEP = re.compile(r"(?P<name>\w+)(?P<flatten>\[\])?", re.ASCII)


def render_waiters(model: Model, layout: Layout, style: Style) -> str:
    """Return the module's source."""
    names = dict(zip(sorted(model.waiters), distinct(map(member_name, sorted(model.waiters))), strict=True))
    around, _, package = style.package.rpartition(".")
    # Relative where it is part of this project, as all imports there are.
    root = (
        f"from {'..' if around == 'ec2query' else around} import {package}" if around else f"import {package}"
    )
    tables = [_waiter(model, layout, package, name, names[name]) for name in names]
    uses = sorted(word for word in ("Acceptor", "Length", "Path", "Waiter") if f"{word}(" in "".join(tables))
    module = style.shape_import("").replace("shape", "waiter")
    imports = [root, f"from {module} import {', '.join(uses)}"]
    head = [
        f'"""{_TITLE}.\n\n{style.header}\n"""',
        "from __future__ import annotations",
        "\n".join(imports),
        listing("__all__", sorted(names.values())),
    ]
    return "\n\n".join([*head, *tables]) + "\n"


def _waiter(model: Model, layout: Layout, package: str, name: str, function: str) -> str:
    waiter: Mapping[str, Any] = model.waiters[name]
    operation = layout.operation_class.get(waiter["operation"])
    if operation is None:
        raise ModelError(f"waiter {name} repeats {waiter['operation']}, which the model does not define")
    output = next(op.output for op in model.operations if op.name == waiter["operation"])
    lines = [
        f"{function} = Waiter(",
        f"    {quoted(name)},",
        f"    lambda: {package}.{operation},",
        f"    delay={waiter['delay']},",
        f"    attempts={waiter['maxAttempts']},",
    ]
    acceptors = [_acceptor(model, f"waiter {name}", output, acceptor) for acceptor in waiter["acceptors"]]
    line = f"    acceptors=(Acceptor({', '.join(acceptors[0])}),),"
    if len(acceptors) == 1 and len(line) <= LINE_LENGTH:
        return "\n".join([*lines, line, ")"])
    lines.append("    acceptors=(")
    for arguments in acceptors:
        line = f"        Acceptor({', '.join(arguments)}),"
        broken = ["        Acceptor(", *arguments_in(arguments, 12), "        ),"]
        lines += [line] if len(line) <= LINE_LENGTH else broken
    return "\n".join([*lines, "    ),", ")"])


def _acceptor(model: Model, where: str, output: str | None, acceptor: Mapping[str, Any]) -> list[str]:
    expected = acceptor["expected"]
    return [
        quoted(acceptor["matcher"]),
        _argument(model, where, output, acceptor.get("argument")),
        quoted(expected) if isinstance(expected, str) else repr(expected),
        quoted(acceptor["state"]),
    ]


def _argument(model: Model, where: str, output: str | None, expression: str | None) -> str:
    """Compile a JMESPath expression of the few forms into the source of a Path or a Length."""
    if expression is None:
        return "None"
    if found := _LENGTH.fullmatch(expression):
        path = _path(model, where, output, found["path"])
        return f'Length({path}, "{found["comparator"]}", {found["number"]})'
    return _path(model, where, output, expression)


def _path(model: Model, where: str, structure: str | None, expression: str) -> str:
    steps: list[str] = []
    result = True
    for step in expression.split("."):
        found = _STEP.fullmatch(step)
        if found is None or structure is None:
            raise ModelError(f"{where}: expected a path of members or its length, got {expression!r}")
        members = model.members(structure)
        member = next((member for member in members if member.name == found["name"]), None)
        if member is None:
            raise ModelError(f"{where}: {structure} has no member {found['name']}, named in {expression!r}")
        name = member_names(members, result=result)[member.name]
        steps.append(quoted(f"{name}{found['flatten'] or ''}"))
        structure, result = member.target.structure, False
    return f"Path({', '.join(steps)})"
