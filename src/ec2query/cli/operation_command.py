"""The command of one EC2 operation: its options, its help, its completion, and the call.

Parameters and options go in; the answer is printed as a table, JSON or XML, or the whole call is
explained. A failure is raised, for `ec2query.cli.run` to say.
"""

from __future__ import annotations

import sys
from typing import Any

import click

from ..errors import ParameterError
from ..protocol.serialize import action_of
from ..shape import ListOf, Operation, members
from .client_options import client_options
from .completion import completer
from .outcome import Request, carry_out
from .parameters import from_json, from_words, with_dry_run
from .type_names import type_name

__all__ = ["OperationCommand"]

_OUTPUTS = ("json", "table", "xml")


class OperationCommand(click.Command):
    """What stands behind `ec2query <Operation>`."""

    def __init__(self, operation: type[Operation[Any]]) -> None:
        self.operation = operation
        super().__init__(
            action_of(operation),
            params=_parameters(operation),
            callback=self._run,
            options_metavar="[OPTIONS]",
        )

    def format_help_text(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write what the operation does, where it is described, and its parameters."""
        from .catalog import link, summary

        formatter.write_paragraph()
        for line in (summary(self.operation), link(self.operation)):
            if line:
                formatter.write(f"  {line}\n")
        rows = [
            (
                member.key
                + (".N" if isinstance(member.type, ListOf) else "")
                + (" *" if member.required else ""),
                type_name(member.type),
            )
            for member in members(self.operation)
        ]
        if rows:
            with formatter.section("Parameters (* required)"):
                formatter.write_dl(rows)

    def format_epilog(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Say where there is more."""
        formatter.write_paragraph()
        formatter.write(f"Every key, type and value: ec2query describe {self.name}\n")
        formatter.write("Exit statuses: ec2query --help\n")

    def _run(
        self,
        words: tuple[str, ...],
        json_file: str | None,
        profile: str | None,
        region: str | None,
        endpoint_url: str | None,
        timeout: float | None,
        output: str | None,
        dry_run: bool,
        explain: bool,
        explain_only: bool,
    ) -> int:
        operation = self._operation(words, json_file)
        return carry_out(
            Request(
                operation=with_dry_run(operation) if dry_run else operation,
                profile=profile,
                region=region,
                endpoint_url=endpoint_url,
                timeout=timeout,
                output=output,
                explain=explain or explain_only,
                send=not explain_only,
            )
        )

    def _operation(self, words: tuple[str, ...], json_file: str | None) -> Operation[Any]:
        if json_file is None:
            return from_words(self.operation, words)
        if words:
            raise ParameterError(
                where=action_of(self.operation), expected="either Key=Value or --json", got="both"
            )
        return from_json(self.operation, _read(self.operation, json_file))


def _parameters(operation: type[Operation[Any]]) -> list[click.Parameter]:
    return [
        click.Argument(["words"], nargs=-1, metavar="[Key=Value]...", shell_complete=completer(operation)),
        click.Option(
            ["--json", "json_file"],
            metavar="FILE",
            type=click.Path(allow_dash=True, dir_okay=False),
            help="Read the parameters from a JSON object of model names; - is standard input.",
        ),
        *client_options(),
        click.Option(
            ["--output"],
            type=click.Choice(_OUTPUTS),
            help="How to print the answer.  [default: table on a terminal, else json]",
        ),
        click.Option(
            ["--dry-run"],
            is_flag=True,
            help="Only ask whether it is permitted: exit status 0 if so, 3 if not.",
        ),
        click.Option(
            ["--explain"],
            is_flag=True,
            help="Show the anatomy of the call, from its pairs to the result; secrets are masked.",
        ),
        click.Option(
            ["--explain-only"], is_flag=True, help="Show the same up to the request, and send nothing."
        ),
        click.Option(
            ["--timeout"],
            type=click.FloatRange(min=0, min_open=True),
            metavar="SECONDS",
            help="Allow this long for connecting, and for each wait for the answer.",
        ),
    ]


def _read(operation: type[Operation[Any]], path: str) -> str:
    try:
        if path == "-":
            return sys.stdin.buffer.read().decode("utf-8-sig")
        with open(path, encoding="utf-8-sig") as file:
            return file.read()
    except OSError as error:
        reason = error.strerror or type(error).__name__
    except UnicodeDecodeError:
        reason = "something else"
    raise ParameterError(
        where=f"{action_of(operation)} --json {path}", expected="a readable file of UTF-8 text", got=reason
    )
