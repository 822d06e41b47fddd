"""How a dataclass carries wire names: Shape, `wire()`, Operation[R], Result.

A class body says one line a member, `asn: str = wire("asn")`; type checkers see a frozen,
keyword-only dataclass (PEP 681), and so does `dataclasses` at run time, but nothing is compiled
when the class is made: thousands of classes must cost microseconds each. Slots that were never
filled answer with the member's default, so a decoder fills only what it was sent.
Wire names: https://smithy.io/2.0/aws/protocols/aws-ec2-query-protocol.html
"""

from __future__ import annotations

import dataclasses
import inspect
import sys
from collections.abc import Callable, Iterable, Mapping
from dataclasses import field
from functools import cache
from typing import TYPE_CHECKING, Any, ClassVar, Generic, Self, TypeVar, dataclass_transform

from .errors import ParameterError
from .frozen import frozen

__all__ = [
    "ListOf",
    "Member",
    "Operation",
    "Result",
    "Scalar",
    "Service",
    "Shape",
    "Structure",
    "TypeRef",
    "member_named",
    "members",
    "result_of",
    "service_of",
    "slot_of",
    "wire",
]


class _Wire(tuple[str, dict[str, Any]]):
    """What `wire()` leaves in a class body: (wire name, options)."""

    __slots__ = ()


if TYPE_CHECKING:
    # One signature, not overloads: a checker infers it ten thousand times for a generated package.
    def wire(name: str, /, **options: Any) -> Any:
        """Declare a member by its wire name; without a default it is required.

        Options are the fields of `Member` that cannot be derived: `model`, `query`, `enum`,
        `sensitive`, `token`, `timestamp`, `item`, `flattened`, `attribute`.
        """

else:

    def wire(name, /, **options):
        return _Wire((name, options))


@frozen
class Scalar:
    """A leaf type: `str`, `int`, `float`, `bool`, `datetime` or `bytes`."""

    name: str


@frozen
class ListOf:
    """A list type, and the type of its entries."""

    of: TypeRef


@frozen
class Structure:
    """A structure named by `owner`'s module; `resolve()` imports it no earlier than asked."""

    owner: type[Shape]
    name: str

    def resolve(self) -> type[Shape]:
        found = _look_up(self.owner, self.name)
        assert isinstance(found, type), found
        assert issubclass(found, Shape), found
        return found


TypeRef = Scalar | ListOf | Structure

_SCALARS = {name: Scalar(name) for name in ("str", "int", "float", "bool", "datetime", "bytes")}
# A string on the wire that also takes bytes, which travel as base64.
_TEXT_OR_BYTES = "str | bytes"
_SCALARS[_TEXT_OR_BYTES] = Scalar("str")


@frozen(kw_only=True)
class Member:
    """One member of a structure, under all its names.

    `name` is Python's, `model` the API Reference's, `wire` the element of an answer, `key` the key
    of a request pair. `type` is what the value is; `enum` names the class of the known values.
    """

    name: str
    model: str
    wire: str
    key: str
    type: TypeRef
    annotation: str
    required: bool
    default: Any
    enum: str | None = None
    sensitive: bool = False
    token: bool = False
    timestamp: str | None = None
    item: str = "item"
    flattened: bool = False
    attribute: bool = False

    @property
    def is_list(self) -> bool:
        return isinstance(self.type, ListOf)

    @property
    def takes_bytes(self) -> bool:
        """Say whether a string member also takes bytes, which travel as base64."""
        return self.annotation.startswith(_TEXT_OR_BYTES)


@frozen(kw_only=True)
class Service:
    """What an API is called: one value a generated package, named SERVICE in its `__init__`."""

    name: str
    version: str
    namespace: str
    signing_name: str
    endpoint_prefix: str
    model: str = ""

    @property
    def id(self) -> str:
        """The name without its maker's, as the AWS SDKs say it: EC2."""
        return self.name.removeprefix("Amazon ").removeprefix("AWS ")


def _capitalized(name: str) -> str:
    return name[:1].upper() + name[1:]


def _type_ref(owner: type[Shape], annotation: str) -> TypeRef:
    text = annotation.removesuffix(" | None")
    if text.startswith("Sequence["):
        return ListOf(_type_ref(owner, text[len("Sequence[") : -1]))
    return _SCALARS.get(text) or Structure(owner, text)


def _member(owner: type[Shape], name: str, declared: _Wire) -> Member:
    wire_name, options = declared
    options = dict(options)
    annotation = str(owner.__annotations__[name])
    is_list = annotation.startswith("Sequence[")
    required = "default" not in options
    default = options.pop("default", () if is_list else None)
    model = options.pop("model", None) or _capitalized(wire_name)
    key = options.pop("query", None) or _capitalized(wire_name)
    return Member(
        name=name,
        model=model,
        wire=wire_name,
        key=key,
        type=_type_ref(owner, annotation),
        annotation=annotation,
        required=required,
        default=default,
        **options,
    )


