"""A short, printable beginning of a body that could not be read, for an error's sentence.

It never shows a body that may carry a sensitive member (a private key, a password): those are
recognised by the type of the answer, before anything is read. Nor does it show what looks like a key
or token: whoever answered may have been sent one, and repeat it.
"""

from __future__ import annotations

import re

from ..shape import ListOf, Shape, Structure, TypeRef, members

__all__ = ["EXCERPT_BYTES", "excerpt", "holds_secrets", "without_token"]

EXCERPT_BYTES = 160

# Of a presigned URL, the signature makes it good for whoever reads it, also without a token.
_TOKEN = re.compile(
    r"(?i)(x-amz-(?:security-token|signature|credential)(?:[:=]|%3a|%3d|%253d)\s*)[^\s&<>\"',;]+"
)
# Secret access keys have 40 characters, tokens hundreds; names in AWS's answers have no digits in them.
_KEY = re.compile(r"(?=[A-Za-z+/=_%-]*[0-9])[A-Za-z0-9+/=_%-]{24,}")

_known: dict[type[Shape], bool] = {}


def excerpt(body: bytes, shape: type[Shape] | None = None) -> str:
    """Return the beginning of `body` as printable ASCII, or nothing where it may hold a secret."""
    if not body or (shape is not None and holds_secrets(shape)):
        return ""
    text = body[: 2 * EXCERPT_BYTES].decode("latin-1")  # so that a key at the cut is seen as one
    shown = " ".join("".join(c if " " <= c <= "~" else " " for c in text).split())
    shown = _KEY.sub("***", without_token(shown))
    return shown[:EXCERPT_BYTES] + ("…" if len(body) > EXCERPT_BYTES else "")


def without_token(text: str) -> str:
    """Mask the session token in a canonical request, which an error about a signature may quote,
    and what signs a presigned URL.

    https://docs.aws.amazon.com/IAM/latest/UserGuide/signature-v4-troubleshooting.html
    """
    return _TOKEN.sub(r"\1***", text)


def holds_secrets(shape: type[Shape]) -> bool:
    """Tell whether a structure has a sensitive member, however deep."""
    if shape not in _known:
        _known[shape] = False  # ends a recursion; set right below
        _known[shape] = any(member.sensitive or _reaches(member.type) for member in members(shape))
    return _known[shape]


def _reaches(type_ref: TypeRef) -> bool:
    while isinstance(type_ref, ListOf):
        type_ref = type_ref.of
    return isinstance(type_ref, Structure) and holds_secrets(type_ref.resolve())
