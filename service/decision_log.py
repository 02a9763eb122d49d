"""The decisions of lists on their way into the log: written a moment after the list is served, many at a time."""

import queue
import threading
from dataclasses import replace

import sqlalchemy as sa
import structlog

from service.storage.database import Database
from service.storage.decisions import OF_PERSONS, LoggedDecision, insert_entries
from service.storage.engine import one_of, transaction
from service.storage.schema import DATABASE_TABLES, DECISIONS, ROW_KEY
from service.telemetry import LOG_WAITING
from training_catalog.errors import StorageError

MOST_WAITING = 10_000  # then lists wait for the log
SOME_ROOM = 100  # more than there are threads that hand over entries
MOST_AT_ONCE = 500
GATHER_SECONDS = 0.1  # after the first entry of a batch: fifty lists cost little more to write than one
PAUSE_SECONDS = 1.0  # before writing is tried again

_log = structlog.get_logger()


class DecisionLog:
    """Writes decisions from a thread of its own, so that no list waits for an import that holds the database.

    Parameters
    ----------
    database : Where the log is.
    gather : Seconds that the first entry of a batch waits for others.
    most_waiting : Entries that wait at most.

    Notes
    -----
    Entries wait in memory until they are written: for a tenth of a second, so that those who come meanwhile are written
    with them and wake nobody, or as long as another writer has its turn.
    `close` writes them all; a process that is killed takes with it what was waiting.
    """

    def __init__(self, database: Database, gather: float = GATHER_SECONDS, most_waiting: int = MOST_WAITING) -> None:
        self.database, self.gather, self.most_waiting = database, gather, most_waiting
        self._waiting: queue.Queue[LoggedDecision | None] = queue.Queue(most_waiting)
        self._is_closing = threading.Event()
        self._thread = threading.Thread(target=self._run, name="decision-log", daemon=True)
        self._thread.start()

    def put(self, entry: LoggedDecision) -> None:
        """Hand over an entry; waits where too many are waiting already."""
        self._waiting.put(entry)

    @property
    def has_room(self) -> bool:
        """Whether an entry can be handed over without waiting."""
        return self.n_waiting < self.most_waiting - SOME_ROOM

    @property
    def n_waiting(self) -> int:
        """Number of entries that are not written yet."""
        return self._waiting.qsize()

    @property
    def is_alive(self) -> bool:
        """Whether entries are being written."""
        return self._thread.is_alive()

    def close(self, seconds: float = 10.0) -> None:
        """Write what is waiting, and stop."""
        self._is_closing.set()
        self._waiting.put(None)
        self._thread.join(seconds)

    def _run(self) -> None:
        while True:
            batch = [self._waiting.get()]
            self._is_closing.wait(self.gather)
            while len(batch) < MOST_AT_ONCE and not self._waiting.empty():
                batch.append(self._waiting.get_nowait())
            LOG_WAITING.set(len(batch) + self.n_waiting)
            entries = [entry for entry in batch if entry is not None]
            while entries and not self._write(entries):
                if self._is_closing.wait(PAUSE_SECONDS):
                    break
            LOG_WAITING.set(self.n_waiting)
            if None in batch:
                return

    def _write(self, entries: list[LoggedDecision]) -> bool:
        """Write entries that are not in the log yet; return whether the database took them."""
        try:
            with transaction(self.database.engine, is_writer=True, in_turn=False) as connection:
                ids = [entry.decision for entry in entries]
                query = sa.select(DECISIONS.c.decision).where(one_of(DECISIONS.c.decision, ids))
                known = set(connection.execute(query).scalars())
                new = [entry for entry in entries if entry.decision not in known]
                insert_entries(connection, _unless_erased(connection, new))
        except StorageError as error:
            _log.warning("decision-log-waits", n_waiting=len(entries) + self.n_waiting, reason=type(error).__name__)
            return False
        return True


def _unless_erased(connection: sa.Connection, entries: list[LoggedDecision]) -> list[LoggedDecision]:
    """Return entries without the subjects of those who have been erased since."""
    stored = DATABASE_TABLES["employees"]
    people = {entry.content.subject for entry in entries if entry.content.kind in OF_PERSONS}
    query = sa.select(stored.c[ROW_KEY]).where(one_of(stored.c[ROW_KEY], sorted(people)))
    known = set(connection.execute(query).scalars()) if people else set()
    return [
        replace(entry, content=replace(entry.content, kind="list-erased", subject=""))
        if entry.content.kind in OF_PERSONS and entry.content.subject not in known
        else entry
        for entry in entries
    ]
