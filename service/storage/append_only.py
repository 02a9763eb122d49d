"""Tables that only grow: the database itself refuses to change or delete their rows."""

from collections.abc import Iterator
from contextlib import contextmanager

import sqlalchemy as sa

_POSTGRESQL = """
CREATE OR REPLACE FUNCTION bangkom_append_only() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN RAISE EXCEPTION '% is append-only', TG_TABLE_NAME; END $$
"""
_ACTIONS = ("UPDATE", "DELETE", "INSERT")


def forbid_changes(connection: sa.Connection, table: str, key: str) -> None:
    """Refuse every update and delete of a table.

    Parameters
    ----------
    connection : A transaction that writes.
    table, key : Names of the table and its primary key. SQLite replaces a row without deleting it, so there an insert
        with a known key is refused as well.

    Notes
    -----
    SQLite drops the triggers of a table that a later step rebuilds: such a step calls this again.
    """
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql(_POSTGRESQL.replace("%", "%%"))  # the driver reads % as a mark
        connection.exec_driver_sql(
            f"CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON {table} "
            "FOR EACH STATEMENT EXECUTE FUNCTION bangkom_append_only()"
        )
        return
    refuse = f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
    is_known = f"WHEN EXISTS (SELECT 1 FROM {table} WHERE {key} = NEW.{key})"  # noqa: S608 (names come from our own steps)
    for action, condition in zip(_ACTIONS, ("", "", is_known), strict=True):
        connection.exec_driver_sql(
            f"CREATE TRIGGER {table}_no_{action.lower()} BEFORE {action} ON {table} {condition} {refuse}"
        )


def allow_changes(connection: sa.Connection, table: str) -> None:
    """Take back what `forbid_changes` did."""
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql(f"DROP TRIGGER {table}_append_only ON {table}")
        return
    for action in _ACTIONS:
        connection.exec_driver_sql(f"DROP TRIGGER {table}_no_{action.lower()}")


@contextmanager
def changes_allowed(connection: sa.Connection, table: str, key: str) -> Iterator[None]:
    """Change a table that only grows, as the erasure of a person must; nobody else can meanwhile.

    Notes
    -----
    On both databases the refusal is lifted within the transaction alone: if it fails, it was never lifted.
    """
    allow_changes(connection, table)
    yield
    forbid_changes(connection, table, key)
