"""Measurements without a server, beside botocore in the same environment: `python -m benchmarks.probes`.

`work SECONDS` prints the microseconds of serializing, signing and parsing, ours and botocore's turn by
turn, after comparing what they make; `page WHO FILE` the memory that one parsed page takes.
"""

from __future__ import annotations

import gc
import json
import sys
import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlencode

from .answers import ASN, CIDR, instances
from .contestants import KEY, REGION, SECRET
from .memory import peak_rss

__all__ = ["PAGES", "main"]

# Instances of a page, by the page's size.
PAGES = {"10 kB": 2, "1 MB": 202, "10 MB": 2016}

_URL = "https://ec2.us-east-1.amazonaws.com/"
_HEADERS = {
    "host": "ec2.us-east-1.amazonaws.com",
    "content-type": "application/x-www-form-urlencoded; charset=utf-8",
    "user-agent": "benchmark",
}

_LAUNCH: dict[str, Any] = {
    "ImageId": "ami-0abcdef1234567890",
    "InstanceType": "t3.micro",
    "MinCount": 1,
    "MaxCount": 1,
    "KeyName": "example",
    "ClientToken": "59dbff89-35bd-4eac-99ed-be587EXAMPLE",
    "BlockDeviceMappings": [
        {
            "DeviceName": f"/dev/sd{letter}",
            "Ebs": {"VolumeSize": 8, "VolumeType": "gp3", "DeleteOnTermination": True, "Iops": 3000},
        }
        for letter in "abcdefgh"
    ],
    "NetworkInterfaces": [
        {"DeviceIndex": 0, "SubnetId": "subnet-0123456789abcdef0", "Groups": ["sg-1", "sg-2"]}
    ],
    "TagSpecifications": [
        {"ResourceType": kind, "Tags": [{"Key": f"key-{n}", "Value": f"web server {n}"} for n in range(20)]}
        for kind in ("instance", "volume")
    ],
}

REQUESTS = {
    "RunInstances": _LAUNCH,
    "DisassociateIpamByoasn": {"Asn": ASN, "Cidr": CIDR},
}

# Who does the work, and how.
Turns = dict[str, Callable[[], object]]


def _model() -> Any:
    from botocore.loaders import Loader
    from botocore.model import ServiceModel

    return ServiceModel(Loader().load_service_model("ec2", "service-2"), "ec2")


def _serializing(model: Any) -> dict[str, Turns]:
    from botocore.serialize import create_serializer

    from ec2query import ec2
    from ec2query.model_dict import from_dict
    from ec2query.protocol.serialize import serialize

    peer = create_serializer("ec2", include_validation=True)
    kinds: dict[str, Turns] = {}
    for name, params in REQUESTS.items():
        operation: Any = from_dict(getattr(ec2, name), params)
        shape = model.operation_model(name)

        def ours(operation: Any = operation) -> bytes:
            return serialize(operation)

        def theirs(params: Mapping[str, Any] = params, shape: Any = shape) -> str:
            return urlencode(peer.serialize_to_request(params, shape)["body"])

        _same(name, parse_qs(ours().decode()), parse_qs(theirs()))
        kinds[f"serialize {name}"] = {"ec2query": ours, "botocore": theirs}
    return kinds


