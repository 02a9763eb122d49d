"""Tables that only grow: the database itself refuses to change or delete their rows."""

from alembic import op

_POSTGRESQL = """
CREATE OR REPLACE FUNCTION bangkom_append_only() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN RAISE EXCEPTION '% is append-only', TG_TABLE_NAME; END $$
"""


def forbid_changes(table: str, key: str) -> None:
    """Refuse every update and delete of a table.

    Parameters
    ----------
    table, key : Names of the table and its primary key. SQLite replaces a row without deleting it, so there an insert
        with a known key is refused as well.

    Notes
    -----
    SQLite drops the triggers of a table that a later step rebuilds: such a step calls this again.
    """
    if op.get_bind().dialect.name == "postgresql":
        op.execute(_POSTGRESQL)
        op.execute(
            f"CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON {table} "
            "FOR EACH STATEMENT EXECUTE FUNCTION bangkom_append_only()"
        )
        return
    refuse = f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
    is_known = f"WHEN EXISTS (SELECT 1 FROM {table} WHERE {key} = NEW.{key})"  # noqa: S608 (names come from our own steps)
    for action, condition in (("UPDATE", ""), ("DELETE", ""), ("INSERT", is_known)):
        op.execute(f"CREATE TRIGGER {table}_no_{action.lower()} BEFORE {action} ON {table} {condition} {refuse}")
