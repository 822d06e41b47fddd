"""botocore as a peer: its model, serializer and parser, and random values and answers for them.

Everything random here is drawn from the peer's model, never from ours, so that an error of the
generator shows as a difference.
"""

from __future__ import annotations

import base64
import random
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any
from xml.sax.saxutils import escape

import botocore.loaders
import botocore.model
import botocore.parsers
import botocore.serialize

__all__ = ["BotocorePeer", "normal", "peer", "random_answer", "random_error", "random_params"]

_TEXTS = [
    "", "a", "i-0123456789abcdef0", "a b+c&d=e/%~", "é€😀", "<&>\"'", " lead and trail ", "line\nbreak",
    "true", "0", "2026-01-01T00:00:00Z", "x" * 300, "]]>", "ünï/cödé:.-_~",
]  # fmt: skip
_WHOLES = [0, 1, -1, 80, 65535, 2**31, 2**63 - 1, -(2**63), 2**70]
_REALS = [0.0, 1.5, -2.25, 1e-7, 1e22, float("inf"), float("-inf"), float("nan")]


class BotocorePeer:
    """The pinned botocore's reading of the EC2 model."""

    def __init__(self) -> None:
        model = botocore.loaders.Loader().load_service_model("ec2", "service-2")
        self.model = botocore.model.ServiceModel(model, "ec2")
        self._serializer = botocore.serialize.create_serializer("ec2", include_validation=False)
        self._parser = botocore.parsers.create_parser("ec2")

    @property
    def operations(self) -> list[str]:
        names: Any = self.model.operation_names
        return list(names)

    def body(self, operation: str, params: Mapping[str, Any]) -> dict[str, str]:
        """Serialize: key to text, as it would be put into the form."""
        request = self._serializer.serialize_to_request(params, self.model.operation_model(operation))
        return {key: str(value) for key, value in request["body"].items()}

    def parse(self, operation: str, status: int, body: bytes) -> dict[str, Any]:
        """Parse: model names to values, with ResponseMetadata."""
        shape: Any = self.model.operation_model(operation).output_shape
        answer = {"body": body, "headers": {}, "status_code": status}
        return dict(self._parser.parse(answer, shape))


@cache
def peer() -> BotocorePeer:
    return BotocorePeer()


def random_params(shape: Any, draw: random.Random, depth: int = 0) -> Any:
    """Draw a value for an input shape, by model names."""
    kind = shape.type_name
    if kind == "structure":
        dense = draw.random() < 0.3
        return {
            name: random_params(member, draw, depth + 1)
            for name, member in shape.members.items()
            if name in shape.required_members or dense or draw.random() < (0.5 if depth < 2 else 0.25)
        }
    if kind == "list":
        size = draw.choice([0, 1, 1, 2, 3] if depth < 4 else [0, 1])
        return [random_params(shape.member, draw, depth + 1) for _ in range(size)]
    return _random_scalar(shape, draw)


def _random_scalar(shape: Any, draw: random.Random) -> Any:
    kind = shape.type_name
    if kind == "string":
        return draw.choice([*shape.enum, "tomorrow-only"]) if shape.enum else draw.choice(_TEXTS)
    if kind in ("integer", "long"):
        return draw.choice(_WHOLES)
    if kind in ("float", "double"):
        return draw.choice(_REALS)
    if kind == "boolean":
        return draw.random() < 0.5
    if kind == "timestamp":
        moment = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC) + timedelta(seconds=draw.randrange(10**8))
        return moment.replace(microsecond=draw.choice([0, 0, 1, 120_000]))
    if kind == "blob":
        return draw.randbytes(draw.randrange(40))
    raise AssertionError(kind)


def random_answer(operation: Any, draw: random.Random) -> bytes:
    """Draw an answer's document: values, unknown elements, odd spacing, prefixes, references."""
    root = f"{operation.name}Response"
    shape = operation.output_shape
    inner = _members(shape, draw, 0) if shape is not None else "<return>true</return>"
    request_id = f"<requestId>r-{draw.randrange(10**6)}</requestId>"
    inner = request_id + inner if draw.random() < 0.5 else inner + request_id
    head = draw.choice(['<?xml version="1.0" encoding="UTF-8"?>', "", "<!-- a comment -->\n"])
    document = f'{head}<{root} xmlns="http://ec2.amazonaws.com/doc/2016-11-15/">{inner}</{root}>\n'
    if draw.random() < 0.1:
        document = f'{head}<p:{root} xmlns:p="urn:x">{inner}</p:{root}>'
    return _encoded(document, draw)


