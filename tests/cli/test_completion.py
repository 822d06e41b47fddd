"""`ec2query.cli.completion`: what the shells ask, and what they are told."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys

import pytest

from ec2query.cli.completion import VARIABLE
from support.command_line import CommandLine

BREAKS = " \t\n\"'><=;|&(:"

BASH: dict[str, tuple[str, list[str]]] = {
    "a command": ("ec2query com", ["plain,completion"]),
    "an operation": ("ec2query DisassociateIpamBy", ["plain,DisassociateIpamByoasn"]),
    "an operation to describe": ("ec2query describe DescribeIpamBy", ["plain,DescribeIpamByoasn"]),
    "members": ("ec2query DisassociateIpamByoasn ", ["open,Asn=", "open,Cidr=", "open,DryRun="]),
    "members left": ("ec2query DisassociateIpamByoasn Asn=1 Cidr=2 ", ["open,DryRun="]),
    "members inside": ("ec2query DescribeVpcs Filter.1.N", ["open,Filter.1.Name="]),
    "values, without what bash has set aside": (
        "ec2query DescribeVpcs DryRun=",
        ["plain,true", "plain,false"],
    ),
    "a value begun": ("ec2query RunInstances InstanceType=t4g.n", ["plain,t4g.nano"]),
    "an option": ("ec2query DescribeVpcs --reg", ["plain,--region"]),
    "an option's value": ("ec2query DescribeVpcs --output ", ["plain,json", "plain,table", "plain,xml"]),
    "an option's value, joined": ("ec2query DescribeVpcs --output=t", ["plain,table"]),
    "members after options": ("ec2query DescribeVpcs --output json Max", ["open,MaxResults="]),
    "a file": ("ec2query DescribeVpcs --json ", ["file,"]),
    "a shell": ("ec2query completion ", ["plain,bash", "plain,fish", "plain,zsh"]),
    "an open quote": ("ec2query DescribeVpcs 'DryRun=t", ["plain,true"]),
    "nothing": ("ec2query Qqq", [""]),
    "nothing of nothing": ("ec2query Qqq Asn", [""]),
}

SHELLS = ("bash", "zsh", "fish")


@pytest.mark.parametrize(("line", "words"), BASH.values(), ids=BASH)
def test_bash_is_told_the_words(
    cli: CommandLine, environment: pytest.MonkeyPatch, line: str, words: list[str]
) -> None:
    """Each with its kind; an open one gets no space after it."""
    environment.setenv(VARIABLE, "bash_complete")
    environment.setenv("COMP_LINE", line)
    environment.setenv("COMP_WORDBREAKS", BREAKS)
    ended = cli()
    assert (ended.status, ended.err) == (0, "")
    assert ended.out.removesuffix("\n").split("\n") == words


def test_bash_without_equals_signs_between_words_is_told_whole_words(
    cli: CommandLine, environment: pytest.MonkeyPatch
) -> None:
    """Some take `=` out of COMP_WORDBREAKS."""
    environment.setenv(VARIABLE, "bash_complete")
    environment.setenv("COMP_LINE", "ec2query DescribeVpcs DryRun=t")
    environment.setenv("COMP_WORDBREAKS", " ")
    assert cli().out == "plain,DryRun=true\n"


@pytest.mark.parametrize(
    ("shell", "told"),
    [
        ("zsh", "open\nAsn=\nstring, required\nopen\nCidr=\nstring, required\nopen\nDryRun=\nboolean\n"),
        ("fish", "plain,Asn=\tstring, required\nplain,Cidr=\tstring, required\nplain,DryRun=\tboolean\n"),
    ],
)
def test_zsh_and_fish_are_told_words_and_types(
    cli: CommandLine, environment: pytest.MonkeyPatch, shell: str, told: str
) -> None:
    """Each in its own form."""
    environment.setenv(VARIABLE, f"{shell}_complete")
    environment.setenv("COMP_WORDS", "ec2query DisassociateIpamByoasn ")
    environment.setenv("COMP_CWORD", "2" if shell == "zsh" else "")
    assert cli().out == told


@pytest.mark.parametrize("shell", SHELLS)
def test_a_script_is_printed_for_each_shell(cli: CommandLine, shell: str) -> None:
    """It asks this program, through the variable that the program reads."""
    ended = cli("completion", shell)
    assert (ended.status, ended.err) == (0, "")
    assert f"{VARIABLE}={shell}_complete" in ended.out


@pytest.mark.parametrize("shell", SHELLS)
def test_a_script_is_one_that_its_shell_can_read(cli: CommandLine, shell: str) -> None:
    """Where that shell is installed."""
    found = shutil.which(shell)
    if found is None:
        pytest.skip(f"{shell} is not installed")
    script = cli("completion", shell).out
    ended = subprocess.run(
        [found, "-n", "/dev/stdin"], input=script, capture_output=True, text=True, check=False
    )
    assert (ended.returncode, ended.stderr) == (0, "")


def test_bash_itself_completes(cli: CommandLine) -> None:
    """The script, in a bash, with this program behind it."""
    bash = shutil.which("bash")
    if bash is None:
        pytest.skip("bash is not installed")
    begun = "ec2query DisassociateIpamByoasn Asn=64500 Ci"
    asking = (
        'ec2query() { "$PYTHON" -m ec2query "$@"; }\n'
        "compopt() { :; }\n"
        f'COMP_LINE="{begun} and more" COMP_POINT={len(begun)}\n'
        "_ec2query_completion ec2query\n"
        'printf "%s|" "${COMPREPLY[@]}"\n'
    )
    ended = subprocess.run(
        [bash, "--norc", "-c", cli("completion", "bash").out + asking],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
        env={**os.environ, "PYTHON": sys.executable, "PYTHONPATH": os.pathsep.join(sys.path)},
    )
    assert (ended.stdout, ended.stderr) == ("Cidr=|", "")
