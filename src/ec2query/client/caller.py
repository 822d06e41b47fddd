"""What both clients share: their options, and the flows of their calls.

Region, endpoint and credentials are settled at the first call, by the `Channel` that all later
calls use; nothing is looked up before.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any, TypeVar

from .._version import __version__
from ..credentials.context import Context, load_context
from ..credentials.environment import variable
from ..credentials.region import resolve_region
from ..credentials.service_endpoint import service_endpoint
from ..errors import ConfigurationError, ParameterError
from ..protocol import call as protocol
from ..protocol.channel import Channel
from ..protocol.effects import Flow, shared
from ..protocol.endpoint_choice import EndpointChoice
from ..protocol.endpoint_url import check_endpoint_url
from ..protocol.frames import without_frames
from ..protocol.retry import Retries
from ..protocol.sign import SigV4Signer
from ..protocol.xml import Limits
from ..shape import Operation, Result
from .options import Options
from .settling import credentials_of, deadline_of, retries_of, timeout_of
from .tls import prepare
from .world import system_world

if TYPE_CHECKING:
    from ..protocol.raw import RawResult

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
        self.ca_bundle = options.get("ca_bundle") or variable(self.world.environ, "AWS_CA_BUNDLE")
        self._channel: Channel | None = None

    def call(self, operation: Operation[R], /) -> Flow[R]:
        """Give the flow of one API call."""
        channel = self._channel or (yield from self.channel())
        return (yield from protocol.call(operation, channel))

    def permitted(self, operation: Operation[Any], /) -> Flow[bool]:
        """Give the flow of a dry run."""
        return (yield from protocol.permitted(operation, (yield from self.channel())))

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

        channel = yield from self.channel()
        return (yield from protocol.call_raw(action, pairs, channel, service=ec2.SERVICE, version=version))

    def operation(self, name: str, params: Mapping[str, object]) -> Operation[Result]:
        """Make an operation from model names. Raises: ParameterError."""
        from .. import ec2

        found = getattr(ec2, name, None)
        if not (isinstance(found, type) and issubclass(found, Operation)):
            raise ParameterError(
                where=name, expected=f"an operation of EC2 ({ec2.SERVICE.model})", got=repr(name)
            )
        from ..model_dict import from_dict

        try:
            operation: Operation[Result] = from_dict(found, params)
        except ParameterError as error:
            without_frames(error)
            raise
        finally:
            del params  # a traceback's variables show operations, which hide what is sensitive
        return operation

    def context(self) -> Flow[Context]:
        """Read the shared files and the settings. Raises: ConfigurationError."""
        options = self.options
        context = yield from load_context(
            self.world,
            profile=options.get("profile"),
            region=options.get("region"),
            mfa_token=options.get("mfa_token"),
        )
        # What is asked from here on is asked with this bundle, and under this name.
        self.ca_bundle = options.get("ca_bundle") or context.settings.ca_bundle
        return replace(context, user_agent=user_agent(options.get("app_id") or context.settings.app_id))

    def channel(self) -> Flow[Channel]:
        """Return what all calls share, settled at the first call, by one caller for all.

        Raises: ConfigurationError.
        """
        if self._channel is None:
            self._channel = yield from shared((self, "channel"), self._settle)
        return self._channel

    @property
    def retries(self) -> Retries | None:
        """The rules that all calls share, for a look at quota and rate; None before the first call."""
        return self.options.get("retries") if self._channel is None else self._channel.retries

    def endpoint(self, context: Context, region: str) -> EndpointChoice:
        """Choose the endpoint, and say why. Raises: ConfigurationError."""
        return service_endpoint(
            context,
            region,
            service="ec2",
            endpoint_url=self.options.get("endpoint_url"),
            fips=self.options.get("use_fips"),
            dual_stack=self.options.get("use_dual_stack"),
        )

    def prepare_tls(self) -> None:
        """Begin to load the CA bundle, unless the endpoint that was given is plain HTTP."""
        if not (self.options.get("endpoint_url") or "").startswith("http:"):
            prepare(self.ca_bundle)

    def _settle(self) -> Flow[Channel]:
        options = self.options
        timeout, deadline = timeout_of(options), deadline_of(options)
        context = yield from self.context()
        retries = retries_of(options, self.world, context)
        region = yield from resolve_region(context)
        return Channel(
            endpoint=self.endpoint(context, region.region).endpoint,
            credentials=credentials_of(options, self.world, replace(context, region=region.region)),
            retries=retries,
            deadline=deadline,
            on_attempt=options.get("on_attempt"),
            world=self.world,
            user_agent=context.user_agent,
            signer=options.get("signer") or SigV4Signer(),
            timeout=timeout,
            limits=options.get("limits") or Limits(),
        )

    def described(self) -> str:
        """Say in a few words what this client is, without looking anything up."""
        shown = {"region": self.options.get("region"), "endpoint_url": self._shown_endpoint()}
        return ", ".join(f"{name}={value!r}" for name, value in shown.items() if value is not None)

    def _shown_endpoint(self) -> str | None:
        """Show no more of the URL than may be in one: what else it holds may be a password."""
        given = self.options.get("endpoint_url")
        try:
            return given and check_endpoint_url(given)
        except ConfigurationError:
            return "***"


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
