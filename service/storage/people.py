"""One person's rows: all of them to hand out, or gone for good."""

from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import date
from functools import cache
from typing import Any

import sqlalchemy as sa

from service.storage.access import SESSIONS, USERS
from service.storage.append_only import changes_allowed
from service.storage.feedback import forget_answers
from service.storage.history import Writing
from service.storage.mentions import without_number, without_number_in_json
from service.storage.schema import (
    DATABASE_TABLES,
    FEEDBACK,
    KEY_SEPARATOR,
    POLICIES,
    PSEUDONYMS,
    ROW_KEY,
    SINCE,
    UNTIL,
    VERSIONS,
)
from service.storage.statements import erase_statements
from training_catalog.tables import TABLES, table

EMPLOYEE = "employee"


def personal_tables() -> tuple[str, ...]:
    """Return the names of the tables whose rows are somebody's."""
    return tuple(declared.name for declared in TABLES if EMPLOYEE in declared.column_names)


def is_of(stored: sa.Table, employee: str | sa.BindParameter[str]) -> sa.ColumnElement[bool]:
    """Return the condition on rows of a person, as a range of keys: each personal table's key begins with them."""
    who = sa.literal(employee, sa.Text) if isinstance(employee, str) else employee
    key, after = stored.c[ROW_KEY], chr(ord(KEY_SEPARATOR) + 1)
    return sa.or_(key == who, sa.and_(key >= who.concat(KEY_SEPARATOR), key < who.concat(after)))


@cache
def _version_query() -> sa.Select[Any]:
    """Return the query of a person's last change; it is put together once."""
    who = sa.bindparam("who", type_=sa.Text)
    last = [
        sa.select(sa.func.max(one.c[moment]).label("change")).where(is_of(one, who))
        for name in personal_tables()
        for one, moment in ((DATABASE_TABLES[name], SINCE), (VERSIONS[name], UNTIL))
    ]
    stored = DATABASE_TABLES["employees"]
    is_known = sa.exists().where(stored.c[ROW_KEY] == who)
    return sa.select(sa.func.max(sa.union_all(*last).subquery().c.change)).where(is_known)


def person_version(connection: sa.Connection, employee: str) -> int | None:
    """Return the last change of a person's rows; None when nobody of that number is on file."""
    last = connection.execute(_version_query(), {"who": employee}).scalar()
    return None if last is None else int(last)


def pseudonym_on_file(connection: sa.Connection, employee: str) -> str | None:
    """Return under which pseudonym the log of decisions knows a person; None when it does not."""
    return connection.execute(sa.select(PSEUDONYMS.c.pseudonym).where(PSEUDONYMS.c.employee == employee)).scalar()


def rows_of(connection: sa.Connection, name: str, employee: str) -> list[dict[str, Any]]:
    """Return a person's rows of one table, by key, with plain values: None for missing, ISO dates."""
    stored = DATABASE_TABLES[name]
    query = sa.select(*[stored.c[column.name] for column in table(name).columns])
    rows = connection.execute(query.where(stored.c[EMPLOYEE] == employee).order_by(stored.c[ROW_KEY])).mappings()
    return [{key: value.isoformat() if isinstance(value, date) else value for key, value in row.items()}
            for row in rows]  # fmt: skip


def overwrite_deleted(connection: sa.Connection) -> None:
    """Have SQLite overwrite what is deleted in this transaction, not only mark it as free."""
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql("PRAGMA secure_delete = ON")


def drop_old_bytes(engine: sa.Engine) -> None:
    """Write a SQLite file anew without what was deleted earlier; PostgreSQL's own vacuum does so in its time."""
    if engine.dialect.name != "sqlite":
        return
    is_in_use = engine.dialect.loaded_dbapi.OperationalError  # by another process: the next erasure does it
    connection = engine.raw_connection()
    try:
        with suppress(is_in_use):
            for statement in ("VACUUM", "PRAGMA wal_checkpoint(TRUNCATE)"):
                connection.cursor().execute(statement)
    finally:
        connection.close()


def delete_before(writing: Writing, name: str, days: Sequence[str], day: date, *, is_dry: bool) -> int:
    """Delete rows and earlier versions whose day is before another; rows of unknown day stay. Return their number.

    Parameters
    ----------
    writing : From `Database.writing`.
    name : Table.
    days : Columns that may hold the day, the first that has a value.
    day : The first day that is kept.
    is_dry : Whether to count only.
    """
    n_rows = 0
    for stored in (DATABASE_TABLES[name], VERSIONS[name]):
        is_old = sa.func.coalesce(*[stored.c[column] for column in days], None) < day
        if is_dry:
            found = writing.connection.execute(sa.select(sa.func.count()).select_from(stored).where(is_old))
            n_rows += int(found.scalar_one())
        else:
            n_rows += writing.connection.execute(sa.delete(stored).where(is_old)).rowcount
    if n_rows and not is_dry:
        writing.touch(name)
    return n_rows


