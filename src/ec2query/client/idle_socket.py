"""Looking at a socket without waiting: has anything come?"""

from __future__ import annotations

import select
from typing import Protocol

__all__ = ["quiet"]


class HasFileno(Protocol):
    def fileno(self) -> int: ...


def quiet(sock: HasFileno | None) -> bool:
    """Say that neither bytes nor an end have come; what is closed is not quiet."""
    descriptor = -1 if sock is None else sock.fileno()
    if descriptor < 0:
        return False
    if not hasattr(select, "poll"):  # Windows
        return not select.select([descriptor], [], [], 0)[0]
    poll = select.poll()
    poll.register(descriptor, select.POLLIN)
    return not poll.poll(0)
