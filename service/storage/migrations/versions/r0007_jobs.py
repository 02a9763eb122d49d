"""Jobs that outlive their worker, and their files.

Revision ID: 0007
Revises: 0006
"""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

TEXTS = ("kind", "state", "author", "owner", "request", "stage", "worker")
COUNTS = ("done", "total", "attempt", "max_attempts", "token", "beat")
MOMENTS = ("started_at", "ended_at", "cancel_asked_at")


def upgrade() -> None:
    """Make both tables."""
    op.create_table(
        "jobs",
        sa.Column("job_id", sa.Text, primary_key=True),
        sa.Column("sequence", sa.BigInteger, nullable=False),
        *[sa.Column(name, sa.Text, nullable=False) for name in TEXTS],
        *[sa.Column(name, sa.BigInteger, nullable=False) for name in COUNTS],
        sa.Column("submitted_at", sa.DateTime(timezone=True), nullable=False),
        *[sa.Column(name, sa.DateTime(timezone=True)) for name in MOMENTS],
        *[sa.Column(name, sa.Text) for name in ("request_key", "units", "result", "error")],
        sa.UniqueConstraint("sequence"),
        sa.UniqueConstraint("request_key"),
    )
    op.create_index("ix_jobs_state", "jobs", ["state"])
    op.create_table(
        "job_files",
        sa.Column("job_id", sa.Text, primary_key=True),
        sa.Column("role", sa.Text, primary_key=True),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("content", sa.LargeBinary, nullable=False),
    )


def downgrade() -> None:
    """Forget the jobs."""
    op.drop_table("job_files")
    op.drop_table("jobs")
