"""What people say of suggestions and seats: nominations, answers, claims with their proof, objections.

Revision ID: 0013
Revises: 0012
"""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "statements",
        sa.Column("statement", sa.Text, primary_key=True),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        *[sa.Column(name, sa.Text, nullable=False) for name in ("author", "kind", "employee")],
        *[sa.Column(name, sa.Text) for name in ("training", "offering", "plan", "words", "answers")],
    )  # fmt: skip
    for column in ("employee", "kind", "answers"):
        op.create_index(f"ix_statements_{column}", "statements", [column])
    op.create_table(
        "statement_files",
        sa.Column("statement", sa.Text, primary_key=True),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("media_type", sa.Text, nullable=False),
        sa.Column("content", sa.LargeBinary, nullable=False),
    )


def downgrade() -> None:
    """Forget what was said."""
    op.drop_table("statement_files")
    op.drop_table("statements")
