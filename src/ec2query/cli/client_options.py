"""The options that say as whom, where and at which endpoint; the client they make.

Every command that asks AWS has them. Nothing is looked up before the command's first request.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import click

from ..errors import CredentialsError

if TYPE_CHECKING:
    from ..client import Client

__all__ = ["OUTPUT", "ask_for_code", "client_options", "default_output", "make_client", "spoken"]

# What gives a client's arguments here.
_OPTIONS = {
    "argument": "--region",
    "endpoint_url argument": "--endpoint-url",
    "the profile argument": "--profile",
}

OUTPUT = click.Option(
    ["--output"],
    type=click.Choice(("json", "table")),
    help="How to print it.  [default: table on a terminal, else json]",
)


def client_options() -> list[click.Parameter]:
    """Make the options."""
    return [
        click.Option(
            ["--profile"], metavar="NAME", help="A profile of the shared files; else AWS_PROFILE, or default."
        ),
        click.Option(["--region"], metavar="REGION", help="The Region; else AWS_REGION, or the profile's."),
        click.Option(["--endpoint-url"], metavar="URL", help="Another endpoint of EC2 than the Region's."),
    ]


def make_client(
    profile: str | None = None,
    region: str | None = None,
    endpoint_url: str | None = None,
    timeout: float | None = None,
) -> Client:
    """Make a client that asks for an MFA device's code on the terminal."""
    from ..client import Client

    return Client(
        profile=profile, region=region, endpoint_url=endpoint_url, timeout=timeout, mfa_token=ask_for_code
    )


def ask_for_code(serial: str) -> str:
    """Ask the person at the terminal what an MFA device shows. Raises: CredentialsError."""
    if sys.stdin is None or not sys.stdin.isatty():
        raise CredentialsError(
            f"mfa_serial {serial}: expected a terminal to ask for its code on, got none; run it on one,"
            " or let a profile without mfa_serial be the source"
        )
    from getpass import getpass

    # It does not echo, and writes to the terminal even where the output goes elsewhere.
    return getpass(f"Code of MFA device {serial}: ")


def spoken(where: str) -> str:
    """Say where a setting comes from as the command line has it."""
    return _OPTIONS.get(where, where)


def default_output() -> str:
    """Say how to print what nobody said how to print: as tables for a person, else as JSON."""
    return "table" if sys.stdout is not None and sys.stdout.isatty() else "json"
