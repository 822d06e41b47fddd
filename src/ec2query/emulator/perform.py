"""One operation against one state: `(state, operation, setting) -> (state, result | error)`, pure.

The order is assumed: permission first, then the dry run's answer, then the operation itself. A refused
operation leaves the state as it was.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import Any, TypeAlias

from ..ec2 import byoip, ipam, ipam_byoasn
from ..errors import ServiceError
from ..shape import Operation, Result
from .asns import (
    associate_ipam_byoasn,
    deprovision_ipam_byoasn,
    describe_ipam_byoasn,
    disassociate_ipam_byoasn,
    provision_ipam_byoasn,
)
from .cidrs import (
    advertise_byoip_cidr,
    deprovision_byoip_cidr,
    describe_byoip_cidrs,
    move_byoip_cidr_to_ipam,
    provision_byoip_cidr,
    withdraw_byoip_cidr,
)
from .ipams import create_ipam, delete_ipam, describe_ipams
from .refusal import refusal
from .state import Setting, State

__all__ = ["ACTIONS", "operation_named", "perform"]

_Handler: TypeAlias = Callable[[State, Any, Setting], tuple[State, Result]]

_HANDLERS: dict[type[Operation[Any]], _Handler] = {
    ipam.CreateIpam: create_ipam,
    ipam.DescribeIpams: describe_ipams,
    ipam.DeleteIpam: delete_ipam,
    ipam_byoasn.ProvisionIpamByoasn: provision_ipam_byoasn,
    ipam_byoasn.DeprovisionIpamByoasn: deprovision_ipam_byoasn,
    ipam_byoasn.DescribeIpamByoasn: describe_ipam_byoasn,
    ipam_byoasn.AssociateIpamByoasn: associate_ipam_byoasn,
    ipam_byoasn.DisassociateIpamByoasn: disassociate_ipam_byoasn,
    byoip.ProvisionByoipCidr: provision_byoip_cidr,
    byoip.DeprovisionByoipCidr: deprovision_byoip_cidr,
    byoip.AdvertiseByoipCidr: advertise_byoip_cidr,
    byoip.WithdrawByoipCidr: withdraw_byoip_cidr,
    byoip.DescribeByoipCidrs: describe_byoip_cidrs,
    byoip.MoveByoipCidrToIpam: move_byoip_cidr_to_ipam,
}

_BY_ACTION = {operation.__name__: operation for operation in _HANDLERS}

ACTIONS: tuple[str, ...] = tuple(_BY_ACTION)
"""The actions that the emulator answers; any other is an InvalidAction."""


def operation_named(action: str) -> type[Operation[Any]] | None:
    """Return the operation of an action, or None where the emulator does not offer it."""
    return _BY_ACTION.get(action)


def perform(
    state: State, operation: Operation[Any], setting: Setting, deny: Collection[str] = ()
) -> tuple[State, Result | ServiceError]:
    """Carry an operation out: the new state, and the result or the error that answers it."""
    action = type(operation).__name__
    if action in deny:
        message = "You are not authorized to perform this operation."
        return state, refusal("UnauthorizedOperation", message)
    if getattr(operation, "dry_run", None):
        message = "Request would have succeeded, but DryRun flag is set."
        return state, refusal("DryRunOperation", message)
    try:
        return _HANDLERS[type(operation)](state, operation, setting)
    except ServiceError as refused:
        return state, refused
