"""Every row keeps its earlier versions; who changed what and when is kept for good.

Revision ID: 0004
Revises: 0003
"""

from datetime import UTC, datetime

import sqlalchemy as sa
from alembic import op

from service.storage.append_only import forbid_changes

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

TABLES = (
    "frameworks", "competencies", "units", "positions", "requirements", "position_defaults", "employees",
    "assessments", "rating_scales", "performance", "trainings", "training_targets", "prerequisites", "accounts",
    "budgets", "offerings", "history", "price_book", "hour_rules", "unit_outcomes", "interests", "absences",
)  # fmt: skip


def upgrade() -> None:
    """Give rows the number of the change that made them: 0 for those on file before changes were counted."""
    changes = op.create_table(
        "changes",
        sa.Column("change", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("author", sa.Text, nullable=False),
        sa.Column("source", sa.Text, nullable=False),
    )
    op.bulk_insert(changes, [{"change": 0, "made_at": datetime(1970, 1, 1, tzinfo=UTC), "author": "", "source": ""}])
    forbid_changes(op.get_bind(), "changes", "change")
    for name in TABLES:
        _keep_versions(name)


def _keep_versions(name: str) -> None:
    kept = [sa.Column(c["name"], c["type"]) for c in sa.inspect(op.get_bind()).get_columns(name)]
    op.create_table(
        f"{name}_versions",
        *kept,
        sa.Column("since", sa.BigInteger, nullable=False),
        sa.Column("until", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("row_key", "since"),
    )
    op.add_column(name, sa.Column("since", sa.BigInteger, nullable=False, server_default="0"))


def downgrade() -> None:
    """Forget the history."""
    for name in TABLES:
        with op.batch_alter_table(name) as table:
            table.drop_column("since")
        op.drop_table(f"{name}_versions")
    op.drop_table("changes")
