"""Many rows into a table at once: the driver's own way on each database."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import sqlalchemy as sa

Record = tuple[object, ...]
CACHE_KIBIBYTES = 65_536  # pages that SQLite keeps while it loads; with 2,000 it writes and reads the key index again


def load(connection: sa.Connection, table: str, columns: Sequence[str], records: Iterable[Record]) -> None:
    """Append records to a table: by COPY on PostgreSQL, by the driver's executemany on SQLite.

    The records may be made one by one: neither driver needs to hold them all.
    """
    listed = ", ".join(f'"{column}"' for column in columns)
    cursor: Any = connection.connection.cursor()  # the driver's own, which knows COPY
    if connection.dialect.name == "postgresql":
        with cursor, cursor.copy(f'COPY "{table}" ({listed}) FROM STDIN') as copy:
            for record in records:
                copy.write_row(record)
        return
    marks = ", ".join(["?"] * len(columns))
    statement = f'INSERT INTO "{table}" ({listed}) VALUES ({marks})'  # noqa: S608 (names come from our own declarations)
    connection.exec_driver_sql(f"PRAGMA cache_size=-{CACHE_KIBIBYTES}")
    cursor.executemany(statement, records)
    cursor.close()


@contextmanager
def keys_table(connection: sa.Connection, column: str, keys: Sequence[str]) -> Iterator[sa.Select[tuple[str]]]:
    """Put keys into a temporary table, and yield the query that reads them there."""
    table = sa.table("touched", sa.column(column, sa.Text))
    connection.exec_driver_sql(f'CREATE TEMPORARY TABLE "{table.name}" ("{column}" TEXT PRIMARY KEY)')
    load(connection, table.name, [column], [(key,) for key in keys])
    yield sa.select(table.c[column])
    connection.exec_driver_sql(f'DROP TABLE "{table.name}"')
