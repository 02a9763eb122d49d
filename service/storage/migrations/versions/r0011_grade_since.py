"""The first day of people in their grade.

Revision ID: 0011
Revises: 0010
"""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

TABLES = ("employees", "employees_versions")


def upgrade() -> None:
    """Add the column; rows on file have no value in it."""
    for name in TABLES:
        with op.batch_alter_table(name) as table:
            table.add_column(sa.Column("grade_since", sa.Date))


def downgrade() -> None:
    """Drop it."""
    for name in TABLES:
        with op.batch_alter_table(name) as table:
            table.drop_column("grade_since")
