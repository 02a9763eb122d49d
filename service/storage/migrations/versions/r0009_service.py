"""The last change of each table, feedback on lists, and keys of requests that may come twice.

Revision ID: 0009
Revises: 0008
"""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "table_changes",
        sa.Column("table_name", sa.Text, primary_key=True),
        sa.Column("change", sa.BigInteger, nullable=False),
    )
    op.create_table(
        "feedback",
        sa.Column("feedback", sa.Text, primary_key=True),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("author", sa.Text, nullable=False),
        sa.Column("decision", sa.Text, nullable=False),
        sa.Column("employee", sa.Text, nullable=False),
        sa.Column("training", sa.Text, nullable=False),
        sa.Column("offering", sa.Text),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("said_on", sa.Date, nullable=False),
    )
    op.create_index("ix_feedback_employee", "feedback", ["employee"])
    op.create_index("ix_feedback_decision", "feedback", ["decision"])
    op.create_table(
        "request_keys",
        sa.Column("caller", sa.Text, primary_key=True),
        sa.Column("request_key", sa.Text, primary_key=True),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("digest", sa.Text, nullable=False),
    )


def downgrade() -> None:
    """Drop them."""
    for name in ("request_keys", "feedback", "table_changes"):
        op.drop_table(name)
