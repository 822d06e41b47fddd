"""Planted secrets in public values: none shows in a `repr` or a text made of it."""

from __future__ import annotations

import inspect
import pickle
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import httpx
import pytest

import ec2query
from ec2query import AsyncClient, Client, Ec2QueryError, credentials, ec2, replay
from ec2query.client.default_transport import DefaultBlockingTransport, DefaultTransport
from ec2query.credentials import AssumeRole, Attempt, Process, Resolution, StaticKeys, credential_chain
from ec2query.credentials.config_file import parse_config
from ec2query.credentials.plan_chain import plan_chain
from ec2query.credentials.profiles import SharedConfig
from ec2query.protocol.adaptive import Limiter
from ec2query.protocol.channel import Channel, GivenCredentials
from ec2query.protocol.effects import Ask, RunProcess, Send, Shared, WriteFile, sleep
from ec2query.protocol.endpoint import resolve_endpoint
from ec2query.protocol.events import AttemptEvent
from ec2query.protocol.message import HttpRequest, HttpResponse
from ec2query.protocol.query import Query
from ec2query.protocol.retry import Retries
from ec2query.protocol.retry_policy import Policy
from ec2query.protocol.serialize import serialize
from ec2query.shape import service_of
from support.canaries import KEYS, OPERATIONS, SECRETS, USER_DATA, canaries_in
from support.hostile import quiet_world
from support.stage import NOW, Stage

TEXT = " ".join(SECRETS.values())
ENVIRON = {
    "AWS_ACCESS_KEY_ID": KEYS.access_key_id,
    "AWS_SECRET_ACCESS_KEY": KEYS.secret_access_key,
    "AWS_SESSION_TOKEN": str(KEYS.session_token),
    "AWS_CONTAINER_AUTHORIZATION_TOKEN": SECRETS["container token"],
    "HTTPS_PROXY": f"http://user:{SECRETS['proxy password']}@127.0.0.1:9",
}
WORLD = quiet_world(ENVIRON)
HEADERS = {name.replace(" ", "-").replace("'", "").lower(): secret for name, secret in SECRETS.items()}
URL = f"https://user:{SECRETS['endpoint password']}@ec2.test/?X-Amz-Security-Token={KEYS.session_token}"
REQUEST = HttpRequest("POST", URL, HEADERS, TEXT.encode())
RESPONSE = HttpResponse(200, HEADERS, TEXT.encode())
ARGUMENT = SECRETS["program's argument"]
CONFIG = parse_config(
    f"[default]\naws_access_key_id = {KEYS.access_key_id}\naws_secret_access_key = {KEYS.secret_access_key}\n"
    f"[p]\ncredential_process = p {ARGUMENT}\n",
    path="/config",
    credentials=True,
)
PROFILES = {name: section for (_, name), section in CONFIG.sections.items()}
SHARED = SharedConfig(profiles=PROFILES)
ROLE = AssumeRole(
    source=StaticKeys(credentials=KEYS), role_arn="arn:aws:iam::1:role/r", external_id=SECRETS["external id"]
)
FOUND = Attempt(name="x", outcome="answered", detail="y", credentials=KEYS)
CONTEXT = credentials.Context(world=WORLD, config=SHARED, mfa_token=lambda _: TEXT)
RESULTS = (
    ec2.KeyPair(key_material=SECRETS["key material"]),
    ec2.GetPasswordDataResult(password_data=SECRETS["password data"]),
    ec2.InstanceAttribute(user_data=ec2.AttributeValue(value=USER_DATA)),
    ec2.TunnelOption(pre_shared_key=SECRETS["pre-shared key"]),
)


RETRIES = Retries(Policy(), random=WORLD.random, clock=WORLD.monotonic, limiter=Limiter(WORLD.monotonic))


def used() -> object:
    """Credentials that were fetched and are kept."""
    chain = credential_chain(WORLD, credentials=replace(KEYS, expires_at=NOW + timedelta(days=9999)))
    assert Stage(ENVIRON).run(chain.current()).access_key_id == KEYS.access_key_id
    return chain


def client(kind: Callable[..., Any]) -> Any:
    return kind(region="us-east-1", world=WORLD, credentials=KEYS, endpoint_url=URL)


