"""A scripted HTTP server on a loopback socket: each connection runs a script in a thread of its own."""

from __future__ import annotations

import socket
import ssl
import struct
import threading
from collections.abc import Callable
from types import TracebackType
from typing import Protocol, Self

__all__ = ["OK", "PATIENCE", "Peer", "Received", "Script", "ScriptedServer", "Start", "answer", "serve"]

# Long enough to never decide a test, short enough that a hanging one ends.
PATIENCE = 20.0


class Received:
    """A request as it came over the wire."""

    def __init__(self, head: bytes, body: bytes) -> None:
        self.line, *lines = head.decode("latin-1").split("\r\n")
        self.headers = [(name.lower(), value.strip()) for name, _, value in (x.partition(":") for x in lines)]
        self.body = body


class Peer:
    """The server's end of one connection."""

    def __init__(self, server: ScriptedServer, sock: socket.socket) -> None:
        self._server = server
        self._sock = sock
        self._buffer = b""

    def request(self) -> Received | None:
        """Read a request to its end; None where the client closed instead."""
        while b"\r\n\r\n" not in self._buffer:
            if not self._fill():
                return None
        head, _, rest = self._buffer.partition(b"\r\n\r\n")
        received = Received(head, b"")
        length = int(dict(received.headers).get("content-length", "0"))
        self._buffer = rest
        while len(self._buffer) < length:
            if not self._fill():
                return None
        received.body, self._buffer = self._buffer[:length], self._buffer[length:]
        self._server.requests.append(received)
        self._server.arrived.release()
        return received

    def _fill(self) -> bool:
        try:
            data = self._sock.recv(65536)
        except OSError:
            data = b""
        self._buffer += data
        return bool(data)

    def send(self, data: bytes) -> None:
        self._sock.sendall(data)

    def reset(self) -> None:
        """Close with RST instead of FIN."""
        self._sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))

    def cork(self, *, on: bool) -> None:
        """Hold back what is sent, or let go of it (Linux)."""
        self._sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_CORK, int(on))

    def hold(self) -> None:
        """Wait until the test opens the gate, or the client is gone."""
        self._server.gate.wait(PATIENCE)

    def dawdle(self) -> None:
        """Let a moment pass."""
        self._server.gate.wait(0.005)

    def linger(self) -> None:
        """Wait until the client closes."""
        while self._fill():
            pass


Script = Callable[[Peer], None]


class ScriptedServer:
    """Listens while entered. `arrived` counts requests up, `gone` connections that ended."""

    def __init__(self, script: Script, *, context: ssl.SSLContext | None = None) -> None:
        self._script = script
        self._context = context
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=256)
        self._threads: list[threading.Thread] = []
        self._lock = threading.Lock()
        self.requests: list[Received] = []
        self.accepted = 0
        self.ended = 0
        self.arrived = threading.Semaphore(0)
        self.gone = threading.Semaphore(0)
        self.gate = threading.Event()
        self.failures: list[BaseException] = []
        scheme = "http" if context is None else "https"
        self.port: int = self._listener.getsockname()[1]
        self.url = f"{scheme}://127.0.0.1:{self.port}/"

    @property
    def open(self) -> int:
        return self.accepted - self.ended

    def await_request(self) -> None:
        """Wait for the next request to come."""
        assert self.arrived.acquire(timeout=PATIENCE), "no request came"

    def await_end(self) -> None:
        """Wait for the next connection to end."""
        assert self.gone.acquire(timeout=PATIENCE), "no connection ended"

    def _accept(self) -> None:
        while True:
            try:
                sock, _ = self._listener.accept()
            except OSError:
                return
            thread = threading.Thread(target=self._run, args=(sock,), daemon=True)
            self._threads.append(thread)
            thread.start()

    def _run(self, sock: socket.socket) -> None:
        with self._lock:
            self.accepted += 1
        try:
            with sock:
                sock.settimeout(PATIENCE)
                if self._context is None:
                    self._script(Peer(self, sock))
                else:
                    with self._context.wrap_socket(sock, server_side=True) as secure:
                        self._script(Peer(self, secure))
        except OSError:  # the client went away, or did not trust us
            pass
        except BaseException as error:
            self.failures.append(error)
        finally:
            with self._lock:
                self.ended += 1
            self.gone.release()

    def __enter__(self) -> Self:
        self._acceptor = threading.Thread(target=self._accept, daemon=True)
        self._acceptor.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.gate.set()
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        for thread in [self._acceptor, *self._threads]:
            thread.join(PATIENCE)
        if error is None and self.failures:
            raise self.failures[0]


def answer(body: bytes = b"ok", *headers: str, status: str = "200 OK") -> bytes:
    """Write a whole answer; its Content-Length is right."""
    lines = [f"HTTP/1.1 {status}", f"Content-Length: {len(body)}", *headers, "", ""]
    return "\r\n".join(lines).encode("latin-1") + body


OK = answer()


def serve(peer: Peer) -> None:
    """The plain script: answer every request with OK."""
    while peer.request() is not None:
        peer.send(OK)


class Start(Protocol):
    """Starts a server that ends with the test."""

    def __call__(
        self, script: Script = serve, *, context: ssl.SSLContext | None = None
    ) -> ScriptedServer: ...
