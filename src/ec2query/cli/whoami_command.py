"""`ec2query whoami`: as whom, where and at which endpoint a call would be made, and who says so."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import click

from .client_options import OUTPUT, client_options, default_output, make_client
from .exits import Exit

if TYPE_CHECKING:
    from datetime import datetime

    from .whoami import Identity

__all__ = ["whoami"]


def _run(profile: str | None, region: str | None, endpoint_url: str | None, output: str | None) -> int:
    from .whoami import identify

    with make_client(profile, region, endpoint_url) as client:
        found = client.run(identify(client.calls))
        _print(found, client.calls.world.now(), table=(output or default_output()) == "table")
    if found.error is not None:
        raise found.error
    return Exit.SUCCESS


def _print(found: Identity, now: datetime, *, table: bool) -> None:
    from .whoami import NAMES

    if table:
        from .console import output_console
        from .whoami_table import identity_text

        console = output_console()
        console.print(identity_text(found, now, console.width), soft_wrap=True)
        return
    values = {name: found.facts[name].value if name in found.facts else None for name in NAMES}
    sources = {name: found.facts[name].source for name in NAMES if name in found.facts}
    print(json.dumps({**values, "Sources": sources}, indent=2))


whoami = click.Command(
    "whoami",
    params=[*client_options(), OUTPUT],
    callback=_run,
    short_help="Show as whom and where a call would be made.",
    help=(
        "Show account and ARN (asked of STS), access key, expiry, Region and endpoint, each with its"
        " source.\n\n"
        "Secrets are masked. Where it fails, 'ec2query doctor' says more."
    ),
)
