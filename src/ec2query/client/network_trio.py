"""TCP and TLS on trio: a Stream over trio's own. Imported only where trio runs."""

from __future__ import annotations

import math
import os
import ssl

import httpx
import trio

from .idle_socket import quiet

__all__ = ["TrioStream", "connect"]

_MOST_AT_ONCE = 256 * 1024
_BROKEN = (trio.BrokenResourceError, trio.ClosedResourceError, OSError)


async def connect(host: str, port: int, context: ssl.SSLContext | None, seconds: float | None) -> TrioStream:
    """Connect, and shake hands where there is a context. Raises: ConnectError, ConnectTimeout."""
    try:
        with trio.fail_after(math.inf if seconds is None else seconds):
            plain = await trio.open_tcp_stream(host, port)
            if context is None:
                return TrioStream(plain, plain.socket)
            secure = trio.SSLStream(plain, context, server_hostname=host, https_compatible=True)
            try:
                await secure.do_handshake()
            except BaseException:
                plain.socket.close()
                raise
            return TrioStream(secure, plain.socket)
    except trio.TooSlowError as error:
        raise httpx.ConnectTimeout(str(error)) from error
    except (*_BROKEN, UnicodeError) as error:
        raise httpx.ConnectError(str(error)) from error


class TrioStream:
    """A connected socket."""

    def __init__(
        self, stream: trio.SocketStream | trio.SSLStream[trio.SocketStream], sock: trio.socket.SocketType
    ) -> None:
        self._stream = stream
        self._socket = sock
        self.untouched = True
        self.secure = isinstance(stream, trio.SSLStream)

    async def send(self, data: bytes | memoryview, seconds: float | None) -> None:
        self.untouched = False
        try:
            with trio.fail_after(math.inf if seconds is None else seconds):
                await self._stream.send_all(data)
        except trio.TooSlowError as error:
            raise httpx.WriteTimeout(f"nothing was taken for {seconds} s") from error
        except _BROKEN as error:
            raise httpx.WriteError(str(error)) from error

    async def receive(self, seconds: float | None) -> bytes:
        try:
            with trio.fail_after(math.inf if seconds is None else seconds):
                return bytes(await self._stream.receive_some(_MOST_AT_ONCE))
        except trio.TooSlowError as error:
            raise httpx.ReadTimeout(f"nothing came for {seconds} s") from error
        except _BROKEN as error:
            raise httpx.ReadError(str(error)) from error

    @property
    def quiet(self) -> bool:
        """What TLS has read, but not yet been asked for, counts as come. Trio keeps it to itself."""
        if self.secure and getattr(getattr(self._stream, "_incoming", None), "pending", True):
            return False
        return quiet(self._socket)

    def abort(self) -> None:
        try:
            self._socket.close()
        except RuntimeError:  # its loop is gone, and with it whoever could be waiting for it
            os.close(self._socket.detach())

    async def aclose(self) -> None:
        self.abort()
        await trio.aclose_forcefully(self._stream)
