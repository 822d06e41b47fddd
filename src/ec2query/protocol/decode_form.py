"""Form body in, Operation out: the server's half of the request.

Strict: every key must be a member, every value must read as its type, what is required must be
there. A request that breaks a rule is a ServiceError with the code EC2 would answer; `assumed` marks
codes and rules for which there is no evidence. Each type is compiled once into a table of readers.
https://smithy.io/2.0/aws/protocols/aws-ec2-query-protocol.html
https://docs.aws.amazon.com/AWSEC2/latest/APIReference/errors-overview.html
"""

from __future__ import annotations

import re
from base64 import b64decode
from collections.abc import Callable, Iterable
from typing import Any, TypeAlias
from urllib.parse import unquote_plus

from ..shape import ListOf, Member, Operation, Shape, Structure, TypeRef, members, service_of
from .timestamp import read_timestamp
from .wrong_request import invalid, missing, refused, shown, unknown

__all__ = ["Lookup", "decode_form", "decode_pairs", "form_pairs"]

Lookup: TypeAlias = Callable[[str], "type[Operation[Any]] | None"]
"""Gives the operation of an action, or None where the service has no such action."""

# What stands under one key: the rest of each key, and its value; "" is the key itself.
_Node: TypeAlias = dict[str, str]
_Reader: TypeAlias = Callable[[str, _Node], Any]

_MAX_DEPTH = 32  # assumed; the deepest key of the EC2 model has 12 parts
_INDEX = re.compile(r"[1-9][0-9]{0,8}")
_INTEGER = re.compile(r"[+-]?[0-9]{1,4300}")
# Each digit can be matched in one way only: two ways would take quadratic time to fail.
_FLOAT = re.compile(r"[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?|NaN|-?Infinity")
_BOOLEANS = {"true": True, "false": False}


def decode_form(body: bytes, operations: Lookup) -> Operation[Any]:
    """Read an `application/x-www-form-urlencoded` body as the operation that it asks for.

    Raises:
        ServiceError: MissingAction, InvalidAction, MissingParameter, UnknownParameter,
            InvalidParameterValue, NoSuchVersion or MalformedQueryString, with status 400.
    """
    return decode_pairs(form_pairs(body), operations)


def decode_pairs(pairs: Iterable[tuple[str, str]], operations: Lookup) -> Operation[Any]:
    """Read decoded pairs, in any order, as the operation they ask for. Raises ServiceError."""
    node = _node(pairs)
    action = node.pop("Action", "")
    version = node.pop("Version", None)
    if not action:
        raise refused("MissingAction", "The request has no Action.")
    operation = operations(action)
    if operation is None:
        raise refused("InvalidAction", f"The action {shown(action)} is not valid for this web service.")
    if version is None:
        raise missing("Version")  # assumed
    expected = service_of(operation).version
    if version != expected:
        raise refused("NoSuchVersion", f"Expected the API version {expected}.")  # assumed
    decoded: Operation[Any] = _read_structure(operation, "", node)
    return decoded


def form_pairs(body: bytes) -> list[tuple[str, str]]:
    """Split a form body into decoded pairs. Raises ServiceError (MalformedQueryString)."""
    found: list[tuple[str, str]] = []
    try:
        for pair in body.decode("ascii").split("&"):
            if pair:
                key, _, value = pair.partition("=")
                found.append((unquote_plus(key, errors="strict"), unquote_plus(value, errors="strict")))
    except UnicodeDecodeError:
        raise refused("MalformedQueryString", "The body is not percent-encoded UTF-8.") from None  # assumed
    return found


def _node(pairs: Iterable[tuple[str, str]]) -> _Node:
    node: _Node = {}
    for key, value in pairs:
        parts = key.split(".")
        if len(parts) > _MAX_DEPTH or "" in parts:
            raise unknown(key)
        if key in node:
            raise invalid(key, "is given more than once")  # assumed
        node[key] = value
    return node


class _Table:
    """How one structure is read: key to (member, reader), and the keys that must be there."""

    __slots__ = ("readers", "required")

    def __init__(self, cls: type[Shape]) -> None:
        self.readers = {member.key: (member.name, _reader(member, member.type)) for member in members(cls)}
        self.required = tuple(member.key for member in members(cls) if member.required)

    def key_of(self, path: str) -> str | None:
        """Return the longest member key that `path` begins with: a query name may hold dots."""
        while path and path not in self.readers:
            path = path.rpartition(".")[0]
        return path or None


_tables: dict[type[Shape], _Table] = {}


def _read_structure(cls: type[Shape], path: str, node: _Node) -> Any:
    table = _tables.get(cls)
    if table is None:
        table = _tables[cls] = _Table(cls)
    nodes: dict[str, _Node] = {}
    for key, value in node.items():
        own = table.key_of(key)
        if own is None:
            raise unknown(f"{path}{key}")
        nodes.setdefault(own, {})[key[len(own) + 1 :]] = value
    for key in table.required:
        if key not in nodes:
            raise missing(f"{path}{key}")
    readers = table.readers
    return cls(**{readers[key][0]: readers[key][1](f"{path}{key}", inner) for key, inner in nodes.items()})


def _reader(member: Member, type_ref: TypeRef) -> _Reader:
    if isinstance(type_ref, ListOf):
        return _list_reader(_reader(member, type_ref.of))
    if isinstance(type_ref, Structure):
        return _structure_reader(type_ref)
    return _scalar_reader(*_SCALARS[type_ref.name])


def _list_reader(read_entry: _Reader) -> _Reader:
    # Entries go by their index; that a gap is no error, and 0 is one, is assumed.
    def read(path: str, node: _Node) -> tuple[Any, ...]:
        nodes: dict[int, _Node] = {}
        for key, value in node.items():
            index, _, rest = key.partition(".")
            if not index:
                raise invalid(path, f"is a list: expected {shown(path)}.1")
            if not _INDEX.fullmatch(index):
                raise unknown(f"{path}.{key}")
            nodes.setdefault(int(index), {})[rest] = value
        return tuple(read_entry(f"{path}.{index}", nodes[index]) for index in sorted(nodes))

    return read


def _structure_reader(structure: Structure) -> _Reader:
    def read(path: str, node: _Node) -> Any:
        if "" in node:
            raise invalid(path, "is a structure: expected its members")
        return _read_structure(structure.resolve(), f"{path}.", node)

    return read


def _scalar_reader(convert: Callable[[str], Any], expected: str) -> _Reader:
    def read(path: str, node: _Node) -> Any:
        for rest in node:
            if rest:
                raise unknown(f"{path}.{rest}")
        try:
            return convert(node[""])
        except (ValueError, OverflowError, KeyError):
            raise invalid(path, f"is invalid: expected {expected}") from None

    return read


def _integer(text: str) -> int:
    if not _INTEGER.fullmatch(text):
        raise ValueError
    return int(text)


def _float(text: str) -> float:
    if not _FLOAT.fullmatch(text):
        raise ValueError
    return float(text)


# Spellings of a boolean other than these two: assumed refused.
_SCALARS: dict[str, tuple[Callable[[str], Any], str]] = {
    "str": (str, "text"),
    "int": (_integer, "an integer"),
    "float": (_float, "a number"),
    "bool": (_BOOLEANS.__getitem__, "true or false"),
    "datetime": (read_timestamp, "a timestamp"),
    "bytes": (lambda text: b64decode(text, validate=True), "base64"),
}
