"""AsyncClient: the surface for asyncio and trio. Everything it does is a flow that the driver runs.

Making one does no I/O and imports no httpx; the first call does both.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Any, Self, TypeVar

from ..errors import ConfigurationError
from ..protocol.effects import Flow
from ..shape import Operation, Result
from .caller import Caller
from .options import AsyncOptions
from .paginator import AsyncPaginator

if TYPE_CHECKING:
    from typing import Unpack

    import httpx

    from ..protocol.poll import Progress
    from ..protocol.raw import RawResult
    from ..waiter import Wait
    from .drivers import AsyncDriver

__all__ = ["AsyncClient"]

R = TypeVar("R", bound=Result)
T = TypeVar("T")


class AsyncClient:
    """A client of the EC2 Query API. Safe to share between tasks of one event loop.

    The arguments are those of `AsyncOptions`. Raises: ConfigurationError for arguments that
    contradict each other; everything else is found out at the first call.
    """

    def __init__(self, **options: Unpack[AsyncOptions]) -> None:
        self._transport = options.pop("transport", None)
        self._http_client = options.pop("http_client", None)
        self._caller = Caller(options, given=(self._transport, self._http_client))
        self._driver: AsyncDriver | None = None
        self._own: httpx.AsyncBaseTransport | None = None
        self._closed = False

    async def send(self, operation: Operation[R], /) -> R:
        """Make one API call.

        Raises: ServiceError, ResponseError, TransportError, CredentialsError, ConfigurationError,
        ParameterError.
        """
        return await self.run(self._caller.call(operation))

    async def permitted(self, operation: Operation[Any], /) -> bool:
        """Ask with a dry run whether the call would be permitted; it is not carried out.

        Raises: as `send`, but for the two answers DryRunOperation and UnauthorizedOperation.
        """
        return await self.run(self._caller.permitted(operation))

    async def call(self, name: str, params: Mapping[str, object] | None = None, /) -> Result:
        """Make an API call by the model's names: `call("DescribeVpcs", {"VpcIds": [...]})`."""
        try:
            operation = self._caller.operation(name, params or {})
        finally:
            del params  # a traceback's variables show the operation, which hides what is sensitive
        return await self.send(operation)

    async def call_raw(
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
        return await self.run(flow)

    def paginate(
        self,
        operation: Operation[R],
        /,
        *,
        page_size: int | None = None,
        limit: int | None = None,
        starting_token: str | None = None,
    ) -> AsyncPaginator[R]:
        """Iterate all results with `async for`, or their entries with `.items()`.

        Raises: ParameterError where the operation does not answer in pages.
        """
        return AsyncPaginator(
            operation, self.send, page_size=page_size, limit=limit, starting_token=starting_token
        )

    async def wait(
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

        return await self.run(
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

    async def run(self, flow: Flow[T], /) -> T:
        """Run any flow with this client's transport: those of `ec2query.byoasn`, or your own."""
        driver = self._driver
        if driver is None:
            driver = self._driver = self._start()
        return await driver.run(flow)

    @property
    def calls(self) -> Caller:
        """The flows of this client's calls, for flows that make calls: `flow(client.calls.call, ...)`."""
        return self._caller

    def _start(self) -> AsyncDriver:
        if self._closed:
            raise ConfigurationError("this client is closed; make a new one, or call before closing it")
        transport = self._http_client or self._transport
        if transport is None:
            # Begun first, so that loading the CA bundle overlaps the imports that follow.
            self._caller.prepare_tls()
        from .drivers import AsyncDriver

        if transport is None:
            from .default_transport import DefaultTransport

            transport = self._own = DefaultTransport(self._caller)
        world, options = self._caller.world, self._caller.options
        return AsyncDriver(
            transport,
            sleep=world.sleep,
            monotonic=world.monotonic,
            root=options.get("root"),
            run_process=options.get("run_process"),
        )

    async def aclose(self) -> None:
        """Close the connections of the default transport; one that was given stays open."""
        self._closed = True
        own, self._own, self._driver = self._own, None, None
        if own is not None:
            await own.aclose()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *exception: object) -> None:
        await self.aclose()

    def __repr__(self) -> str:
        return f"AsyncClient({self._caller.described()})"
