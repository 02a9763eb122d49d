"""Many rows into a table at once: the driver's own way on each database."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import sqlalchemy as sa

Record = tuple[object, ...]


def load(connection: sa.Connection, table: str, columns: Sequence[str], records: Sequence[Record]) -> None:
    """Append records to a table: by COPY on PostgreSQL, by the driver's executemany on SQLite."""
    if not records:
        return
    listed = ", ".join(f'"{column}"' for column in columns)
    if connection.dialect.name == "postgresql":
        cursor: Any = connection.connection.cursor()  # psycopg's own, which knows COPY
        with cursor, cursor.copy(f'COPY "{table}" ({listed}) FROM STDIN') as copy:
            for record in records:
                copy.write_row(record)
        return
    marks = ", ".join(["?"] * len(columns))
    statement = f'INSERT INTO "{table}" ({listed}) VALUES ({marks})'  # noqa: S608 (names come from our own declarations)
    connection.exec_driver_sql(statement, list(records))


@contextmanager
def keys_table(connection: sa.Connection, column: str, keys: Sequence[str]) -> Iterator[sa.Select[tuple[str]]]:
    """Put keys into a temporary table, and yield the query that reads them there."""
    table = sa.table("touched", sa.column(column, sa.Text))
    connection.exec_driver_sql(f'CREATE TEMPORARY TABLE "{table.name}" ("{column}" TEXT PRIMARY KEY)')
    load(connection, table.name, [column], [(key,) for key in keys])
    yield sa.select(table.c[column])
    connection.exec_driver_sql(f'DROP TABLE "{table.name}"')
