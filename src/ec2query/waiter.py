"""Waiters as tables: which operation to repeat, how often, and which answers end the waiting.

The generator compiles the model's waiters into these values; no JMESPath is read at run time. Its
few forms become `Path` (members, `[]` where a list is flattened) and `Length`. Nothing here waits:
`ec2query.protocol.wait` judges answers and sleeps.
Rules: https://smithy.io/2.0/additional-specs/waiters.html (forerunner: botocore's waiters-2.json)
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Sequence
from typing import Generic, Literal, ParamSpec, TypeVar, cast

from .frozen import frozen
from .shape import Operation, Result, Shape

__all__ = ["Acceptor", "Argument", "Length", "Matcher", "Path", "Verdict", "Wait", "Waiter"]

P = ParamSpec("P")
R = TypeVar("R", bound=Result)

Matcher = Literal["path", "pathAll", "pathAny", "status", "error"]
Verdict = Literal["success", "failure", "retry"]
Comparator = Literal["==", "!=", "<", "<=", ">", ">="]

_COMPARE: dict[str, Callable[[int, int], bool]] = {
    "==": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}


@frozen
class Path:
    """Python member names from the result inwards; one that ends in `[]` is a list, flattened.

    `Reservations[].Instances[].State.Name` is `Path("reservations[]", "instances[]", "state", "name")`.
    """

    steps: tuple[str, ...]

    def __init__(self, *steps: str) -> None:
        object.__setattr__(self, "steps", steps)

    def __str__(self) -> str:
        return ".".join(self.steps)

    def search(self, result: Shape) -> object:
        """Return the value, or a list of the values without None where the path flattens."""
        value: object = result
        values: list[object] | None = None  # what the path has spread out to, once it flattens
        for step in self.steps:
            name = step.removesuffix("[]")
            if values is None:
                value = _member(value, name)
            else:
                values = [found for entry in values if (found := _member(entry, name)) is not None]
            if step.endswith("[]"):
                values = _flatten(value if values is None else values)
                if values is None:
                    return None
        return value if values is None else values


@frozen
class Length:
    """``length(path) > `0` ``: a list or text compared by its length; what is absent has length 0."""

    path: Path
    comparator: Comparator
    number: int

    def __str__(self) -> str:
        return f"length({self.path}) {self.comparator} {self.number}"

    def search(self, result: Shape) -> bool:
        found = self.path.search(result)
        length = len(found) if isinstance(found, str) else len(_entries(found) or ())
        return _COMPARE[self.comparator](length, self.number)


Argument = Path | Length


@frozen
class Acceptor:
    """One line of a waiter: where `matcher` finds `expected`, the verdict is `state`.

    `argument` is what path matchers look at; None for `status` (of HTTP) and `error` (a code).
    """

    matcher: Matcher
    argument: Argument | None
    expected: str | int | bool
    state: Verdict

    def __str__(self) -> str:
        of = {"pathAll": f"all of {self.argument}", "pathAny": f"any of {self.argument}"}
        what = of.get(self.matcher) or str(self.argument or self.matcher)
        return f"{what} is {self.expected!r}"


@frozen
class Waiter(Generic[P, R]):
    """An operation to repeat every `delay` seconds, at most `attempts` times, until it is accepted.

    `operation` gives the operation's type when it is first needed: `lambda: ec2.DescribeInstances`.
    Called with that operation's members, a Waiter makes the Wait that a client carries out.
    """

    name: str
    operation: Callable[[], Callable[P, Operation[R]]]
    delay: float
    attempts: int
    acceptors: tuple[Acceptor, ...]

    def __call__(self, *args: P.args, **members: P.kwargs) -> Wait[R]:
        build = self.operation()
        return Wait(self.name, build(*args, **members), self.delay, self.attempts, self.acceptors)


@frozen
class Wait(Generic[R]):
    """A waiter with the very request that it repeats."""

    name: str
    operation: Operation[R]
    delay: float
    attempts: int
    acceptors: tuple[Acceptor, ...]


def _member(value: object, name: str) -> object:
    return getattr(value, name) if isinstance(value, Shape) else None


def _entries(value: object) -> Sequence[object] | None:
    return cast("Sequence[object]", value) if isinstance(value, (list, tuple)) else None


def _flatten(value: object) -> list[object] | None:
    """Merge lists one level deep; None where `value` is no list."""
    entries = _entries(value)
    if entries is None:
        return None
    merged: list[object] = []
    for entry in entries:
        inner = _entries(entry)
        merged.extend((entry,) if inner is None else inner)
    return merged
