"""Planted secrets, and the search for them in all that is shown of a call."""

from __future__ import annotations

import logging
import pickle
import traceback
from base64 import b64encode
from collections.abc import Awaitable, Callable, Iterator
from functools import cache
from typing import Any
from urllib.parse import quote, quote_plus

import anyio
import anyio.to_thread

from ec2query import AsyncClient, Client, Credentials, Ec2QueryError, ec2
from ec2query.protocol.events import AttemptEvent
from ec2query.shape import Operation
from support.hostile import quiet_world

__all__ = [
    "KEYS",
    "OPERATIONS",
    "SECRETS",
    "USER_DATA",
    "Seen",
    "call",
    "canaries_in",
    "cancelled",
    "everything_shown",
    "in_records",
    "in_variables",
]

KEYS = Credentials(
    "AKIACANARYCANARY0001",
    "CANARY-2-secret/access+key0EXAMPLEKEY000",
    "CANARY-3-session/token+" + "0123456789abcdef" * 12 + "==",
)

# Each is known by its first eight characters; in base64, by nine.
SECRETS: dict[str, str] = {
    "access key id": KEYS.access_key_id,
    "secret access key": KEYS.secret_access_key,
    "session token": str(KEYS.session_token),
    "user data": "CANARY-4-user-data password=hunter2",
    "pre-shared key": "CANARY.5.preshared",
    "key material": "-----BEGIN RSA PRIVATE KEY-----CANARY-6-",
    "password data": "CANARY-7-password-data==",
    "proxy password": "CANARY-8-proxy",
    "proxy authorization": b64encode(b"user:CANARY-8-proxy").decode(),
    "endpoint password": "CANARY-9-endpoint",
    "IMDS token": "CANARY-a-imds-0123456789abcdef==",
    "container token": "CANARY-b-container-0123456789abcdef",
    "web identity": "eyJDQU5BUlktYyJ9.eyJDQU5BUlktYyJ9.CANARY-c-signature",
    "SSO token": "CANARY-d-access-0123456789abcdef",
    "new SSO token": "CANARY-e-access-0123456789abcdef",
    "SSO refresh token": "CANARY-f-refresh-0123456789abcdef",
    "OIDC client secret": "CANARY-g-client-0123456789abcdef",
    "program's argument": "CANARY-h-argument",
    "external id": "CANARY-i-external",
    "role's key id": "ASIACANARYCANARY0002",
    "role's secret key": "CANARY-j-role/secret+key0EXAMPLEKEY00",
    "role's session token": "CANARY-k-role/token+" + "0123456789abcdef" * 12,
    "code of an MFA device": "CANARY-l-code",
}


@cache
def _spellings() -> tuple[tuple[str, str], ...]:
    """Each secret's beginning as it is, in base64, percent-encoded once and twice, and as in a `repr`."""
    found: list[tuple[str, str]] = []
    for name, secret in SECRETS.items():
        start = secret[:8]
        spelt = {start, quote(start, safe=""), quote_plus(start), repr(start)[1:-1]}
        spelt |= {quote(quote(start, safe=""), safe=""), b64encode(secret[:9].encode()).decode()}
        found += [(name, each) for each in spelt]
    return tuple(found)


def canaries_in(text: str) -> set[str]:
    """Name the secrets that a text shows."""
    return {name for name, spelt in _spellings() if spelt in text}


USER_DATA = SECRETS["user data"]

OPERATIONS: dict[str, Operation[Any]] = {
    "RunInstances": ec2.RunInstances(image_id="ami-1", min_count=1, max_count=1, user_data=USER_DATA),
    "RequestSpotInstances": ec2.RequestSpotInstances(
        launch_specification=ec2.RequestSpotLaunchSpecification(user_data=USER_DATA)
    ),
    "ModifyInstanceAttribute": ec2.ModifyInstanceAttribute(
        instance_id="i-1", user_data=ec2.SecureBlobAttributeValue(value=USER_DATA.encode())
    ),
    "CreateVpnConnection": ec2.CreateVpnConnection(
        customer_gateway_id="cgw-1",
        type="ipsec.1",
        options=ec2.VpnConnectionOptionsSpecification(
            tunnel_options=[ec2.VpnTunnelOptionsSpecification(pre_shared_key=SECRETS["pre-shared key"])]
        ),
    ),
    "CopySnapshot": ec2.CopySnapshot(source_region="us-west-2", source_snapshot_id="snap-1"),
    "DescribeVpcs": ec2.DescribeVpcs(),
    "CreateKeyPair": ec2.CreateKeyPair(key_name="k"),
    "GetPasswordData": ec2.GetPasswordData(instance_id="i-1"),
    "DescribeInstanceAttribute": ec2.DescribeInstanceAttribute(instance_id="i-1", attribute="userData"),
}


