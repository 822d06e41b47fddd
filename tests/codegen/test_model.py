"""Reading botocore-style models."""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import Any

import pytest

from ec2query_codegen.model import MemberModel, Model, ModelError, Target, read_model

TOY = Path(__file__).parent / "toy" / "service-2.json"


def member(name: str, structure: str = "EverythingRequest") -> MemberModel:
    """Return a member of the toy model."""
    model = read_model(TOY, source="toy")
    return next(member for member in model.members(structure) if member.name == name)


@pytest.mark.parametrize(
    ("name", "target"),
    [
        ("Name", Target(0, "str")),
        ("Whole", Target(0, "int")),
        ("Real", Target(0, "float")),
        ("Flag", Target(0, "bool")),
        ("Blob", Target(0, "bytes")),
        ("When", Target(0, "datetime")),
        ("Color", Target(0, "str", enum="Color")),
        ("Colors", Target(1, "str", enum="Color")),
        ("Nodes", Target(1, structure="Node")),
        ("Grid", Target(2, "str")),
    ],
)
def test_a_member_knows_what_it_holds(name: str, target: Target) -> None:
    """Lists are counted down to the scalar or structure within."""
    assert member(name).target == target


def test_a_members_trait_wins_over_its_shapes() -> None:
    """locationName, timestampFormat and sensitive stand on either."""
    assert (member("Named").wire, member("Renamed").wire) == ("shapeName", "renamed")
    assert (member("Dated").timestamp, member("Epoch").timestamp) == ("rfc822", "unixTimestamp")
    assert [member(name).sensitive for name in ("Name", "Password", "Passwords")] == [False, True, True]


def test_an_entrys_element_is_named_by_the_list_or_by_the_protocol() -> None:
    """A flattened list's entries carry the list's own name, unless the list names them."""
    found = {name: member(name, "EverythingResult") for name in ("Grid", "Flat", "FlatNamed", "Nodes")}
    assert {name: found[name].item for name in found} == {
        "Grid": "row",
        "Flat": "flatItem",
        "FlatNamed": "shapeName",
        "Nodes": "item",
    }
    assert member("Names").item == "member"


def test_gzipped_models_and_waiters_beside_them_are_found(tmp_path: Path) -> None:
    """As botocore ships them; other waiters may be named."""
    packed = tmp_path / "service-2.json.gz"
    packed.write_bytes(gzip.compress(TOY.read_bytes()))
    elsewhere = TOY.with_name("waiters-2.json")
    assert set(read_model(TOY, source="").waiters) == {"EverythingNamed"}
    assert read_model(packed, source="").waiters == {}
    assert set(read_model(packed, source="", waiters=elsewhere).waiters) == {"EverythingNamed"}
    assert read_model(packed, source="").operations == read_model(TOY, source="").operations


def one_member(shape: dict[str, Any], **more: Any) -> Model:
    """Return a model of one structure with one member of the given shape."""
    owner = {"type": "structure", "members": {"Thing": {"shape": "Thing"}}}
    return Model({"shapes": {"Owner": owner, "Thing": shape, **more}}, "test")


@pytest.mark.parametrize(
    ("shape", "says"),
    [
        ({"type": "map", "key": {}, "value": {}}, r"Owner\.Thing is a map \(Thing\)"),
        ({"type": "list", "member": {"shape": "Thing"}}, r"Owner\.Thing is a list of itself"),
        ({"type": "list", "member": {"shape": "Nowhere"}}, r"Owner\.Thing refers to Nowhere"),
        ({"type": "document"}, r"Owner\.Thing is a document"),
    ],
)
def test_what_the_protocol_cannot_carry_is_refused(shape: dict[str, Any], says: str) -> None:
    """The error says where it stands."""
    with pytest.raises(ModelError, match=says):
        one_member(shape).members("Owner")


def test_a_maps_place_in_a_list_is_named_too() -> None:
    """Whatever is around it."""
    model = one_member(
        {"type": "list", "member": {"shape": "Map"}}, Map={"type": "map", "key": {}, "value": {}}
    )
    with pytest.raises(ModelError, match=r"Owner\.Thing is a map \(Map\)"):
        model.members("Owner")


def test_members_belong_to_structures() -> None:
    """An operation that takes a list is an error of the model."""
    with pytest.raises(ModelError, match="Names is a list, expected a structure"):
        Model({"shapes": {"Names": {"type": "list"}}}, "test").members("Names")


def test_recursive_structures_are_walked_once() -> None:
    """What can be reached includes where it started."""
    model = read_model(TOY, source="toy")
    assert model.structures_from(["EverythingResult"]) == {"EverythingResult", "Node", "EchoResult"}
    assert json.loads(TOY.read_text("utf-8"))["shapes"]["Unused"]["type"] == "map"  # and nobody minds
