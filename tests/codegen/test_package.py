"""Packages as they are written: a toy's, imported and used; EC2's, the same again."""

from __future__ import annotations

import ast
import importlib
import re
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from ec2query.protocol.parse import parse
from ec2query.protocol.serialize import pairs
from ec2query.shape import Member, Result, members, result_of, service_of
from ec2query_codegen.__main__ import installed_model
from ec2query_codegen.model import read_model
from ec2query_codegen.package import generate, write

MODEL = Path(__file__).parent / "toy" / "service-2.json"
GENERATED = Path(__file__).parents[2] / "src" / "ec2query" / "ec2"


@pytest.fixture(scope="module")
def toy(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ModuleType]:
    """Write the toy's package to a folder and import it from there."""
    out = tmp_path_factory.mktemp("generated")
    write(generate(read_model(MODEL, source="toy 1"), "toy_service"), out / "toy_service")
    sys.path.insert(0, str(out))
    importlib.invalidate_caches()
    try:
        yield importlib.import_module("toy_service")
    finally:
        sys.path.remove(str(out))
        for name in [name for name in sys.modules if name.partition(".")[0] == "toy_service"]:
            del sys.modules[name]


def member(shape: Any, name: str) -> Member:
    """Return a member by its Python name."""
    return next(member for member in members(shape) if member.name == name)


def test_a_service_with_hardly_any_metadata_has_its_service_value(toy: ModuleType) -> None:
    """What the model does not say is empty."""
    service = service_of(toy.Everything)
    assert service is toy.SERVICE
    assert (service.name, service.version, service.namespace) == ("toy_service", "2020-01-08", "")
    assert service.model == "toy 1"


def test_everything_travels_as_the_protocol_says(toy: ModuleType) -> None:
    """Keys are query names verbatim, else wire names with a capital; lists are numbered."""
    node = toy.NodeShape(name="a", others=[toy.NodeShape(name="b")])
    when = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
    sent = toy.Everything(
        name="n",
        names=["x", "y"],
        foo_id="1",
        foo_id_2="2",
        foo_id_3="3",
        from_="f",
        foo_bar=7,
        color=toy.Color.A_B_2,
        colors=[toy.Color.EMPTY],
        blob=b"\x00",
        when=when,
        dated=when,
        epoch=when,
        verbatim="v",
        named="m",
        renamed="r",
        password="p",
        nodes=[node],
        grid=[["g"], ["h", "i"]],
    )
    assert pairs(sent) == [
        ("Action", "Everything"),
        ("Version", "2020-01-08"),
        ("Name", "n"),
        ("NameSet.1", "x"),
        ("NameSet.2", "y"),
        ("FooId", "1"),
        ("LowFooId", "2"),
        ("Foo_Id", "3"),
        ("From", "f"),
        ("FooBar", "7"),
        ("Color", "a-b"),
        ("Color.Value.1", ""),
        ("Blob", "AA=="),
        ("When", "2026-01-02T03:04:05Z"),
        ("Dated", "Fri, 02 Jan 2026 03:04:05 GMT"),
        ("Epoch", "1767323045"),
        ("a.Verbatim", "v"),
        ("ShapeName", "m"),
        ("Renamed", "r"),
        ("Password", "p"),
        ("NodeSet.1.Name", "a"),
        ("NodeSet.1.OtherSet.1.Name", "b"),
        ("Grid.1.1", "g"),
        ("Grid.2.1", "h"),
        ("Grid.2.2", "i"),
    ]
    assert "'p'" not in repr(sent)


def test_an_answer_is_read_into_the_generated_classes(toy: ModuleType) -> None:
    """Attributes, flattened lists, lists of lists, recursion, and a result nested in another."""
    body = b"""<EverythingResponse xmlns:xsi="urn:x" xsi:type="k">
      <requestId>r-1</requestId><otherId>o-1</otherId>
      <grid><row><member>a</member></row><row/></grid>
      <flatItem>1</flatItem><flatItem>2</flatItem><shapeName>n</shapeName>
      <nodeSet><item><name>a</name><inner><name>b</name></inner></item></nodeSet>
      <echo><text>t</text></echo><when>2026-01-02T03:04:05Z</when>
    </EverythingResponse>"""
    found: Any = parse(toy.Everything, 200, {}, body)
    assert found.request_id == "r-1"
    assert found == toy.EverythingResult(
        grid=[("a",), ()],
        flat=["1", "2"],
        flat_named=["n"],
        kind="k",
        nodes=[toy.NodeShape(name="a", inner=toy.NodeShape(name="b"))],
        echo=toy.EchoResult(text="t"),
        when=datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC),
        request_id_2="o-1",
    )


def test_every_member_keeps_its_model_name(toy: ModuleType) -> None:
    """Whatever Python calls it."""
    model = read_model(MODEL, source="toy")
    assert [m.model for m in members(toy.Everything)] == [m.name for m in model.members("EverythingRequest")]


