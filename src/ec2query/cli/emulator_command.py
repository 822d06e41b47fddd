"""`ec2query emulator`: the embedded EC2 endpoint as an HTTP server, until it is interrupted."""

from __future__ import annotations

import click

from .exits import Exit

__all__ = ["emulator"]


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="The address to listen on.")
@click.option(
    "--port",
    type=click.IntRange(0, 65535),
    default=8800,
    show_default=True,
    help="The port; 0 is a free one.",
)
def emulator(host: str, port: int) -> int:
    """Serve the BYOASN and BYOIP operations of EC2 on this machine, until interrupted.

    Nothing of AWS is touched. Needs the extra: pip install 'ec2query[emulator]'.
    """
    from ..emulator import serve

    serve(host=host, port=port)
    return Exit.SUCCESS
