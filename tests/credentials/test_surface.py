"""`ec2query.credentials`: the names that users may rely on, and a client's own sources."""

from __future__ import annotations

import json
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import pytest

from ec2query import (
    AsyncClient,
    Client,
    ConfigurationError,
    Credentials,
    CredentialsError,
    World,
    credentials,
    ec2,
)
from ec2query.credentials import (
    AssumeRole,
    Container,
    EnvironmentKeys,
    InstanceMetadata,
    Process,
    Source,
    SsoRole,
    StaticKeys,
    WebIdentity,
    credential_chain,
)
from ec2query.protocol.effects import Flow
from support.stage import Exchange, Stage, answer, lost

ROLE = "arn:aws:iam::111122223333:role/r"
STS = "POST https://sts.us-east-1.amazonaws.com/"
IMDS = "http://169.254.169.254/latest"
KEYS = {
    "AccessKeyId": "KEY",
    "SecretAccessKey": "CANARY",
    "Token": "CANARY",
    "Expiration": "2030-01-01T18:00:00Z",
}
INSTANCE: list[Exchange] = [
    (f"PUT {IMDS}/api/token", answer("t")),
    (f"GET {IMDS}/meta-data/iam/security-credentials/", answer("role")),
    (f"GET {IMDS}/meta-data/iam/security-credentials/role", answer(json.dumps(KEYS))),
]
ASSUMED = (
    "<AssumeRoleResponse><AssumeRoleResult><Credentials><AccessKeyId>ASSUMED</AccessKeyId>"
    "<SecretAccessKey>CANARY</SecretAccessKey><SessionToken>CANARY</SessionToken>"
    "<Expiration>2030-01-01T18:00:00Z</Expiration></Credentials></AssumeRoleResult></AssumeRoleResponse>"
)


@pytest.mark.parametrize("name", credentials.__all__)
def test_every_name_is_there(name: str) -> None:
    """Each can be had, and `dir()` shows it."""
    assert getattr(credentials, name) is not None
    assert name in dir(credentials)


def test_an_unknown_name_is_an_attribute_error() -> None:
    """As everywhere in Python."""
    with pytest.raises(AttributeError, match="AssumeRoll"):
        credentials.AssumeRoll  # type: ignore[attr-defined]  # pyright: ignore[reportAttributeAccessIssue]


def test_the_room_is_loaded_name_by_name() -> None:
    """Importing it loads nothing of it, a source no provider."""
    program = (
        "import sys; import ec2query.credentials as c; before = set(sys.modules); c.AssumeRole;"
        " print(*sorted(n for n in sys.modules if n.startswith('ec2query.credentials')))"
    )
    found = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert found.stdout.split() == ["ec2query.credentials", "ec2query.credentials.sources"]


SOURCES: list[tuple[Source, dict[str, str], list[Exchange], str]] = [
    (StaticKeys(credentials=Credentials("GIVEN", "CANARY")), {}, [], "GIVEN"),
    (
        EnvironmentKeys(),
        {"AWS_ACCESS_KEY_ID": "ENVIRONMENT", "AWS_SECRET_ACCESS_KEY": "CANARY"},
        [],
        "ENVIRONMENT",
    ),
    (Process(argv=("p",)), {}, [], "KEY"),
    (
        Container(),
        {"AWS_CONTAINER_CREDENTIALS_RELATIVE_URI": "/c"},
        [("GET http://169.254.170.2/c", answer(json.dumps(KEYS)))],
        "KEY",
    ),
    (InstanceMetadata(), {"AWS_ACCESS_KEY_ID": "PASSED", "AWS_SECRET_ACCESS_KEY": "OVER"}, INSTANCE, "KEY"),
    (
        AssumeRole(source=InstanceMetadata(), role_arn=ROLE, session_name="n"),
        {},
        [*INSTANCE, (STS, answer(ASSUMED))],
        "ASSUMED",
    ),
    (
        WebIdentity(role_arn=ROLE, token_file="/t"),
        {},
        [(STS, answer(ASSUMED.replace("AssumeRole", "AssumeRoleWithWebIdentity")))],
        "ASSUMED",
    ),
]


@pytest.mark.parametrize(
    ("source", "environ", "exchanges", "key"), SOURCES, ids=lambda value: type(value).__name__
)
def test_a_source_alone_in_place_of_the_chain(
    source: Source, environ: dict[str, str], exchanges: list[Exchange], key: str
) -> None:
    """Whatever else is configured; it is kept and renewed as the chain's are."""
    stage = Stage(
        {"AWS_REGION": "us-east-1", **environ},
        {"/t": b"CANARYJWT"},
        {("p",): json.dumps({"Version": 1, **KEYS}).encode()},
        exchanges,
    )
    chain = credential_chain(stage.world, source=source)
    for _ in range(2):
        assert stage.run(chain.current()).access_key_id == key
    stage.done()
    assert "CANARY" not in repr((source, chain))


