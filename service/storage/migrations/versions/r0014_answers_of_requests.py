"""What a request with a key was answered, so that the same again is answered alike.

Revision ID: 0014
Revises: 0013
"""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the column; requests on file have no value in it."""
    with op.batch_alter_table("request_keys") as table:
        table.add_column(sa.Column("answer", sa.Text))


def downgrade() -> None:
    """Drop it."""
    with op.batch_alter_table("request_keys") as table:
        table.drop_column("answer")
