"""What a user writes after the operation's name, made into the operation.

Words `Key=Value` as the API Reference writes them, or a JSON object of model names, go in; a typed
operation comes out, or a ParameterError that says what was meant. Nothing is read from disk here.
https://docs.aws.amazon.com/AWSEC2/latest/APIReference/Query-Requests.html
"""

from __future__ import annotations

import json
import re
from base64 import b64decode
from collections.abc import Iterable, Mapping
from typing import Any

from ..errors import InvalidRequest, ParameterError
from ..model_dict import from_dict
from ..protocol.decode_form import decode_pairs
from ..protocol.serialize import action_of
from ..shape import ListOf, Operation, Scalar, Shape, Structure, TypeRef, member_named, members, service_of
from .keys import check_key
from .secrets import shown_pairs

__all__ = ["from_json", "from_words", "split_words", "with_dry_run"]

_NAMED = re.compile(r"the parameter ([^ ]+)(.*)", re.IGNORECASE)


def from_words(operation: type[Operation[Any]], words: Iterable[str]) -> Operation[Any]:
    """Make an operation from `Key=Value` words.

    Raises: ParameterError for a word, key or value that cannot be, and for a missing one.
    """
    pairs = split_words(operation, words)
    for key in pairs:
        check_key(operation, key)
    ends = [("Action", action_of(operation)), ("Version", service_of(operation).version)]
    try:
        return decode_pairs([*ends, *pairs.items()], lambda action: operation)
    except InvalidRequest as error:
        raise _explained(operation, error, pairs) from None


def split_words(operation: type[Operation[Any]], words: Iterable[str]) -> dict[str, str]:
    """Split words at their first `=`. Raises: ParameterError for a word without one, or a key twice."""
    pairs: dict[str, str] = {}
    for word in words:
        key, equals, value = word.partition("=")
        if not equals or not key:
            raise ParameterError(
                where=action_of(operation), expected="parameters written Key=Value", got=repr(word)
            )
        if key in pairs:
            raise ParameterError(
                where=f"{action_of(operation)}.{key}",
                expected="one value",
                got=_two(operation, key, pairs[key], value),
            )
        pairs[key] = value
    return pairs


def _two(operation: type[Operation[Any]], key: str, *values: str) -> str:
    (_, first), (_, second) = shown_pairs(operation, [(key, value) for value in values])
    return f"two ({first!r}, {second!r})"


def from_json(operation: type[Operation[Any]], text: str) -> Operation[Any]:
    """Make an operation from a JSON object of model names; blobs are base64, as `--output json` has them.

    Raises: ParameterError.
    """
    where = action_of(operation)
    try:
        found = json.loads(text)
    except ValueError as error:
        raise ParameterError(where=where, expected="JSON", got=f"text that is none ({error})") from None
    except RecursionError:
        raise ParameterError(where=where, expected="JSON", got="brackets nested too deep") from None
    if not isinstance(found, dict):
        raise ParameterError(
            where=where,
            expected="a JSON object of member names",
            got=f"JSON that is a {type(found).__name__}",
        )
    return from_dict(operation, _typed(operation, found, where), where=where)


def _typed(shape: type[Shape], values: Mapping[str, Any], where: str) -> dict[str, Any]:
    """Read what JSON can only say as text; whatever else is wrong is `from_dict`'s to say."""
    found = {name: member_named(shape, name) for name in values}
    return {
        name: value
        if (member := found[name]) is None
        else _typed_value(member.type, value, f"{where}.{name}")
        for name, value in values.items()
    }


def _typed_value(kind: TypeRef, value: Any, where: str) -> Any:
    if isinstance(kind, ListOf) and isinstance(value, list):
        return [_typed_value(kind.of, entry, f"{where}[{number}]") for number, entry in enumerate(value)]
    if isinstance(kind, Structure) and isinstance(value, dict):
        return _typed(kind.resolve(), value, where)
    if kind == Scalar("float") and value in ("NaN", "Infinity", "-Infinity"):
        return float(value)
    if kind == Scalar("bytes") and isinstance(value, str):
        try:
            return b64decode(value, validate=True)
        except ValueError:
            raise ParameterError(where=where, expected="base64", got="another text") from None
    return value


def with_dry_run(operation: Operation[Any]) -> Operation[Any]:
    """Return the operation as a dry run. Raises: ParameterError where it has none."""
    if not any(member.name == "dry_run" for member in members(type(operation))):
        raise ParameterError(
            where=action_of(type(operation)), expected="an operation with a DryRun parameter", got="none"
        )
    return operation.__replace__(dry_run=True)


def _explained(
    operation: type[Operation[Any]], error: InvalidRequest, pairs: dict[str, str]
) -> ParameterError:
    """Say in our words, and with the value that was given, what the decoder said in EC2's."""
    action = action_of(operation)
    named = _NAMED.search(error.message)
    if named is None:
        return ParameterError(where=action, expected="parameters that fit together", got=error.message)
    key, reason = named[1], named[2]
    if error.code == "MissingParameter":
        return ParameterError(
            where=f"{action}.{key}", expected=f"a value, as in {key}=... (it is required)", got="none"
        )
    expected = reason.rpartition("expected ")[2] if "expected " in reason else "one value"
    given = dict(shown_pairs(operation, pairs.items()))
    got = repr(given[key]) if key in given else f"{key} with more below it"
    return ParameterError(where=f"{action}.{key}", expected=expected, got=got)
