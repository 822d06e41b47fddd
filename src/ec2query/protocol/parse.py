"""Answer in, Result out: the response half of the ec2Query protocol, in one streaming pass.

Elements go from expat's callbacks straight into the slots of dataclasses, by tables compiled once
per type. Unknown elements and attributes are passed over, any child of a list element is an entry,
namespaces and prefixes do not matter, and the last of a repeated element counts. An error document
becomes a ServiceError, wrong bytes a ResponseError. No I/O.
https://smithy.io/2.0/aws/protocols/aws-ec2-query-protocol.html#response-serialization
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Generic, TypeVar

from ..errors import ResponseError
from ..shape import Operation, Result, result_of, slot_of
from .decode import Decoder, ErrorDocument
from .error_document import ErrorBody, request_id_in, service_error
from .excerpt import excerpt
from .serialize import action_of
from .xml import Limits, MalformedXml

__all__ = ["ResultDecoder", "parse"]

R = TypeVar("R", bound=Result)


def parse(
    operation: type[Operation[R]],
    status: int,
    headers: Mapping[str, str],
    body: bytes,
    *,
    limits: Limits = Limits(),  # noqa: B008 - frozen
) -> R:
    """Read the answer to an operation; `headers` have lower-case names.

    Raises:
        ServiceError: the status is 300 or above, or the document is an error document.
        ResponseError: the bytes are not a complete, well-formed answer to this operation.
    """
    decoder = ResultDecoder(operation, status, headers, limits=limits)
    decoder.feed(body)
    return decoder.close()


class ResultDecoder(Generic[R]):
    """The same, fed piece by piece, so that a caller can let others run in between."""

    def __init__(
        self,
        operation: type[Operation[R]],
        status: int,
        headers: Mapping[str, str],
        *,
        limits: Limits = Limits(),  # noqa: B008 - frozen
    ) -> None:
        self._operation = operation
        self._type = result_of(operation)
        self._status = status
        self._headers = headers
        self._limits = limits
        self._body = ErrorBody()
        self._decoder: Decoder | None = None
        if status < 300:  # EC2 never redirects: a 3xx is an error like any other
            self._decoder = Decoder(self._type, f"{action_of(operation)}Response", limits)

    def feed(self, data: bytes | memoryview) -> None:
        """Read a piece of the body. Raises ResponseError."""
        decoder = self._decoder
        if decoder is None or not decoder.begun:
            self._body.add(data)
        if decoder is None:
            return
        try:
            decoder.feed(data)
        except ErrorDocument:
            self._decoder = None
        except MalformedXml as fault:
            raise self._wrong(fault) from None
        else:
            if decoder.begun:
                self._body.cut(0)

    def close(self) -> R:
        """Return the Result. Raises ServiceError, ResponseError."""
        try:
            result = self._ended()
            if result is None:
                raise service_error(
                    action_of(self._operation), self._status, self._headers, self._body.read(), self._limits
                )
        except MalformedXml as fault:
            raise self._wrong(fault) from None
        if result.request_id is None and (request_id := request_id_in(self._headers)):
            slot_of(Result, "request_id").__set__(result, request_id)
        return result

    def _ended(self) -> R | None:
        """Return the filled Result, or None of an error document."""
        if self._decoder is None:
            return None
        try:
            result: R = self._decoder.close()
        except ErrorDocument:  # the root's tag was held back until now
            return None
        return result

    def _wrong(self, fault: MalformedXml) -> ResponseError:
        decoder = self._decoder
        # Of an answer to this operation, the fault says enough; what it begins with are its members.
        begun = decoder is not None and decoder.begun
        return ResponseError(
            str(fault),
            status=self._status,
            request_id=(decoder.request_id if decoder else None) or request_id_in(self._headers),
            excerpt="" if begun else excerpt(self._body.read(), self._type),
            operation=action_of(self._operation),
        )
