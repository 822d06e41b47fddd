"""Actions that the model does not know: bare pairs out, nested dicts in, so that EC2 is never newer than we.

The pairs are sent as they are (no token, no base64, no presigned URL is added); retries, signing and
errors are those of every call. In the answer a repeated name is a list, and so is a lone `item` or
`member`; everything else is a dict or text, an empty list thus an empty text.
https://docs.aws.amazon.com/AWSEC2/latest/APIReference/Query-Requests.html
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import partial
from typing import Any, cast

from ..errors import ParameterError, ResponseError
from ..shape import Service
from .error_document import ErrorBody, request_id_in, service_error
from .outcome import reads_only
from .plain import PlainReader
from .query import Query
from .serialize import percent_encode
from .xml import Limits, MalformedXml

__all__ = ["RawDecoder", "RawResult", "raw_query"]

_ACTION = re.compile(r"[A-Za-z][A-Za-z0-9]{0,255}")
_VERSION = re.compile(r"[A-Za-z0-9][A-Za-z0-9.-]{0,63}")

# What names the call or signs it; signatures of version 2 and 4.
# https://docs.aws.amazon.com/AWSEC2/latest/APIReference/CommonParameters.html
_RESERVED = frozenset(
    (
        *("action", "version", "authparams", "awsaccesskeyid", "signature", "signaturemethod"),
        *("signatureversion", "securitytoken", "timestamp", "expires"),
    )
)


class RawResult(dict[str, Any]):
    """The elements of an answer by their names, nested; `request_id` names the call in AWS's logs."""

    request_id: str | None = None


def raw_query(
    action: str,
    pairs: Mapping[str, str] | Iterable[tuple[str, str]],
    *,
    service: Service,
    version: str | None = None,
) -> Query[RawResult]:
    """Make a query of an action's name and its pairs; `version` replaces the model's.

    Raises: ParameterError for a name that cannot be an action's, or pairs that cannot be sent.
    """
    _check_name("action", _ACTION, action, "letters and digits")
    if version is not None:
        _check_name("version", _VERSION, version, "a version (2016-11-15)")
    given = list(cast("Iterable[tuple[str, str]]", pairs.items() if isinstance(pairs, Mapping) else pairs))
    written = [f"Action={action}", f"Version={percent_encode(version or service.version)}"]
    written += [_pair(action, name, value) for name, value in given]
    return Query(
        service=service,
        action=action,
        body="&".join(written).encode("ascii"),
        read=partial(RawDecoder, action),
        repeatable=reads_only(action) or _repeatable(dict(given)),
    )


def _check_name(where: str, pattern: re.Pattern[str], name: object, expected: str) -> None:
    if not isinstance(name, str):
        raise ParameterError(where=where, expected="a str", got=f"a {type(name).__name__}")
    if not pattern.fullmatch(name):
        raise ParameterError(where=where, expected=expected, got=repr(name[:80]))


def _pair(action: str, name: str, value: str) -> str:
    if not isinstance(name, str):  # pyright: ignore[reportUnnecessaryIsInstance]
        raise ParameterError(where=f"{action} pair", expected="a name", got=f"a {type(name).__name__}")
    where = f"{action} pair {name!r}"
    if not name or name.casefold() in _RESERVED or name.casefold().startswith("x-amz-"):
        raise ParameterError(where=where, expected="a parameter of the action", got="a reserved name")
    if not isinstance(value, str):  # pyright: ignore[reportUnnecessaryIsInstance]
        raise ParameterError(where=where, expected="a str", got=f"a {type(value).__name__}")
    try:
        return f"{percent_encode(name)}={percent_encode(value)}"
    except UnicodeEncodeError:
        raise ParameterError(where=where, expected="text", got="a str with a lone surrogate") from None


def _repeatable(given: Mapping[str, str]) -> bool:
    return bool(given.get("ClientToken")) or given.get("DryRun", "").casefold() == "true"


class RawDecoder:
    """Reads the answer to an action that no type describes."""

    def __init__(self, action: str, status: int, headers: Mapping[str, str], *, limits: Limits) -> None:
        self._action = action
        self._status = status
        self._headers = headers
        self._limits = limits
        self._body = ErrorBody()
        self._reader = PlainReader(limits) if status < 300 else None

    def feed(self, data: bytes | memoryview) -> None:
        """Read a piece of the body. Raises: ResponseError."""
        reader = self._reader
        if reader is None or reader.root is None:
            self._body.add(data)
        if reader is None:
            return
        try:
            reader.feed(data)
            self._check_root(reader)
        except MalformedXml as fault:
            raise self._wrong(fault) from None

    def _check_root(self, reader: PlainReader) -> None:
        if reader.root in ("Response", "ErrorResponse"):
            reader.let_go()
            self._reader = None
        elif reader.root not in (None, f"{self._action}Response"):
            raise MalformedXml(f"expected <{self._action}Response>, got <{reader.root[:80]}>")
        elif reader.root is not None:
            self._body.cut(0)

    def close(self) -> RawResult:
        """Return the elements. Raises: ServiceError, ResponseError."""
        result = RawResult()
        try:
            if (reader := self._reader) is not None:
                result = RawResult(reader.close())
                self._check_root(reader)  # its tag may have been held back until now
            if self._reader is None:
                raise service_error(
                    self._action, self._status, self._headers, self._body.read(), self._limits
                )
        except MalformedXml as fault:
            raise self._wrong(fault) from None
        named = (result.get(name) for name in ("requestId", "RequestId", "RequestID"))
        result.request_id = next(filter(None, map(_stripped, named)), None) or request_id_in(self._headers)
        return result

    def _wrong(self, fault: MalformedXml) -> ResponseError:
        # Without an excerpt: what no type describes may hold a secret.
        return ResponseError(
            str(fault),
            status=self._status,
            request_id=request_id_in(self._headers),
            operation=self._action,
        )


def _stripped(value: object) -> str:
    return value.strip() if isinstance(value, str) else ""