class Seen:
    """All that a call has shown."""

    def __init__(self, records: list[logging.LogRecord] | None = None) -> None:
        self.records = records if records is not None else []
        self.events: list[AttemptEvent] = []
        self.error: BaseException | None = None
        self.result: object = None
        self.client: object = None

    def shown(self) -> Iterator[tuple[str, str]]:
        if self.error is not None:
            yield from everything_shown(self.error)
            yield from in_variables(self.error)
        yield "result", f"{self.result!r} {self.result}"
        yield "client", f"{self.client!r} {self.client}"
        yield "events", repr(self.events)
        yield from in_records(self.records)

    def hits(self) -> dict[str, set[str]]:
        """Say what shows which secrets."""
        return {what: found for what, text in self.shown() if (found := canaries_in(text))}


def call(way: str, operation: Operation[Any], seen: Seen, **options: Any) -> None:
    """Send an operation through one of WAYS; an httpx client that is given is closed with ours."""
    given = {"region": "us-east-1", "credentials": KEYS, "world": quiet_world(), "timeout": 20.0, **options}
    given["on_attempt"] = seen.events.append
    http = given.get("http_client")

    async def main() -> None:
        async with AsyncClient(**given) as client:
            seen.client = client
            try:
                seen.result = await client.send(operation)
            finally:
                if http is not None:
                    await http.aclose()

    try:
        if way != "blocking":
            anyio.run(main, backend=way)
            return
        with Client(**given) as client:
            seen.client = client
            seen.result = client.send(operation)
    except Ec2QueryError as error:
        seen.error = error
    finally:
        if way == "blocking" and http is not None:
            http.close()


def cancelled(
    backend: str, send: Callable[[AsyncClient], Awaitable[object]], ready: Callable[[], None], **options: Any
) -> BaseException:
    """Cancel what a client is asked to do once `ready` returns and it waits; give the exception."""
    caught: list[BaseException] = []

    async def sending(client: AsyncClient) -> None:
        try:
            await send(client)
        except anyio.get_cancelled_exc_class() as error:
            caught.append(error)
            raise

    async def main() -> None:
        async with AsyncClient(**options) as client, anyio.create_task_group() as group:
            group.start_soon(sending, client)
            await anyio.to_thread.run_sync(ready)
            await anyio.wait_all_tasks_blocked()
            group.cancel_scope.cancel()

    anyio.run(main, backend=backend)
    return caught[0]


def everything_shown(error: BaseException) -> Iterator[tuple[str, str]]:
    """Yield, each with its name, all that a person, a log or another process may see of an error."""
    yield "str", str(error)
    yield "repr", repr(error)
    yield "parts", repr(vars(error))
    yield "traceback", "".join(traceback.format_exception(error))
    if isinstance(error, Ec2QueryError):
        pickled = pickle.dumps(error)
        yield "pickle", pickled.decode("latin-1")
        yield "pickle, read", repr(vars(pickle.loads(pickled)))


def in_records(records: list[logging.LogRecord]) -> Iterator[tuple[str, str]]:
    """Yield what a formatter can make of log records."""
    for record in records:
        yield f"logger {record.name}", f"{record.getMessage()} {vars(record)!r}"


def in_variables(error: BaseException, part: str = "") -> Iterator[tuple[str, str]]:
    """Yield what a traceback with variables shows of frames, of files with `part` in their path.

    The frames of tests do not count; those of other libraries do.
    """
    seen: set[int] = set()

    def walk(shown: traceback.TracebackException | None) -> Iterator[tuple[str, str]]:
        if shown is None or id(shown) in seen:
            return
        seen.add(id(shown))
        yield "a cause", "".join(shown.format_exception_only())
        for frame in shown.stack:
            if "/tests/" not in frame.filename and part in frame.filename:
                for name, value in (frame.locals or {}).items():
                    yield f"{frame.filename}, {frame.name}: {name}", value
        yield from walk(shown.__cause__)
        yield from walk(shown.__context__)

    yield from walk(traceback.TracebackException.from_exception(error, capture_locals=True))
