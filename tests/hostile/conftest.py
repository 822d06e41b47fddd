"""The fixtures of the client room: both event loops, both transports, a scripted server."""

from client.conftest import anyio_backend, make_way, start, way

__all__ = ["anyio_backend", "make_way", "start", "way"]
