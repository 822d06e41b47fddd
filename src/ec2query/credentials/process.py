"""`credential_process`: a program that prints credentials as JSON, run without a shell.

https://docs.aws.amazon.com/sdkref/latest/guide/feature-process-credentials.html
"""

from __future__ import annotations

from ..errors import CredentialsError
from ..protocol.access_key import Credentials
from ..protocol.effects import Flow, run_process
from .document import KeyNames, credentials_in, read_document
from .sources import Process

__all__ = ["process_credentials"]

_NAMES = KeyNames(session_token="SessionToken", optional=frozenset(("SessionToken", "Expiration")))  # noqa: S106
_SECONDS = 60.0


def process_credentials(source: Process) -> Flow[Credentials]:
    """Run the program, for at most a minute, and read what it prints. Raises CredentialsError."""
    output = yield from run_process(source.argv, _SECONDS)
    document = read_document(source.where, output)
    version = document.get("Version")
    if version != 1 or isinstance(version, bool):
        got = "none" if version is None else "another"
        raise CredentialsError(f'{source.where}: expected "Version": 1 in the program\'s output, got {got}')
    return credentials_in(source.where, document, _NAMES)