VALUES: dict[str, Callable[[], object]] = {
    "AsyncClient": lambda: client(AsyncClient),
    "Client": lambda: client(Client),
    "AsyncPaginator": lambda: client(AsyncClient).paginate(ec2.DescribeVpcs(), starting_token=TEXT),
    "Paginator": lambda: client(Client).paginate(ec2.DescribeVpcs(), starting_token=TEXT),
    "Limits": ec2query.Limits,
    "Policy": lambda: RETRIES.policy,
    "Quota": lambda: RETRIES.quota,
    "Limiter": lambda: RETRIES.limiter,
    "Retries": lambda: RETRIES,
    "AttemptEvent": lambda: AttemptEvent(
        service="EC2", operation="o", region="r", invocation_id="i", attempt=1, seconds=0.0
    ),
    "Timeout": ec2query.Timeout,
    "World": lambda: WORLD,
    "Credentials": lambda: KEYS,
    "Credentials, with a time": lambda: replace(KEYS, expires_at=NOW),
    "operations": lambda: OPERATIONS,
    "results": lambda: RESULTS,
    "StaticKeys": lambda: StaticKeys(credentials=KEYS),
    "AssumeRole": lambda: ROLE,
    "Process": lambda: Process(argv=("p", ARGUMENT)),
    "WebIdentity": lambda: credentials.WebIdentity(role_arn="r", token_file="/t"),
    "SsoRole": lambda: credentials.SsoRole(start_url="u", region="r", account_id="1", role_name="r"),
    "Container": credentials.Container,
    "EnvironmentKeys": credentials.EnvironmentKeys,
    "InstanceMetadata": credentials.InstanceMetadata,
    "Attempt": lambda: FOUND,
    "Resolution": lambda: Resolution(KEYS, "x", "y", (FOUND,)),
    "RegionFound": lambda: credentials.RegionFound("r", "x", (FOUND,)),
    "CachedCredentials": used,
    "Context": lambda: CONTEXT,
    "a plan": lambda: plan_chain(ENVIRON, SHARED, KEYS),
    "a plan without keys": lambda: plan_chain({}, SHARED),
    "a file": lambda: CONFIG,
    "GivenCredentials": lambda: GivenCredentials(KEYS),
    "Channel": lambda: Channel(
        endpoint=resolve_endpoint("us-east-1"),
        credentials=GivenCredentials(KEYS),
        world=WORLD,
        user_agent="x",
        retries=RETRIES,
    ),
    "Query": lambda: Query(
        service=service_of(ec2.RunInstances),
        action="RunInstances",
        body=serialize(OPERATIONS["RunInstances"]),
        read=lambda status, headers, limits: None,  # type: ignore[arg-type]
        repeatable=False,
    ),
    "HttpRequest": lambda: REQUEST,
    "HttpResponse": lambda: RESPONSE,
    "Send": lambda: Send(REQUEST),
    "WriteFile": lambda: WriteFile("/x", TEXT.encode()),
    "RunProcess": lambda: RunProcess(("p", TEXT)),
    "Ask": lambda: Ask(lambda _: TEXT, "mfa"),
    "Shared": lambda: Shared((KEYS, TEXT), lambda: sleep(1)),
    "transports": lambda: [
        kind(client(Client).calls) for kind in (DefaultTransport, DefaultBlockingTransport)
    ],
    "Exchange": lambda: replay.Exchange(provenance="recorded: x", request=REQUEST, response=RESPONSE),
    "Recorder": lambda: _recorder(),
    "RecordingTransport": lambda: replay.RecordingTransport(httpx.MockTransport(print), _recorder()),  # type: ignore[arg-type]
}


def _recorder() -> replay.Recorder:
    recorder = replay.Recorder()
    recorder.keep(REQUEST, RESPONSE)
    return recorder


@pytest.mark.parametrize("name", VALUES)
def test_a_value_shows_no_secret(name: str) -> None:
    """Alone, in a container, formatted."""
    value = VALUES[name]()
    for shown in (repr(value), str(value), f"{value}", f"{[value]}", f"{(value,)!r}"):
        assert canaries_in(shown) == set()


# What a class of the façade shows is only what the caller wrote into it, or nothing is in it.
OPEN = {"RawResult", "Signer", "CredentialsSource", "AsyncOptions", "BlockingOptions", "Options"}


@pytest.mark.parametrize("package", [ec2query, credentials])
def test_every_public_class_is_among_them(package: Any) -> None:
    """So that a new one is looked at, too; errors are in the tests of calls."""
    classes = {name for name in package.__all__ if inspect.isclass(getattr(package, name))}
    errors = {name for name in classes if issubclass(getattr(package, name), BaseException)}
    assert classes - errors - OPEN <= VALUES.keys()


@pytest.mark.parametrize("kind", [AsyncClient, Client])
def test_a_client_cannot_be_pickled(kind: Callable[..., Any]) -> None:
    """It would take its keys and its environment with it."""
    with pytest.raises((TypeError, AttributeError, pickle.PicklingError, Ec2QueryError)):
        pickle.dumps(client(kind))


@pytest.mark.parametrize("value", [*OPERATIONS.values(), *RESULTS], ids=lambda value: type(value).__name__)
def test_what_the_caller_pickles_is_whole(value: object) -> None:
    """What is stored on purpose keeps what it holds, and does not show it."""
    copy = pickle.loads(pickle.dumps(value))
    assert copy == value
    assert canaries_in(repr(copy)) == set()
