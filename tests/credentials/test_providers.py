"""Every provider, alone in the whole chain, in every case: it answers, it is blank, it fails in each way.

The table is a product: what each provider is (settings, exchanges, how often it tries), and what may
become of an exchange, of an answer's parts, of a file. What must come of it follows from both.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from hashlib import sha1

import pytest

from ec2query.credentials.cached import credential_chain
from ec2query.credentials.keys import shown_time
from ec2query.errors import ConfigurationError, CredentialsError, Ec2QueryError
from ec2query.protocol.message import HttpResponse
from support.stage import NOW, Exchange, Stage, answer, lost

LATER, BEFORE = NOW + timedelta(hours=1), NOW - timedelta(seconds=1)
STS = "POST https://sts.us-east-1.amazonaws.com/"
IMDS = "http://169.254.169.254/latest"
OIDC = "POST https://oidc.us-east-1.amazonaws.com/token"
PORTAL = "GET https://portal.sso.us-east-1.amazonaws.com/federation/credentials?role_name=r&account_id=1"
CONFIG, CACHE = "/h/.aws/config", "/h/.aws/sso/cache"
RELATIVE, FULL = "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI", "AWS_CONTAINER_CREDENTIALS_FULL_URI"
NUMBER = "AWS_METADATA_SERVICE_NUM_ATTEMPTS"

# How each kind of answer calls the four parts of keys.
STS_PARTS = ("AccessKeyId", "SecretAccessKey", "SessionToken", "Expiration")
HTTP_PARTS = ("AccessKeyId", "SecretAccessKey", "Token", "Expiration")
SSO_PARTS = ("accessKeyId", "secretAccessKey", "sessionToken", "expiration")


@dataclass(frozen=True, kw_only=True)
class Provider:
    """What makes one provider answer. `parts` are those its answer must have, `optional` those it may."""

    environ: dict[str, str] = field(default_factory=dict[str, str])
    config: str = ""
    files: dict[str, bytes] = field(default_factory=dict[str, bytes])
    asked: tuple[str, ...] = ()
    before: tuple[bytes, ...] = ()  # good answers to all but the last
    action: str = ""
    parts: tuple[str, ...] = ()
    optional: tuple[str, ...] = ()
    attempts: int = 3
    needs: tuple[str, ...] = ()  # without it, there is no such provider
    halves: tuple[str, ...] = ()  # without one of these, it is half configured

    def keys(self, ends: datetime = LATER, lacks: str = "") -> bytes:
        """The answer that holds the keys."""
        if not self.parts:
            return b""
        names = (*self.parts, *self.optional)
        values = dict(zip(names, ("KEY", "CANARY", "CANARYTOKEN", shown_time(ends)), strict=True))
        found = {name: value for name, value in values.items() if name != lacks}
        if self.action:
            inner = "".join(f"<{name}>{value}</{name}>" for name, value in found.items())
            result = f"<{self.action}Result><Credentials>{inner}</Credentials></{self.action}Result>"
            return f"<{self.action}Response>{result}</{self.action}Response>".encode()
        if self.parts == SSO_PARTS:
            if lacks != "expiration":
                found["expiration"] = int(ends.timestamp() * 1000)  # type: ignore[assignment]  # pyright: ignore[reportArgumentType]
            return json.dumps({"roleCredentials": found}).encode()
        return json.dumps({"Version": 1, **found}).encode()

    def exchanges(self, keys: bytes | None = None) -> list[Exchange]:
        """The exchanges of a success."""
        bodies = (*self.before, keys if keys is not None else self.keys())
        return (
            [(asked, answer(body)) for asked, body in zip(self.asked, bodies, strict=True)]
            if self.asked
            else []
        )

    def stage(self, exchanges: list[Exchange], program: bytes | None = None) -> Stage:
        given = {"HOME": "/h", "AWS_REGION": "us-east-1", "AWS_EC2_METADATA_DISABLED": "true", **self.environ}
        files = {CONFIG: self.config.encode(), **self.files}
        return Stage(given, files, {("p",): self.keys() if program is None else program}, exchanges)


def login(name: str, ends: datetime) -> dict[str, bytes]:
    """A cached login, of a session or of a start URL."""
    parts = {"accessToken": "CANARYA", "refreshToken": "CANARYR", "clientId": "i", "clientSecret": "CANARYS"}
    return {
        f"{CACHE}/{sha1(name.encode()).hexdigest()}.json": json.dumps(
            {**parts, "expiresAt": shown_time(ends)}
        ).encode()
    }


KEYS = "aws_access_key_id = KEY\naws_secret_access_key = CANARY\n"
ROLE = "[default]\nrole_arn = arn:aws:iam::111122223333:role/r\n"
BASE = f"[profile base]\n{KEYS}"
SSO, START = "sso_account_id = 1\nsso_role_name = r\n", "sso_region = us-east-1\nsso_start_url = https://x\n"
SESSION = f"[default]\nsso_session = s\n{SSO}[sso-session s]\n{START}"
TOKEN = {"/t": b"CANARYJWT"}
ASSUMED = Provider(
    config=f"{ROLE}source_profile = base\n{BASE}",
    asked=(STS,),
    action="AssumeRole",
    parts=STS_PARTS,
    halves=("role_arn", "source_profile"),
)
WEB = replace(
    ASSUMED,
    environ={"AWS_WEB_IDENTITY_TOKEN_FILE": "/t", "AWS_ROLE_ARN": "arn:aws:iam::111122223333:role/r"},
    config="",
    files=TOKEN,
    action="AssumeRoleWithWebIdentity",
    needs=("AWS_WEB_IDENTITY_TOKEN_FILE",),
    halves=("AWS_ROLE_ARN",),
)
PORTAL_ASKED = Provider(
    config=SESSION,
    files=login("s", LATER),
    asked=(PORTAL,),
    parts=SSO_PARTS,
    halves=("sso_account_id", "sso_role_name", "sso_session"),
)
CONTAINER = Provider(
    environ={RELATIVE: "/c"}, asked=("GET http://169.254.170.2/c",), parts=HTTP_PARTS, needs=(RELATIVE,)
)
INSTANCE = Provider(
    environ={"AWS_EC2_METADATA_DISABLED": ""},
    asked=(
        f"PUT {IMDS}/api/token",
        f"GET {IMDS}/meta-data/iam/security-credentials/",
        f"GET {IMDS}/meta-data/iam/security-credentials/role",
    ),
    before=(b"CANARYTOKEN", b"role"),
    parts=HTTP_PARTS,
    attempts=1,
)

PROVIDERS: dict[str, Provider] = {
    "environment": Provider(
        environ={"AWS_ACCESS_KEY_ID": "KEY", "AWS_SECRET_ACCESS_KEY": "CANARY"},
        halves=("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"),
    ),
    "static keys": Provider(
        config=f"[default]\n{KEYS}", halves=("aws_access_key_id", "aws_secret_access_key")
    ),
    "process": Provider(
        config="[default]\ncredential_process = p",
        parts=STS_PARTS[:2],
        optional=STS_PARTS[2:],
        needs=("credential_process",),
    ),
    "role": ASSUMED,
    "role, every setting": replace(
        ASSUMED,
        config=f"{ROLE}source_profile = base\nexternal_id = CANARY\nduration_seconds = 900\n"
        f"role_session_name = n\nmfa_serial = m\n{BASE}",
    ),
    "role with a role": replace(
        ASSUMED,
        config=f"{ROLE}source_profile = m\n[profile m]\nrole_arn = arn:m\nsource_profile = base\n{BASE}",
        asked=(STS, STS),
        before=(ASSUMED.keys(),),
        halves=(),
    ),
    "role with a web identity": replace(
        WEB,
        environ={},
        config=f"{ROLE}web_identity_token_file = /t",
        needs=(),
        halves=("role_arn", "web_identity_token_file"),
    ),
    "SSO session": PORTAL_ASKED,
    "SSO session to refresh": replace(
        PORTAL_ASKED,
        files=login("s", NOW),
        asked=(OIDC, PORTAL),
        before=(json.dumps({"accessToken": "CANARYB", "expiresIn": 3600}).encode(),),
    ),
    "legacy SSO": replace(
        PORTAL_ASKED,
        config=f"[default]\n{START}{SSO}",
        files=login("https://x", LATER),
        halves=("sso_account_id", "sso_role_name", "sso_start_url", "sso_region"),
    ),
    "web identity": WEB,
    "container of ECS": CONTAINER,
    "container anywhere": replace(
        CONTAINER,
        environ={FULL: "https://example.com/c"},
        asked=("GET https://example.com/c",),
        needs=(FULL,),
    ),
    "container of EKS": replace(
        CONTAINER,
        environ={FULL: "http://169.254.170.23/c", "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE": "/t"},
        files=TOKEN,
        asked=("GET http://169.254.170.23/c",),
        needs=(FULL,),
    ),
    "instance": INSTANCE,
    "instance, three attempts": replace(INSTANCE, environ={**INSTANCE.environ, NUMBER: "3"}, attempts=3),
}

REFUSALS: dict[str, HttpResponse | Ec2QueryError] = {
    status: answer("CANARY", int(status)) for status in ("302", "400", "401", "403", "404")
}
PASSING: dict[str, HttpResponse | Ec2QueryError] = {
    "no answer": lost(),
    **{status: answer("CANARY", int(status)) for status in ("429", "500", "502", "503")},
}
BROKEN: dict[str, HttpResponse | Ec2QueryError] = {
    "empty": answer(""),
    "no document": answer("CANARY"),
    "half a document": answer('{"AccessKeyId": "CANARY'),
    "half of another": answer("<AssumeRoleResponse><AccessKeyId>CANARY"),
}


def ask(stage: Stage) -> str:
    """Ask the whole chain: the access key id, or what the error says; no secret in it."""
    chain = credential_chain(stage.world, mfa_token=lambda _: "123456")
    try:
        found = stage.run(chain.current()).access_key_id
    except (CredentialsError, ConfigurationError) as error:
        found = str(error)
    assert "CANARY" not in found
    stage.done()
    return found


@pytest.mark.parametrize("name", PROVIDERS)
def test_each_answers_alone(name: str) -> None:
    """With the requests it needs and no other."""
    provider = PROVIDERS[name]
    assert ask(provider.stage(provider.exchanges())) == "KEY"


def exchange_cases() -> Iterator[tuple[str, int, str]]:
    """Each exchange of each provider, answered in each wrong way."""
    for name, provider in PROVIDERS.items():
        for number, asked in enumerate(provider.asked):
            # IMDS's token and role are plain text: almost any document is one.
            plain = IMDS in asked and number < 2
            for reply in {**REFUSALS, **PASSING, **({} if plain else BROKEN)}:
                yield name, number, reply


@pytest.mark.parametrize(("name", "number", "reply"), list(exchange_cases()))
def test_each_exchange_may_fail(name: str, number: int, reply: str) -> None:
    """A refusal is said at once; what may pass is tried as often as the provider tries, then said."""
    provider = PROVIDERS[name]
    good, wrong = provider.exchanges(), {**REFUSALS, **PASSING, **BROKEN}[reply]
    tries = 1 if reply in REFUSALS else provider.attempts
    said = ask(provider.stage([*good[:number], *[(provider.asked[number], wrong)] * tries]))
    assert said != "KEY"
    assert len(said) > 20


@pytest.mark.parametrize(
    ("name", "number", "reply"),
    [case for case in exchange_cases() if case[2] not in REFUSALS and PROVIDERS[case[0]].attempts > 1],
)
def test_each_exchange_may_recover(name: str, number: int, reply: str) -> None:
    """The last of its attempts serves as well as the first."""
    provider = PROVIDERS[name]
    good, wrong = provider.exchanges(), {**PASSING, **BROKEN}[reply]
    failed = [(provider.asked[number], wrong)] * (provider.attempts - 1)
    stage = provider.stage([*good[:number], *failed, *good[number:]])
    assert ask(stage) == "KEY"
    assert len(stage.sleeps) == provider.attempts - 1


ANSWERING = {name: provider for name, provider in PROVIDERS.items() if provider.parts}


@pytest.mark.parametrize("name", ANSWERING)
def test_keys_that_are_expired_on_arrival_are_refused(name: str) -> None:
    """The time is named, ours too; they are not asked for again."""
    provider = PROVIDERS[name]
    keys = provider.keys(ends=BEFORE)
    said = ask(provider.stage(provider.exchanges(keys), program=keys))
    assert f"expired at {shown_time(BEFORE)}" in said
    assert f"it says {shown_time(NOW)}" in said


@pytest.mark.parametrize(
    ("name", "part"), [(name, part) for name, each in ANSWERING.items() for part in each.parts]
)
def test_an_answer_must_have_every_part(name: str, part: str) -> None:
    """The one that is missing is named."""
    provider = PROVIDERS[name]
    keys = provider.keys(lacks=part)
    assert f"{part}" in ask(provider.stage(provider.exchanges(keys), program=keys))


def blanked(name: str, setting: str) -> str:
    """Ask a provider with one of its variables or keys blank."""
    provider = PROVIDERS[name]
    environ = {key: " \t" if key == setting else value for key, value in provider.environ.items()}
    lines = [
        f"{setting} =" if line.startswith(f"{setting} =") else line for line in provider.config.splitlines()
    ]
    return ask(replace(provider, environ=environ, config="\n".join(lines)).stage([]))


@pytest.mark.parametrize(
    ("name", "setting"), [(name, setting) for name, each in PROVIDERS.items() for setting in each.needs]
)
def test_a_provider_whose_setting_is_blank_is_none(name: str, setting: str) -> None:
    """The chain goes on, here to its end."""
    assert blanked(name, setting).startswith("no credentials: ")


@pytest.mark.parametrize(
    ("name", "setting"), [(name, setting) for name, each in PROVIDERS.items() for setting in each.halves]
)
def test_half_a_provider_is_an_error(name: str, setting: str) -> None:
    """It names what is missing, or where it belongs."""
    said = blanked(name, setting)
    assert not said.startswith("no credentials")
    assert any(key in said for key in (*PROVIDERS[name].needs, *PROVIDERS[name].halves))


CONTENTS: dict[str, bytes | None] = {
    "missing": None,
    "empty": b"",
    "a line end": b"CANARY\n",
    "other bytes": b"\xff\xfeCANARY",
    "half": b'{"accessToken": "CANARY',
}


FILES = [
    (name, path, content)
    for name, each in PROVIDERS.items()
    for path in each.files
    for content in CONTENTS
    if (path, content) != ("/t", "half")  # any line of text is a token
]


@pytest.mark.parametrize(("name", "path", "content"), FILES)
def test_a_file_may_be_missing_or_malformed(name: str, path: str, content: str) -> None:
    """It is named, and nothing is asked."""
    provider, data = PROVIDERS[name], CONTENTS[content]
    said = ask(replace(provider, files={path: data} if data is not None else {}).stage([]))
    assert path in said


CONFIGS: dict[str, bytes] = {
    "no section": b"CANARY = x",
    "an open section": b"[default",
    "no value": b"[default]\nCANARY",
    "other bytes": b"\xff\xfe[default]",
}


@pytest.mark.parametrize("content", CONFIGS)
@pytest.mark.parametrize("name", PROVIDERS)
def test_a_config_file_that_is_malformed_stops_every_provider(name: str, content: str) -> None:
    """Settings of any kind may stand in it."""
    stage = PROVIDERS[name].stage([])
    stage.files[CONFIG] = CONFIGS[content]
    assert ask(stage).startswith(CONFIG)


PROGRAMS: dict[str, tuple[bytes, str]] = {
    "nothing": (b"", "expected a JSON object"),
    "no document": (b"CANARY", "expected a JSON object"),
    "another version": (PROVIDERS["process"].keys().replace(b"1", b"2", 1), '"Version": 1'),
}


@pytest.mark.parametrize("case", PROGRAMS)
def test_a_program_may_print_something_else(case: str) -> None:
    """It is not run again."""
    output, said = PROGRAMS[case]
    stage = PROVIDERS["process"].stage([], program=output)
    assert said in ask(stage)
    assert len([effect for effect in stage.effects if type(effect).__name__ == "RunProcess"]) == 1


def test_a_program_may_not_run() -> None:
    """The driver's error names it."""
    stage = PROVIDERS["process"].stage([])
    stage.programs = {}
    assert "program 'p': cannot be run" in ask(stage)
