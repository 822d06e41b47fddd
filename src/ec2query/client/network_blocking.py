"""TCP and TLS for threads, under a deadline for the whole exchange.

A socket is used by one thread at a time; no operation waits beyond `deadline` (monotonic seconds).
"""

from __future__ import annotations

import contextlib
import socket
import ssl
import time

import httpx

from .idle_socket import quiet

__all__ = ["BlockingStream", "connect"]

_MOST_AT_ONCE = 256 * 1024


def connect(host: str, port: int, context: ssl.SSLContext | None, seconds: float | None) -> BlockingStream:
    """Connect, and shake hands where there is a context. Raises: ConnectError, ConnectTimeout."""
    begun = time.monotonic()
    try:
        sock = socket.create_connection((host, port), seconds)
        try:
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            if context is not None:
                left = None if seconds is None else max(seconds - (time.monotonic() - begun), 0.001)
                sock.settimeout(left)
                sock = context.wrap_socket(sock, server_hostname=host)
        except BaseException:
            sock.close()
            raise
    except TimeoutError as error:
        raise httpx.ConnectTimeout(str(error)) from error
    except (OSError, UnicodeError) as error:
        raise httpx.ConnectError(str(error)) from error
    return BlockingStream(sock)


class BlockingStream:
    """A connected socket."""

    def __init__(self, sock: socket.socket) -> None:
        self._socket = sock
        self.secure = isinstance(sock, ssl.SSLSocket)
        self.deadline: float | None = None

    def send(self, data: bytes | memoryview, seconds: float | None) -> None:
        """Send all of it. Raises: WriteTimeout, WriteError."""
        try:
            self._socket.settimeout(self._left(seconds))
            self._socket.sendall(data)
        except TimeoutError as error:
            raise httpx.WriteTimeout(f"nothing was taken for {seconds} s") from error
        except OSError as error:
            raise httpx.WriteError(str(error)) from error

    def receive(self, seconds: float | None) -> bytes:
        """Wait for bytes; b"" is the end. Raises: ReadTimeout, ReadError."""
        try:
            self._socket.settimeout(self._left(seconds))
            return self._socket.recv(_MOST_AT_ONCE)
        except TimeoutError as error:
            raise httpx.ReadTimeout(f"nothing came for {seconds} s") from error
        except OSError as error:
            raise httpx.ReadError(str(error)) from error

    @property
    def quiet(self) -> bool:
        """Whether nothing has come, neither bytes nor an end."""
        return quiet(self._socket)

    def close(self) -> None:
        self._socket.close()

    def wake(self) -> None:
        """End what another thread waits for on this socket; that thread closes it."""
        with contextlib.suppress(OSError):
            # Not SSLSocket's own: it takes the encryption off before it shuts the socket down.
            socket.socket.shutdown(self._socket, socket.SHUT_RDWR)

    def _left(self, seconds: float | None) -> float | None:
        if self.deadline is not None:
            left = self.deadline - time.monotonic()
            seconds = left if seconds is None else min(seconds, left)
        if seconds is not None and seconds <= 0:  # a socket would take zero for "do not wait"
            raise TimeoutError("the time allowed ran out")
        return seconds
