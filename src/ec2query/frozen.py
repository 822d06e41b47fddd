"""`@frozen`: what `@dataclass(frozen=True, slots=True)` promises, of classes that cost little to make.

`dataclass` compiles six methods for each class, which takes a third of a millisecond; the first call of
a process meets some forty such classes. Here all share their methods, which read the fields of the
class: it is a real dataclass (`fields`, `replace`, `match`, pickle), made in a tenth of the time. A
class of which many instances are made gets a compiled `__init__` after all.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from typing import Any, TypeVar, dataclass_transform, overload

__all__ = ["frozen"]

T = TypeVar("T")

_MISSING = dataclasses.MISSING

# Instances after which compiling an `__init__` (150 µs) pays, at 1 to 2 µs saved by each further one.
_MANY = 100


@overload
def frozen(cls: type[T], /) -> type[T]: ...
@overload
def frozen(*, kw_only: bool = False) -> Callable[[type[T]], type[T]]: ...


@dataclass_transform(frozen_default=True, field_specifiers=(dataclasses.field,))
def frozen(cls: type[Any] | None = None, /, *, kw_only: bool = False) -> Any:
    """Make a class a frozen dataclass with slots; methods of its own are kept."""

    def make(cls: type[Any]) -> type[Any]:
        made: type[Any] = dataclasses.dataclass(
            init=False, repr=False, eq=False, slots=True, kw_only=kw_only
        )(cls)
        for name, method in _METHODS.items():
            if name not in vars(cls):
                setattr(made, name, method)
        if "__init__" not in vars(cls):
            made.__signature__ = _SIGNATURE
        return made

    return make if cls is None else make(cls)


class _Plan:
    """What the methods need to know of a class; made at its first instance."""

    __slots__ = ("compared", "defaults", "made", "names", "positional", "post_init", "shown", "stores")

    def __init__(self, cls: type[Any]) -> None:
        fields = dataclasses.fields(cls)
        self.names = tuple(field.name for field in fields)
        self.positional = tuple(field.name for field in fields if not field.kw_only)
        self.shown = tuple(field.name for field in fields if field.repr)
        self.compared = tuple(field.name for field in fields if field.compare)
        self.defaults = tuple((field.name, field.default, field.default_factory) for field in fields)
        self.stores = tuple(getattr(cls, field.name).__set__ for field in fields)
        self.post_init: Callable[[object], None] | None = getattr(cls, "__post_init__", None)
        self.made = 0


_plans: dict[type, _Plan] = {}


def _plan(cls: type) -> _Plan:
    found = _plans.get(cls)
    if found is None:
        found = _plans[cls] = _Plan(cls)
    return found


def _init(self: object, *args: object, **values: object) -> None:
    plan = _plans.get(type(self)) or _plan(type(self))
    if len(args) == len(plan.stores) == len(plan.positional) and not values:  # most are made so
        for store, value in zip(plan.stores, args, strict=True):
            store(self, value)
    else:
        for store, value in zip(plan.stores, _arguments(self, plan, args, values), strict=True):
            store(self, value)
    if plan.post_init is not None:
        plan.post_init(self)
    plan.made += 1
    if plan.made == _MANY and type(self).__init__ is _init:
        setattr(type(self), "__init__", _compiled(type(self), plan))  # noqa: B010 -- of the class


def _compiled(cls: type[Any], plan: _Plan) -> Callable[..., None]:
    """Write the `__init__` that does the same for this class alone."""
    names: dict[str, Any] = {"_missing": _MISSING, "_post_init": plan.post_init}
    parameters, lines = ["self", *(["*"] if plan.defaults and not plan.positional else [])], list[str]()
    for number, (name, default, factory) in enumerate(plan.defaults):
        if plan.positional and name not in plan.positional and "*" not in parameters:
            parameters.append("*")
        names |= {f"_store_{number}": plan.stores[number], f"_default_{number}": default}
        value = name
        if factory is not _MISSING:
            names[f"_make_{number}"] = factory
            value = f"_make_{number}() if {name} is _missing else {name}"
        required = default is _MISSING and factory is _MISSING
        parameters.append(name if required else f"{name}=_default_{number}")
        lines.append(f" _store_{number}(self, {value})")
    lines.append(" pass" if plan.post_init is None else " _post_init(self)")
    exec("\n".join([f"def __init__({', '.join(parameters)}):", *lines]), names)  # noqa: S102 -- our own fields
    made: Callable[..., None] = names["__init__"]
    made.__qualname__ = f"{cls.__qualname__}.__init__"
    return made


def _arguments(
    self: object, plan: _Plan, args: tuple[object, ...], values: dict[str, object]
) -> list[object]:
    """Give a value for each field. Raises: TypeError."""
    name = type(self).__name__
    if len(args) > len(plan.positional):
        raise TypeError(f"{name}: expected at most {len(plan.positional)} arguments, got {len(args)}")
    for field, value in zip(plan.positional, args, strict=False):
        if field in values:
            raise TypeError(f"{name}: {field!r} is given twice")
        values[field] = value
    found: list[object] = []
    for field, default, factory in plan.defaults:
        value = values.pop(field, default)
        if value is _MISSING:
            if factory is _MISSING:
                raise TypeError(f"{name}: {field!r} is missing")
            value = factory()
        found.append(value)
    if values:
        raise TypeError(f"{name}: {min(values)!r} is none of its fields")
    return found


def _repr(self: object) -> str:
    shown = ", ".join(f"{name}={getattr(self, name)!r}" for name in _plan(type(self)).shown)
    return f"{type(self).__qualname__}({shown})"


def _compared(self: object) -> tuple[object, ...]:
    return tuple([getattr(self, name) for name in _plan(type(self)).compared])


def _eq(self: object, other: object) -> bool:
    return _compared(self) == _compared(other) if type(other) is type(self) else NotImplemented


def _hash(self: object) -> int:
    return hash(_compared(self))


def _setattr(self: object, name: str, value: object) -> None:
    raise dataclasses.FrozenInstanceError(f"cannot assign to field {name!r}")


def _delattr(self: object, name: str) -> None:
    raise dataclasses.FrozenInstanceError(f"cannot delete field {name!r}")


def _getstate(self: object) -> list[object]:
    return [getattr(self, name) for name in _plan(type(self)).names]


def _setstate(self: object, state: list[object]) -> None:
    for name, value in zip(_plan(type(self)).names, state, strict=True):
        object.__setattr__(self, name, value)


class _Signature:
    """`__signature__`, built when `inspect` first asks for it."""

    def __get__(self, instance: object, owner: type[Any]) -> object:
        from inspect import Parameter, Signature

        return Signature(
            [
                Parameter(
                    field.name,
                    Parameter.KEYWORD_ONLY if field.kw_only else Parameter.POSITIONAL_OR_KEYWORD,
                    default=Parameter.empty if _required(field) else field.default,
                    annotation=field.type,
                )
                for field in dataclasses.fields(owner)
            ],
            return_annotation=None,
        )


def _required(field: dataclasses.Field[Any]) -> bool:
    return field.default is _MISSING and field.default_factory is _MISSING


_SIGNATURE = _Signature()

_METHODS: dict[str, Callable[..., object]] = {
    "__init__": _init,
    "__repr__": _repr,
    "__eq__": _eq,
    "__hash__": _hash,
    "__setattr__": _setattr,
    "__delattr__": _delattr,
    "__getstate__": _getstate,
    "__setstate__": _setstate,
}
