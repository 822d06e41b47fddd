"""Files that hold one bearer token: EKS Pod Identity's, and an OIDC provider's.

A CR or LF is refused rather than stripped: a token goes into a header or a form, and a file with
more than the token in it is not the file that was meant.
"""

from __future__ import annotations

import re

from ..errors import CredentialsError
from ..protocol.effects import Flow, read_file

__all__ = ["check_token", "read_token"]

_TOKEN = re.compile(rb"[!-~](?:[ -~]*[!-~])?")


def read_token(what: str, path: str) -> Flow[str]:
    """Read the token in a file. Raises CredentialsError, which never quotes it."""
    data = yield from read_file(path)
    if data is None:
        raise CredentialsError(
            f"{what}: expected a token in {path}, got no such file; check the path or the mount"
        )
    return check_token(f"{what}: {path}", data)


def check_token(what: str, data: bytes) -> str:
    """Return a token as text. Raises CredentialsError where it cannot be one."""
    if not data:
        got = "nothing"
    elif b"\r" in data or b"\n" in data:
        got = "one with a CR or LF"
    elif not _TOKEN.fullmatch(data):
        got = "blanks at an end or other characters"
    else:
        return data.decode("ascii")
    raise CredentialsError(f"{what}: expected one line of printable ASCII without a line end, got {got}")
