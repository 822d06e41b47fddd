"""`ec2query operations` and `ec2query describe`: what EC2 offers, from the model, without a network.

Text is printed line by line, so that it can be searched with grep; a terminal gets colours.
"""

from __future__ import annotations

import click

from .exits import Exit

__all__ = ["describe", "operations"]


def _names(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[str]:
    from .catalog import operations_starting

    return list(operations_starting(incomplete))


@click.command(short_help="List the operations of EC2.")
@click.argument("pattern", default="", required=False)
def operations(pattern: str) -> int:
    """List the operations whose name holds PATTERN (any case; * and ? stand for any characters)."""
    from . import catalog

    found = list(catalog.operations(pattern))
    if not found:
        raise click.UsageError(f"no operation matches {pattern!r} ('ec2query operations' lists all)")
    for name in found:
        click.echo(name)
    return Exit.SUCCESS


@click.command(short_help="Show an operation's parameters and answer.")
@click.argument("operation", shell_complete=_names)
def describe(operation: str) -> int:
    """Show OPERATION's parameters and its answer: types, what is required, known values, the link."""
    from .catalog import find_operation
    from .description import description

    for line in description(find_operation(operation)):
        click.echo(line)
    return Exit.SUCCESS
