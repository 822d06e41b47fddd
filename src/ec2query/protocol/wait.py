"""Waiting: repeat a call until a table of acceptors says success or failure.

`judge` is the decision, pure, and the same that botocore makes of the same tables; `wait` is the
flow. An error that no acceptor names is a failure; a transport fault is not judged and goes through.
https://smithy.io/2.0/additional-specs/waiters.html
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar, cast

from ..errors import ServiceError
from ..frozen import frozen
from ..shape import Result
from ..waiter import Acceptor, Path, Verdict, Wait
from .effects import Flow
from .paginate import Call
from .poll import Look, Pace, Progress, poll
from .world import World

__all__ = ["Judgement", "judge", "wait"]

R = TypeVar("R", bound=Result)

# EC2 answers 200 or an error; a Result does not keep the status that it came with.
_OK = 200


@frozen
class Judgement:
    """A verdict, and the acceptor that gave it: None where none matched."""

    verdict: Verdict
    acceptor: Acceptor | None = None


def judge(acceptors: tuple[Acceptor, ...], outcome: Result | ServiceError) -> Judgement:
    """Return what the first matching acceptor says; unmatched, an error fails and a result retries."""
    for acceptor in acceptors:
        if _matches(acceptor, outcome):
            return Judgement(acceptor.state, acceptor)
    return Judgement("failure" if isinstance(outcome, ServiceError) else "retry")


def _matches(acceptor: Acceptor, outcome: Result | ServiceError) -> bool:
    expected = acceptor.expected
    error = outcome if isinstance(outcome, ServiceError) else None
    if acceptor.matcher == "status":
        return (_OK if error is None else error.status) == expected
    if acceptor.matcher == "error":
        if isinstance(expected, bool):
            return (error is not None) == expected
        return error is not None and error.code == expected
    if isinstance(outcome, ServiceError) or acceptor.argument is None:
        return False
    found = acceptor.argument.search(outcome)
    if acceptor.matcher == "path":
        return found == expected
    values = cast("list[object]", found) if isinstance(found, list) else []
    decide = all if acceptor.matcher == "pathAll" else any
    return bool(values) and decide(value == expected for value in values)


def _state(acceptors: tuple[Acceptor, ...], outcome: Result | ServiceError) -> str:
    """Say in a few words what the waiter looked at."""
    if isinstance(outcome, ServiceError):
        return outcome.code
    for acceptor in acceptors:
        if acceptor.argument is not None:
            path = acceptor.argument if isinstance(acceptor.argument, Path) else acceptor.argument.path
            found = path.search(outcome)
            values = cast("list[object]", found) if isinstance(found, list) else [found]
            values = [value for value in values if value is not None]
            texts = dict.fromkeys(str(value) for value in values if isinstance(value, (str, int)))
            return ", ".join(texts) or ("none" if not values else f"{len(values)} found")
    return "answered"


def wait(
    waiting: Wait[R],
    call: Call,
    world: World,
    *,
    delay: float | None = None,
    attempts: int | None = None,
    deadline: float | None = None,
    jitter: float = 0.1,
    progress: Callable[[Progress], None] | None = None,
) -> Flow[R | None]:
    """Carry out a Wait; the result that was accepted, or None where an error was (it is gone).

    Raises: WaiterError where a failure state was reached, or attempts or deadline ran out.
    """
    acceptors = waiting.acceptors

    def look() -> Flow[Look]:
        outcome: Result | ServiceError
        try:
            outcome = yield from call(waiting.operation)
        except ServiceError as error:
            outcome = error
        judgement = judge(acceptors, outcome)
        reason = f"failed, since {judgement.acceptor}" if judgement.acceptor else f"failed: {outcome}"
        state = _state(acceptors, outcome)
        return Look(verdict=judgement.verdict, state=state, last=outcome, reason=reason)

    pace = Pace(
        delay=waiting.delay if delay is None else delay,
        attempts=waiting.attempts if attempts is None else attempts,
        deadline=deadline,
        jitter=jitter,
    )
    found = yield from poll(waiting.name, look, world, pace, progress)
    return None if isinstance(found.last, ServiceError) else cast("Any", found.last)
