"""Credentials that are kept and asked for again in time, by one caller for all.

A caller gets what is kept while it is fresh. In the advisory window one caller asks for new ones, the
others go on with the old, and a failure is silent; in the mandatory window all wait for one refresh,
and its failure is theirs. Nobody is ever given expired credentials. A source that gives what is in its
window already (IMDS, shortly before a rotation) is asked again at half of the time that is left.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from ..errors import Ec2QueryError
from ..protocol.access_key import Credentials
from ..protocol.effects import Flow, shared
from ..protocol.world import World
from .chain import resolve_credentials, resolve_source
from .context import Context, MfaToken, load_context
from .freshness import Freshness, freshness
from .report import Resolution

if TYPE_CHECKING:
    from .sources import Source

__all__ = ["CachedCredentials", "credential_chain"]

# After an advisory refresh began, how long the next caller leaves the source alone.
_PAUSE = timedelta(seconds=30)


class CachedCredentials:
    """A `CredentialsSource`: `current` is cheap while what is kept is fresh.

    `find` is the flow that asks the sources; it is run at most once at a time (`Shared`).
    """

    def __init__(self, world: World, find: Callable[[], Flow[Resolution]]) -> None:
        self._world = world
        self._find = find
        self._kept: Resolution | None = None
        self._jitter = 0.0
        self._ask_after: datetime | None = None
        self._advise_after: datetime | None = None

    def __repr__(self) -> str:
        source = self._kept.source if self._kept is not None else "nothing yet"
        return f"CachedCredentials({source!r})"

    def current(self) -> Flow[Credentials]:
        """Give credentials that can sign now. Raises CredentialsError, ConfigurationError."""
        return (yield from self.resolution()).credentials

    def resolution(self) -> Flow[Resolution]:
        """Give them together with where they came from. Raises as above."""
        kept = self._kept
        if kept is None:
            return (yield from self._refreshed(None))
        now = self._world.now()
        state = freshness(kept.credentials, now, jitter=self._jitter)
        if state is Freshness.EXPIRED:
            return (yield from self._refreshed(kept))
        if state is Freshness.FRESH or (self._ask_after is not None and now < self._ask_after):
            return kept
        if state is Freshness.MANDATORY:
            return (yield from self._refreshed(kept))
        return (yield from self._advised(kept, now))

    def renew(self, used: Credentials) -> bool:
        """Let go of credentials that a service called expired; say whether asking again may help.

        What many callers report at once is let go of once, and keys that are not temporary never.
        """
        kept = self._kept
        if used.session_token is None and used.expires_at is None:
            return False
        if kept is not None and kept.credentials is used:
            self._kept = None
        return True

    def _advised(self, kept: Resolution, now: datetime) -> Flow[Resolution]:
        if self._advise_after is not None and now < self._advise_after:
            return kept
        self._advise_after = now + _PAUSE
        try:
            return (yield from self._refreshed(kept))
        except Ec2QueryError:
            alive = freshness(kept.credentials, self._world.now()) is not Freshness.EXPIRED
            if not alive:
                raise
            return kept

    def _refreshed(self, stale: Resolution | None) -> Flow[Resolution]:
        def refresh() -> Flow[Resolution]:
            # Whoever comes after a refresh that ended in between takes what it brought.
            if self._kept is not None and self._kept is not stale:
                return self._kept
            found = yield from self._find()
            self._keep(found)
            return found

        return (yield from shared(self, refresh))

    def _keep(self, found: Resolution) -> None:
        now = self._world.now()
        expires_at = found.credentials.expires_at
        self._jitter = self._world.random()
        self._advise_after = None
        in_window = freshness(found.credentials, now) is not Freshness.FRESH
        self._ask_after = now + (expires_at - now) / 2 if in_window and expires_at is not None else None
        self._kept = found


def credential_chain(
    world: World,
    *,
    credentials: Credentials | None = None,
    source: Source | None = None,
    profile: str | None = None,
    region: str | None = None,
    mfa_token: MfaToken | None = None,
    user_agent: str = "ec2query",
    loaded: Context | None = None,
) -> CachedCredentials:
    """Return the whole chain; environment and files are read at each refresh, not before.

    `source` is asked in place of all others. `loaded` serves the first search, where the caller has
    just read them.
    """
    fresh = [loaded] if loaded is not None else []

    def find() -> Flow[Resolution]:
        if credentials is not None:
            return (yield from resolve_credentials(Context(world=world), credentials))
        if fresh:
            context = fresh.pop()
        else:
            context = yield from load_context(
                world, profile=profile, region=region, mfa_token=mfa_token, user_agent=user_agent
            )
        if source is not None:
            return (yield from resolve_source(source, context))
        return (yield from resolve_credentials(context))

    return CachedCredentials(world, find)
