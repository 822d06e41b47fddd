"""Carrying out one request of the command line, and printing what comes of it.

The call is a flow that is watched on its way through the client. The answer goes to standard output;
an error of the call is raised after the explanation, if one was asked for, has been printed.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass
from typing import Any

from ..errors import DryRunSucceeded, Ec2QueryError
from ..protocol.serialize import action_of
from ..shape import Operation, Result
from .client_options import default_output, make_client
from .exits import Exit, one_line
from .watch import Exchange, Stopped, watched

__all__ = ["Request", "carry_out"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """What was asked for on the command line."""

    operation: Operation[Any]
    profile: str | None = None
    region: str | None = None
    endpoint_url: str | None = None
    timeout: float | None = None
    output: str | None = None
    explain: bool = False
    send: bool = True

    @property
    def action(self) -> str:
        return action_of(type(self.operation))


def carry_out(request: Request) -> Exit:
    """Make the call and print its outcome. Raises: Ec2QueryError."""
    exchanges: list[Exchange] = []
    try:
        result = _call(request, exchanges)
    except Stopped:
        _explain(request, exchanges, None)
        return Exit.SUCCESS
    except Ec2QueryError as error:
        if request.explain and exchanges:
            _explain(request, exchanges, None)
        if isinstance(error, DryRunSucceeded):
            return _permitted(request, error, exchanges)
        raise
    if request.explain:
        _explain(request, exchanges, result)
    if not request.explain or request.output is not None:
        _print_result(request.output or default_output(), result, exchanges)
    return Exit.SUCCESS


def _call(request: Request, exchanges: list[Exchange]) -> Result:
    with make_client(request.profile, request.region, request.endpoint_url, request.timeout) as client:
        flow = client.calls.call(request.operation)
        found: Result = client.run(watched(flow, exchanges, action=request.action, stop=not request.send))
        return found


def _print_result(output: str, result: Result, exchanges: list[Exchange]) -> None:
    if output == "xml":
        _print_xml(exchanges)
    elif output == "json":
        from .json_text import to_json

        print(to_json(result, ascii_only=not _writes_unicode()))
    else:
        from .console import output_console
        from .tables import result_tables

        console = output_console()
        console.print(result_tables(result, console))


def _print_xml(exchanges: list[Exchange]) -> None:
    from .xml_text import indented

    response = exchanges[-1].response if exchanges else None
    if response is not None:
        print(indented(response.body))


def _permitted(request: Request, answer: DryRunSucceeded, exchanges: list[Exchange]) -> Exit:
    """Print the good outcome of a dry run."""
    output = request.output or ("table" if request.explain else default_output())
    if output == "xml":
        _print_xml(exchanges)
    elif output == "json":
        import json

        parts = {
            "Permitted": True,
            "Code": answer.code,
            "Message": answer.message,
            "RequestId": answer.request_id,
        }
        print(json.dumps(parts, indent=2))
    else:
        print(f"{request.action}: permitted (a dry run: nothing was changed). {one_line(answer.message)}")
    return Exit.SUCCESS


def _explain(request: Request, exchanges: list[Exchange], result: Result | None) -> None:
    from .console import output_console
    from .explain import explain, print_sections

    console = output_console()
    print_sections(console, explain(request.operation, exchanges, result))
    if result is not None and request.output is not None:
        console.print()


def _writes_unicode() -> bool:
    return (getattr(sys.stdout, "encoding", None) or "").lower().replace("-", "").startswith("utf")
