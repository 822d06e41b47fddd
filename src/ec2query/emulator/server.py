"""The emulator as a real HTTP server on a loopback port, by uvicorn (the extra `emulator`).

with running_emulator(Emulator()) as url:
    client = AsyncClient(endpoint_url=url, ...)
"""

from __future__ import annotations

import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from threading import Thread
from typing import TYPE_CHECKING

from ..errors import ConfigurationError
from .asgi import EmulatorApplication
from .endpoint import Emulator

if TYPE_CHECKING:
    from uvicorn import Server

__all__ = ["running_emulator", "serve"]


def serve(
    port: int,
    host: str = "127.0.0.1",
    *,
    emulator: Emulator | None = None,
    announce: Callable[[str], None] | None = None,
) -> None:
    """Serve until interrupted; `announce` is told the URL once requests are accepted.

    Raises:
        ConfigurationError: uvicorn is not installed, or the address cannot be listened on.
    """
    with _listener(host, port) as listener, suppress(KeyboardInterrupt):
        server = _server(emulator or Emulator())
        if announce is not None:
            announce(_url(host, listener))
        server.run(sockets=[listener])


@contextmanager
def running_emulator(
    emulator: Emulator | None = None, *, host: str = "127.0.0.1", port: int = 0
) -> Iterator[str]:
    """Serve from a thread while the block runs, on a free port unless one is given; yields the URL.

    Raises:
        ConfigurationError: uvicorn is not installed, or the address cannot be listened on.
    """
    with _listener(host, port) as listener:
        server = _server(emulator or Emulator())
        # The socket listens already: a request made before the server is up waits for it.
        thread = Thread(
            target=server.run, kwargs={"sockets": [listener]}, name="ec2query-emulator", daemon=True
        )
        thread.start()
        try:
            yield _url(host, listener)
        finally:
            server.should_exit = True
            thread.join()


def _listener(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # asyncio turns Nagle's algorithm off only where the protocol is named (base_events._set_nodelay);
    # left on, an answer that goes out in two pieces waits 40 ms for the other side's acknowledgement.
    listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((host, port))
        listener.listen(256)
    except (OSError, OverflowError) as error:
        listener.close()
        raise ConfigurationError(
            f"emulator address {host} port {port}: expected one that is free to listen on, got {error};"
            " choose another port (0 takes any free one)"
        ) from None
    return listener


def _url(host: str, listener: socket.socket) -> str:
    shown = f"[{host}]" if ":" in host else host
    return f"http://{shown}:{listener.getsockname()[1]}"


def _server(emulator: Emulator) -> Server:
    try:
        from uvicorn import Config, Server
    except ModuleNotFoundError:
        raise ConfigurationError(
            "emulator server: expected uvicorn to be installed, got none; install ec2query[emulator]"
        ) from None
    config = Config(
        EmulatorApplication(emulator),
        lifespan="off",
        ws="none",
        log_config=None,
        access_log=False,
        date_header=False,  # the emulator's own clock writes it
        server_header=False,
        timeout_graceful_shutdown=1,
    )
    return Server(config)
