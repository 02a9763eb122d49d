"""Tables of who may come in: people, their sessions and failed log-ins, API keys, and a log that only grows."""

import sqlalchemy as sa

from service.storage.schema import METADATA, Moment

USERS = sa.Table(
    "users", METADATA,
    sa.Column("name", sa.Text, primary_key=True),
    sa.Column("role", sa.Text, nullable=False),
    sa.Column("employee", sa.Text),
    sa.Column("units", sa.Text, nullable=False),  # a JSON list of codes
    sa.Column("password", sa.Text),  # argon2id with its parameters; none for who only comes from the identity provider
    sa.Column("must_change", sa.BigInteger, nullable=False),
    sa.Column("issuer", sa.Text),
    sa.Column("subject", sa.Text),
    sa.Column("created_at", Moment, nullable=False),
    sa.Column("disabled_at", Moment),
)  # fmt: skip

SESSIONS = sa.Table(
    "sessions", METADATA,
    sa.Column("digest", sa.Text, primary_key=True),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("subject", sa.Text, nullable=False),
    sa.Column("created_at", Moment, nullable=False),
    sa.Column("seen_at", Moment, nullable=False),
    sa.Column("expires_at", Moment, nullable=False),
)  # fmt: skip

API_KEYS = sa.Table(
    "api_keys", METADATA,
    sa.Column("key_id", sa.Text, primary_key=True),
    sa.Column("label", sa.Text, nullable=False),
    sa.Column("digest", sa.Text, nullable=False),
    sa.Column("scopes", sa.Text, nullable=False),  # a JSON list
    sa.Column("units", sa.Text),  # a JSON list of codes; none for no limit
    sa.Column("created_at", Moment, nullable=False),
    sa.Column("expires_at", Moment),
    sa.Column("revoked_at", Moment),
    sa.Column("used_at", Moment),
)  # fmt: skip

LOGIN_FAILURES = sa.Table(
    "login_failures", METADATA,
    sa.Column("origin", sa.Text, primary_key=True),  # digest of a name or an address
    sa.Column("failures", sa.BigInteger, nullable=False),
    sa.Column("last_at", Moment, nullable=False),
    sa.Column("locked_until", Moment),
)  # fmt: skip

ACCESS_LOG = sa.Table(
    "access_log", METADATA,
    sa.Column("entry", sa.Text, primary_key=True),
    sa.Column("made_at", Moment, nullable=False),
    sa.Column("actor", sa.Text, nullable=False),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("subject", sa.Text, nullable=False),
    sa.Column("outcome", sa.Text, nullable=False),
    sa.Column("details", sa.Text, nullable=False),  # a JSON object
    sa.Column("address", sa.Text),
)  # fmt: skip
