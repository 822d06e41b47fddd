"""`ec2query demo`: the main job on the embedded endpoint, shown step by step."""

from __future__ import annotations

import click

from .exits import Exit

__all__ = ["demo"]


@click.command(short_help="Watch an ASN leave a CIDR, without AWS.")
def demo() -> int:
    """Watch an ASN leave a CIDR: on an embedded EC2 endpoint, without AWS and without credentials.

    It takes seconds. Needs the extra: pip install 'ec2query[cli,emulator]'.
    """
    from .demo import run_demo

    run_demo()
    return Exit.SUCCESS
