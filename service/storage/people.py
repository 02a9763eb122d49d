"""One person's rows: all of them to hand out, or gone for good."""

from functools import cache
from typing import Any

import sqlalchemy as sa

from service.storage.append_only import changes_allowed
from service.storage.history import Writing
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
from training_catalog.tables import TABLES

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


def erase_rows(writing: Writing, employee: str, pseudonym: str) -> int:
    """Delete a person's rows and their earlier versions, and what ties the log to them; return the number of rows.

    Parameters
    ----------
    writing : From `Database.writing`.
    employee : Whose.
    pseudonym : What stands for them in policies that name them.
    """
    connection = writing.connection
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql("PRAGMA secure_delete = ON")  # overwritten, not only marked as free
    n_rows = 0
    for name in personal_tables():
        for stored in (DATABASE_TABLES[name], VERSIONS[name]):
            n_rows += connection.execute(sa.delete(stored).where(stored.c[EMPLOYEE] == employee)).rowcount
    connection.execute(sa.delete(FEEDBACK).where(FEEDBACK.c.employee == employee))
    connection.execute(sa.delete(PSEUDONYMS).where(PSEUDONYMS.c.employee == employee))
    names_them = POLICIES.c.document.contains(employee, autoescape=True)
    if connection.execute(sa.select(POLICIES.c.policy).where(names_them).limit(1)).first() is not None:
        without = sa.func.replace(POLICIES.c.document, employee, pseudonym)
        with changes_allowed(connection, POLICIES.name, POLICIES.c.policy.name):
            connection.execute(sa.update(POLICIES).where(names_them).values(document=without))
    for name in personal_tables() if n_rows else ():
        writing.touch(name)
    return n_rows