def _signing() -> dict[str, Turns]:
    from types import SimpleNamespace

    from botocore.auth import SigV4Auth
    from botocore.awsrequest import AWSRequest

    from ec2query.protocol.message import HttpRequest
    from ec2query.protocol.sign import Credentials, sign

    body = b"Action=DisassociateIpamByoasn&Version=2016-11-15&Asn=64500&Cidr=203.0.113.0%2F24"
    keys = Credentials(KEY, SECRET)
    peer_keys = SimpleNamespace(access_key=KEY, secret_key=SECRET, token=None)
    now = datetime.now(UTC)

    unsigned = HttpRequest("POST", _URL, _HEADERS, body)

    def ours() -> Any:
        return sign(unsigned, keys, REGION, "ec2", now)

    def theirs() -> Any:
        request = AWSRequest("POST", _URL, dict(_HEADERS), body)
        SigV4Auth(peer_keys, "ec2", REGION).add_auth(request)
        return request.prepare(), request  # as it is sent, which ours is already

    _, signed = theirs()
    now = datetime.strptime(signed.context["timestamp"], "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)
    authorization = str(signed.headers["Authorization"])
    _same("sign", ours().headers["authorization"].replace(", ", ","), authorization.replace(", ", ","))
    return {"sign": {"ec2query": ours, "botocore": theirs}}


def _parsing(model: Any, size: str) -> dict[str, Turns]:
    from botocore.parsers import create_parser

    from ec2query import ec2
    from ec2query.protocol.parse import parse

    peer, shape = create_parser("ec2"), model.operation_model("DescribeInstances").output_shape
    body = instances(PAGES[size])

    def ours() -> Any:
        return parse(ec2.DescribeInstances, 200, {}, body)

    def theirs() -> Any:
        return peer.parse({"body": body, "headers": {}, "status_code": 200}, shape)

    read = dict(theirs())
    read.pop("ResponseMetadata")
    _same(f"parse {size}", _normal(ours().to_dict()), _normal(read) | {"RequestId": ours().request_id})
    return {f"parse {size}": {"ec2query": ours, "botocore": theirs, "expat": lambda: _expat(body)}}


def _expat(body: bytes) -> None:
    from xml.parsers import expat

    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.StartElementHandler = lambda tag, attributes: None
    parser.EndElementHandler = lambda tag: None
    parser.CharacterDataHandler = lambda text: None
    parser.Parse(body, True)


def _normal(value: Any) -> Any:
    """Make an absent list and an empty one the same."""
    if isinstance(value, Mapping):
        return {name: _normal(each) for name, each in value.items() if each not in ([], (), None)}
    return [_normal(each) for each in value] if isinstance(value, list | tuple) else value


def _same(what: str, ours: object, theirs: object) -> None:
    if ours != theirs:
        raise SystemExit(f"{what}: ec2query and botocore differ:\n{str(ours)[:2000]}\n{str(theirs)[:2000]}")


def work(seconds: float, sizes: list[str]) -> dict[str, dict[str, list[float]]]:
    """Give microseconds, round by round, for each kind of work and whoever does it."""
    model = _model()
    kinds = {**_serializing(model), **_signing()}
    for size in sizes:
        kinds |= _parsing(model, size)
    return {kind: _rounds(turns, seconds) for kind, turns in kinds.items()}


def _rounds(turns: Turns, seconds: float) -> dict[str, list[float]]:
    once = sum(_time(call, 1) for call in turns.values())
    number = max(1, int(seconds / 10 / once))
    found: dict[str, list[float]] = {who: [] for who in turns}
    for _ in range(max(3, min(15, int(seconds / (once * number))))):
        for who, call in turns.items():
            found[who].append(_time(call, number) * 1e6)
    return found


def _time(call: Callable[[], object], number: int) -> float:
    gc.collect()
    clock = time.perf_counter
    began = clock()
    for _ in range(number):
        call()
    return (clock() - began) / number


def page(who: str, file: str) -> dict[str, float]:
    """Parse one page and give by how many bytes the peak rose."""
    small, body = instances(1), Path(file).read_bytes()
    if who == "ec2query":
        from ec2query import ec2
        from ec2query.protocol.parse import parse

        def read(data: bytes) -> Any:
            return parse(ec2.DescribeInstances, 200, {}, data).reservations
    else:
        from botocore.parsers import create_parser

        peer, shape = create_parser("ec2"), _model().operation_model("DescribeInstances").output_shape

        def read(data: bytes) -> Any:
            return peer.parse({"body": data, "headers": {}, "status_code": 200}, shape)["Reservations"]

    read(small)
    gc.collect()
    before = peak_rss()
    reservations = read(body)
    return {"rose": peak_rss() - before, "count": len(reservations)}


def main(arguments: list[str]) -> None:
    """Measure, and print JSON."""
    if arguments[0] == "work":
        print(json.dumps(work(float(arguments[1]), arguments[2:])))
    else:
        print(json.dumps(page(*arguments[1:])))


if __name__ == "__main__":
    main(sys.argv[1:])
