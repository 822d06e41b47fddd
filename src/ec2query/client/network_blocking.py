"""TCP and TLS for threads, as httpcore wants its network, under a deadline for the whole exchange.

httpcore's own sockets do the work. What is written goes out at the next read, head and body in one
segment; no operation waits beyond `deadline` (monotonic seconds).
"""

from __future__ import annotations

import contextlib
import socket
import ssl
import time
from typing import Any

import httpcore

__all__ = ["BlockingStream", "connect"]


def connect(host: str, port: int, context: ssl.SSLContext | None, seconds: float | None) -> BlockingStream:
    """Connect, and shake hands where there is a context. Raises: httpcore's ConnectError, ConnectTimeout."""
    begun = time.monotonic()
    stream = httpcore.SyncBackend().connect_tcp(host, port, timeout=seconds)
    if context is not None:
        left = None if seconds is None else max(seconds - (time.monotonic() - begun), 0.001)
        try:
            stream = stream.start_tls(context, server_hostname=host, timeout=left)
        except BaseException:
            stream.close()
            raise
    return BlockingStream(stream)


class BlockingStream(httpcore.NetworkStream):
    """A connected socket."""

    def __init__(self, stream: httpcore.NetworkStream) -> None:
        self._stream = stream
        self._unsent: list[bytes] = []
        self._write_timeout: float | None = None
        self.deadline: float | None = None
        # Until when the head of the answer must have come; each of its bytes may be in time for itself.
        self.head_by: float | None = None

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._unsent.append(buffer)
        self._write_timeout = timeout

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        if self._unsent:
            unsent = b"".join(self._unsent)
            self._unsent.clear()
            # A server may answer and close before it has read everything: its answer is worth reading.
            with contextlib.suppress(httpcore.WriteError):
                self._stream.write(unsent, self._left(self._write_timeout, httpcore.WriteTimeout))
            self.head_by = None if timeout is None else time.monotonic() + timeout
        return self._stream.read(max_bytes, self._left(timeout, httpcore.ReadTimeout))

    def close(self) -> None:
        self._unsent.clear()
        self._stream.close()

    def wake(self) -> None:
        """End what another thread waits for on this socket; that thread closes it."""
        with contextlib.suppress(OSError):
            self.get_extra_info("socket").shutdown(socket.SHUT_RDWR)

    def get_extra_info(self, info: str) -> Any:
        return self._stream.get_extra_info(info)

    def _left(self, timeout: float | None, ran_out: type[Exception]) -> float | None:
        ends = [end for end in (self.deadline, self.head_by) if end is not None]
        if not ends:
            return timeout
        left = min(ends) - time.monotonic()
        if left <= 0:
            raise ran_out("the time allowed in all, or for the head of the answer, ran out")
        return left if timeout is None else min(timeout, left)
