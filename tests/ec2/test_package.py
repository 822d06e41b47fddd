"""The generated EC2 package: everything is there, nothing is loaded before it is asked for."""

from __future__ import annotations

import importlib
import subprocess
import sys
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from ec2query import ec2
from ec2query.shape import (
    ListOf,
    Operation,
    Result,
    Shape,
    Structure,
    TypeRef,
    members,
    result_of,
    service_of,
)
from ec2query_codegen.__main__ import installed_model

PACKAGE = Path(__file__).parents[2] / "src" / "ec2query" / "ec2"
MODULES = sorted(
    ".".join(path.relative_to(PACKAGE).with_suffix("").parts).removesuffix(".__init__")
    for path in PACKAGE.rglob("*.py")
    if path != PACKAGE / "__init__.py"
)


@cache
def shapes() -> dict[str, type[Shape]]:
    """Return every operation and structure by its name."""
    found = {name: getattr(ec2, name) for name in dir(ec2)}
    return {
        name: thing for name, thing in found.items() if isinstance(thing, type) and issubclass(thing, Shape)
    }


def operations() -> dict[str, type[Operation[Any]]]:
    """Return every operation by its name."""
    return {name: shape for name, shape in shapes().items() if issubclass(shape, Operation)}


def leaf(type_ref: TypeRef) -> TypeRef:
    """Return what a list holds in the end."""
    while isinstance(type_ref, ListOf):
        type_ref = type_ref.of
    return type_ref


def reached(shape: type[Shape], seen: set[type[Shape]]) -> set[type[Shape]]:
    """Return a shape and all that its members can hold."""
    if shape not in seen:
        seen.add(shape)
        for member in members(shape):
            held = leaf(member.type)
            if isinstance(held, Structure):
                reached(held.resolve(), seen)
    return seen


def test_every_operation_of_the_model_is_there() -> None:
    """Under its own name, with the members of its input and the result of its output."""
    model = installed_model()
    assert sorted(operations()) == sorted(operation.name for operation in model.operations)
    for operation in model.operations:
        shape = operations()[operation.name]
        inputs = model.members(operation.input) if operation.input else ()
        assert [m.model for m in members(shape)] == [m.name for m in inputs]
        result = result_of(shape)
        assert (result.__name__ if result is not Result else None) == operation.output
        assert service_of(shape) is ec2.SERVICE


def test_every_structure_of_the_model_is_there() -> None:
    """Exactly those that operations reach, with all their members."""
    model = installed_model()
    outputs = {operation.output for operation in model.operations if operation.output}
    inputs = {operation.input for operation in model.operations if operation.input}
    expected = model.structures_from([*outputs, *inputs]) - inputs
    assert set(shapes()) - set(operations()) == expected
    for name in expected:
        found = [m.model for m in members(shapes()[name]) if m.name != "request_id"]
        assert found == [m.name for m in model.members(name)]
        assert issubclass(shapes()[name], Result) == (name in outputs)


def test_every_type_and_enum_that_a_member_names_is_there() -> None:
    """Structures and enums are looked up by name when first met; none may be missing."""
    for shape in shapes().values():
        for member in members(shape):
            held = leaf(member.type)
            if isinstance(held, Structure):
                assert held.resolve() is shapes()[held.name]
            if member.enum:
                assert all(isinstance(value, str) for value in _constants(getattr(ec2, member.enum)))


def _constants(enum: type) -> list[object]:
    found = [value for name, value in vars(enum).items() if not name.startswith("__")]
    assert found
    return found


def test_enums_hold_the_models_values() -> None:
    """All of them, as plain text."""
    model = installed_model()
    for name in (name for name in dir(ec2) if name in model.shapes and "enum" in model.shapes[name]):
        assert sorted(map(str, _constants(getattr(ec2, name)))) == sorted(model.enum_values(name))
    assert ec2.AsnAssociationState.DISASSOCIATED == "disassociated"
    assert ec2.InstanceType.M5_24XLARGE == "m5.24xlarge"


def test_secrets_are_marked() -> None:
    """Key material, passwords and the like never show in a repr."""
    assert "BEGIN" not in repr(ec2.KeyPair(key_material="-----BEGIN"))
    marked = {shape.__name__ for shape in shapes().values() for member in members(shape) if member.sensitive}
    assert {"KeyPair", "RunInstances"} <= marked


def test_user_data_is_a_secret_wherever_it_stands() -> None:
    """The model forgets to say so of some."""
    found = [member for shape in shapes().values() for member in members(shape) if member.model == "UserData"]
    assert len(found) > 5
    assert all(member.sensitive for member in found)


