"""Written titles and the trainings they mean.

Revision ID: 0006
Revises: 0005
"""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

NAME = "training_titles"


def upgrade() -> None:
    """Make the table, and the one of its earlier versions."""
    bytewise = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
    since = sa.Column("since", sa.BigInteger, nullable=False, server_default="0")
    op.create_table(NAME, sa.Column("row_key", bytewise, primary_key=True), *_columns(), since)
    op.create_table(
        f"{NAME}_versions",
        sa.Column("row_key", bytewise),
        *_columns(),
        sa.Column("since", sa.BigInteger, nullable=False),
        sa.Column("until", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("row_key", "since"),
    )


def _columns() -> list[sa.Column[str] | sa.Column[float]]:
    return [
        sa.Column("title", sa.Text),
        sa.Column("training", sa.Text),
        sa.Column("confidence", sa.Double),
        sa.Column("status", sa.Text),
    ]


def downgrade() -> None:
    """Drop both."""
    op.drop_table(f"{NAME}_versions")
    op.drop_table(NAME)
