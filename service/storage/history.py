"""Who changed what, when, and what it was before: every row's earlier versions."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from datetime import time as time_of_day
from typing import Any

import sqlalchemy as sa

from service.storage.bulk import keys_table
from service.storage.schema import CHANGES, DATABASE_TABLES, ROW_KEY, SINCE, TABLE_CHANGES, UNTIL, VERSIONS
from training_catalog.errors import InputError
from training_catalog.tables import table


def now() -> datetime:
    """Return this moment; the only place of storage that asks the clock."""
    return datetime.now(UTC)


@dataclass(slots=True, kw_only=True)
class Writing:
    """One transaction that writes.

    Parameters
    ----------
    connection : Its connection.
    author, source : Who writes, and from what, such as names of files.
    clock : Gives the moment.
    change : Number of the change, once a row has changed.
    """

    connection: sa.Connection
    author: str
    source: str
    clock: Callable[[], datetime] = now
    change: int | None = None

    def number(self) -> int:
        """Return the number of this change, entered in the list of changes the first time."""
        if self.change is None:
            last = self.connection.execute(sa.select(CHANGES).order_by(CHANGES.c.change.desc()).limit(1)).one()
            self.change = int(last.change) + 1
            self.connection.execute(sa.insert(CHANGES).values(
                change=self.change, made_at=max(self.clock(), last.made_at), author=self.author, source=self.source,
            ))  # fmt: skip
        return self.change

    def touch(self, name: str) -> int:
        """Note that rows of a table change with this change, and return its number."""
        number = self.number()
        is_this = TABLE_CHANGES.c.table_name == name
        if not self.connection.execute(sa.update(TABLE_CHANGES).where(is_this).values(change=number)).rowcount:
            self.connection.execute(sa.insert(TABLE_CHANGES).values(table_name=name, change=number))
        return number


def changes_of_tables(connection: sa.Connection) -> dict[str, int]:
    """Return the number of the last change of each table that was ever changed."""
    return {row.table_name: int(row.change) for row in connection.execute(sa.select(TABLE_CHANGES))}


def last_change(connection: sa.Connection, until: date | None = None) -> int:
    """Return the number of the last change; the last one made by the end of a day where one is given."""
    query = sa.select(sa.func.max(CHANGES.c.change))
    if until is not None:
        end = datetime.combine(until + timedelta(days=1), time_of_day.min).astimezone()
        query = query.where(CHANGES.c.made_at < end)
    return int(connection.execute(query).scalar() or 0)


def set_aside(writing: Writing, name: str, keys: list[str]) -> None:
    """Move the rows of some keys to the earlier versions; what this very change made is no version of its own."""
    stored, versions, connection = DATABASE_TABLES[name], VERSIONS[name], writing.connection
    number = writing.number()
    kept = [column.name for column in versions.c if column.name != UNTIL]
    with keys_table(connection, ROW_KEY, keys) as touched:
        is_touched = stored.c[ROW_KEY].in_(touched)
        old = sa.select(*[stored.c[column] for column in kept], sa.literal(number, sa.BigInteger))
        old = old.where(is_touched, stored.c[SINCE] < number)
        connection.execute(sa.insert(versions).from_select([*kept, UNTIL], old))
        connection.execute(sa.delete(stored).where(is_touched))


def rows_at(name: str, change: int | None, *columns: str) -> sa.Select[Any]:
    """Return the query of a table's rows, by key: as they are, or as they were after a change."""
    stored, versions = DATABASE_TABLES[name], VERSIONS[name]
    if change is None:
        return sa.select(*[stored.c[column] for column in columns]).order_by(stored.c[ROW_KEY])
    both = sa.union_all(*[
        sa.select(*[one.c[column] for column in (ROW_KEY, *columns)]).where(one.c[SINCE] <= change, *ended)
        for one, ended in ((stored, ()), (versions, (versions.c[UNTIL] > change,)))
    ]).subquery()  # fmt: skip
    return sa.select(*[both.c[column] for column in columns]).order_by(both.c[ROW_KEY])


@dataclass(frozen=True, slots=True, kw_only=True)
class RowChange:
    """One change of one row.

    Parameters
    ----------
    change, made_at, author, source : Which, when, who, and from what; change 0 is from before changes were counted.
    key : The row's natural key.
    before, after : Values that differ; before is None for a new row.
    """

    change: int
    made_at: datetime
    author: str
    source: str
    key: dict[str, Any]
    before: dict[str, Any] | None
    after: dict[str, Any]


def changes_of(connection: sa.Connection, name: str, identifier: str) -> list[RowChange]:
    """Return every change of the rows whose key begins with an identifier, row by row, oldest first.

    Raises
    ------
    InputError
        When there is no such table.
    """
    if name not in DATABASE_TABLES:
        raise InputError("table '{name}' is not known; accepted: {known}", name=name, known=", ".join(DATABASE_TABLES))
    declared, found = table(name), []
    names, key = declared.column_names, declared.key
    both = sa.union_all(*[
        sa.select(*[one.c[column] for column in (ROW_KEY, SINCE, *names)]).where(one.c[key[0]] == identifier)
        for one in (VERSIONS[name], DATABASE_TABLES[name])
    ]).subquery()  # fmt: skip
    made = [column.label(f"changes_{column.name}") for column in CHANGES.c]
    query = sa.select(both, *made).join(CHANGES, CHANGES.c.change == both.c[SINCE])
    previous: Any = None
    for row in connection.execute(query.order_by(both.c[ROW_KEY], both.c[SINCE])).mappings():
        is_new = previous is None or previous[ROW_KEY] != row[ROW_KEY]
        old = dict.fromkeys(names) if is_new else previous
        differing = [column for column in names if old[column] != row[column]]
        found.append(RowChange(
            **{column.name: row[f"changes_{column.name}"] for column in CHANGES.c},
            key={column: row[column] for column in key},
            before=None if is_new else {column: old[column] for column in differing},
            after={column: row[column] for column in differing},
        ))  # fmt: skip
        previous = row
    return found
