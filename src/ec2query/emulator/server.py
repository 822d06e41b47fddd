"""The emulator as a real HTTP server on a loopback port, by uvicorn (the extra `emulator`).

with running_emulator(Emulator()) as url:
    client = AsyncClient(endpoint_url=url, ...)
"""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Thread
from typing import TYPE_CHECKING

from ..errors import ConfigurationError
from .asgi import EmulatorApplication
from .endpoint import Emulator

if TYPE_CHECKING:
    from uvicorn import Server

__all__ = ["running_emulator", "serve"]


def serve(port: int, host: str = "127.0.0.1", *, emulator: Emulator | None = None) -> None:
    """Serve until interrupted.

    Raises:
        ConfigurationError: uvicorn is not installed, or the address cannot be listened on.
    """
    with _listener(host, port) as listener:
        _server(emulator or Emulator()).run(sockets=[listener])


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
            shown = f"[{host}]" if ":" in host else host
            yield f"http://{shown}:{listener.getsockname()[1]}"
        finally:
            server.should_exit = True
            thread.join()


def _listener(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        return socket.create_server((host, port), family=family, backlog=256)
    except (OSError, OverflowError) as error:
        raise ConfigurationError(
            f"emulator address {host} port {port}: expected one that is free to listen on, got {error};"
            " choose another port (0 takes any free one)"
        ) from None


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
