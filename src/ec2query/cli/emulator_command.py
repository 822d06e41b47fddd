"""`ec2query emulator`: the embedded EC2 endpoint as an HTTP server, until it is interrupted."""

from __future__ import annotations

import contextlib
import threading
from datetime import timedelta

import click

from .exits import Exit

__all__ = ["emulator"]

_SECONDS = click.FloatRange(min=0)


@click.command(short_help="Serve the embedded EC2 endpoint over HTTP.")
@click.option("--host", default="127.0.0.1", show_default=True, help="The address to listen on.")
@click.option(
    "--port",
    type=click.IntRange(0, 65535),
    default=8800,
    show_default=True,
    help="The port; 0 is a free one.",
)
@click.option("--region", default="us-east-1", show_default=True, help="The Region that it is in.")
@click.option(
    "--delay",
    type=_SECONDS,
    default=2.0,
    show_default=True,
    help="How long a pending state lasts, in seconds.",
)
@click.option(
    "--linger",
    type=_SECONDS,
    default=0.0,
    show_default=True,
    help="How long ended things are still shown, in seconds.",
)
@click.option(
    "--deny", multiple=True, metavar="ACTION", help="Refuse an action as not permitted; may be repeated."
)
@click.option(
    "--fail", multiple=True, metavar="ACTION", help="Let what an action starts fail; may be repeated."
)
@click.option("--throttle", is_flag=True, help="Apply the rate limits that AWS documents.")
def emulator(
    host: str,
    port: int,
    region: str,
    delay: float,
    linger: float,
    deny: tuple[str, ...],
    fail: tuple[str, ...],
    throttle: bool,
) -> int:
    """Serve the BYOASN and BYOIP operations of EC2 on this machine, until interrupted.

    Nothing of AWS is touched; it knows one access key, which it prints. Needs uvicorn:
    pip install 'ec2query[emulator]'.
    """
    from ..emulator import ACTIONS, EXAMPLE_CREDENTIALS, Emulator, running_emulator

    for action in (*deny, *fail):
        if action not in ACTIONS:
            raise click.UsageError(f"action {action!r}: the emulator serves {', '.join(sorted(ACTIONS))}")
    endpoint = Emulator(
        region=region,
        delay=timedelta(seconds=delay),
        linger=timedelta(seconds=linger),
        deny=deny,
        failing=fail,
        throttle=throttle,
    )
    with contextlib.suppress(KeyboardInterrupt), running_emulator(endpoint, host=host, port=port) as url:
        print(f"EC2 emulator at {url} (Ctrl-C ends it). In another terminal:\n")
        for name, value in (
            ("AWS_ENDPOINT_URL_EC2", url),
            ("AWS_REGION", region),
            ("AWS_ACCESS_KEY_ID", EXAMPLE_CREDENTIALS.access_key_id),
            ("AWS_SECRET_ACCESS_KEY", EXAMPLE_CREDENTIALS.secret_access_key),
        ):
            print(f"  export {name}={value}")
        print("  ec2query DescribeByoipCidrs MaxResults=10", flush=True)
        threading.Event().wait()
    return Exit.SUCCESS
