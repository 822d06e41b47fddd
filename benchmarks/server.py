"""The loopback server: an asyncio protocol that checks a request and writes an answer made before.

`python -m benchmarks.server FOLDER` writes FOLDER/ca.pem, listens on two ports of 127.0.0.1, one of
them with TLS, and prints both. It ends when its standard input does. A request that is not signed, or
whose action it does not know, gets a 400: a contestant that does not do its work fails.
"""

from __future__ import annotations

import asyncio
import re
import ssl
import sys
from pathlib import Path
from typing import cast
from urllib.parse import parse_qs

from .answers import ASN, CIDR, disassociated, instances, tags

__all__ = ["main"]

_LENGTH = re.compile(rb"\r\ncontent-length: *([0-9]+)", re.IGNORECASE)
_LATENCY = 0.005  # seconds, of the pages of a list: what paging ahead can hide
_SIGNED = b"AWS4-HMAC-SHA256 Credential="


class _Connection(asyncio.Protocol):
    def __init__(self) -> None:
        self._received = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)

    def data_received(self, data: bytes) -> None:
        received = self._received + data
        while (head_end := received.find(b"\r\n\r\n")) >= 0:
            head = received[: head_end + 2]
            length = _LENGTH.search(head)
            end = head_end + 4 + (int(length[1]) if length else 0)
            if len(received) < end:
                break
            body = received[head_end + 4 : end]
            if body.startswith(b"Action=DescribeTags&"):
                asyncio.get_running_loop().call_later(_LATENCY, self._transport.write, _answer(head, body))
            else:
                self._transport.write(_answer(head, body))
            received = received[end:]
        self._received = received


_written: dict[bytes, bytes] = {}


def _answer(head: bytes, body: bytes) -> bytes:
    if _SIGNED not in head:
        return _response("400 Bad Request", b"not signed")
    answer = _written.get(body)
    if answer is None:
        asked = {name: values[0] for name, values in parse_qs(body.decode()).items()}
        document = _document(asked)
        answer = _response("200 OK", document) if document else _response("400 Bad Request", b"unknown")
        if asked.get("Action") != "DescribeTags":  # a hundred pages would be kept
            _written[body] = answer
    return answer


def _document(asked: dict[str, str]) -> bytes | None:
    action = asked.get("Action")
    if action == "DisassociateIpamByoasn" and (asked["Asn"], asked["Cidr"]) == (ASN, CIDR):
        return disassociated()
    if action == "DescribeInstances":
        return instances(int(asked["MaxResults"]))
    if action == "DescribeTags":  # MaxResults says how many items a page has, the filter how many pages
        pages = int(asked["Filter.1.Value.1"])
        return tags(int(asked.get("NextToken", "0")), pages, int(asked["MaxResults"]))
    return None


def _response(status: str, body: bytes) -> bytes:
    head = (
        f"HTTP/1.1 {status}\r\nx-amzn-RequestId: 59dbff89-35bd-4eac-99ed-be587EXAMPLE\r\n"
        "Cache-Control: no-cache, no-store\r\nStrict-Transport-Security: max-age=31536000\r\n"
        "Content-Type: text/xml;charset=UTF-8\r\nDate: Fri, 02 Jan 2026 03:04:05 GMT\r\n"
        f"Server: loopback\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


async def _serve(context: ssl.SSLContext) -> None:
    loop = asyncio.get_running_loop()
    servers = [
        await loop.create_server(_Connection, "127.0.0.1", 0, ssl=each, backlog=1024)
        for each in (None, context)
    ]
    print(*(server.sockets[0].getsockname()[1] for server in servers), flush=True)
    await loop.run_in_executor(None, sys.stdin.read)


def main(folder: Path) -> None:
    """Serve until standard input ends."""
    import trustme

    authority = trustme.CA()
    authority.cert_pem.write_to_path(str(folder / "ca.pem"))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1").configure_cert(context)
    asyncio.run(_serve(context))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