@pytest.mark.parametrize(
    ("operation", "result", "action"),
    [
        ("Echo", "EchoResult", "Echo"),
        ("EchoAgain", "EchoResult", "EchoAgain"),
        ("Import", "ImportResult", "import"),
        ("Result_", "Empty", "Result"),
        ("Node", None, "Node"),
        ("Nothing", None, "Nothing"),
    ],
)
def test_operations_name_their_result_and_action(
    toy: ModuleType, operation: str, result: str | None, action: str
) -> None:
    """Results may be shared, or be a bare Result; a renamed class says its action."""
    shape = getattr(toy, operation)
    assert result_of(shape) is (getattr(toy, result) if result else Result)
    required = {m.name: "x" for m in members(shape) if m.required}
    assert pairs(shape(**required))[0] == ("Action", action)


def test_required_members_are_those_of_requests(toy: ModuleType) -> None:
    """What only answers hold may always be missing."""
    assert [m.name for m in members(toy.Everything) if m.required] == ["name", "names"]
    assert member(toy.NodeShape, "name").required
    assert not member(toy.ImportResult, "node").required


def test_traits_reach_the_members(toy: ModuleType) -> None:
    """Token, sensitivity, enums."""
    assert [m.name for m in members(toy.Everything) if m.token] == ["client_token"]
    assert [m.name for m in members(toy.Everything) if m.sensitive] == ["password", "passwords"]
    assert [m.enum for m in members(toy.Everything) if m.enum] == ["Color", "Color"]


def test_strange_enum_values_have_constants(toy: ModuleType) -> None:
    """Empty, digits first, spaces, collisions."""
    constants = {name: value for name, value in vars(toy.Color).items() if name.isupper()}
    assert constants == {
        "EMPTY": "",
        "VALUE_2D": "2d",
        "A_B": "a b",
        "A_B_2": "a-b",
        "A_B_3": "A.B",
        "CREATE_TIME": "createTime",
        "N": "ünï",
        "OTHER": "-",
        "CLASS": "class",
        "M5_24XLARGE": "m5.24xlarge",
    }


def test_a_package_lists_its_names_and_denies_others(toy: ModuleType) -> None:
    """`dir()` and `__all__` are one list; modules and waiters are reachable too."""
    assert dir(toy) == toy.__all__
    assert {"Everything", "NodeShape", "SERVICE", "waiters"} <= set(toy.__all__)
    assert toy.api.Everything is toy.Everything
    assert toy.waiters.everything_named.delay == 5
    with pytest.raises(AttributeError, match="no attribute 'Missing'"):
        _ = toy.Missing


def test_the_same_model_gives_the_same_bytes() -> None:
    """EC2's package is exactly what the generator writes from the pinned model."""
    files = generate(installed_model(), "ec2query.ec2")
    on_disk = {
        str(path.relative_to(GENERATED)): path.read_text("utf-8")
        for path in GENERATED.rglob("*.py*")
        if path.suffix in {".py", ".pyi"}
    }
    assert sorted(files) == sorted(on_disk)
    assert [name for name in files if files[name] != on_disk[name]] == []


def test_generated_source_is_formatted() -> None:
    """As the formatter would leave it, without it."""
    ruff = Path(sys.executable).with_name("ruff")
    done = subprocess.run(
        [ruff, "format", "--check", str(GENERATED)], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout


def test_no_sentence_of_the_models_documentation_is_written() -> None:
    """Not one run of six words of it stands in a docstring of the package."""
    written = {
        run
        for path in GENERATED.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef)
        for run in _runs((ast.get_docstring(node) or "").partition("https://")[0])
    }
    assert len(written) > 100
    documented = _runs(" ".join(_documentation(installed_model().document)))
    assert [run for run in documented if run in written] == []


def _documentation(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        for key, inner in value.items():
            if key == "documentation" and isinstance(inner, str):
                yield re.sub(r"<[^>]*>", " ", inner)
            else:
                yield from _documentation(inner)


def _runs(text: str) -> Iterator[tuple[str, ...]]:
    words = re.findall(r"[A-Za-z]+", text.lower())
    return zip(*(words[start:] for start in range(6)), strict=False)


def test_writing_removes_only_what_was_generated(tmp_path: Path) -> None:
    """A module of an earlier model goes; a file of somebody's own stays, and another package within."""
    stale = '"""Stale.\n\nGenerated by ec2query_codegen from x."""\n'
    for name in ("stale.py", "shapes/stale.py", "another/kept.py"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(stale)
    (tmp_path / "own.py").write_text('"""Mine."""\n')
    write({"fresh.py": "x = 1\n"}, tmp_path)
    left = [str(path.relative_to(tmp_path)) for path in tmp_path.rglob("*.py")]
    assert sorted(left) == ["another/kept.py", "fresh.py", "own.py"]