def _look_up(owner: type[Shape], name: str) -> Any:
    """Find `name` where `owner` was generated: in its module, then in the packages around it."""
    place = owner.__module__
    module = sys.modules[place]
    if name in vars(module):
        return vars(module)[name]
    while place := place.rpartition(".")[0]:
        found = getattr(sys.modules.get(place), name, None)
        if found is not None:
            return found
    raise LookupError(f"{owner.__qualname__} names {name}, which its package does not hold")


class _Plan:
    """What the constructor, `repr` and equality need to know of a class; made at first use."""

    __slots__ = ("by_model", "defaults", "members", "required", "stores")

    def __init__(self, cls: type[Shape]) -> None:
        own = [
            _member(base, name, declared)
            for base in cls.__mro__
            if base is not object
            for name, declared in vars(base).get("__wires__", {}).items()
        ]
        self.members = tuple(own)
        self.by_model = {member.model: member for member in own}
        self.defaults = {member.name: member.default for member in own}
        self.required = frozenset(member.name for member in own if member.required)
        self.stores: dict[str, tuple[Callable[[Shape, object], None], bool, object]] = {
            member.name: (slot_of(cls, member.name).__set__, member.is_list, member.default) for member in own
        }


_plans: dict[type, _Plan] = {}


def _plan(cls: type[Shape]) -> _Plan:
    found = _plans.get(cls)
    if found is None:
        found = _plans[cls] = _Plan(cls)
    return found


def members(shape: type[Shape]) -> tuple[Member, ...]:
    """Return the members of a Shape, in the model's order."""
    return _plan(shape).members


def slot_of(shape: type[Shape], name: str) -> Any:
    """Return the slot of a member: a decoder fills a frozen object through its `__set__`."""
    return inspect.getattr_static(shape, name)


def member_named(shape: type[Shape], model_name: str) -> Member | None:
    """Return the member that the API Reference calls `model_name`, or None."""
    return _plan(shape).by_model.get(model_name)


def _as_tuple(where: str, value: object) -> tuple[Any, ...]:
    # A str is a sequence of letters, bytes one of numbers, a mapping one of keys: none is a list.
    if isinstance(value, (str, bytes, bytearray, Mapping)) or not isinstance(value, Iterable):
        raise ParameterError(
            where=where, expected="a list (or another sequence)", got=f"a bare {type(value).__name__}"
        )
    # Lists of lists are rare; without this they would not be hashable.
    return tuple(_as_tuple(where, entry) if isinstance(entry, list) else entry for entry in value)


class _Fields:
    """`__dataclass_fields__`, built when `dataclasses` first asks for it."""

    def __get__(self, instance: object, owner: type[Shape]) -> Any:
        specs: list[tuple[str, Any, Any]] = []
        for member in members(owner):
            default: Any = dataclasses.MISSING if member.required else member.default
            shown: Any = field(
                default=default,
                repr=not member.sensitive,
                kw_only=True,
                metadata={"member": member},
            )
            specs.append((member.name, member.annotation, shown))
        made = dataclasses.make_dataclass(owner.__name__, specs, frozen=True)
        fields = made.__dataclass_fields__  # type: ignore[attr-defined]
        type.__setattr__(owner, "__dataclass_fields__", fields)
        return fields


class _Signature:
    """`__signature__`, built when `inspect` first asks for it."""

    def __get__(self, instance: object, owner: type[Shape]) -> inspect.Signature:
        return inspect.Signature(
            [
                inspect.Parameter(
                    member.name,
                    inspect.Parameter.KEYWORD_ONLY,
                    default=inspect.Parameter.empty if member.required else member.default,
                    annotation=member.annotation,
                )
                for member in members(owner)
            ]
        )


@dataclass_transform(frozen_default=True, kw_only_default=True, field_specifiers=(wire,))
class _ShapeType(type):
    """Turns `name: type = wire(...)` lines into slots, and does nothing else."""

    def __new__(
        mcs, name: str, bases: tuple[type, ...], namespace: dict[str, Any], **options: Any
    ) -> _ShapeType:
        wires = {key: value for key, value in namespace.items() if type(value) is _Wire}
        for key in wires:
            del namespace[key]
        namespace["__slots__"] = tuple(wires)
        namespace["__wires__"] = wires
        if options:
            namespace["__options__"] = options
        return super().__new__(mcs, name, bases, namespace)

    def __init__(cls, name: str, bases: tuple[type, ...], namespace: dict[str, Any], **options: Any) -> None:
        super().__init__(name, bases, namespace)


