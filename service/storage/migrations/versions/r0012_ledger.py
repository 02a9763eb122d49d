"""The ledger: entries that only grow, seats of approved plans, opened classes, and what is held of each budget line.

Revision ID: 0012
Revises: 0011
"""

import sqlalchemy as sa
from alembic import op

from service.storage.append_only import forbid_changes

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

TABLES = ("ledger_lines", "ledger_classes", "ledger_seats", "ledger_entries")


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "ledger_entries",
        sa.Column("entry", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        *_texts("author", "plan"), *_whole("year"), *_texts("line", "seat", "offering", "part", "kind", "event"),
        *_whole("reserved", "spent"),
        sa.UniqueConstraint("plan", "seat", "offering", "part", "event", name="uq_ledger_entries_event"),
    )  # fmt: skip
    forbid_changes(op.get_bind(), "ledger_entries", "entry")
    op.create_index("ix_ledger_entries_line", "ledger_entries", ["year", "line"])
    op.create_table(
        "ledger_seats",
        sa.Column("seat", sa.Text, primary_key=True),
        *_texts("plan", "employee", "offering"), *_whole("year"), *_texts("state"), *_whole("version"),
        *_texts("fee_line", "travel_line"),
        *_whole("fee_reserved", "travel_reserved", "fee_spent", "travel_spent"),
    )  # fmt: skip
    taken = sa.column("state").in_(["reserved", "enrolled", "completed"])
    op.create_index("uq_ledger_seats_taken", "ledger_seats", ["employee", "offering"], unique=True,
                    sqlite_where=taken, postgresql_where=taken)  # fmt: skip
    op.create_index("ix_ledger_seats_plan", "ledger_seats", ["plan"])
    op.create_index("ix_ledger_seats_offering", "ledger_seats", ["offering"])
    op.create_table(
        "ledger_classes",
        sa.Column("offering", sa.Text, primary_key=True),
        *_texts("plan"), *_whole("year"), *_texts("line", "state"), *_whole("version", "amount"),
    )  # fmt: skip
    op.create_table(
        "ledger_lines",
        sa.Column("year", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("line", sa.Text, primary_key=True),
        *_texts("parent"), *_whole("ceiling", "own_reserved", "own_spent", "reserved", "spent"),
        sa.CheckConstraint("own_reserved >= 0 AND reserved >= own_reserved", name="ck_ledger_lines_reserved"),
        sa.CheckConstraint("own_spent >= 0 AND spent >= own_spent", name="ck_ledger_lines_spent"),
        sa.CheckConstraint("reserved + spent <= ceiling", name="ck_ledger_lines_ceiling"),
    )  # fmt: skip


def downgrade() -> None:
    """Forget the ledger."""
    for table in TABLES:
        op.drop_table(table)


def _texts(*names: str) -> list[sa.Column[str]]:
    return [sa.Column(name, sa.Text, nullable=False) for name in names]


def _whole(*names: str) -> list[sa.Column[int]]:
    return [sa.Column(name, sa.BigInteger, nullable=False) for name in names]
