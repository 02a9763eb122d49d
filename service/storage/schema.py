"""Database tables: one for each declared import table, and those for models and plans."""

from typing import Any

import sqlalchemy as sa

from training_catalog.schema import Column, Kind, Table
from training_catalog.tables import TABLES

ROW_KEY = "row_key"  # the natural key as one text, parts joined by KEY_SEPARATOR, missing parts empty
KEY_SEPARATOR = "\x1f"

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


def _database_table(table: Table) -> sa.Table:
    columns = [sa.Column(column.name, column_type(column)) for column in table.columns]
    return sa.Table(table.name, METADATA, sa.Column(ROW_KEY, _KEY_TEXT, primary_key=True), *columns)


DATABASE_TABLES: dict[str, sa.Table] = {table.name: _database_table(table) for table in TABLES}

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
