"""One connection of the fault server: reads requests, and does wrong what was drawn for each.

A bare asyncio protocol, since the server shares two cores with the client that it tests.
"""

from __future__ import annotations

import asyncio
import socket
import struct
from collections.abc import Callable
from typing import cast

from ec2query.protocol.message import HttpRequest
from faults.delivery import Delivery, Reply, chunked, head_of
from faults.plan import Fault
from faults.service import Service

__all__ = ["Connection"]

_CREDENTIALS = b"GET /credentials"

# Seconds between the bytes of a trickle.
_TRICKLE = 0.02


class Connection(asyncio.Protocol):
    """Requests come one after the other; what comes after a stall began is not read."""

    def __init__(self, service: Service) -> None:
        self._service = service
        self._buffer = bytearray()
        self._fault: Fault | None = None
        self._deaf = False
        self._timer: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)
        self._service.ledger.connections += 1

    def connection_lost(self, exc: Exception | None) -> None:
        if self._timer is not None:
            self._timer.cancel()

    def data_received(self, data: bytes) -> None:
        if self._deaf:
            return
        if not self._buffer and not data.startswith(_CREDENTIALS):
            self._fault = self._service.arrive()
            if self._fault is Fault.RESET_BEFORE_READING:
                self._reset()
                return
        self._buffer += data
        head, end, rest = bytes(self._buffer).partition(b"\r\n\r\n")
        if not end:
            return
        line, *lines = head.decode("latin-1").split("\r\n")
        headers = {name.lower(): value.strip() for name, _, value in (each.partition(":") for each in lines)}
        if len(rest) < int(headers.get("content-length", "0")):
            return
        self._buffer.clear()
        if head.startswith(_CREDENTIALS):
            self._write(self._service.credentials(), None)
            return
        method, path, _ = line.split(" ")
        request = HttpRequest(method, f"http://{headers['host']}{path}", headers, rest)
        reply = self._service.reply(request, self._fault)
        delay = self._service.plan.delay
        if delay:
            self._later(delay, lambda: self._write(reply, self._fault))
        else:
            self._write(reply, self._fault)

    def _write(self, reply: Reply, fault: Fault | None) -> None:
        delivery = self._service.draw_delivery()
        head, body = head_of(reply, delivery), reply.body
        if delivery is Delivery.CHUNKED:
            body = chunked(body, self._service.chance)
        half = head + body[: len(body) // 2]
        match fault:
            case Fault.RESET_AFTER_READING:
                self._reset()
            case Fault.RESET_IN_THE_BODY:
                self._transport.write(half)
                # Let the bytes go out first: a reset takes with it what the peer has not read.
                self._later(0.01, self._reset)
            case Fault.STALL_BEFORE_THE_HEAD:
                self._deaf = True
            case Fault.STALL_IN_THE_BODY:
                self._deaf = True
                self._transport.write(half)
            case Fault.TRUNCATED:
                self._deaf = True
                self._transport.write(half)
                self._transport.close()
            case Fault.TRICKLE_OF_THE_HEAD:
                self._deaf = True
                self._trickle(head)
            case Fault.TRICKLE_OF_THE_BODY:
                self._deaf = True
                self._transport.write(head)
                self._trickle(body)
            case _:
                self._deliver(head + body, delivery)

    def _deliver(self, message: bytes, delivery: Delivery) -> None:
        if delivery is Delivery.SPLIT:
            first = self._service.chance.randrange(len(message))
            self._transport.write(message[:first])
            self._later(0.001, lambda: self._transport.write(message[first:]))
            return
        self._transport.write(message)
        if delivery in (Delivery.CLOSING, Delivery.SILENT):
            self._deaf = True
            self._transport.close()

    def _later(self, seconds: float, then: Callable[[], object]) -> None:
        self._timer = asyncio.get_running_loop().call_later(seconds, then)

    def _trickle(self, rest: bytes) -> None:
        self._transport.write(rest[:1])
        if len(rest) > 1:
            self._later(_TRICKLE, lambda: self._trickle(rest[1:]))

    def _reset(self) -> None:
        """Close with RST instead of FIN."""
        sock: socket.socket = self._transport.get_extra_info("socket")
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self._deaf = True
        self._transport.abort()