def test_the_package_denies_what_it_does_not_hold() -> None:
    """With the module's name and the attribute's."""
    for name in ("Missing", "ipam_missing", "", "Tag Filter", "__wrapped__"):
        with pytest.raises(AttributeError, match=r"'ec2query\.ec2' has no"):
            getattr(ec2, name)


def test_all_is_what_dir_says() -> None:
    """And a star import gives everything."""
    listed: list[str] = importlib.import_module("ec2query.ec2").__all__
    assert listed == dir(ec2)
    assert {"RunInstances", "Tag", "AsnState", "SERVICE", "waiters"} <= set(listed)


@pytest.mark.parametrize("module", MODULES)
def test_every_module_exports_what_it_defines(module: str) -> None:
    """`__all__` is its classes (or waiters), all of them defined in it."""
    found = importlib.import_module(f"ec2query.ec2.{module}")
    own = [name for name, thing in vars(found).items() if getattr(thing, "__module__", "") == found.__name__]
    if module != "waiters":
        assert sorted(own) == found.__all__
        assert all(getattr(ec2, name) is getattr(found, name) for name in own)
    assert found.__doc__
    assert "do not edit" in found.__doc__


def python(program: str) -> list[str]:
    """Run a program in a fresh interpreter; return the lines that it prints."""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()


def test_every_module_can_be_imported_alone() -> None:
    """None needs another to have been imported before."""
    program = f"""
import importlib, sys
for module in {MODULES!r}:
    for name in [name for name in sys.modules if name.startswith("ec2query.ec2")]:
        del sys.modules[name]
    importlib.import_module("ec2query.ec2." + module)
"""
    assert python(program) == []


def loaded(program: str) -> list[str]:
    """Return the modules that a program loads, this project's as they are, others by their first name."""
    names = python(f"{program}\nimport sys\nprint(*sys.modules, sep='\\n')")
    return [name if name.startswith("ec2query") else name.partition(".")[0] for name in names]


HEAVY = {
    "httpx",
    "httpcore",
    "anyio",
    "botocore",
    "defusedxml",
    "xml",
    "pyexpat",
    "jmespath",
    "asyncio",
    "json",
}


def test_importing_the_package_loads_no_operation() -> None:
    """Nor anything heavy."""
    names = set(loaded("from ec2query import ec2"))
    assert {name for name in names if name.startswith("ec2query.ec2.")} == set()
    assert names & HEAVY == set()


def test_an_operation_loads_its_family_alone() -> None:
    """Shared structures come when an answer first holds them."""
    program = "from ec2query import ec2; ec2.DisassociateIpamByoasn(asn='64500', cidr='203.0.113.0/24')"
    names = set(loaded(program))
    assert {name for name in names if name.startswith("ec2query.ec2.")} == {"ec2query.ec2.ipam_byoasn"}
    assert names & HEAVY == set()


@pytest.mark.parametrize(
    ("operation", "limit"),
    [
        ("DisassociateIpamByoasn", 2),
        ("DescribeByoipCidrs", 3),
        ("CreateTags", 2),
        ("DescribeVpcs", 5),
        ("DescribeInstances", 12),
        ("RunInstances", 26),
    ],
)
def test_all_that_an_operation_can_hold_lies_in_few_modules(operation: str, limit: int) -> None:
    """A budget in modules: time follows from it."""
    assert len(_homes(operation)) <= limit


def test_no_operation_needs_more_modules_than_run_instances() -> None:
    """The one with the most kinds of members is the measure of all."""
    most = len(_homes("RunInstances"))
    assert [name for name in operations() if len(_homes(name)) > most] == []


def _homes(operation: str) -> set[str]:
    shape = operations()[operation]
    seen = reached(shape, set())
    return {each.__module__ for each in reached(result_of(shape), seen) if each is not Result}


def test_a_shared_module_serves_several_families() -> None:
    """What one family alone uses lives with it, so that its module reads whole."""
    users: dict[str, set[str]] = {}
    for shape in operations().values():
        for each in (*reached(shape, set()), *reached(result_of(shape), set())):
            if ".shapes." in each.__module__:
                users.setdefault(each.__module__, set()).add(shape.__module__)
    assert users
    assert [module for module, families in users.items() if len(families) < 2] == []


def test_hand_polished_operations_say_what_they_do() -> None:
    """One line of our own, then the link; all others the link alone."""
    link = "https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_{}.html"
    polished = {"ipam_byoasn", "byoip"}
    for name, shape in operations().items():
        documented = (shape.__doc__ or "").split("\n")
        assert documented[-2 if len(documented) > 1 else -1].strip() == link.format(name)
        if len(documented) == 1:
            assert shape.__module__.rpartition(".")[2] not in polished
