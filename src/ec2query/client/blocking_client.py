"""Client: AsyncClient's blocking twin. Everything it does is a flow that the driver runs.

Making one does no I/O and imports no httpx; the first call does both.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Any, Self, TypeVar

from ..errors import ConfigurationError
from ..protocol.effects import Flow
from ..shape import Operation, Result
from .caller import Caller
from .options import BlockingOptions
from .paginator import Paginator

if TYPE_CHECKING:
    from typing import Unpack

    import httpx

    from ..protocol.poll import Progress
    from ..protocol.raw import RawResult
    from ..waiter import Wait
    from .drivers import BlockingDriver

__all__ = ["Client"]

R = TypeVar("R", bound=Result)
T = TypeVar("T")


class Client:
    """A client of the EC2 Query API. Safe to share between threads.

    The arguments are those of `BlockingOptions`. Raises: ConfigurationError for arguments that
    contradict each other; everything else is found out at the first call.
    """

    def __init__(self, **options: Unpack[BlockingOptions]) -> None:
        self._transport = options.pop("transport", None)
        self._http_client = options.pop("http_client", None)
        self._caller = Caller(options, given=(self._transport, self._http_client))
        self._driver: BlockingDriver | None = None
        self._own: httpx.BaseTransport | None = None
        self._closed = False
        self._starting = threading.Lock()

    def send(self, operation: Operation[R], /) -> R:
        """Make one API call.

        Raises: ServiceError, ResponseError, TransportError, CredentialsError, ConfigurationError,
        ParameterError.
        """
        return self.run(self._caller.call(operation))

    def permitted(self, operation: Operation[Any], /) -> bool:
        """Ask with a dry run whether the call would be permitted; it is not carried out.

        Raises: as `send`, but for the two answers DryRunOperation and UnauthorizedOperation.
        """
        return self.run(self._caller.permitted(operation))

    def call(self, name: str, params: Mapping[str, object] | None = None, /) -> Result:
        """Make an API call by the model's names: `call("DescribeVpcs", {"VpcIds": [...]})`."""
        try:
            operation = self._caller.operation(name, params or {})
        finally:
            del params  # a traceback's variables show the operation, which hides what is sensitive
        return self.send(operation)

    def call_raw(
        self,
        action: str,
        pairs: Mapping[str, str] | Iterable[tuple[str, str]] = (),
        /,
        *,
        version: str | None = None,
    ) -> RawResult:
        """Make an API call that the model does not know, of bare pairs; the answer is nested dicts.

        The pairs are sent as they are: `call_raw("DescribeVpcs", {"VpcId.1": "vpc-0a1b"})`.
        Raises: as `send`.
        """
        flow = self._caller.call_raw(action, pairs, version=version)
        del pairs  # they may hold secrets, and a traceback may show variables
        return self.run(flow)

    def paginate(
        self,
        operation: Operation[R],
        /,
        *,
        page_size: int | None = None,
        limit: int | None = None,
        starting_token: str | None = None,
    ) -> Paginator[R]:
        """Iterate all results with `for`, or their entries with `.items()`.

        Raises: ParameterError where the operation does not answer in pages.
        """
        return Paginator(
            operation, self.send, page_size=page_size, limit=limit, starting_token=starting_token
        )

    def wait(
        self,
        waiting: Wait[R],
        /,
        *,
        delay: float | None = None,
        attempts: int | None = None,
        deadline: float | None = None,
        jitter: float = 0.1,
        progress: Callable[[Progress], None] | None = None,
    ) -> R | None:
        """Repeat a call until its waiter is content; see `ec2query.ec2.waiters`.

        `delay` and `deadline` are seconds. Raises: WaiterError, and as `send`.
        """
        from ..protocol.wait import wait

        return self.run(
            wait(
                waiting,
                self._caller.call,
                self._caller.world,
                delay=delay,
                attempts=attempts,
                deadline=deadline,
                jitter=jitter,
                progress=progress,
            )
        )

    def run(self, flow: Flow[T], /) -> T:
        """Run any flow with this client's transport: those of `ec2query.byoasn`, or your own."""
        driver = self._driver
        if driver is None:
            with self._starting:
                driver = self._driver = self._driver or self._start()
        return driver.run(flow)

    @property
    def calls(self) -> Caller:
        """The flows of this client's calls, for flows that make calls: `flow(client.calls.call, ...)`."""
        return self._caller

    def _start(self) -> BlockingDriver:
        if self._closed:
            raise ConfigurationError("this client is closed; make a new one, or call before closing it")
        transport = self._http_client or self._transport
        if transport is None:
            # Begun first, so that loading the CA bundle overlaps the imports that follow.
            self._caller.prepare_tls()
        from .drivers import BlockingDriver

        if transport is None:
            from .default_transport import DefaultBlockingTransport

            transport = self._own = DefaultBlockingTransport(self._caller)
        world, options = self._caller.world, self._caller.options
        return BlockingDriver(
            transport,
            sleep=world.sleep,
            monotonic=world.monotonic,
            root=options.get("root"),
            run_process=options.get("run_process"),
        )

    def close(self) -> None:
        """Close the connections of the default transport; one that was given stays open."""
        self._closed = True
        own, self._own, self._driver = self._own, None, None
        if own is not None:
            own.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exception: object) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"Client({self._caller.described()})"
