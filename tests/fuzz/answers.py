"""Targets: what reads the bodies of answers and of requests, given as bytes."""

from __future__ import annotations

import gzip
import re
import zlib
from collections.abc import Callable, Mapping
from typing import Any

from ec2query import ec2
from ec2query.errors import Ec2QueryError, ResponseError, ServiceError
from ec2query.protocol.content import ContentDecoder
from ec2query.protocol.decode_form import decode_form
from ec2query.protocol.parse import ResultDecoder, parse
from ec2query.protocol.raw import RawDecoder
from ec2query.protocol.tree import read_tree
from ec2query.protocol.xml import Limits, MalformedXml
from ec2query.shape import Operation, result_of
from fuzz.mutations import Draw, form, with_tokens
from fuzz.seeds import answer_seed, error_seed, operation_named, request_seed
from fuzz.target import Target
from fuzz.tokens import DATES, NUMBERS
from fuzz.xml_mutations import XML

__all__ = ["ROOT", "TARGETS", "pieces_of"]

ROOT = re.compile(rb"<(?:[A-Za-z]+:)?([A-Za-z0-9]+)Response[\s>/]")
_HEADERS: tuple[Mapping[str, str], ...] = (
    {},
    {"content-type": "text/xml;charset=UTF-8", "x-amzn-requestid": "r"},
    {"content-type": "text/html"},
    {"content-type": "application/json", "x-amz-request-id": "\xff" * 100},
)
_MOST_DECODED = 1024 * 1024


def pieces_of(data: bytes, draw: Draw) -> list[bytes]:
    """Cut bytes into pieces, at times into single ones."""
    size = draw.choice((1, 2, 7, 100, 1000, 100_000))
    size = max(size, len(data) // 500)
    return [data[at : at + size] for at in range(0, len(data), size)]


def _operation_in(data: bytes, draw: Draw) -> type[Operation[Any]]:
    """Choose the operation whose answer it claims to be, or now and then another."""
    root = ROOT.search(data[:2000])
    named = operation_named(root[1].decode("ascii")) if root else None
    return named if named is not None and draw.random() < 0.95 else ec2.DescribeInstances


def _read(decoder: ResultDecoder[Any] | RawDecoder, pieces: list[bytes]) -> object:
    """Read an answer in pieces: the result, or the error."""
    try:
        for piece in pieces:
            decoder.feed(piece)
        result: object = decoder.close()
    except (ServiceError, ResponseError) as error:
        return error
    return result


def _words(found: object) -> str:
    """Say what was found: of several faults, another is seen first where the pieces are others."""
    unread = isinstance(found, ResponseError) or (isinstance(found, ServiceError) and found.synthesized)
    return "no answer" if unread else repr(found)


def _alike(make: Callable[[], ResultDecoder[Any] | RawDecoder], data: bytes, draw: Draw) -> object:
    """The same comes out, whatever pieces the answer comes in."""
    whole = _read(make(), [data])
    if draw.random() < 0.3:
        pieces = _read(make(), pieces_of(data, draw))
        assert _words(whole) == _words(pieces), f"whole {whole!r:.200}, in pieces {pieces!r:.200}"
    if isinstance(whole, Ec2QueryError):
        raise whole
    return whole


def _parse(data: bytes, draw: Draw) -> object:
    operation, headers = _operation_in(data, draw), draw.choice(_HEADERS)
    whole = _alike(lambda: ResultDecoder(operation, 200, headers), data, draw)
    assert isinstance(whole, result_of(operation))
    assert repr(parse(operation, 200, headers, data)) == repr(whole)
    return whole


def _error(data: bytes, draw: Draw) -> object:
    status = draw.choice((200, 300, 400, 401, 403, 404, 412, 500, 502, 503, 599, 999))
    return parse(_operation_in(data, draw), status, draw.choice(_HEADERS), data)


def _untyped(data: bytes, draw: Draw) -> object:
    root = ROOT.search(data[:2000])
    action = root[1].decode("ascii") if root else "DescribeInstances"
    status, headers = draw.choice((200, 200, 200, 400, 503)), draw.choice(_HEADERS)
    return _alike(lambda: RawDecoder(action, status, headers, limits=Limits()), data, draw)


def _tree(data: bytes, draw: Draw) -> object:
    return read_tree(data, elements=draw.choice((None, 100))).to_plain()


def _form(data: bytes, draw: Draw) -> object:
    return decode_form(data, operation_named)


def _coded_seed(draw: Draw) -> bytes:
    """Draw a coded body, after a byte that says which codings it is said to have."""
    kind = draw.randrange(6)
    data = answer_seed(draw)[:2000]
    if kind == 5:
        data = b"\0" * 100_000
    if kind in (0, 2, 3, 5):
        data = gzip.compress(data, 1, mtime=0)
    if kind in (1, 2):
        data = zlib.compress(data, 1)
    if kind == 3:
        data = gzip.compress(data, 1, mtime=0)
    return bytes((kind,)) + data


_CODINGS = ("gzip", "deflate", "gzip, deflate", "gzip,gzip", "identity", "x-gzip", "br", "", "deflate, \xff")


def _coded(data: bytes, draw: Draw) -> object:
    kind = data[0] if data else 0
    decoder = ContentDecoder(_CODINGS[kind % len(_CODINGS)], _MOST_DECODED)
    count = 0
    for piece in pieces_of(data[1:], draw):
        for decoded in decoder.feed(piece):
            assert len(decoded) <= max(256 * 1024, len(piece)), "more at a time than was promised"
            count += len(decoded)
    decoder.close()
    assert count <= _MOST_DECODED
    return count


_VALUES = with_tokens((*NUMBERS, *DATES))
_FORM_WORDS = (
    *(
        b"Action",
        b"Version",
        b"DryRun",
        b"Filter",
        b"Filter.1.Value.1",
        b"TagSpecification.1.Tag.1.Key",
        b"1",
    ),
    *(
        b"Version=2016-11-15",
        b"DryRun=true",
        b"Action=DescribeIpamByoasn",
        b"MaxResults=99999999999",
        b"=",
        b"",
    ),
    *(b"%C3%A9=%ED%A0%80", b"a%00b=c", b"Action=RunInstances", b"Action=__init__", b"Action=SERVICE"),
)

TARGETS = (
    Target(
        name="parse",
        seed=answer_seed,
        run=_parse,
        refusals=(ServiceError, ResponseError),
        mutations=(*XML, _VALUES),
    ),
    Target(
        name="errors",
        seed=error_seed,
        run=_error,
        refusals=(ServiceError, ResponseError),
        mutations=XML,
    ),
    Target(
        name="untyped",
        seed=answer_seed,
        run=_untyped,
        refusals=(ServiceError, ResponseError),
        mutations=XML,
    ),
    Target(name="tree", seed=answer_seed, run=_tree, refusals=(MalformedXml,), mutations=XML),
    Target(
        name="form",
        seed=request_seed,
        run=_form,
        refusals=(ServiceError,),
        mutations=form(_FORM_WORDS),
    ),
    Target(name="codings", seed=_coded_seed, run=_coded, refusals=(ResponseError,)),
)
