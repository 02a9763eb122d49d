"""What the service is made of: put together once in each worker process, and taken apart when it stops."""

import asyncio
from collections.abc import Hashable
from dataclasses import dataclass

import numpy as np

from recommender.policy import Policy
from service.access import Reach, reach_of
from service.answers import Answers
from service.api.held_seats import HeldSeats
from service.api.rate import Buckets
from service.auth.authenticator import Authenticator
from service.auth.caller import Caller
from service.auth.passwords import Passwords
from service.auth.settings import AuthSettings
from service.decision_log import DecisionLog
from service.jobs.queue import JobQueue
from service.policy_file import read_policy
from service.reference import open_office
from service.settings import STOPPING, ServiceSettings
from service.snapshot import Snapshots
from service.storage.database import Database
from service.storage.statements import Statement
from service.storage.watch import ChangeWatch, Unchanged, Versions
from service.tracing import Traces

SESSION_COOKIE = "bangkom_session"
MOST_SAID = 5_000  # people whose statements are at hand in a process
POOL_SIZE = 16  # connections to a database server, and threads that use them


class Freshness:
    """Tells the versions of the database to many requests at once.

    Notes
    -----
    On SQLite a look costs microseconds and is taken at once. On a server it is a query: requests that come while one
    is under way share the next one, which begins after they came, so that each sees what was changed before it.
    """

    def __init__(self, watch: ChangeWatch) -> None:
        self.watch = watch
        self._running: asyncio.Task[Versions] | None = None
        self._next: asyncio.Task[Versions] | None = None

    async def versions(self) -> Versions:
        """Return versions that are no older than this call."""
        if self.watch.is_embedded:
            return self.watch.look()
        if self._running is None or self._running.done():
            self._running = asyncio.create_task(asyncio.to_thread(self.watch.look))
            return await asyncio.shield(self._running)
        if self._next is None:
            self._next = asyncio.create_task(self._after(self._running))
        return await asyncio.shield(self._next)

    async def _after(self, running: "asyncio.Task[Versions]") -> Versions:
        await asyncio.wait([running])
        self._running, self._next = self._next, None
        return await asyncio.to_thread(self.watch.look)


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """Everything that handlers call."""

    settings: ServiceSettings
    policy: Policy
    database: Database
    watch: ChangeWatch
    said: Unchanged[Hashable, list[Statement]]
    freshness: Freshness
    snapshots: Snapshots
    answers: Answers
    held: HeldSeats
    log: DecisionLog
    queue: JobQueue
    passwords: Passwords
    authenticator: Authenticator
    buckets: Buckets
    traces: Traces

    async def versions(self) -> Versions:
        """Return what has changed last."""
        return await self.freshness.versions()

    def reach(self, caller: Caller) -> Reach:
        """Return whose rows a caller may see, by the units as on file now; it may wait for the database."""
        if not caller.units:  # all or none: no unit has to be looked at
            return reach_of(caller, np.array([], dtype=np.str_), np.array([], dtype=np.int64))
        units = self.snapshots.current(self.watch.look()).office.workforce.units
        return reach_of(caller, units.ids, units.parent)

    @property
    def is_stopping(self) -> bool:
        """Whether the service was told to stop, so that nobody is to be kept waiting."""
        folder = self.settings.run_folder
        return folder is not None and (folder / STOPPING).exists()

    def close(self) -> None:
        """Write what is waiting, and let everything go."""
        self.log.close()
        self.authenticator.close()
        self.watch.close()
        self.buckets.close()
        self.snapshots.close()
        self.traces.close()
        self.database.engine.dispose()


def put_together(
    database_url: str, settings: ServiceSettings, auth: AuthSettings, passwords: Passwords | None = None
) -> Parts:
    """Open the database and build every part.

    Parameters
    ----------
    database_url, settings, auth : From the command line and the environment.
    passwords : How passwords are hashed, a few at a time in the whole process; with the library's defaults if None.

    Raises
    ------
    InputError
        When the database, the policy or a setting cannot be used; what was opened is closed again.
    """
    policy, traces = read_policy(settings.policy), Traces(settings.traces)
    database = open_office(database_url, pool_size=POOL_SIZE)
    watch = ChangeWatch(database.engine)
    snapshots = Snapshots(database, policy, settings.today)
    log, passwords = DecisionLog(database), passwords or Passwords()
    path = None if settings.run_folder is None else settings.run_folder / "rate"
    return Parts(
        settings=settings, policy=policy, database=database, watch=watch, said=Unchanged(MOST_SAID),
        freshness=Freshness(watch), snapshots=snapshots, answers=Answers(database, snapshots, watch, policy, log),
        held=HeldSeats(database.engine), log=log, queue=JobQueue(database), passwords=passwords,
        authenticator=Authenticator(database, auth, passwords=passwords),
        buckets=Buckets(settings.rate, settings.burst, path), traces=traces,
    )  # fmt: skip
