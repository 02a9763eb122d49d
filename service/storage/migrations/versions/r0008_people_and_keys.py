"""People who log in, their sessions, API keys, and the log of access, which only grows.

Revision ID: 0008
Revises: 0007
"""

from datetime import datetime

import sqlalchemy as sa
from alembic import op

from service.storage.append_only import forbid_changes

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

TABLES = ("users", "sessions", "api_keys", "login_failures", "access_log")


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "users", _key("name"), _text("role"), _text("employee", nullable=True), _text("units"),
        _text("password", nullable=True), sa.Column("must_change", sa.BigInteger, nullable=False),
        _text("issuer", nullable=True), _text("subject", nullable=True), _moment("created_at"),
        _moment("disabled_at", nullable=True),
    )  # fmt: skip
    op.create_index("uq_users_issuer", "users", ["issuer", "subject"], unique=True)
    op.create_table(
        "sessions", _key("digest"), _text("name"), _text("subject"), _moment("created_at"), _moment("seen_at"),
        _moment("expires_at"),
    )  # fmt: skip
    op.create_table(
        "api_keys", _key("key_id"), _text("label"), _text("digest"), _text("scopes"), _text("units", nullable=True),
        _moment("created_at"), _moment("expires_at", nullable=True), _moment("revoked_at", nullable=True),
        _moment("used_at", nullable=True),
    )  # fmt: skip
    op.create_table(
        "login_failures", _key("origin"), sa.Column("failures", sa.BigInteger, nullable=False), _moment("last_at"),
        _moment("locked_until", nullable=True),
    )  # fmt: skip
    op.create_table(
        "access_log", _key("entry"), _moment("made_at"), _text("actor"), _text("kind"), _text("subject"),
        _text("outcome"), _text("details"), _text("address", nullable=True),
    )  # fmt: skip
    forbid_changes(op.get_bind(), "access_log", "entry")


def downgrade() -> None:
    """Forget who may come in."""
    for table in TABLES:
        op.drop_table(table)


def _key(name: str) -> sa.Column[str]:
    return sa.Column(name, sa.Text, primary_key=True)


def _text(name: str, *, nullable: bool = False) -> sa.Column[str]:
    return sa.Column(name, sa.Text, nullable=nullable)


def _moment(name: str, *, nullable: bool = False) -> sa.Column[datetime]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)
