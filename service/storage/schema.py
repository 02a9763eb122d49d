"""Database tables: two for each declared import table (rows, earlier versions), changes, models, plans, decisions."""

from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa

from training_catalog.schema import Column, Kind, Table
from training_catalog.tables import TABLES

ROW_KEY = "row_key"  # the natural key as one text, parts joined by KEY_SEPARATOR, missing parts empty
KEY_SEPARATOR = "\x1f"
SINCE, UNTIL = "since", "until"  # changes that made a version of a row, and ended it

_TYPES: dict[Kind, type[sa.types.TypeEngine[Any]]] = {
    "id": sa.Text, "text": sa.Text, "choice": sa.Text, "list": sa.Text, "integer": sa.BigInteger,
    "money": sa.BigInteger, "decimal": sa.Double, "level": sa.Double, "hours": sa.Double, "date": sa.Date,
}  # fmt: skip

_KEY_TEXT = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")  # the same order as in SQLite: by bytes

METADATA = sa.MetaData(
    naming_convention={
        "ix": "ix_%(column_0_label)s", "uq": "uq_%(table_name)s_%(column_0_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s", "pk": "pk_%(table_name)s",
    }
)  # fmt: skip


def column_type(column: Column) -> sa.types.TypeEngine[Any]:
    """Return the database type of a declared column."""
    return _TYPES[column.kind]()


class Moment(sa.TypeDecorator[datetime]):
    """A moment in UTC; SQLite keeps no zone."""

    impl = sa.DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: sa.Dialect) -> datetime | None:  # noqa: ARG002 (SQLAlchemy's signature)
        """Store in UTC."""
        return None if value is None else value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: sa.Dialect) -> datetime | None:  # noqa: ARG002 (as above)
        """Give back with its zone."""
        return None if value is None else value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


def _columns(table: Table) -> list[sa.Column[Any]]:
    return [sa.Column(column.name, column_type(column)) for column in table.columns]


def _database_table(table: Table) -> sa.Table:
    since = sa.Column(SINCE, sa.BigInteger, nullable=False, server_default="0")
    return sa.Table(table.name, METADATA, sa.Column(ROW_KEY, _KEY_TEXT, primary_key=True), *_columns(table), since,
                    sqlite_with_rowid=False)  # fmt: skip


def _versions_table(table: Table) -> sa.Table:
    return sa.Table(
        f"{table.name}_versions", METADATA, sa.Column(ROW_KEY, _KEY_TEXT, primary_key=True), *_columns(table),
        sa.Column(SINCE, sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column(UNTIL, sa.BigInteger, nullable=False),
        sqlite_with_rowid=False,
    )  # fmt: skip


DATABASE_TABLES: dict[str, sa.Table] = {table.name: _database_table(table) for table in TABLES}
VERSIONS: dict[str, sa.Table] = {table.name: _versions_table(table) for table in TABLES}

CHANGES = sa.Table(
    "changes", METADATA,
    sa.Column("change", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("made_at", Moment, nullable=False),
    sa.Column("author", sa.Text, nullable=False),
    sa.Column("source", sa.Text, nullable=False),
)  # fmt: skip

MODELS = sa.Table(
    "fitted_models", METADATA,
    sa.Column("model_id", sa.Text, primary_key=True),
    sa.Column("sequence", sa.BigInteger, nullable=False),
    sa.Column("created_on", sa.Date, nullable=False),
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("manifest", sa.Text, nullable=False),
    sa.Column("payload", sa.LargeBinary, nullable=False),
)  # fmt: skip

PLANS = sa.Table(
    "plans", METADATA,
    sa.Column("plan_id", sa.Text, primary_key=True),
    sa.Column("sequence", sa.BigInteger, nullable=False),
    sa.Column("created_on", sa.Date, nullable=False),
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("summary", sa.Text, nullable=False),
    sa.Column("document", sa.LargeBinary, nullable=False),
)  # fmt: skip

DECISIONS = sa.Table(
    "decisions", METADATA,
    sa.Column("decision", sa.Text, primary_key=True),
    sa.Column("made_at", Moment, nullable=False),
    sa.Column("author", sa.Text, nullable=False),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("subject", sa.Text, nullable=False),
    sa.Column("as_of", sa.Date, nullable=False),
    sa.Column("change", sa.BigInteger, nullable=False),
    sa.Column("catalog", sa.Text, nullable=False),
    sa.Column("model", sa.Text, nullable=False),
    sa.Column("policy", sa.Text, nullable=False),
    sa.Column("request", sa.Text, nullable=False),
    sa.Column("result", sa.Text, nullable=False),
)  # fmt: skip

POLICIES = sa.Table(
    "policies", METADATA,
    sa.Column("policy", sa.Text, primary_key=True),
    sa.Column("document", sa.Text, nullable=False),
)  # fmt: skip

PSEUDONYMS = sa.Table(
    "pseudonyms", METADATA,
    sa.Column("employee", sa.Text, primary_key=True),
    sa.Column("pseudonym", sa.Text, nullable=False),
)  # fmt: skip

TABLE_CHANGES = sa.Table(
    "table_changes", METADATA,
    sa.Column("table_name", sa.Text, primary_key=True),
    sa.Column("change", sa.BigInteger, nullable=False),
)  # fmt: skip

FEEDBACK = sa.Table(
    "feedback", METADATA,
    sa.Column("feedback", sa.Text, primary_key=True),
    sa.Column("made_at", Moment, nullable=False),
    sa.Column("author", sa.Text, nullable=False),
    sa.Column("decision", sa.Text, nullable=False, index=True),
    sa.Column("employee", sa.Text, nullable=False, index=True),
    sa.Column("training", sa.Text, nullable=False),
    sa.Column("offering", sa.Text),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("said_on", sa.Date, nullable=False),
)  # fmt: skip

REQUEST_KEYS = sa.Table(
    "request_keys", METADATA,
    sa.Column("caller", sa.Text, primary_key=True),
    sa.Column("request_key", sa.Text, primary_key=True),
    sa.Column("made_at", Moment, nullable=False),
    sa.Column("digest", sa.Text, nullable=False),
    sa.Column("answer", sa.Text),
)  # fmt: skip
