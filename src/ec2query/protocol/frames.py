"""An error in, the same error out, parted from the frames that it and its causes went through.

Those frames hold keys, tokens and answers: for as long as the error lives, and for whoever prints a
traceback with its variables.
"""

from __future__ import annotations

from typing import TypeVar

__all__ = ["without_frames"]

E = TypeVar("E", bound=BaseException)


def without_frames(error: E) -> E:
    """Drop the tracebacks of an error and of all that led to it, and what none of them would show."""
    seen: set[int] = set()
    waiting: list[BaseException | None] = [error]
    while waiting:
        part = waiting.pop()
        if part is None or id(part) in seen:
            continue
        seen.add(id(part))
        part.__traceback__ = None
        if part.__suppress_context__:
            part.__context__ = None
        waiting += (part.__cause__, part.__context__)
    return error