@pytest.mark.parametrize(
    ("source", "exchanges", "said"),
    [
        (EnvironmentKeys(), [], "access key in the environment: AWS_ACCESS_KEY_ID is not set"),
        (
            InstanceMetadata(),
            [(INSTANCE[0][0], lost())],
            "instance metadata (IMDSv2): instance metadata: no answer",
        ),
        (
            AssumeRole(source=EnvironmentKeys(), role_arn=ROLE),
            [],
            "the credentials argument: expected credentials from its source, got none",
        ),
        (
            SsoRole(start_url="https://x", region="us-east-1", account_id="1", role_name="r", session="s"),
            [],
            "the credentials argument: expected a home directory",
        ),
        (
            WebIdentity(role_arn=ROLE, token_file="/nowhere"),
            [],
            "the credentials argument: expected a token in",
        ),
    ],
)
def test_a_source_that_is_absent_is_an_error(source: Source, exchanges: list[Exchange], said: str) -> None:
    """It was named, so nothing is asked in its place."""
    stage = Stage({"AWS_REGION": "us-east-1"}, exchanges=exchanges)
    with pytest.raises(CredentialsError) as caught:
        stage.run(credential_chain(stage.world, source=source).current())
    assert said in str(caught.value)


class Vault:
    """A source of one's own: keys that are numbered."""

    def __init__(self) -> None:
        self.version = 1

    def current(self) -> Flow[Credentials]:
        return Credentials(f"VAULT{self.version}", "CANARY", "CANARY")
        yield

    def renew(self, used: Credentials) -> bool:
        self.version += 1
        return True


def test_a_client_takes_any_of_them() -> None:
    """Keys, one of our sources, or an object of the caller's; RequestExpired renews the latter two."""
    seen: list[str] = []

    def serve(request: httpx.Request) -> httpx.Response:
        seen.append(request.headers["authorization"].partition("Credential=")[2].partition("/")[0])
        if seen[-1] == "VAULT1":
            body = "<Response><Errors><Error><Code>RequestExpired</Code></Error></Errors></Response>"
            return httpx.Response(400, text=body)
        return httpx.Response(200, text="<DescribeIpamByoasnResponse/>")

    given: list[Any] = [
        Credentials("KEYS", "CANARY"),
        StaticKeys(credentials=Credentials("STATIC", "x")),
        Vault(),
    ]
    for each in given:
        with Client(region="us-east-1", credentials=each, transport=httpx.MockTransport(serve)) as client:
            client.send(ec2.DescribeIpamByoasn())
    assert seen == ["KEYS", "STATIC", "VAULT1", "VAULT2"]


def rooted(root: Path) -> dict[str, Any]:
    """A client's world without this machine's: its files, its programs, its environment."""
    (root / "etc").mkdir()
    (root / "etc" / "config").write_text(
        "[default]\nregion = eu-west-1\ncredential_process = /bin/p --x 'a b'\n"
    )
    return {
        "root": str(root),
        "world": World(
            environ={"AWS_CONFIG_FILE": "/etc/config"},
            now=lambda: datetime(2026, 1, 2, tzinfo=UTC),
            monotonic=lambda: 0.0,
            random=lambda: 0.0,
            token=lambda: "token",
        ),
    }


@pytest.mark.anyio
@pytest.mark.parametrize("anyio_backend", ["asyncio", "trio"])
async def test_the_whole_chain_runs_in_a_world_of_ones_own(tmp_path: Path) -> None:
    """A root folder, a process runner, a transport, a clock: nothing of this machine is touched."""
    ran: list[tuple[tuple[str, ...], float]] = []

    def run_process(argv: tuple[str, ...], seconds: float) -> bytes:
        ran.append((argv, seconds))
        return json.dumps({"Version": 1, **KEYS, "SessionToken": "CANARY"}).encode()

    def serve(request: httpx.Request) -> httpx.Response:
        assert request.url.host == "ec2.eu-west-1.amazonaws.com"
        assert request.headers["authorization"].startswith("AWS4-HMAC-SHA256 Credential=KEY/20260102/")
        return httpx.Response(200, text="<DescribeIpamByoasnResponse/>")

    given: dict[str, Any] = {
        "run_process": run_process,
        "transport": httpx.MockTransport(serve),
        **rooted(tmp_path),
    }
    with Client(**given) as client:
        client.send(ec2.DescribeIpamByoasn())
    async with AsyncClient(**given) as async_client:
        await async_client.send(ec2.DescribeIpamByoasn())
    assert ran == [(("/bin/p", "--x", "a b"), 60.0)] * 2


@pytest.mark.parametrize("given", ["AKIDEXAMPLE", ("AKIDEXAMPLE", "CANARY"), object()])
def test_what_is_none_of_them_is_refused(given: Any) -> None:
    """Before anything is sent, and without its value."""
    with Client(region="us-east-1", credentials=given) as client, pytest.raises(ConfigurationError) as caught:
        client.send(ec2.DescribeIpamByoasn())
    assert f"got a {type(given).__name__}" in str(caught.value)
    assert "CANARY" not in str(caught.value)
