"""EC2's waiters beside the model's."""

from __future__ import annotations

import importlib
import inspect
import random
from typing import Any

import pytest

from ec2query import ec2
from ec2query.shape import ListOf, Scalar, Shape, Structure, TypeRef, members, result_of
from ec2query.waiter import Wait, Waiter
from ec2query_codegen.__main__ import installed_model

jmespath: Any = importlib.import_module("jmespath")  # it has no types of its own

WAITERS: dict[str, Waiter[..., Any]] = {
    waiter.name: waiter for waiter in vars(ec2.waiters).values() if isinstance(waiter, Waiter)
}
MODEL = installed_model().waiters


def test_every_waiter_of_the_model_is_there() -> None:
    """In the module's `__all__`, under a Python name."""
    assert sorted(WAITERS) == sorted(MODEL)
    assert len(ec2.waiters.__all__) == len(MODEL)
    assert ec2.waiters.instance_running.name == "InstanceRunning"


@pytest.mark.parametrize("name", sorted(MODEL))
def test_a_waiter_is_the_models(name: str) -> None:
    """Operation, pace, and each acceptor in its order."""
    waiter, expected = WAITERS[name], MODEL[name]
    assert waiter.operation() is getattr(ec2, expected["operation"])
    assert (waiter.delay, waiter.attempts) == (expected["delay"], expected["maxAttempts"])
    found = [(acceptor.matcher, acceptor.expected, acceptor.state) for acceptor in waiter.acceptors]
    assert found == [(a["matcher"], a["expected"], a["state"]) for a in expected["acceptors"]]


@pytest.mark.parametrize("name", sorted(MODEL))
def test_arguments_find_what_jmespath_finds(name: str) -> None:
    """On answers drawn at random, of model names for the one and of members for the other."""
    draw = random.Random(name)
    waiter = WAITERS[name]
    result_type = result_of(_operation(waiter))
    for _ in range(20):
        result = drawn(Structure(result_type, result_type.__name__), draw, 0)
        for acceptor, expected in zip(waiter.acceptors, MODEL[name]["acceptors"], strict=True):
            assert (acceptor.argument is None) == ("argument" not in expected)
            if acceptor.argument is not None:
                found = jmespath.search(expected["argument"], complete(result))
                assert acceptor.argument.search(result) == found


def _operation(waiter: Waiter[..., Any]) -> Any:
    operation = waiter.operation()
    assert inspect.isclass(operation)
    return operation


def drawn(type_ref: TypeRef, draw: random.Random, depth: int) -> Any:
    """Draw a value of a type; deep members are left out."""
    if isinstance(type_ref, ListOf):
        return [drawn(type_ref.of, draw, depth) for _ in range(draw.randrange(3))]
    if isinstance(type_ref, Scalar):
        texts = ["", "available", "running"]
        return {"str": draw.choice(texts), "bool": True, "int": 1, "float": 1.5}.get(type_ref.name)
    made = type_ref.resolve()
    # Every member of the result itself is there: the length of what is null is an error in JMESPath.
    values = {
        member.name: drawn(member.type, draw, depth + 1)
        for member in members(made)
        if member.required or depth == 0 or (depth < 4 and draw.random() < 0.8)
    }
    return made(**values)


def complete(value: Any) -> Any:
    """Return a shape by model names, null and empty lists spelled out."""
    if isinstance(value, Shape):
        return {member.model: complete(getattr(value, member.name)) for member in members(type(value))}
    return [complete(entry) for entry in value] if isinstance(value, tuple) else value


def test_a_waiter_is_called_with_its_operations_members() -> None:
    """And gives the request that is repeated."""
    wait = ec2.waiters.instance_running(instance_ids=["i-0123456789abcdef0"])
    assert isinstance(wait, Wait)
    assert wait.operation == ec2.DescribeInstances(instance_ids=["i-0123456789abcdef0"])
    assert (wait.delay, wait.attempts) == (15, 40)
