"""`ec2query doctor`: what a person runs when it does not work."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import click

from .client_options import OUTPUT, client_options, default_output, make_client
from .exits import Exit

if TYPE_CHECKING:
    from .diagnosis import Diagnosis

__all__ = ["doctor"]


def _run(profile: str | None, region: str | None, endpoint_url: str | None, output: str | None) -> int:
    from .doctor import diagnose

    with make_client(profile, region, endpoint_url) as client:
        found = client.run(diagnose(client.calls))
    if (output or default_output()) == "table":
        from .console import output_console
        from .doctor_table import diagnosis_table

        output_console().print(diagnosis_table(found))
    else:
        print(json.dumps(_plain(found), indent=2))
    return Exit.SUCCESS if found.signable else Exit.CONFIGURATION


def _plain(found: Diagnosis) -> dict[str, object]:
    checks = {
        section: [{"Name": check.name, "Outcome": check.outcome, "Detail": check.detail} for check in checks]
        for section, checks in found.sections.items()
    }
    return {"Signable": found.signable, "Checks": checks, "Next": found.advice}


doctor = click.Command(
    "doctor",
    params=[*client_options(), OUTPUT],
    callback=_run,
    short_help="Look at all that a call depends on, and say what to do.",
    help=(
        "Look at every file, setting and source of credentials that a call depends on, ask STS who they are"
        " and the endpoint what time it is, and say what to do next.\n\n"
        "Exit status 0 where a call can be signed, else 7. Secrets are masked."
    ),
)
