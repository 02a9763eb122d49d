"""Rows are kept by their key in SQLite, not by a number beside an index of keys: each key is stored once.

Revision ID: 0015
Revises: 0014
"""

from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

TABLES = (
    "frameworks", "competencies", "units", "positions", "requirements", "position_defaults", "employees",
    "assessments", "rating_scales", "performance", "trainings", "training_targets", "prerequisites", "accounts",
    "budgets", "offerings", "history", "training_titles", "price_book", "hour_rules", "unit_outcomes", "interests",
    "absences",
)  # fmt: skip
BY_KEY = " WITHOUT ROWID"
CACHE_KIBIBYTES = 65_536


def upgrade() -> None:
    """Make each table anew, with its rows; PostgreSQL keeps rows in its own way."""
    _make_anew(BY_KEY)


def downgrade() -> None:
    """Keep rows by number again."""
    _make_anew("")


def _make_anew(ending: str) -> None:
    connection = op.get_bind()
    if connection.dialect.name != "sqlite":
        return
    own = connection.exec_driver_sql("PRAGMA cache_size").scalar_one()
    connection.exec_driver_sql(f"PRAGMA cache_size=-{CACHE_KIBIBYTES}")
    for name in [one for table in TABLES for one in (table, f"{table}_versions")]:
        made = connection.exec_driver_sql("SELECT sql FROM sqlite_master WHERE name = ?", (name,)).scalar_one()
        op.rename_table(name, f"{name}_before")
        connection.exec_driver_sql(made.rstrip().removesuffix(BY_KEY) + ending)
        connection.exec_driver_sql(f'INSERT INTO "{name}" SELECT * FROM "{name}_before" ORDER BY row_key')  # noqa: S608 (names from above)
        op.drop_table(f"{name}_before")
    connection.exec_driver_sql(f"PRAGMA cache_size={own}")  # a service goes on with this connection
