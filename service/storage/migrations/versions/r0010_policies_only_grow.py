"""Policies that decisions point to: the database refuses to change or delete them.

Revision ID: 0010
Revises: 0009
"""

from alembic import op

from service.storage.append_only import allow_changes, forbid_changes

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Forbid it."""
    forbid_changes(op.get_bind(), "policies", "policy")


def downgrade() -> None:
    """Allow it again."""
    allow_changes(op.get_bind(), "policies")
