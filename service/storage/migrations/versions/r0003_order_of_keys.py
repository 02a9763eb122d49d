"""Row keys in the order of their bytes on PostgreSQL, as in SQLite.

Revision ID: 0003
Revises: 0002
"""

from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

TABLES = (
    "frameworks", "competencies", "units", "positions", "requirements", "position_defaults", "employees",
    "assessments", "rating_scales", "performance", "trainings", "training_targets", "prerequisites", "accounts",
    "budgets", "offerings", "history", "price_book", "hour_rules", "unit_outcomes", "interests", "absences",
)  # fmt: skip


def _collate(collation: str) -> None:
    if op.get_bind().dialect.name == "postgresql":
        for name in TABLES:
            op.execute(f'ALTER TABLE "{name}" ALTER COLUMN row_key TYPE text COLLATE "{collation}"')


def upgrade() -> None:
    """Order by bytes; SQLite always did."""
    _collate("C")


def downgrade() -> None:
    """Order by the database's language again."""
    _collate("default")
