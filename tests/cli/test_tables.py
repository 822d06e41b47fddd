"""`ec2query.cli.tables`: results as people read them."""

from __future__ import annotations

import io
from datetime import UTC, datetime

import pytest
from rich.console import Console

from ec2query import ec2
from ec2query.cli.tables import result_tables
from ec2query.shape import Result
from support.toy import DoResult, Leaf, Node

VPCS = ec2.DescribeVpcsResult(
    vpcs=(
        ec2.Vpc(
            vpc_id="vpc-1",
            is_default=True,
            tags=(ec2.Tag(key="Name", value="web"), ec2.Tag(key="a", value="")),
        ),
        ec2.Vpc(vpc_id="vpc-2", cidr_block="192.0.2.0/24"),
    ),
    request_id="r",
)


def drawn(result: Result, width: int = 80) -> list[str]:
    """Draw on a console that is no terminal; white space at the ends of lines does not count."""
    console = Console(file=io.StringIO(), width=width, highlight=False, markup=False)
    console.print(result_tables(result, console))
    assert isinstance(console.file, io.StringIO)
    return [line.rstrip() for line in console.file.getvalue().splitlines()]


def test_a_list_of_structures_is_one_table() -> None:
    """A column for each member that any entry has; tags as Key=Value."""
    lines = drawn(VPCS)
    assert lines[0] == "Vpcs"
    header = lines[2]
    assert [word for word in header.split() if word.isidentifier()] == [
        "IsDefault",
        "Tags",
        "VpcId",
        "CidrBlock",
    ]
    assert any("true" in line and "Name=web" in line and "vpc-1" in line for line in lines)
    assert any("a=" in line for line in lines)
    assert any("vpc-2" in line and "192.0.2.0/24" in line for line in lines)
    assert lines[-1] == "RequestId  r"


def test_a_table_that_does_not_fit_is_drawn_entry_by_entry() -> None:
    """Nothing is cut off, whatever the width."""
    lines = drawn(VPCS, width=40)
    assert "Vpcs 1 of 2" in lines
    assert "Vpcs 2 of 2" in lines
    assert "  CidrBlock  192.0.2.0/24" in lines
    assert max(map(len, lines)) <= 40


def test_lists_inside_lists_are_tables_inside_entries() -> None:
    """A cell holds no table, but a list of single values."""
    inner = Node(name="b", others=(Node(name="c"),))
    result = DoResult(node=Node(name="top", others=(Node(name="a", others=(inner,)),)))
    lines = drawn(result)
    assert "Node.Name  top" in lines
    assert "Node.Others 1 of 1" in lines
    assert "  Name  a" in lines
    assert "  Others" in lines
    assert any("b" in line and "Name=c" in line for line in lines)


def test_single_values_are_names_and_values() -> None:
    """Structures of several members are indented, those of one are dotted, lists of values stacked."""
    result = DoResult(
        text="two\nlines",
        flag=False,
        blob=b"hi",
        when=datetime(2026, 1, 2, tzinfo=UTC),
        leaf=Leaf(key="k", count=1),
        node=Node(name="n"),
        texts=("a", "b"),
    )
    assert drawn(result)[:11] == [
        "Text       two",
        "           lines",
        "Flag       false",
        "Blob       aGk=",
        "When       2026-01-02T00:00:00Z",
        "Leaf",
        "  Key      k",
        "  Count    1",
        "Texts      a",
        "           b",
        "Node.Name  n",
    ]


def test_empty_lists_are_said_to_be_empty() -> None:
    """So that an empty answer is not mistaken for none."""
    assert drawn(ec2.DescribeVpcsResult(request_id="r")) == ["Vpcs  none", "", "RequestId  r"]


@pytest.mark.parametrize("width", [20, 80])
def test_control_characters_are_not_printed(width: int) -> None:
    """Nor is markup obeyed."""
    result = DoResult(text="a\x1b[2Jb\x9bc [bold]d[/bold]", leaves=(Leaf(key="x\x1b]0;t\x07y"),))
    text = "\n".join(drawn(result, width))
    assert "\x1b" not in text
    assert "\x9b" not in text
    assert "[bold]" in text
