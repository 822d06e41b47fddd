"""`ec2query demo`: the main job on the embedded endpoint, shown step by step."""

from __future__ import annotations

from datetime import timedelta

import click

from .exits import Exit

__all__ = ["demo"]


@click.command(short_help="Watch an ASN leave a CIDR, without AWS.")
@click.option(
    "--delay",
    type=click.FloatRange(min=0, max=60),
    default=0.5,
    show_default=True,
    help="How long a pending state lasts at the endpoint, in seconds.",
)
def demo(delay: float) -> int:
    """Watch an ASN leave a CIDR: on an embedded EC2 endpoint, without AWS and without credentials.

    It takes seconds. Needs uvicorn: pip install 'ec2query[cli,emulator]'.
    """
    from .demo import run_demo

    run_demo(timedelta(seconds=delay))
    return Exit.SUCCESS
