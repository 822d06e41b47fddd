"""Completion for bash, zsh and fish: `ec2query completion SHELL` prints what the shell is to read.

click asks, our scripts differ from its own in one thing: after a word that is not finished (`Filter.1.`,
`Asn=`) they put no space, and in bash they know that `=` parts words.
https://www.gnu.org/software/bash/manual/html_node/Programmable-Completion.html
"""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Any, ClassVar

import click
from click.shell_completion import (
    BashComplete,
    CompletionItem,
    FishComplete,
    ShellComplete,
    ZshComplete,
    add_completion_class,
    shell_complete,
    split_arg_string,
)

from ..shape import Operation

__all__ = ["VARIABLE", "complete", "completer", "completion"]

VARIABLE = "_EC2QUERY_COMPLETE"

Completer = Callable[[click.Context, click.Parameter, str], "list[CompletionItem[str]]"]

_BASH = """\
%(complete_func)s() {
    local IFS=$'\\n' line
    COMPREPLY=()
    for line in $(COMP_LINE="${COMP_LINE:0:$COMP_POINT}" COMP_WORDBREAKS="$COMP_WORDBREAKS" \\
        %(complete_var)s=bash_complete "$1"); do
        case "$line" in
            file,*) compopt -o default ;;
            dir,*) compopt -o dirnames ;;
            open,*) compopt -o nospace; COMPREPLY+=("${line#*,}") ;;
            *) COMPREPLY+=("${line#*,}") ;;
        esac
    done
}
complete -o nosort -F %(complete_func)s %(prog_name)s
"""

_ZSH = """\
#compdef %(prog_name)s

%(complete_func)s() {
    local -a response finished unfinished
    local kind word about
    (( ! $+commands[%(prog_name)s] )) && return 1
    response=("${(@f)$(env COMP_WORDS="${words[*]}" COMP_CWORD=$((CURRENT-1)) \\
        %(complete_var)s=zsh_complete %(prog_name)s)}")
    for kind word about in ${response}; do
        case "$kind" in
            dir) _path_files -/ ;;
            file) _path_files -f ;;
            open) unfinished+=("$word:$about") ;;
            *) finished+=("$word:$about") ;;
        esac
    done
    (( $#unfinished )) && _describe -V parameter unfinished -U -S ''
    (( $#finished )) && _describe -V word finished -U
    return 0
}

if [[ $zsh_eval_context[-1] == loadautofunc ]]; then
    %(complete_func)s "$@"
else
    compdef %(complete_func)s %(prog_name)s
fi
"""


class _Bash(BashComplete):
    source_template: ClassVar[str] = _BASH

    def get_completion_args(self) -> tuple[list[str], str]:
        """Split the line ourselves: bash parts words at `=` too."""
        line = os.environ["COMP_LINE"]
        words = split_arg_string(line)
        if not line[-1:].strip():
            return words[1:], ""
        return words[1:-1], words[-1] if words else ""

    def complete(self) -> str:
        """Write the words without what bash has set aside already: all up to the last `=`."""
        args, incomplete = self.get_completion_args()
        found = self.get_completions(args, incomplete)
        if "=" in incomplete and "=" in os.environ.get("COMP_WORDBREAKS", ""):
            begun = incomplete.rpartition("=")[0] + "="
            found = [CompletionItem(item.value.removeprefix(begun), item.type) for item in found]
        return "\n".join(self.format_completion(item) for item in found)


class _Zsh(ZshComplete):
    source_template: ClassVar[str] = _ZSH

    def format_completion(self, item: CompletionItem[str]) -> str:
        """Write three lines: kind, word with its colons escaped, and a few words about it."""
        word = item.value.replace("\\", "\\\\").replace(":", "\\:")
        return f"{item.type}\n{word}\n{item.help or ' '}"


class _Fish(FishComplete):
    def format_completion(self, item: CompletionItem[str]) -> str:
        """Write the word as any other: fish puts no space after `=` and `.` by itself."""
        return super().format_completion(
            CompletionItem(item.value, "plain" if item.type == "open" else item.type, item.help)
        )


_SHELLS: dict[str, type[ShellComplete]] = {"bash": _Bash, "zsh": _Zsh, "fish": _Fish}


def completer(operation: type[Operation[Any]]) -> Completer:
    """Make what completes the words of an operation's parameters."""

    def complete(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem[str]]:
        from .candidates import candidates

        given: tuple[str, ...] = ctx.params.get(param.name or "") or ()
        return [
            CompletionItem(found.word, "open" if found.word[-1:] in (".", "=") else "plain", found.about)
            for found in candidates(operation, given, incomplete)
        ]

    return complete


def complete(program: click.Command, instruction: str) -> int:
    """Answer a shell that asks, as its variable instructs (`bash_complete`)."""
    for name, shell in _SHELLS.items():
        add_completion_class(shell, name)
    return shell_complete(program, {}, "ec2query", VARIABLE, instruction)


@click.command(short_help="Print the completion script of bash, zsh or fish.")
@click.argument("shell", type=click.Choice(sorted(_SHELLS)))
def completion(shell: str) -> None:
    """Print a shell's completion script.

    \b
    bash: source <(ec2query completion bash)     in ~/.bashrc
    zsh:  source <(ec2query completion zsh)      in ~/.zshrc, after compinit
    fish: ec2query completion fish | source      in ~/.config/fish/config.fish
    """
    from .program import program

    script = _SHELLS[shell](program, {}, "ec2query", VARIABLE)
    click.echo(script.source_template % script.source_vars(), nl=False)