def random_error(draw: random.Random) -> bytes:
    """Draw an error document: texts, several errors, further elements, either place of a request id."""
    errors = "".join(_random_error(draw) for _ in range(draw.choice([1, 1, 2, 3])))
    tag = draw.choice(["RequestID", "RequestID", "RequestId"])
    request_id = f"<{tag}>r-{draw.randrange(10**6)}</{tag}>"
    head = draw.choice(['<?xml version="1.0" encoding="UTF-8"?>\n', ""])
    return _encoded(f"{head}<Response><Errors>{errors}</Errors>{request_id}</Response>", draw)


def _random_error(draw: random.Random) -> str:
    codes = [
        "RequestLimitExceeded",
        "InvalidVpcID.NotFound",
        "DryRunOperation",
        "Tomorrow.Only",
        "InternalError",
    ]
    code, message = draw.choice(codes), escape(draw.choice(_TEXTS)).replace("\n", " ")
    pieces = [f"<Code>{code}</Code>", f"<Message>{message}</Message>"]
    if draw.random() < 0.3:
        pieces.append("<Type>Sender</Type><Resources><item><id>vpc-1</id></item></Resources>")
    draw.shuffle(pieces)
    return f"<Error>{draw.choice(['', ' '])}{''.join(pieces)}</Error>"


def _encoded(document: str, draw: random.Random) -> bytes:
    """Encode as nearly all answers are, and sometimes as any XML may be."""
    chance = draw.random()
    if chance < 0.02:
        return document.encode("utf-8-sig")
    if chance < 0.04:
        return document.replace('encoding="UTF-8"', 'encoding="UTF-16"').encode("utf-16")
    return document.encode()


def _members(shape: Any, draw: random.Random, depth: int) -> str:
    pieces = []
    dense = draw.random() < 0.3
    for name, member in shape.members.items():
        if dense or draw.random() < (0.6 if depth < 2 else 0.3):
            tag = member.serialization.get("name", name)
            pieces.append(_element(tag, member, draw, depth + 1))
        if draw.random() < 0.02:
            pieces.append("<newToday><item><deep x='1'>5</deep></item></newToday>")
    draw.shuffle(pieces)
    return draw.choice(["", "\n    "]).join(pieces)


def _element(tag: str, shape: Any, draw: random.Random, depth: int) -> str:
    kind = shape.type_name
    if kind == "structure":
        return f"<{tag}>{_members(shape, draw, depth)}</{tag}>"
    if kind == "list":
        item = draw.choice(["item", "item", shape.member.serialization.get("name", "member")])
        size = draw.choice([0, 1, 2, 3] if depth < 4 else [0, 1])
        inner = "".join(_element(item, shape.member, draw, depth + 1) for _ in range(size))
        return f"<{tag}>{inner}</{tag}>" if inner else draw.choice([f"<{tag}/>", f"<{tag}>\n</{tag}>"])
    text = _scalar_text(shape, draw)
    new = " newAttribute='1'" if draw.random() < 0.03 else ""
    return f"<{tag}{new}>{text}</{tag}>" if text else f"<{tag}/>"


def _scalar_text(shape: Any, draw: random.Random) -> str:
    value = _random_scalar(shape, draw)
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, datetime):
        return draw.choice(
            [
                value.strftime("%Y-%m-%dT%H:%M:%S.%fZ"),
                value.strftime("%Y-%m-%dT%H:%M:%S.%f")[:-3] + "Z",
                value.strftime("%Y-%m-%dT%H:%M:%SZ"),
                value.strftime("%Y-%m-%dT%H:%M:%S+05:30"),
                value.strftime("%Y-%m-%dT%H:%M:%S-08:00"),
            ]
        )
    if isinstance(value, bytes):
        return base64.b64encode(value).decode()
    if isinstance(value, float):
        return {"inf": "Infinity", "-inf": "-Infinity", "nan": "NaN"}.get(str(value), repr(value))
    if isinstance(value, int):
        return str(value)
    if "]]>" not in value and draw.random() < 0.1:
        return f"<![CDATA[{value}]]>" if value else ""
    written = escape(value)
    return (
        "".join(f"&#{ord(c)};" if draw.random() < 0.02 else c for c in written)
        if "&" not in written
        else written
    )


def normal(value: Any) -> Any:
    """Make values comparable: absent and empty lists are one, timestamps are UTC."""
    if isinstance(value, Mapping):
        cleaned = {key: normal(entry) for key, entry in value.items()}
        return {key: entry for key, entry in cleaned.items() if entry not in ([], None)}
    if isinstance(value, list | tuple):
        return [normal(entry) for entry in value]
    if isinstance(value, datetime):
        return value.astimezone(UTC)
    return "not a number" if value != value else value
