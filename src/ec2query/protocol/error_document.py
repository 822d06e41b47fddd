"""Error answer in, ServiceError out.

    <Response><Errors><Error><Code>…</Code><Message>…</Message></Error></Errors><RequestID>…</RequestID></Response>

More than one Error and further elements are possible; load balancers answer with HTML or nothing,
and then the code is made from the status. A document that is XML but broken is no answer at all.
https://docs.aws.amazon.com/AWSEC2/latest/APIReference/errors-overview.html#api-error-response
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from http import HTTPStatus
from typing import Any

from ..errors import ServiceError, family_of
from .excerpt import without_token
from .tree import Element, read_tree
from .xml import Limits, MalformedXml

__all__ = ["ErrorBody", "request_id_in", "service_error"]

# EC2's are of some kilobytes. They are read in one go, and must not hold others up for long.
_MOST_BYTES = 1024 * 1024
_MOST_ELEMENTS = 10_000


class ErrorBody:
    """The body of an error answer, gathered piece by piece, but no more of it than will be read."""

    __slots__ = ("_count", "_pieces")

    def __init__(self) -> None:
        self._pieces: list[bytes | memoryview] = []
        self._count = 0

    def add(self, piece: bytes | memoryview) -> None:
        if self._count <= _MOST_BYTES:
            self._pieces.append(piece)
            self._count += len(piece)

    def cut(self, length: int) -> None:
        """Keep no more than the beginning: it is no error answer after all."""
        if self._count > length:
            self._pieces = [self.read()[:length]]
            self._count = length

    def read(self) -> bytes:
        return b"".join(self._pieces)


def service_error(
    operation: str, status: int, headers: Mapping[str, str], body: bytes, limits: Limits
) -> ServiceError:
    """Read an error answer. Raises MalformedXml where the body is XML, but broken."""
    if not _is_xml(body) or headers.get("content-type", "").lower().startswith("text/html"):
        return _synthesized(operation, status, headers, None)
    if len(body) > _MOST_BYTES:
        raise MalformedXml(f"an error document of more than {_MOST_BYTES} bytes")
    depth = min(limits.depth, Limits().depth)  # what was read is then walked from element to element
    root = read_tree(body, replace(limits, depth=depth), elements=_MOST_ELEMENTS)
    _hide_token(root)
    errors = _errors(root)
    if not errors:
        return _synthesized(operation, status, headers, root)
    first, *rest = errors
    code = first.text_of("Code").strip() or str(status)
    return family_of(code, status)(
        code,
        first.text_of("Message").strip(),
        request_id=_request_id(root) or request_id_in(headers),
        status=status,
        operation=operation,
        details=_details(first),
        others=tuple((other.text_of("Code"), other.text_of("Message")) for other in rest),
    )


def request_id_in(headers: Mapping[str, str]) -> str | None:
    """Return the request id that a header carries: the fallback where the body has none."""
    found = headers.get("x-amzn-requestid") or headers.get("x-amz-request-id")
    if found is None:  # RFC 9110, section 5.1: a caller of `parse` may spell names as the server did
        folded = {name.lower(): value for name, value in headers.items()}
        found = folded.get("x-amzn-requestid") or folded.get("x-amz-request-id")
    return found


def _is_xml(body: bytes) -> bool:
    begin = body.lstrip(b"\xef\xbb\xbf\xff\xfe\x00 \t\r\n")[:40].replace(b"\x00", b"")[:16].lower()
    return begin.startswith(b"<") and not begin.startswith((b"<!doctype html", b"<html"))


def _hide_token(element: Element) -> None:
    element.text = without_token(element.text)
    for child in element.children:
        _hide_token(child)


def _errors(root: Element) -> list[Element]:
    if root.name == "Error":
        return [root]
    wrapped = root.find("Errors") or root
    return [child for child in wrapped.children if child.name == "Error"]


def _request_id(root: Element) -> str | None:
    return root.text_of("RequestID", "RequestId", "requestId").strip() or None


def _details(error: Element) -> dict[str, Any]:
    return {child.name: child.to_plain() for child in error.children if child.name not in ("Code", "Message")}


def _synthesized(
    operation: str, status: int, headers: Mapping[str, str], root: Element | None
) -> ServiceError:
    phrase = next((known.phrase for known in HTTPStatus if known == status), "unknown status")
    kind = headers.get("content-type", "").partition(";")[0].strip()[:80] or "no content type"
    code = str(status)
    return family_of(code, status)(
        code,
        f"{phrase}; the answer held no EC2 error document ({kind})",
        request_id=(_request_id(root) if root is not None else None) or request_id_in(headers),
        status=status,
        operation=operation,
        synthesized=True,
    )
