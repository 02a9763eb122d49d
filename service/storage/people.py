"""One person's rows: all of them to hand out, or gone for good."""

import sqlalchemy as sa

from service.storage.history import Writing
from service.storage.schema import DATABASE_TABLES, POLICIES, PSEUDONYMS, VERSIONS
from training_catalog.tables import TABLES

EMPLOYEE = "employee"


def personal_tables() -> tuple[str, ...]:
    """Return the names of the tables whose rows are somebody's."""
    return tuple(declared.name for declared in TABLES if EMPLOYEE in declared.column_names)


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
    connection.execute(sa.delete(PSEUDONYMS).where(PSEUDONYMS.c.employee == employee))
    connection.execute(
        sa.update(POLICIES)
        .where(POLICIES.c.document.contains(employee, autoescape=True))
        .values(document=sa.func.replace(POLICIES.c.document, employee, pseudonym))
    )
    if n_rows:
        writing.number()
    return n_rows
