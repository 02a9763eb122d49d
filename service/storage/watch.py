"""What has changed since one last looked, as cheaply as the database allows."""

import threading
from collections.abc import Hashable
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

import sqlalchemy as sa
from sqlalchemy.exc import SQLAlchemyError

from service.storage.engine import file_id, file_of, shown_url, transaction
from service.storage.history import changes_of_tables
from service.storage.people import personal_tables
from service.storage.schema import MODELS, TABLE_CHANGES
from training_catalog.errors import StorageError

Key = TypeVar("Key", bound=Hashable)
Found = TypeVar("Found")
ACCESS = "access"  # stands in table_changes for users, keys and roles
SEATS = "seats"  # and for seats of approved plans


@dataclass(frozen=True, slots=True, kw_only=True)
class Versions:
    """What answers depend on.

    Parameters
    ----------
    people : Last change of a row that is somebody's.
    catalog : Last change of any other row.
    access : Last change of users, keys or roles.
    model, trial : Ids of the approved model, and of the one that is compared with it; empty for none.
    seats : Last change of seats of approved plans; 0 when there never was one.
    """

    people: int
    catalog: int
    access: int
    model: str
    trial: str = ""
    seats: int = 0


def touch_access(connection: sa.Connection) -> None:
    """Note that users, keys, sessions or roles change."""
    _raise(connection, ACCESS)


def touch_seats(connection: sa.Connection) -> None:
    """Note that seats of approved plans change."""
    _raise(connection, SEATS)


def _raise(connection: sa.Connection, name: str) -> None:
    raised = sa.update(TABLE_CHANGES).where(TABLE_CHANGES.c.table_name == name)
    if not connection.execute(raised.values(change=TABLE_CHANGES.c.change + 1)).rowcount:
        connection.execute(sa.text(
            "INSERT INTO table_changes (table_name, change) VALUES (:name, 1) ON CONFLICT (table_name) "
            "DO UPDATE SET change = table_changes.change + 1"
        ), {"name": name})  # fmt: skip


def read_versions(connection: sa.Connection) -> Versions:
    """Read the versions of this moment."""
    changes = changes_of_tables(connection)
    serving = sa.select(MODELS.c.state, MODELS.c.model_id).where(MODELS.c.state.in_(("approved", "trial")))
    models = {str(row.state): str(row.model_id) for row in connection.execute(serving.order_by(MODELS.c.sequence))}
    personal = set(personal_tables())
    return Versions(
        people=max((change for name, change in changes.items() if name in personal), default=0),
        catalog=max(
            (n for name, n in changes.items() if name not in personal and name not in {ACCESS, SEATS}), default=0
        ),
        access=changes.get(ACCESS, 0),
        model=models.get("approved", ""),
        trial=models.get("trial", ""),
        seats=changes.get(SEATS, 0),
    )


class ChangeWatch:
    """Says at any moment which versions the database holds.

    Parameters
    ----------
    engine : From `make_engine`.

    Notes
    -----
    SQLite tells by a counter in memory whether anybody has committed (``PRAGMA data_version``), so that most looks
    read nothing at all. On PostgreSQL each look is one small transaction.
    """

    def __init__(self, engine: sa.Engine) -> None:
        self.engine, self.lock = engine, threading.Lock()
        self.is_embedded, self._path = engine.dialect.name == "sqlite", file_of(engine)
        self._counting: Any = None  # a driver's connection outside any transaction, which only counts
        self._counter, self._mark = -1, object()
        self._known = Versions(people=-1, catalog=-1, access=-1, model="")

    def look(self) -> Versions:
        """Return the versions of this moment; the same object as long as they are the same.

        Raises
        ------
        StorageError
            When the database is gone; the next look tries it again.
        """
        with self.lock:
            counter = self._count() if self.is_embedded else None
            if counter is None or counter != self._counter:
                self._mark = object()
                with transaction(self.engine) as connection:
                    found = read_versions(connection)
                self._known = self._known if found == self._known else found
                self._counter = -1 if counter is None else counter
            return self._known

    def mark(self) -> object:
        """Return a mark of this moment: the same object as long as nobody at all has committed anything.

        Where that cannot be told without a query it is another one each time.
        """
        if not self.is_embedded or self._path is None:
            return object()
        self.look()
        return self._mark

    def _count(self) -> int:
        """Return a number that changes when somebody commits."""
        try:
            if self._counting is not None and self._path and file_id(self._path) != self._counting.info.get("file"):
                self._forget()
            if self._counting is None:
                self._counting = self.engine.raw_connection()
                self._counting.driver_connection.isolation_level = None
            return int(self._counting.driver_connection.execute("PRAGMA data_version").fetchone()[0])
        except (self.engine.dialect.loaded_dbapi.Error, SQLAlchemyError) as error:
            self._forget()
            raise StorageError("database {url}: {reason}; nothing was changed",
                               url=shown_url(str(self.engine.url)), reason=str(error)) from error  # fmt: skip

    def _forget(self) -> None:
        counting, self._counting, self._counter = self._counting, None, -1
        if counting is not None:
            counting.invalidate()

    def close(self) -> None:
        """Give the connection back."""
        with self.lock:
            self._forget()


class Unchanged(Generic[Key, Found]):
    """What was read from the database, for as long as nobody has committed anything since.

    Parameters
    ----------
    most : Entries kept.

    Notes
    -----
    Whoever reads takes the mark first and the rows then: what is kept under a mark is never older than it. Asked with
    the mark of a later moment, all of it is gone.
    """

    def __init__(self, most: int) -> None:
        self.most = most
        self._kept: tuple[object, dict[Key, Found]] = (object(), {})

    def find(self, mark: object, key: Key) -> Found | None:
        """Return what was kept under this very mark; None where nothing was."""
        kept = self._kept
        return kept[1].get(key) if kept[0] is mark else None

    def keep(self, mark: object, key: Key, found: Found) -> None:
        """Keep what was read after the mark was taken."""
        kept = self._kept
        if kept[0] is not mark or len(kept[1]) >= self.most:  # replaced whole: another thread may be reading it
            kept = self._kept = (mark, {})
        kept[1][key] = found
