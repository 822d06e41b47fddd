"""What a client can be told: every argument of AsyncClient and Client but the transport.

Each is a seam: everything that the world gives can be replaced by a test. Nothing is looked up
here; environment and files are read at the first call.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, TypedDict

from ..credentials.context import MfaToken
from ..protocol.channel import CredentialsSource
from ..protocol.effects import Timeout
from ..protocol.events import OnAttempt
from ..protocol.retry import Retries
from ..protocol.sign import Credentials, Signer
from ..protocol.world import World
from ..protocol.xml import Limits

if TYPE_CHECKING:
    import httpx

    from ..credentials.sources import Source

__all__ = ["AsyncOptions", "BlockingOptions", "Options"]


class Options(TypedDict, total=False):
    """Arguments of both clients.

    region: else AWS_REGION, AWS_DEFAULT_REGION, the profile's, the instance's.
    credentials: keys, a source of `ec2query.credentials`, or one of your own; else the chain of
        `docs/credentials.md`.
    profile: a profile of the shared files; else AWS_PROFILE. Named here, it outranks keys in the environment.
    mfa_token: given an MFA device's serial number, answers with its code.
    endpoint_url: `http://127.0.0.1:5000`; else AWS_ENDPOINT_URL_EC2, AWS_ENDPOINT_URL, the profile's,
        else the Region's own.
    use_fips, use_dual_stack: else AWS_USE_FIPS_ENDPOINT, AWS_USE_DUALSTACK_ENDPOINT.
    timeout: seconds for connecting, reading, writing, waiting for a connection (all one: a float).
    deadline: seconds for a whole call, all attempts and waits together; else none.
    max_attempts, retry_mode: 3, standard (or adaptive), unless AWS_MAX_ATTEMPTS, AWS_RETRY_MODE differ.
    retries: policy, quota and rate of your own, which several clients may share.
    on_attempt: called with an AttemptEvent after each attempt.
    limits: what an answer may hold.
    ca_bundle: a file or folder of certificates; else AWS_CA_BUNDLE, else certifi's.
    app_id: named in the User-Agent; else AWS_SDK_UA_APP_ID.
    signer: another signer than SigV4.
    world: environment, clocks, chance, tokens, sleep.
    root: a folder in place of `/`, for every file that is read or written.
    run_process: given argv and seconds, runs a `credential_process` and gives its standard output.
    """

    region: str | None
    credentials: Credentials | CredentialsSource | Source | None
    profile: str | None
    mfa_token: MfaToken | None
    endpoint_url: str | None
    use_fips: bool | None
    use_dual_stack: bool | None
    timeout: Timeout | float | None
    deadline: float | None
    max_attempts: int | None
    retry_mode: str | None
    retries: Retries | None
    on_attempt: OnAttempt | None
    limits: Limits | None
    ca_bundle: str | None
    app_id: str | None
    signer: Signer | None
    world: World | None
    root: str | None
    run_process: Callable[[tuple[str, ...], float], bytes] | None


class AsyncOptions(Options, total=False):
    """Arguments of AsyncClient: one of the two replaces the default transport. Neither is closed."""

    transport: httpx.AsyncBaseTransport | None
    http_client: httpx.AsyncClient | None


class BlockingOptions(Options, total=False):
    """Arguments of Client: one of the two replaces the default transport. Neither is closed."""

    transport: httpx.BaseTransport | None
    http_client: httpx.Client | None
