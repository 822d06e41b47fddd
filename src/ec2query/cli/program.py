"""The program: click's group of the commands, in which every EC2 operation is a command too.

An operation's command is made when its name is typed; nothing of EC2's model is loaded before. Unknown
names are usage errors that suggest the one meant.
"""

from __future__ import annotations

import difflib

import click
from click.shell_completion import CompletionItem

from .._version import __version__
from .completion import completion
from .demo_command import demo
from .doctor_command import doctor
from .emulator_command import emulator
from .exits import MEANINGS
from .reference import describe, operations
from .whoami_command import whoami

__all__ = ["Program", "program"]


class Program(click.Group):
    """A group whose commands are its own and EC2's operations."""

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Return a command of ours, or one made for the operation of that name."""
        own = super().get_command(ctx, cmd_name)
        if own is not None or not cmd_name[:1].isupper():
            return own
        from .catalog import operation_named
        from .operation_command import OperationCommand

        operation = operation_named(cmd_name)
        return OperationCommand(operation) if operation is not None else None

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Read the program's own options. Raises: UsageError, also for a call's option in the wrong place."""
        try:
            return super().parse_args(ctx, args)
        except click.NoSuchOption as error:
            where = "the options of a call stand after its operation"
            raise click.UsageError(f"no such option {error.option_name!r} here ({where})", ctx) from None

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Find the command that the arguments begin with. Raises: UsageError with a suggestion."""
        name = args[0]
        known = ctx.resilient_parsing or name.startswith("-") or self.get_command(ctx, name) is not None
        if not known:
            raise click.UsageError(self._unknown(name), ctx)
        return super().resolve_command(ctx, args)

    def shell_complete(self, ctx: click.Context, incomplete: str) -> list[CompletionItem[str]]:
        """Complete a command of ours, an option, or the name of an operation."""
        found = super().shell_complete(ctx, incomplete)
        if incomplete[:1].isupper() or not incomplete:
            from .catalog import operations_starting

            found += [CompletionItem(name) for name in operations_starting(incomplete)]
        return found

    def format_epilog(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the examples and the table of exit statuses."""
        with formatter.section("Examples"):
            for line in _EXAMPLES:
                formatter.write(f"  {line}\n")
        with formatter.section("Exit status"):
            formatter.write_dl([(str(int(status)), meaning) for status, meaning in MEANINGS.items()])

    def _unknown(self, name: str) -> str:
        from .catalog import suggestion, written

        own = difflib.get_close_matches(name, self.commands, n=1)
        if own and written(name) is None:
            return f"no command {name!r} (did you mean {own[0]!r}?)"
        return f"no operation {name!r}{suggestion(name)}"


_EXAMPLES = (
    "ec2query DisassociateIpamByoasn Asn=64500 Cidr=203.0.113.0/24 --region us-east-1",
    "ec2query DescribeVpcs Filter.1.Name=state Filter.1.Value.1=available",
    "ec2query DescribeByoipCidrs MaxResults=10 --output json | jq .ByoipCidrs",
    "ec2query describe DisassociateIpamByoasn",
)


def _show_version(ctx: click.Context, param: click.Parameter, value: bool) -> None:
    if not value or ctx.resilient_parsing:
        return
    from ..ec2 import SERVICE

    click.echo(f"ec2query {__version__} ({SERVICE.name} API {SERVICE.version}, model: {SERVICE.model})")
    ctx.exit()


@click.group(
    cls=Program,
    subcommand_metavar="OPERATION [Key=Value]... | COMMAND",
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    no_args_is_help=False,
    invoke_without_command=True,
)
@click.option(
    "--version",
    is_flag=True,
    expose_value=False,
    is_eager=True,
    callback=_show_version,
    help="Show the versions of ec2query and of its model of EC2, then exit.",
)
@click.pass_context
def program(ctx: click.Context) -> None:
    """Call any operation of the Amazon EC2 Query API.

    Parameters are written as the API Reference writes them. Credentials, Region and settings are
    found where other AWS tools find them: 'ec2query whoami' shows them, 'ec2query doctor' looks for
    what is wrong with them.
    """
    if ctx.invoked_subcommand is None:
        raise click.UsageError("expected an operation or a command, got none", ctx)


for _command in (operations, describe, whoami, doctor, completion, emulator, demo):
    program.add_command(_command)
