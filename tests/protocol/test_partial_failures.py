"""Answers that say of some resources that it failed: status 200, and data like any other."""

from __future__ import annotations

import random
from typing import Any

import pytest

from ec2query import ec2
from ec2query.protocol.call import call
from ec2query.protocol.channel import Channel, GivenCredentials
from ec2query.protocol.encode_xml import encode_xml
from ec2query.protocol.endpoint import Endpoint
from ec2query.protocol.events import AttemptEvent
from ec2query.protocol.message import HttpResponse
from ec2query.protocol.retry import Retries
from ec2query.protocol.sign import Credentials
from ec2query.shape import Member, Operation, Structure, members, result_of
from support.peer import normal, peer
from support.play import FakeTime, play
from support.random_shapes import random_shape

SOME_FAILED = ("unsuccessful", "fail", "errors")


def partial(kind: type[Operation[Any]]) -> Member | None:
    """The member of an operation's result that lists what failed."""
    lists = (member for member in members(result_of(kind)) if member.is_list)
    return next((m for m in lists if m.model.lower().startswith(SOME_FAILED) or "Failures" in m.model), None)


def operations() -> list[str]:
    kinds = {name: getattr(ec2, name) for name in peer().operations}
    return [name for name, kind in kinds.items() if partial(kind) is not None]


def channel(time: FakeTime, seen: list[AttemptEvent]) -> Channel:
    return Channel(
        endpoint=Endpoint("https://ec2.us-east-1.amazonaws.com", "us-east-1"),
        credentials=GivenCredentials(Credentials("AKIDEXAMPLE", "secret")),
        world=time.world,
        user_agent="ec2query/test",
        retries=Retries(random=time.world.random, clock=time.world.monotonic),
        on_attempt=seen.append,
    )


def test_there_are_such_operations() -> None:
    """The classic ones are among those found by the names of their members."""
    classic = {"CreateFlowLogs", "DeleteVpcEndpoints", "DeleteFleets", "ReleaseHosts", "CreateFleet"}
    assert classic < set(operations())
    assert len(operations()) >= 16


@pytest.mark.parametrize("name", operations())
def test_a_partial_failure_is_data(name: str) -> None:
    """The result comes back after one attempt, no error is raised, and botocore reads the same."""
    kind: type[Operation[Any]] = getattr(ec2, name)
    draw = random.Random(name)
    failed = partial(kind)
    assert failed is not None
    entry: Any = failed.type
    assert isinstance(entry.of, Structure)
    members: dict[str, Any] = {failed.name: [random_shape(entry.of.resolve(), draw, sendable=False)]}
    answer = result_of(kind)(**members)
    body = encode_xml(answer, "r-1", kind)
    seen: list[AttemptEvent] = []
    time = FakeTime()
    operation = random_shape(kind, draw, sendable=True)
    result = play(call(operation, channel(time, seen)), [HttpResponse(200, {}, body)], time)
    assert result == answer
    assert [(event.attempt, event.error) for event in seen] == [(1, None)]
    theirs = peer().parse(name, 200, body)
    del theirs["ResponseMetadata"]
    assert normal(result.to_dict() | {"RequestId": None}) == normal(theirs)


def test_what_failed_can_be_read() -> None:
    """Each entry names the resource and says why."""
    body = (
        b"<CreateFlowLogsResponse><requestId>r-1</requestId><flowLogIdSet><item>fl-1</item></flowLogIdSet>"
        b"<unsuccessful><item><resourceId>vpc-1</resourceId><error><code>400</code>"
        b"<message>Access denied</message></error></item></unsuccessful></CreateFlowLogsResponse>"
    )
    time = FakeTime()
    operation = ec2.CreateFlowLogs(resource_ids=["vpc-1", "vpc-2"], resource_type="VPC")
    result = play(call(operation, channel(time, [])), [HttpResponse(200, {}, body)], time)
    assert result.flow_log_ids == ("fl-1",)
    (item,) = result.unsuccessful
    assert item.resource_id == "vpc-1"
    assert item.error == ec2.UnsuccessfulItemError(code="400", message="Access denied")
