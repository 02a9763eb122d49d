"""Order of competencies among their siblings, and the position above a position.

Revision ID: 0002
Revises: 0001
"""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the columns; rows on file have no value in them."""
    with op.batch_alter_table("competencies") as table:
        table.add_column(sa.Column("sequence", sa.BigInteger))
    with op.batch_alter_table("positions") as table:
        table.add_column(sa.Column("parent", sa.Text))


def downgrade() -> None:
    """Drop them."""
    with op.batch_alter_table("positions") as table:
        table.drop_column("parent")
    with op.batch_alter_table("competencies") as table:
        table.drop_column("sequence")