def retired_before(connection: sa.Connection, day: date) -> list[str]:
    """Return the employees who retired, or whose contract ended, before a day."""
    people = DATABASE_TABLES["employees"]
    return list(connection.execute(sa.select(people.c[EMPLOYEE]).where(people.c["retirement_date"] < day)).scalars())


def erase_rows(writing: Writing, employee: str, pseudonym: str) -> int:
    """Delete a person's rows and their earlier versions, and what ties the log to them; return the number of rows.

    Parameters
    ----------
    writing : From `Database.writing`.
    employee : Whose.
    pseudonym : What stands for them in policies that name them.
    """
    connection = writing.connection
    overwrite_deleted(connection)
    _erase_mentions(writing, employee, pseudonym)
    _erase_titles(writing, employee)
    n_rows = 0
    for name in personal_tables():
        for stored in (DATABASE_TABLES[name], VERSIONS[name]):
            n_rows += connection.execute(sa.delete(stored).where(stored.c[EMPLOYEE] == employee)).rowcount
    names = sa.select(USERS.c.name).where(USERS.c.employee == employee)
    connection.execute(sa.delete(SESSIONS).where(SESSIONS.c.name.in_(names)))
    connection.execute(sa.delete(USERS).where(USERS.c.employee == employee))
    connection.execute(sa.delete(FEEDBACK).where(FEEDBACK.c.employee == employee))
    forget_answers(connection, employee)
    erase_statements(connection, employee)
    connection.execute(sa.delete(PSEUDONYMS).where(PSEUDONYMS.c.employee == employee))
    names_them = POLICIES.c.document.contains(employee, autoescape=True)
    if connection.execute(sa.select(POLICIES.c.policy).where(names_them).limit(1)).first() is not None:
        with changes_allowed(connection, POLICIES.name, POLICIES.c.policy.name):
            _rewrite(connection, POLICIES.c.document, employee, without_number_in_json(employee, pseudonym))
    for name in personal_tables() if n_rows else ():
        writing.touch(name)
    return n_rows


def _erase_titles(writing: Writing, employee: str) -> None:
    """Delete what is remembered of titles that stand in nobody else's history: they may tell of whom they were."""
    titles = [(one.c["training_name"], one.c[EMPLOYEE]) for one in (DATABASE_TABLES["history"], VERSIONS["history"])]
    theirs = sa.union(*[sa.select(title).where(who == employee) for title, who in titles])
    others = sa.union(*[sa.select(title).where(who != employee, title.is_not(None)) for title, who in titles])
    n_rows = 0
    for stored in (DATABASE_TABLES["training_titles"], VERSIONS["training_titles"]):
        alone = stored.c["title"].in_(theirs) & stored.c["title"].not_in(others)
        n_rows += writing.connection.execute(sa.delete(stored).where(alone)).rowcount
    if n_rows:
        writing.touch("training_titles")


def _rewrite(connection: sa.Connection, column: sa.Column[Any], employee: str, change: Callable[[str], str]) -> int:
    """Change the texts of a column that hold a number; return the rows that are others than before."""
    holds, n_rows = column.contains(employee, autoescape=True), 0
    for text in connection.execute(sa.select(column).where(holds).distinct()).scalars().all():
        if change(text) != text:
            changed = sa.update(column.table).where(column == text).values({column.name: change(text)})
            n_rows += connection.execute(changed).rowcount
    return n_rows


def _erase_mentions(writing: Writing, employee: str, pseudonym: str) -> None:
    """Put the pseudonym in the place of a person in texts of other rows: their number, and a name that is theirs alone.

    A name counts only where it is the whole text, as of an assessor; parts of keys stay, for rows are found by them.
    """
    connection, people = writing.connection, DATABASE_TABLES["employees"]
    name = connection.execute(sa.select(people.c["name"]).where(people.c[EMPLOYEE] == employee)).scalar()
    same = sa.select(sa.func.count()).select_from(people).where(people.c["name"] == name)
    is_theirs = name is not None and connection.execute(same).scalar_one() == 1
    for declared in TABLES:
        n_rows = 0
        texts = [c.name for c in declared.columns if c.kind in {"text", "list"} and c.name not in declared.key]
        for stored in (DATABASE_TABLES[declared.name], VERSIONS[declared.name]):
            for column in (stored.c[text] for text in texts):
                is_other = stored.c[EMPLOYEE] != employee if EMPLOYEE in stored.c else sa.true()
                n_rows += _rewrite(connection, column, employee, without_number(employee, pseudonym))
                if is_theirs:
                    theirs = sa.update(stored).where(column == name, is_other).values({column.name: pseudonym})
                    n_rows += connection.execute(theirs).rowcount
        if n_rows:
            writing.touch(declared.name)
