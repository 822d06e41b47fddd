"""What both clients share: their options, and the flows of their calls.

Region, endpoint and credentials are settled at the first call, by the `Channel` that all later
calls use; nothing is looked up before.
"""

from __future__ import annotations

import sys
import threading
from collections.abc import Iterable, Mapping
from typing import Any, TypeVar

from .._version import __version__
from ..errors import ConfigurationError, CredentialsError, ParameterError
from ..model_dict import from_dict
from ..protocol import call as protocol
from ..protocol.channel import Channel, CredentialsSource, GivenCredentials
from ..protocol.effects import Flow, Timeout
from ..protocol.endpoint_choice import EndpointChoice, choose_endpoint
from ..protocol.quota import Quota
from ..protocol.raw import RawResult
from ..protocol.retry import Retries
from ..protocol.retry_policy import resolve_policy
from ..protocol.sign import Credentials, SigV4Signer
from ..protocol.xml import Limits
from ..shape import Operation, Result
from .options import Options
from .world import system_world

__all__ = ["Caller", "user_agent"]

R = TypeVar("R", bound=Result)


class Caller:
    """Options in, flows out."""

    def __init__(self, options: Options, *, given: tuple[object, object] = (None, None)) -> None:
        unknown = sorted(options.keys() - Options.__annotations__.keys())
        if unknown:
            raise ConfigurationError(
                f"client argument {unknown[0]!r}: expected one of {', '.join(Options.__annotations__)},"
                " transport, http_client"
            )
        if None not in given:
            raise ConfigurationError("expected a transport or an http_client, got both; give one of them")
        self.options = options
        self.world = options.get("world") or system_world()
        self._channel: Channel | None = None

    def call(self, operation: Operation[R], /) -> Flow[R]:
        """Give the flow of one API call."""
        return protocol.call(operation, self.channel())

    def permitted(self, operation: Operation[Any], /) -> Flow[bool]:
        """Give the flow of a dry run."""
        return protocol.permitted(operation, self.channel())

    def call_raw(
        self,
        action: str,
        pairs: Mapping[str, str] | Iterable[tuple[str, str]] = (),
        /,
        *,
        version: str | None = None,
    ) -> Flow[RawResult]:
        """Give the flow of a call that no type describes."""
        from .. import ec2

        return protocol.call_raw(action, pairs, self.channel(), service=ec2.SERVICE, version=version)

    def operation(self, name: str, params: Mapping[str, object]) -> Operation[Result]:
        """Make an operation from model names. Raises: ParameterError."""
        from .. import ec2

        found = getattr(ec2, name, None)
        if not (isinstance(found, type) and issubclass(found, Operation)):
            raise ParameterError(
                where=name, expected=f"an operation of EC2 ({ec2.SERVICE.model})", got=repr(name)
            )
        operation: Operation[Result] = from_dict(found, params)
        return operation

    def channel(self) -> Channel:
        """Return what all calls share, settled at the first call. Raises: ConfigurationError."""
        if self._channel is None:
            options = self.options
            self._channel = Channel(
                endpoint=self.endpoint().endpoint,
                credentials=self._credentials(),
                retries=options.get("retries") or self._retries(),
                deadline=_positive("deadline", options.get("deadline")),
                on_attempt=options.get("on_attempt"),
                world=self.world,
                user_agent=user_agent(options.get("app_id") or self.world.environ.get("AWS_SDK_UA_APP_ID")),
                signer=options.get("signer") or SigV4Signer(),
                timeout=_timeout(options.get("timeout")),
                limits=options.get("limits") or Limits(),
            )
        return self._channel

    def endpoint(self) -> EndpointChoice:
        """Choose the endpoint, and say why. Raises: ConfigurationError."""
        options, environ = self.options, self.world.environ
        return choose_endpoint(
            self._region(),
            endpoint_url=options.get("endpoint_url"),
            fips=options.get("use_fips"),
            dual_stack=options.get("use_dual_stack"),
            environ=environ,
        )

    def _region(self) -> str:
        environ = self.world.environ
        found = self.options.get("region") or environ.get("AWS_REGION") or environ.get("AWS_DEFAULT_REGION")
        if not found or not found.strip():
            raise ConfigurationError(
                "no Region: looked at the region argument, AWS_REGION and AWS_DEFAULT_REGION;"
                " set one of them (us-east-1)"
            )
        return found.strip()

    def _credentials(self) -> CredentialsSource:
        if given := self.options.get("credentials"):
            return GivenCredentials(given)
        environ = self.world.environ
        key, secret = environ.get("AWS_ACCESS_KEY_ID"), environ.get("AWS_SECRET_ACCESS_KEY")
        if not key or not secret:
            raise CredentialsError(
                "no credentials: looked at the credentials argument, AWS_ACCESS_KEY_ID and"
                " AWS_SECRET_ACCESS_KEY; set both of them, or give credentials="
            )
        return GivenCredentials(Credentials(key, secret, environ.get("AWS_SESSION_TOKEN") or None))

    def _retries(self) -> Retries:
        policy = resolve_policy(
            self.world.environ,
            mode=self.options.get("retry_mode"),
            attempts=self.options.get("max_attempts"),
        )
        return Retries(
            policy,
            random=self.world.random,
            clock=self.world.monotonic,
            quota=Quota(lock=threading.Lock()),
        )

    def described(self) -> str:
        """Say in a few words what this client is, without looking anything up."""
        shown = {name: self.options.get(name) for name in ("region", "endpoint_url")}
        return ", ".join(f"{name}={value!r}" for name, value in shown.items() if value is not None)


def _timeout(value: Timeout | float | None) -> Timeout:
    if value is None:
        return Timeout()
    if isinstance(value, Timeout):
        return value
    seconds = _positive("timeout", value)
    return Timeout(connect=seconds, read=seconds, write=seconds, pool=seconds)


def _positive(name: str, value: float | None) -> float | None:
    if value is not None and not value > 0:
        raise ConfigurationError(f"{name}: expected a positive number of seconds, got {value!r}")
    return value


def user_agent(app_id: str | None = None) -> str:
    """Write the User-Agent; what an app id must not hold becomes a hyphen.

    https://docs.aws.amazon.com/sdkref/latest/guide/feature-appid.html
    """
    agent = f"ec2query/{__version__} python/{sys.version_info[0]}.{sys.version_info[1]}"
    if not app_id or not app_id.strip():
        return agent
    kept = "".join(
        c if c.isascii() and (c.isalnum() or c in "!$%&*+-.^_`|~") else "-" for c in app_id.strip()
    )
    return f"{agent} app/{kept[:50]}"
