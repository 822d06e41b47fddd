"""Which classes a package has, what they are called, and which module each lives in.

Model and families in, Layout out. An operation lives in its family, and so does what only that
family uses; what several families use lives in `shapes/`, in small modules named after their noun,
so that an operation loads little beyond its own family.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from .model import Model, OperationModel
from .names import class_name, distinct, module_name, words

__all__ = ["Layout", "Module", "lay_out"]

# An enum of more values than this has a shared module to itself.
_LARGE_ENUM = 100


@dataclass
class Module:
    """The content of one module, by model names; `path` is dotted, below the package."""

    path: str
    title: str
    operations: list[OperationModel] = field(default_factory=list[OperationModel])
    structures: list[str] = field(default_factory=list[str])
    enums: list[str] = field(default_factory=list[str])


@dataclass(frozen=True)
class Layout:
    """The whole package: modules by path, the class of each thing, the module of each class."""

    modules: Mapping[str, Module]
    operation_class: Mapping[str, str]
    structure_class: Mapping[str, str]
    enum_class: Mapping[str, str]
    home: Mapping[str, str]
    results: frozenset[str]
    sent: frozenset[str]


def lay_out(model: Model, families: Mapping[str, tuple[str, str]]) -> Layout:
    """Place every class; `families` gives each operation's module and that module's title."""
    sent = model.structures_from([op.input for op in model.operations if op.input])
    results = {op.output for op in model.operations if op.output}
    users = _users(model, {op: module for op, (module, _) in families.items()})
    titles = dict(families.values())
    modules = {path: Module(path, title) for path, title in sorted(titles.items())}
    for operation in model.operations:
        modules[families[operation.name][0]].operations.append(operation)
    _place_structures(model, users, modules)
    _place_enums(model, modules)
    operations = {op.name: class_name(op.name) for op in model.operations}
    operations = dict(zip(operations, distinct(operations.values()), strict=True))
    structures = _named(sorted(users), "Shape", operations.values())
    enums = _named(
        sorted(name for module in modules.values() for name in module.enums),
        "Values",
        [*operations.values(), *structures.values()],
    )
    home: dict[str, str] = {}
    for path, module in modules.items():
        home.update((operations[op.name], path) for op in module.operations)
        home.update((structures[name], path) for name in module.structures)
        home.update((enums[name], path) for name in module.enums)
    return Layout(modules, operations, structures, enums, home, frozenset(results), frozenset(sent))


def _named(names: Iterable[str], suffix: str, taken: Iterable[str]) -> dict[str, str]:
    """Name a class after each shape; a name that is taken gets a suffix."""
    names, taken = list(names), frozenset(taken)
    wanted = [class_name(name) for name in names]
    free = [f"{name}{suffix}" if name in taken else name for name in wanted]
    return dict(zip(names, distinct(free, taken=taken), strict=True))


def _users(model: Model, module_of: Mapping[str, str]) -> dict[str, frozenset[str]]:
    """Return, for each structure that gets a class, the modules whose operations reach it."""
    found: defaultdict[str, set[str]] = defaultdict(set)
    for operation in model.operations:
        roots = [operation.output] if operation.output else []
        if operation.input:
            roots += [m.target.structure for m in model.members(operation.input) if m.target.structure]
        for structure in model.structures_from(roots):
            found[structure].add(module_of[operation.name])
    return {name: frozenset(modules) for name, modules in found.items()}


def _place_structures(model: Model, users: Mapping[str, frozenset[str]], modules: dict[str, Module]) -> None:
    shared: list[str] = []
    for structure in sorted(users):
        if len(users[structure]) == 1:
            modules[next(iter(users[structure]))].structures.append(structure)
        else:
            shared.append(structure)
    groups: defaultdict[tuple[frozenset[str], str], list[str]] = defaultdict(list)
    roots = _roots(model, shared)
    for structure in shared:
        root = roots[structure]
        groups[users[root], words(root)[0]].append(structure)
    for (sharers, _), members in groups.items():
        heads = sorted({roots[name] for name in members})
        titles = sorted(modules[path].title for path in sharers)
        among = f"{', '.join(titles[:-1])} and {titles[-1]}" if len(titles) < 4 else f"{len(titles)} families"
        module = _shared_module(modules, _common(words(head) for head in heads))
        module.title = f"{heads[0]}{' and others' if len(members) > 1 else ''}, shared by {among}"
        module.structures.extend(members)


def _roots(model: Model, shared: list[str]) -> dict[str, str]:
    """Return the root of each shared structure: itself, or that of the only structure holding it."""
    holders: defaultdict[str, set[str]] = defaultdict(set)
    for structure in shared:
        for member in model.members(structure):
            if member.target.structure and member.target.structure != structure:
                holders[member.target.structure].add(structure)
    held = _held_by_others(model, frozenset(shared))
    roots: dict[str, str] = {}
    for structure in shared:
        root, seen = structure, {structure}
        while root not in held and len(holders[root]) == 1:
            (above,) = holders[root]
            if above in seen:
                break
            seen.add(above)
            root = above
        roots[structure] = root
    return roots


def _held_by_others(model: Model, shared: frozenset[str]) -> set[str]:
    """Return what operations, results and unshared structures hold directly."""
    held = {op.output for op in model.operations if op.output}
    inputs = [op.input for op in model.operations if op.input]
    reached = model.structures_from([*inputs, *held]) - shared
    for holder in {*reached, *inputs}:
        held.update(m.target.structure for m in model.members(holder) if m.target.structure)
    return held


def _place_enums(model: Model, modules: dict[str, Module]) -> None:
    used: defaultdict[str, set[str]] = defaultdict(set)
    for path, module in modules.items():
        holders = [op.input for op in module.operations if op.input] + module.structures
        for holder in holders:
            for member in model.members(holder):
                if member.target.enum:
                    used[member.target.enum].add(path)
    for enum in sorted(used):
        _enum_home(model, modules, enum, sorted(used[enum])).enums.append(enum)


def _enum_home(model: Model, modules: dict[str, Module], enum: str, users: list[str]) -> Module:
    """Return an enum's module: its only user, else the user that bears its name, else a shared one."""
    if len(users) == 1:
        return modules[users[0]]
    if len(model.enum_values(enum)) > _LARGE_ENUM:
        module = _shared_module(modules, words(enum))
        module.title = f"{enum}, shared by several families"
        return module
    name = module_name(enum)
    namesakes = [path for path in users if name.startswith(path.removeprefix("shapes.").removesuffix("s"))]
    if namesakes:
        return modules[max(namesakes, key=len)]
    module = _shared_module(modules, ["enums"])
    module.title = "Enums that several families share"
    return module


def _common(names: Iterable[list[str]]) -> list[str]:
    """Return the words that all names begin with."""
    found: list[str] = []
    for place in zip(*names, strict=False):
        if len(set(place)) > 1:
            break
        found.append(place[0])
    return found


def _shared_module(modules: dict[str, Module], name: list[str]) -> Module:
    path = f"shapes.{module_name('_'.join(name))}"
    return modules.setdefault(path, Module(path, ""))
