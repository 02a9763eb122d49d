"""What was on file before an import: each table as of one change, read when it is first asked for."""

from collections.abc import Iterator
from contextlib import contextmanager
from itertools import chain

import pandas as pd
import sqlalchemy as sa

from service.storage.database import Database
from service.storage.engine import transaction
from service.storage.history import last_change, rows_at


class OnFile:
    """Tables as they stood after one change.

    Parameters
    ----------
    database : Where they are.
    change : Number of the change.
    connection : Of the transaction that reads; one of its own for each table when None.
    """

    def __init__(self, database: Database, change: int, connection: sa.Connection | None = None) -> None:
        self.database, self.change, self.connection = database, change, connection
        self._frames: dict[str, pd.DataFrame] = {}

    @contextmanager
    def _reading(self) -> Iterator[tuple[sa.Connection, int | None]]:
        """Open what reads, with the change to go back to where others, or this import, have written since."""
        if self.connection is None:
            with transaction(self.database.engine) as own:
                yield own, self._moment(own)
        else:
            yield self.connection, self._moment(self.connection)

    def _moment(self, connection: sa.Connection) -> int | None:
        return None if last_change(connection) == self.change else self.change

    def __getitem__(self, name: str) -> pd.DataFrame:
        """Return a table."""
        if name not in self._frames:
            with self._reading() as (connection, moment):
                self._frames[name] = self.database.read(name, connection, moment)
        return self._frames[name]

    def ids(self, name: str, column: str) -> set[str]:
        """Return the different values of one column of a table, which costs less than all of it."""
        if name in self._frames:
            return set(self._frames[name][column].dropna())
        with self._reading() as (connection, moment):
            query = rows_at(name, moment, column).order_by(None)
            cursor = connection.connection.cursor()  # the driver's own: no object for each of a million ids
            cursor.execute(str(query.compile(connection, compile_kwargs={"literal_binds": True})))
            return set(chain.from_iterable(cursor.fetchall())) - {None}
