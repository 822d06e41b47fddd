"""Python names for the model's names: snake_case members, enum constants, class names.

Pure functions on strings, and the tables of the words that rules alone get wrong. Names that cannot
stand (keywords, names the class body itself uses) take an underscore; names that collide a number.
"""

from __future__ import annotations

import keyword
import re
from collections.abc import Iterable

from ec2query.shape import Operation

__all__ = ["class_name", "constant_name", "distinct", "member_name", "module_name", "words"]

# Units, versions and products whose capitals do not begin a word.
_WHOLE_WORDS = {
    "DTrace": "Dtrace",
    "GBps": "Gbps",
    "GiB": "Gib",
    "IPv4": "Ipv4",
    "IPv6": "Ipv6",
    "KiB": "Kib",
    "MBps": "Mbps",
    "MacOS": "Macos",
    "MiB": "Mib",
    "OAuth": "Oauth",
    "S3object": "S3Object",
    "TiB": "Tib",
    "VCpu": "Vcpu",
}
_WHOLE_WORD = re.compile("|".join(_WHOLE_WORDS))

# A plural acronym (IDs), an acronym with its digits (AWS, S3, AAAA), a word with its digits (Ipv6).
_WORD = re.compile(
    r"[A-Z]{2,}s(?![a-z])|[A-Z]+[0-9]*(?![a-z])|[A-Z][a-z][a-z0-9]*|[a-z][a-z0-9]*|[0-9]+[a-z]*"
)

# What a generated class body uses under these very names, and what its bases define.
_TAKEN_MEMBERS = frozenset({"bool", "bytes", "datetime", "float", "int", "str", "wire"}) | {
    name for name in dir(Operation) if not name.startswith("_")
}
_TAKEN_CLASSES = frozenset(
    {"False", "Final", "None", "Operation", "Result", "SERVICE", "Sequence", "Shape", "True"}
)


def words(name: str) -> list[str]:
    """Split a name at its capitals, digits and punctuation: `CidrIPv6` is Cidr, Ipv6."""
    return _WORD.findall(_WHOLE_WORD.sub(lambda found: _WHOLE_WORDS[found.group()], name))


def member_name(name: str) -> str:
    """Return the snake_case name of a member."""
    found = "_".join(words(name)).lower()
    if not found or found[0].isdigit():
        found = f"member_{found}".rstrip("_")
    return f"{found}_" if keyword.iskeyword(found) or found in _TAKEN_MEMBERS else found


def constant_name(value: str) -> str:
    """Return the constant that stands for an enum's value."""
    found = "_".join(words(value)).upper()
    if not found:
        return "OTHER" if value else "EMPTY"
    return f"VALUE_{found}" if found[0].isdigit() else found


def class_name(name: str) -> str:
    """Return the class that stands for a shape or an operation."""
    found = re.sub(r"\W", "_", name[:1].upper() + name[1:], flags=re.ASCII)
    if not found.isidentifier():
        found = f"Shape{found}"
    return f"{found}_" if found in _TAKEN_CLASSES or keyword.iskeyword(found) else found


def module_name(name: str) -> str:
    """Return the module that is named after a class."""
    found = "_".join(words(name)).lower() or "shape"
    return f"{found}_" if keyword.iskeyword(found) else found


def distinct(names: Iterable[str], *, taken: Iterable[str] = ()) -> list[str]:
    """Return the names in order, a number after each that was already there."""
    seen = set(taken)
    found: list[str] = []
    for name in names:
        free, number = name, 2
        while free in seen:
            free, number = f"{name.rstrip('_')}_{number}", number + 1
        seen.add(free)
        found.append(free)
    return found
