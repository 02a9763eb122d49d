"""A log of what was decided and from what, which only grows; people stand in it under pseudonyms.

Revision ID: 0005
Revises: 0004
"""

import sqlalchemy as sa
from alembic import op

from service.storage.append_only import forbid_changes

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

TEXTS = ("catalog", "model", "policy", "request", "result")


def upgrade() -> None:
    """Make the log, and the tables it points to."""
    op.create_table(
        "decisions",
        sa.Column("decision", sa.Text, primary_key=True),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        *[sa.Column(name, sa.Text, nullable=False) for name in ("author", "kind", "subject")],
        sa.Column("as_of", sa.Date, nullable=False),
        sa.Column("change", sa.BigInteger, nullable=False),
        *[sa.Column(name, sa.Text, nullable=False) for name in TEXTS],
    )
    forbid_changes(op.get_bind(), "decisions", "decision")
    for table, key, value in (("policies", "policy", "document"), ("pseudonyms", "employee", "pseudonym")):
        op.create_table(
            table, sa.Column(key, sa.Text, primary_key=True), sa.Column(value, sa.Text, nullable=False)
        )  # fmt: skip


def downgrade() -> None:
    """Forget the decisions."""
    for table in ("pseudonyms", "policies", "decisions"):
        op.drop_table(table)