class Shape(metaclass=_ShapeType):
    """A structure of the API: frozen, keyword-only, compared by value."""

    __wires__: ClassVar[dict[str, _Wire]]
    __options__: ClassVar[dict[str, Any]] = {}
    __match_args__: ClassVar[tuple[str, ...]] = ()

    if not TYPE_CHECKING:
        __dataclass_fields__ = _Fields()
        __signature__ = _Signature()

        def __init__(self, /, **values):
            cls = type(self)
            plan = _plan(cls)
            given = values.get
            for name, (store, is_list, default) in plan.stores.items():
                value = given(name)
                if value is None:
                    store(self, default)
                elif is_list:
                    store(self, _as_tuple(f"{cls.__name__}.{name}", value))
                else:
                    store(self, value)
            if not values.keys() <= plan.stores.keys():
                raise _unexpected(cls, min(values.keys() - plan.stores.keys()))
            for name in plan.required:
                if given(name) is None:
                    raise ParameterError(
                        where=f"{cls.__name__}.{name}", expected="a value (it is required)", got="none"
                    )

        def __getattr__(self, name):
            # Only an unset slot, or a name that is none, comes here.
            try:
                return _plan(type(self)).defaults[name]
            except KeyError:
                raise AttributeError(f"{type(self).__name__!r} has no member {name!r}") from None

    def __setattr__(self, name: str, value: object) -> None:
        raise dataclasses.FrozenInstanceError(f"cannot assign to {name!r}; use dataclasses.replace()")

    def __delattr__(self, name: str) -> None:
        raise dataclasses.FrozenInstanceError(f"cannot delete {name!r}")

    def __eq__(self, other: object) -> bool:
        if type(self) is not type(other):
            return NotImplemented
        return _compared(self) == _compared(other)

    def __hash__(self) -> int:
        return hash((type(self), _compared(self)))

    def __repr__(self) -> str:
        shown = [
            f"{member.name}={'***' if member.sensitive else repr(value)}"
            for member in members(type(self))
            if (value := getattr(self, member.name)) != member.default
        ]
        return f"{type(self).__qualname__}({', '.join(shown)})"

    def __replace__(self, /, **changes: Any) -> Self:
        return dataclasses.replace(self, **changes)

    def to_dict(self) -> dict[str, Any]:
        """Return what is set, by model names; structures become dicts and lists lists."""
        return {
            member.model: _plain(value)
            for member in members(type(self))
            if (value := getattr(self, member.name)) is not None and value != ()
        }

    def __reduce__(self) -> tuple[object, ...]:
        return _rebuild, (type(self), {m.name: getattr(self, m.name) for m in members(type(self))})


def _plain(value: Any) -> Any:
    if isinstance(value, Shape):
        return value.to_dict()
    return [_plain(entry) for entry in value] if isinstance(value, tuple) else value


def _compared(shape: Any) -> tuple[object, ...]:
    return tuple(getattr(shape, m.name) for m in members(type(shape)) if m.name != "request_id")


def _rebuild(cls: type[Shape], values: dict[str, object]) -> Shape:
    """Unpickle without the constructor: an answer may lack what a request requires."""
    shape = cls.__new__(cls)
    for name, (store, _, _) in _plan(cls).stores.items():
        if values.get(name) is not None:
            store(shape, values[name])
    return shape


def _unexpected(cls: type[Shape], name: str) -> ParameterError:
    import difflib

    known = [member.name for member in members(cls)]
    close = difflib.get_close_matches(name, known, n=1)
    hint = f"one of its members (did you mean {close[0]!r}?)" if close else f"one of {', '.join(known)}"
    return ParameterError(where=cls.__name__, expected=hint, got=repr(name))


class Result(Shape):
    """What an operation answers; `request_id` names the call in AWS's logs and is not compared."""

    request_id: str | None = wire("requestId", model="RequestId", default=None)


R = TypeVar("R", bound=Result)


class Operation(Shape, Generic[R]):
    """A request, named after its action; `R` is what EC2 answers.

    Class keyword: `action`, the name on the wire where it is not the class's own.
    """


@cache
def result_of(operation: type[Operation[R]]) -> type[R]:
    """Return the Result type that an Operation names as its R."""
    for base in getattr(operation, "__orig_bases__", ()):
        for argument in getattr(base, "__args__", ()):
            if isinstance(argument, type) and issubclass(argument, Result):
                return argument  # type: ignore[return-value]
    raise LookupError(f"{operation.__qualname__} does not say Operation[<its Result>]")


@cache
def service_of(shape: type[Shape]) -> Service:
    """Return the Service of the package that a Shape was generated into."""
    found = _look_up(shape, "SERVICE")
    assert isinstance(found, Service), found
    return found
