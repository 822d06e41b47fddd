"""`@frozen` makes what `@dataclass(frozen=True, slots=True)` makes: each behaviour beside its twin's."""

from __future__ import annotations

import copy
import dataclasses
import inspect
import pickle
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import pytest

from ec2query.frozen import frozen


@frozen
class Ours:
    """A value."""

    name: str
    size: int = 3
    tags: dict[str, str] = field(default_factory=dict[str, str], compare=False)
    secret: str = field(default="s", repr=False)


@frozen
class Often:
    """A value."""

    name: str
    size: int = 3
    tags: dict[str, str] = field(default_factory=dict[str, str], compare=False)
    secret: str = field(default="s", repr=False)


@dataclass(frozen=True, slots=True)
class Theirs:
    """A value."""

    name: str
    size: int = 3
    tags: dict[str, str] = field(default_factory=dict[str, str], compare=False)
    secret: str = field(default="s", repr=False)


@frozen(kw_only=True)
class OursByName:
    """A value made by name."""

    name: str
    size: int = 3


@frozen(kw_only=True)
class OftenByName:
    """A value made by name."""

    name: str
    size: int = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class TheirsByName:
    """A value made by name."""

    name: str
    size: int = 3


for _ in range(100):  # after so many, each has an `__init__` of its own
    Often("a")
    OftenByName(name="a")


def _matched(cls: Any) -> object:
    match cls("a", 4):
        case cls(name, size):
            return name, size
        case _:
            return None


def _raised(call: Callable[[], object]) -> type[Exception] | None:
    try:
        call()
    except Exception as error:
        return type(error)
    return None


# Each is asked of both classes; the answers are the same.
SAME: dict[str, Callable[[Any], object]] = {
    "repr": lambda cls: repr(cls("a", tags={"k": "v"})).removeprefix(cls.__name__),
    "values": lambda cls: dataclasses.astuple(cls("a", secret="t")),
    "dict": lambda cls: dataclasses.asdict(cls("a", 4)),
    "fields": lambda cls: [(f.name, f.type, f.repr, f.kw_only) for f in dataclasses.fields(cls)],
    "equal": lambda cls: cls("a") == cls(name="a", size=3),
    "not equal": lambda cls: cls("a") == cls("b"),
    "equal but for what is not compared": lambda cls: cls("a", tags={"k": "v"}) == cls("a"),
    "equal to another type": lambda cls: cls("a") == ("a", 3, {}, "s"),
    "one hash": lambda cls: len({cls("a"), cls("a"), cls("b")}),
    "its own default": lambda cls: cls("a").tags is cls("a").tags,
    "replace": lambda cls: dataclasses.astuple(dataclasses.replace(cls("a"), size=5)),
    "pickle": lambda cls: pickle.loads(pickle.dumps(cls("a", 4))) == cls("a", 4),
    "copy": lambda cls: copy.copy(cls("a", 4)) == copy.deepcopy(cls("a", 4)) == cls("a", 4),
    "match": _matched,
    "match_args": lambda cls: cls.__match_args__,
    "doc": lambda cls: cls.__doc__,
    "slots": lambda cls: (cls.__slots__, hasattr(cls("a"), "__dict__")),
    "assign": lambda cls: _raised(lambda: setattr(cls("a"), "name", "b")),
    "delete": lambda cls: _raised(lambda: delattr(cls("a"), "name")),
    "nothing given": lambda cls: _raised(cls),
    "too many": lambda cls: _raised(lambda: cls(1, 2, {}, "s", 5)),
    "given twice": lambda cls: _raised(lambda: cls("a", name="b")),
    "unknown": lambda cls: _raised(lambda: cls("a", other=1)),
    "parameters": lambda cls: [(p.name, p.kind) for p in inspect.signature(cls).parameters.values()],
}


@pytest.mark.parametrize("cls", [Ours, Often])
@pytest.mark.parametrize("case", SAME)
def test_it_is_what_dataclass_makes(case: str, cls: type[Any]) -> None:
    """Construction, comparison, text, copies and refusals do not differ, however many were made."""
    assert SAME[case](cls) == SAME[case](Theirs)


BY_NAME: dict[str, Callable[[Any], object]] = {
    "repr": lambda cls: repr(cls(name="a")).removeprefix(cls.__name__),
    "by place": lambda cls: _raised(lambda: cls("a")),
    "match_args": lambda cls: cls.__match_args__,
    "signature": lambda cls: str(inspect.signature(cls)),
    "replace": lambda cls: dataclasses.replace(cls(name="a"), size=1).size,
}


@pytest.mark.parametrize("cls", [OursByName, OftenByName])
@pytest.mark.parametrize("case", BY_NAME)
def test_so_is_one_that_is_made_by_name(case: str, cls: type[Any]) -> None:
    """Keyword-only fields stay so."""
    assert BY_NAME[case](cls) == BY_NAME[case](TheirsByName)


def test_an_init_is_compiled_for_what_is_made_often() -> None:
    """Only there: compiling costs more than a few instances do."""
    shared, own, by_name = (vars(cls)["__init__"] for cls in (Ours, Often, OftenByName))
    assert shared is vars(OursByName)["__init__"]
    assert len({shared, own, by_name}) == 3


@frozen
class Checked:
    """A value that checks itself, and hides."""

    size: int

    def __post_init__(self) -> None:
        if self.size < 0:
            raise ValueError("negative")

    def __repr__(self) -> str:
        return "***"


@frozen
class Marker:
    """A value that says nothing but its type."""


@frozen(kw_only=True)
class MarkerByName:
    """The same."""


@pytest.mark.parametrize("cls", [Marker, MarkerByName])
def test_values_without_fields_are_made_as_often(cls: type[Any]) -> None:
    """As `InstanceMetadata()` is: its `__init__` takes nothing, shared or compiled."""
    assert len({cls() for _ in range(1000)}) == 1
    with pytest.raises(TypeError):
        cls(1)


def test_methods_of_its_own_are_kept() -> None:
    """`__post_init__` runs, and a class's own `__repr__` stays."""
    assert repr(Checked(1)) == "***"
    for size in range(200):
        with pytest.raises(ValueError, match="negative"):
            Checked(-1)
        assert Checked(size).size == size
