"""The floors of the house: which room may import what, read from the source with `ast`."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

SOURCE = Path(__file__).parents[1] / "src" / "ec2query"

# The first prefix that fits decides. A room may import its own floor's rooms only where said.
FLOORS: list[tuple[str, int]] = [
    ("_version", 0),
    ("errors", 0),
    ("frozen", 0),
    ("protocol.message", 0),
    ("protocol.effects", 0),
    ("protocol.world", 0),
    ("protocol.events", 0),
    ("protocol.call", 3),
    ("protocol.wait", 3),
    ("protocol", 2),
    ("shape", 1),
    ("model_dict", 1),
    ("waiter", 1),
    ("lifecycles", 1),
    ("ec2", 1),
    ("credentials", 3),
    ("client", 4),
    ("byoasn", 5),
    ("replay", 5),
    ("emulator", 5),
    ("otel", 5),
    ("cli", 5),
    ("__main__", 5),
    ("", 6),
]

# Libraries, and the rooms that may import them; everything else is the standard library.
LIBRARIES: dict[str, tuple[str, ...]] = {
    "httpx": ("client", "emulator", "replay"),
    "h11": ("client",),
    "httpcore": (),
    "anyio": ("client",),
    "sniffio": (),
    "trio": ("client",),
    "ssl": ("client",),
    "certifi": ("client",),
    "botocore": ("protocol.sign",),
    "defusedxml": ("protocol.xml",),
    "xml": ("protocol.xml",),
    "pyexpat": ("protocol.xml",),
    "click": ("cli",),
    "rich": ("cli",),
    "uvicorn": ("emulator",),
    "opentelemetry": ("otel",),
    "boto3": (),
    "cryptography": ("byoasn",),
}

# What only the world may do: floors 0 to 3 are told, they never look.
WORLD = {
    "os",
    "time",
    "random",
    "uuid",
    "socket",
    "asyncio",
    "threading",
    "subprocess",
    "pathlib",
    "tempfile",
}


def modules() -> Iterator[tuple[str, ast.Module]]:
    for path in sorted(SOURCE.rglob("*.py")):
        name = ".".join(path.relative_to(SOURCE).with_suffix("").parts).removesuffix("__init__").rstrip(".")
        yield name, ast.parse(path.read_text(encoding="utf-8"))


MODULES = dict(modules())


def floor(module: str) -> int:
    return next(
        level for room, level in FLOORS if not room or module == room or module.startswith(room + ".")
    )


def imported(module: str, tree: ast.Module) -> Iterator[str]:
    """Give absolute names of everything a module imports, wherever in it, but for type checkers."""
    package = module if (SOURCE / module.replace(".", "/")).is_dir() else module.rpartition(".")[0]
    for node in _runtime(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = node.module or ""
            if node.level:
                around = ["ec2query", *[part for part in package.split(".") if part]]
                base = ".".join([*around[: len(around) - node.level + 1], *([base] if base else [])])
            yield base
            yield from (f"{base}.{alias.name}" for alias in node.names)


def _runtime(tree: ast.AST) -> Iterator[ast.AST]:
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.If) and ast.unparse(node.test).endswith("TYPE_CHECKING"):
            body = node.body if ast.unparse(node.test).startswith("not") else node.orelse
            yield from (inner for branch in body for inner in (branch, *_runtime(branch)))
            continue
        yield node
        yield from _runtime(node)


@pytest.mark.parametrize("module", [name for name in MODULES if not name.startswith("ec2.")])
def test_a_room_imports_only_from_floors_below(module: str) -> None:
    """No module imports one of a higher floor."""
    for name in imported(module, MODULES[module]):
        inner = name.removeprefix("ec2query.")
        if name.startswith("ec2query.") and inner in MODULES:
            assert floor(inner) <= floor(module), f"{module} (floor {floor(module)}) imports {inner}"


def test_generated_code_imports_only_shapes() -> None:
    """`ec2/**` knows `shape`, the waiter's values and itself."""
    allowed = ("ec2query.shape", "ec2query.waiter", "ec2query.ec2")
    for module, tree in MODULES.items():
        if module == "ec2" or module.startswith("ec2."):
            for name in imported(module, tree):
                if name.startswith("ec2query"):
                    assert name.startswith(allowed) or name == "ec2query", f"{module} imports {name}"


@pytest.mark.parametrize("module", MODULES)
def test_libraries_stay_in_their_rooms(module: str) -> None:
    """Each library is imported by the rooms that may, and floors 0 to 3 never touch the world."""
    for name in imported(module, MODULES[module]):
        top = name.partition(".")[0]
        if top in LIBRARIES and not name.startswith("xml.sax.saxutils"):  # it escapes, it does not parse
            rooms = LIBRARIES[top]
            assert any(module == room or module.startswith(room + ".") for room in rooms), (
                f"{module} imports {name}"
            )
        if floor(module) <= 3:
            assert top not in WORLD, f"{module} imports {name}"


def test_floors_below_four_open_nothing() -> None:
    """No `open()`, `print()`, `eval()` or `exec()` below the client; `frozen` compiles, as dataclasses do."""
    found = {
        (module, node.func.id)
        for module, tree in MODULES.items()
        if floor(module) <= 3
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)
    }
    forbidden = {each for each in found if each[1] in ("open", "print", "input", "eval", "exec")}
    assert forbidden == {("frozen", "exec")}


@pytest.mark.parametrize("module", MODULES)
def test_every_module_says_what_it_gives(module: str) -> None:
    """`__all__` is there, sorted where it is a list of literals, without repetition; so is a docstring."""
    tree = MODULES[module]
    assert ast.get_docstring(tree), f"{module} has no contract"
    found = [
        node
        for node in tree.body
        if isinstance(node, ast.Assign | ast.AnnAssign)
        for target in (node.targets if isinstance(node, ast.Assign) else [node.target])
        if isinstance(target, ast.Name) and target.id == "__all__"
    ]
    assert found, f"{module} has no __all__"
