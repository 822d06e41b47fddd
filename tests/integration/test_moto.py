"""Against moto's server over HTTP: both clients and boto3 tell the same story and see the same account."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator
from typing import Any

import anyio
import boto3
import pytest
from botocore.exceptions import ClientError

from ec2query import (
    AsyncClient,
    Client,
    Credentials,
    Duplicate,
    InvalidRequest,
    NotFound,
    ServiceError,
    ec2,
)
from ec2query.model_dict import from_dict
from support.moto_server import moto_server, reset
from support.moto_story import Call, Normal, Pages, Picture, Refused, Step, Waiting, crowd, story

Tell = Callable[[str, Generator[Step, Any, Picture]], Picture]


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    with moto_server() as url:
        yield url


def given(url: str) -> dict[str, Any]:
    return {"region": "us-east-1", "credentials": Credentials("AKIDEXAMPLE", "secret"), "endpoint_url": url}


async def perform(client: AsyncClient, step: Step) -> Any:
    match step:
        case Call(name, params):
            return (await client.call(name, params)).to_dict()
        case Waiting(waiter, params):
            return await client.wait(wait_for(waiter, params), delay=0.1)
        case Pages(name, size, params):
            paginator = client.paginate(from_dict(getattr(ec2, name), params), page_size=size)
            return [page.to_dict() async for page in paginator]
        case Refused(name, params):
            try:
                await client.call(name, params)
            except ServiceError as error:
                return error.code, error.status
            return None


def perform_blocking(client: Client, step: Step) -> Any:
    match step:
        case Call(name, params):
            return client.call(name, params).to_dict()
        case Waiting(waiter, params):
            return client.wait(wait_for(waiter, params), delay=0.1)
        case Pages(name, size, params):
            paginator = client.paginate(from_dict(getattr(ec2, name), params), page_size=size)
            return [page.to_dict() for page in paginator]
        case Refused(name, params):
            try:
                client.call(name, params)
            except ServiceError as error:
                return error.code, error.status
            return None


def perform_by_boto3(client: Any, step: Step) -> Any:
    from botocore import xform_name

    match step:
        case Call(name, params):
            return getattr(client, xform_name(name))(**params)
        case Waiting(waiter, params):
            client.get_waiter(waiter).wait(**params, WaiterConfig={"Delay": 0})
            return None
        case Pages(name, size, params):
            pages = client.get_paginator(xform_name(name)).paginate(
                **params, PaginationConfig={"PageSize": size}
            )
            return list(pages)
        case Refused(name, params):
            try:
                getattr(client, xform_name(name))(**params)
            except ClientError as error:
                told: Any = error.response
                return told["Error"]["Code"], told["ResponseMetadata"]["HTTPStatusCode"]
            return None


def wait_for(waiter: str, params: Any) -> Any:
    waiting = getattr(ec2.waiters, waiter)
    return waiting(**{member: params[model] for model, member in MEMBERS.items() if model in params})


MEMBERS = {"InstanceIds": "instance_ids", "VpcIds": "vpc_ids", "SnapshotIds": "snapshot_ids"}


def by_async(backend: str) -> Tell:
    def tell(url: str, tale: Generator[Step, Any, Picture]) -> Picture:
        async def main() -> Picture:
            async with AsyncClient(**given(url)) as client:
                reply: Any = None
                while True:
                    try:
                        step = tale.send(reply)
                    except StopIteration as end:
                        picture: Picture = end.value
                        return picture
                    reply = await perform(client, step)

        return anyio.run(main, backend=backend)

    return tell


def through(perform_step: Callable[[Step], Any], tale: Generator[Step, Any, Picture]) -> Picture:
    reply: Any = None
    while True:
        try:
            step = tale.send(reply)
        except StopIteration as end:
            picture: Picture = end.value
            return picture
        reply = perform_step(step)


def by_blocking(url: str, tale: Generator[Step, Any, Picture]) -> Picture:
    with Client(**given(url)) as client:
        return through(lambda step: perform_blocking(client, step), tale)


def by_boto3(url: str, tale: Generator[Step, Any, Picture]) -> Picture:
    client = boto3.client(
        "ec2",
        region_name="us-east-1",
        endpoint_url=url,
        aws_access_key_id="AKIDEXAMPLE",
        aws_secret_access_key="secret",
    )
    try:
        return through(lambda step: perform_by_boto3(client, step), tale)
    finally:
        client.close()


@pytest.fixture(scope="module")
def theirs(url: str) -> dict[str, Picture]:
    """What boto3 sees of each story."""
    seen: dict[str, Picture] = {}
    for name, tale in {"story": story, "crowd": crowd}.items():
        reset(url)
        seen[name] = Normal().of(by_boto3(url, tale()))
    return seen


TELLERS = {"asyncio": by_async("asyncio"), "trio": by_async("trio"), "blocking": by_blocking}


@pytest.mark.parametrize("teller", TELLERS)
def test_the_same_story_gives_the_same_picture(url: str, theirs: dict[str, Picture], teller: str) -> None:
    """Every resource, every member, every refusal is what boto3 saw."""
    reset(url)
    mine = Normal().of(TELLERS[teller](url, story()))
    assert mine.keys() == theirs["story"].keys()
    for part, seen in theirs["story"].items():
        assert mine[part] == seen, part
    assert mine["user data"] is True
    assert len(mine["DescribeVolumes"]["Volumes"]) == 6
    assert all(told is not None for _, told in mine["refusals"])


@pytest.mark.parametrize("teller", TELLERS)
def test_hundreds_of_instances(url: str, theirs: dict[str, Picture], teller: str) -> None:
    """Three hundred, paged through in small pages, are what boto3 saw, page by page."""
    reset(url)
    mine = Normal().of(TELLERS[teller](url, crowd()))
    assert mine == theirs["crowd"]
    pages = mine["pages"]
    assert len(pages) == 3
    assert sum(len(lot["Instances"]) for page in pages for lot in page["Reservations"]) == 300


def test_items_resume_and_limit(url: str) -> None:
    """Entries come across pages, a limit ends them, and the rest follows from the resume token."""
    reset(url)
    with Client(**given(url)) as client:
        for number in range(12):
            client.send(
                ec2.RunInstances(image_id="ami-12c6146b", min_count=1, max_count=1, user_data=f"lot {number}")
            )
        whole = [lot.reservation_id for lot in client.paginate(ec2.DescribeInstances()).items()]
        first = client.paginate(ec2.DescribeInstances(), page_size=5, limit=7)
        begin = [lot.reservation_id for lot in first.items()]
        second = client.paginate(ec2.DescribeInstances(), page_size=5, starting_token=first.resume_token)
        assert begin + [lot.reservation_id for lot in second.items()] == whole
        assert len(whole) == 12
        assert len(begin) == 7


def test_refusals_have_their_families(url: str) -> None:
    """The classes of the errors are those of their codes; a dry run is a value."""
    reset(url)
    with Client(**given(url)) as client:
        with pytest.raises(NotFound, match="vpc-00000000"):
            client.send(ec2.DescribeVpcs(vpc_ids=["vpc-00000000"]))
        client.send(ec2.CreateKeyPair(key_name="schlüssel"))
        with pytest.raises(Duplicate, match="schlüssel"):
            client.send(ec2.CreateKeyPair(key_name="schlüssel"))
        with pytest.raises(InvalidRequest):
            client.send(ec2.CreateVpc(cidr_block="10.0.0.0/8"))
        run = ec2.RunInstances(image_id="ami-12c6146b", min_count=1, max_count=1)
        assert client.permitted(run) is True
        assert client.send(ec2.DescribeInstances()).reservations == ()


def test_raw_calls(url: str) -> None:
    """An action in bare pairs is answered as nested dicts, with a request id."""
    reset(url)
    with Client(**given(url)) as client:
        made = client.call_raw("CreateVpc", {"CidrBlock": "10.9.0.0/16"})
        found = client.call_raw("DescribeVpcs", {"VpcId.1": made["vpc"]["vpcId"]})
        assert found["vpcSet"][0]["cidrBlock"] == "10.9.0.0/16"
        assert found.request_id
        with pytest.raises(NotFound):
            client.call_raw("DescribeVpcs", {"VpcId.1": "vpc-00000000"})
