"""What a swap of ASNs is asked to do, and the steps that it is made of: values, to be shown or stored.

A step is a call, or none, and the condition to wait for after it. The names of steps are the words of
progress reports and of `Swap.resume`.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any, Literal, get_args

from ..errors import ParameterError
from ..shape import Operation
from .asn import Asn
from .cidr import Cidr
from .conditions import Condition

__all__ = ["Step", "StepName", "Swap"]

StepName = Literal["provision", "settle", "associate", "advertise", "disassociate", "deprovision"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One step: the call to make, if any, and the condition to wait for then."""

    name: StepName
    sentence: str
    operation: Operation[Any] | None = None
    until: Condition

    def __str__(self) -> str:
        return f"{self.name}: {self.sentence}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Swap:
    """What is wanted: on `cidr`, `new_asn` in place of `old_asn`.

    `advertise=False` is for a range that is not advertised now and shall not be. `resume` names steps
    that an earlier run has done and that EC2 does not show.
    """

    cidr: str
    old_asn: int | str
    new_asn: int | str
    deprovision: bool = False
    advertise: bool = True
    resume: Collection[str] = ()

    def __post_init__(self) -> None:
        object.__setattr__(self, "cidr", Cidr(self.cidr))
        object.__setattr__(self, "old_asn", Asn(self.old_asn))
        object.__setattr__(self, "new_asn", Asn(self.new_asn))
        if self.old_asn == self.new_asn:
            raise ParameterError(where="new_asn", expected="another ASN than old_asn", got=str(self.new_asn))
        names = get_args(StepName)
        if isinstance(self.resume, str) or not set(self.resume) <= set(names):
            raise ParameterError(
                where="resume", expected=f"names of steps ({', '.join(names)})", got=repr(self.resume)
            )
        object.__setattr__(self, "resume", frozenset(self.resume))
