"""Tables in memory, for as long as nobody changes them."""

import pandas as pd
import sqlalchemy as sa

from service.storage.database import Database
from service.storage.history import changes_of_tables
from training_catalog.tables import TABLES

MOST_KEPT_BYTES = 256_000_000  # the demo city's tables take 13 million


class KeptTables:
    """Every table as last read: only what has changed since is read again.

    Parameters
    ----------
    database : From where.
    most_bytes : Kept at most; the smallest tables are.

    Notes
    -----
    Not for several threads at once. Changes are looked up before rows are read: rows of a later moment are taken for
    older than they are, and read again next time.
    """

    def __init__(self, database: Database, most_bytes: int = MOST_KEPT_BYTES) -> None:
        self.database, self.most_bytes = database, most_bytes
        self._kept: dict[str, tuple[int, pd.DataFrame]] = {}

    def read_all(self, connection: sa.Connection) -> dict[str, pd.DataFrame]:
        """Return every table, as `Database.read_all` does; what is done to one does not change what is kept."""
        changes, found = changes_of_tables(connection), dict[str, pd.DataFrame]()
        for name in (declared.name for declared in TABLES):
            change, frame = self._kept.get(name, (-1, None))
            if frame is None or change != changes.get(name, 0):
                frame = self.database.read(name, connection)
            found[name] = frame
        self._keep(found, changes)
        return {name: frame.copy(deep=False) for name, frame in found.items()}

    def _keep(self, found: dict[str, pd.DataFrame], changes: dict[str, int]) -> None:
        sizes = {name: int(frame.memory_usage(deep=True).sum()) for name, frame in found.items()}
        self._kept, room = {}, self.most_bytes
        for name in sorted(found, key=sizes.__getitem__):
            room -= sizes[name]
            if room < 0:
                return
            self._kept[name] = changes.get(name, 0), found[name]
