"""Many rows into a table at once: the driver's own way on each database."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import pandas as pd
import sqlalchemy as sa

from service.storage.frames import to_lists

CACHE_KIBIBYTES = 65_536  # pages that SQLite keeps while it loads; with 2,000 it writes and reads the key index again
MANY_ROWS = 10_000  # from here on
ROWS_AT_ONCE = 50_000  # made plain values at a time
MOST_PARAMETERS = 960  # of one statement; every SQLite takes 999, and each statement costs as much as two rows


def load(connection: sa.Connection, table: str, frame: pd.DataFrame) -> None:
    """Append a frame's rows to a table: by COPY on PostgreSQL, by statements of many rows on SQLite.

    Parameters
    ----------
    connection : In a transaction.
    table : Its name.
    frame : Has columns of the table, by their names.
    """
    cursor: Any = connection.connection.cursor()  # the driver's own, which knows COPY
    parts = (to_lists(frame.iloc[first : first + ROWS_AT_ONCE]) for first in range(0, len(frame), ROWS_AT_ONCE))
    if connection.dialect.name == "postgresql":
        _copy(cursor, table, list(frame.columns), parts)
        return
    with _room(connection, len(frame)):
        for columns in parts:
            _insert(cursor, table, list(frame.columns), columns)
    cursor.close()


@contextmanager
def _room(connection: sa.Connection, n_rows: int) -> Iterator[None]:
    """Let SQLite keep more pages while many rows go in.

    What a connection may keep it keeps for good, and a service holds many connections; so it gets its own room back.
    """
    own = connection.exec_driver_sql("PRAGMA cache_size").scalar_one() if n_rows >= MANY_ROWS else None
    if own is not None:
        connection.exec_driver_sql(f"PRAGMA cache_size=-{CACHE_KIBIBYTES}")
    try:
        yield
    finally:
        if own is not None:
            connection.exec_driver_sql(f"PRAGMA cache_size={own}")


def _listed(columns: Sequence[str]) -> str:
    return ", ".join(f'"{column}"' for column in columns)


def _copy(cursor: Any, table: str, names: Sequence[str], parts: Iterator[list[list[object]]]) -> None:  # noqa: ANN401 (the driver's own type)
    with cursor, cursor.copy(f'COPY "{table}" ({_listed(names)}) FROM STDIN') as copy:
        for columns in parts:
            for record in zip(*columns, strict=True):
                copy.write_row(record)


def _insert(cursor: Any, table: str, names: Sequence[str], columns: list[list[object]]) -> None:  # noqa: ANN401 (as above)
    """Insert rows, many by one statement.

    Notes
    -----
    OR FAIL raises what a plain INSERT does, and the transaction ends with it. It spares SQLite the copies of pages that
    would undo the failed statement alone.
    """
    n_rows, at_once = len(columns[0]), max(1, MOST_PARAMETERS // len(names))
    whole = n_rows - n_rows % at_once
    for n, params in ((at_once, _flat(columns, whole, at_once)), (1, zip(*[c[whole:] for c in columns], strict=True))):
        rows = ", ".join([f"({', '.join('?' * len(names))})"] * n)
        cursor.executemany(f'INSERT OR FAIL INTO "{table}" ({_listed(names)}) VALUES {rows}', params)  # noqa: S608 (names come from our own declarations)


def _flat(columns: list[list[object]], end: int, at_once: int) -> Iterator[list[object]]:
    """Return the values of so many rows at a time, row after row."""
    width = len(columns)
    for first in range(0, end, at_once):
        values: list[object] = [None] * (at_once * width)
        for position, column in enumerate(columns):
            values[position::width] = column[first : first + at_once]
        yield values


@contextmanager
def keys_table(connection: sa.Connection, column: str, keys: Sequence[str]) -> Iterator[sa.Select[tuple[str]]]:
    """Put keys into a temporary table, and yield the query that reads them there."""
    table = sa.table("touched", sa.column(column, sa.Text))
    connection.exec_driver_sql(f'CREATE TEMPORARY TABLE "{table.name}" ("{column}" TEXT PRIMARY KEY)')
    load(connection, table.name, pd.DataFrame({column: pd.Series(keys, dtype="str")}))
    yield sa.select(table.c[column])
    connection.exec_driver_sql(f'DROP TABLE "{table.name}"')
